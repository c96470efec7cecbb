"""Search transcripts by whole words. The words are posted, never in an address, and in no log."""

from __future__ import annotations

from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bedside.store import search
from console.context import Console
from console.forms import Form, read_form
from console.presenters import present_queue

LONGEST_SEARCH = 200
NO_WORDS = "Write at least one word of two letters or more."


def search_page(console: Console, request: Request) -> Response:
    session = console.session_of(request)
    with console.database.reading() as tx:
        visitor = console.visitor(tx, session)
    return console.render("search.html", visitor=visitor, words="", problem="", queue=None)


async def search_words(console: Console, request: Request) -> Response:
    console.session_of(request)
    form = await read_form(request)
    return await run_in_threadpool(_searched, console, request, form)


def _searched(console: Console, request: Request, form: Form) -> Response:
    session = console.sender_of(request, form)
    words = form.get("words", "")[:LONGEST_SEARCH]
    with console.database.writing() as tx:
        visitor = console.visitor(tx, session)
        who = visitor.clinician
        found = search(tx, who.clinic_id, words, by=who.id, now=console.clock())
    if found is None:
        return console.render(
            "search.html", status=400, visitor=visitor, words=words, problem=NO_WORDS, queue=None
        )
    page = present_queue(
        found, console.knowledge, now=console.clock(), zone=console.clinic.zone, closed=True
    )
    count = "1 conversation" if len(found) == 1 else f"{len(found)} conversations"
    page = replace(page, caption=f"{count} with all of these words")
    return console.render("search.html", visitor=visitor, words=words, problem="", queue=page)
