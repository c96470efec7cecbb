"""The queue, the transcript of a flag, and the moves. Reading a transcript writes its audit line.

Each page is one transaction; what it found is rendered after that.
"""

from __future__ import annotations

import re
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bedside.model import FlagState
from bedside.review import MoveRefused
from bedside.store import (
    Entry,
    FlagView,
    Transaction,
    flag_of,
    flags,
    move,
    note_queue_read,
    note_read,
    transcript,
)
from console.context import Console, Visitor
from console.forms import Form, read_form
from console.presenters import present_flag, present_queue
from console.transcripts import present_transcript

# Longer reasons are no reasons; the form says so too.
LONGEST_REASON = 1000


def queue(console: Console, request: Request, *, closed: bool) -> Response:
    session = console.session_of(request)
    now = console.clock()
    with console.database.writing() as tx:
        visitor = console.visitor(tx, session)
        clinic_id = visitor.clinician.clinic_id
        found = flags(tx, clinic_id, closed=closed)
        note_queue_read(tx, clinic_id, by=visitor.clinician.id, now=now)
    page = present_queue(found, console.knowledge, now=now, zone=console.clinic.zone, closed=closed)
    return console.render("queue.html", visitor=visitor, queue=page)


def flag_page(console: Console, request: Request) -> Response:
    session = console.session_of(request)
    now = console.clock()
    with console.database.writing() as tx:
        visitor = console.visitor(tx, session)
        flag = _flag(tx, visitor, request)
        entries = _read(tx, visitor, flag, now)
    return _transcript_page(console, visitor, flag, entries, now)


async def move_flag(console: Console, request: Request) -> Response:
    console.session_of(request)
    form = await read_form(request)
    return await run_in_threadpool(_move, console, request, form)


def _move(console: Console, request: Request, form: Form) -> Response:
    session = console.sender_of(request, form)
    to, reason = _wanted(form)
    now = console.clock()
    with console.database.writing() as tx:
        visitor = console.visitor(tx, session)
        flag = _flag(tx, visitor, request)
        try:
            move(
                tx,
                flag,
                to,
                by=visitor.clinician.id,
                now=now,
                reason=reason,
                take_over=form.get("take_over") == "yes",
            )
            return RedirectResponse(f"/flags/{flag.id}", status_code=303)
        except MoveRefused as refusal:
            problem = str(refusal)
            entries = _read(tx, visitor, flag, now)
    return _transcript_page(
        console, visitor, flag, entries, now, problem=problem, reason=reason, status=409
    )


def _wanted(form: Form) -> tuple[FlagState, str]:
    """The state to move to and the reason given; HTTPException when they cannot be meant."""
    reason = form.get("reason", "")
    if len(reason) > LONGEST_REASON:
        raise HTTPException(413)
    try:
        return FlagState(form.get("to", "")), reason
    except ValueError as error:
        raise HTTPException(400) from error


def _flag(tx: Transaction, visitor: Visitor, request: Request) -> FlagView:
    """The flag of the address; HTTPException 404 when it is none of the clinic's."""
    given = request.path_params["flag_id"]
    # Nine digits fit into the integers of every database.
    found = None
    if re.fullmatch(r"\d{1,9}", given, re.ASCII):
        found = flag_of(tx, visitor.clinician.clinic_id, int(given))
    if found is None:
        raise HTTPException(404)
    return found


def _read(tx: Transaction, visitor: Visitor, flag: FlagView, now: datetime) -> list[Entry]:
    note_read(tx, flag, by=visitor.clinician.id, now=now)
    return transcript(tx, flag.conversation_id)


def _transcript_page(
    console: Console,
    visitor: Visitor,
    flag: FlagView,
    entries: list[Entry],
    now: datetime,
    *,
    problem: str = "",
    reason: str = "",
    status: int = 200,
) -> Response:
    return console.render(
        "flag.html",
        status=status,
        visitor=visitor,
        flag=present_flag(
            flag,
            entries,
            console.knowledge,
            by=visitor.clinician.id,
            now=now,
            zone=console.clinic.zone,
        ),
        entries=present_transcript(entries, console.knowledge, zone=console.clinic.zone),
        problem=problem,
        reason=reason,
        longest_reason=LONGEST_REASON,
        zone=console.clinic.zone.key,
    )
