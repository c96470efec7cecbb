"""From flags to the words and CSS classes that the templates show; console/transcripts.py does the
same for what was written. Pure: it words what was decided and decides nothing about a patient.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bedside.knowledge import Knowledge
from bedside.model import DONT_KNOW, FlagState, Urgency
from bedside.review import By, moves_for
from bedside.store import Entry, FlagView

# bedside.store gives out so many flags at most.
MOST_FLAGS = 500
CLOSED = "This flag is closed. If the patient writes again, a new conversation begins."
NOTHING_RECOGNISED = "Nothing was recognised: a person has to read it"
MOVES = {
    "claim": "Claim this flag",
    "give back": "Give it back to the queue",
    "take over": "Take it over",
    "contacted": "Patient has been contacted",
    "close": "Close this flag",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    text: str
    css: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    href: str
    urgency: Tag
    patient: str
    reported: str
    unprocessed: bool
    waiting: str
    due: str
    is_overdue: bool
    state: str
    claimed_by: str
    closed_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    rows: tuple[QueueRow, ...]
    is_closed: bool
    caption: str
    as_of: str
    is_cut_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    to: str
    label: str
    needs_reason: bool
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagPage:
    id: int
    href: str
    patient: str
    urgency: Tag
    unprocessed: bool
    facts: tuple[Fact, ...]
    moves: tuple[Move, ...]
    no_moves: str


def present_queue(
    flags: Sequence[FlagView], knowledge: Knowledge, *, now: datetime, zone: ZoneInfo, closed: bool
) -> QueuePage:
    """The flags in the order they come in, which is the record's."""
    count = "1 flag" if len(flags) == 1 else f"{len(flags)} flags"
    return QueuePage(
        rows=tuple(_row(flag, knowledge, now) for flag in flags),
        is_closed=closed,
        caption=f"{count}, {'closed' if closed else 'open'}",
        as_of=in_zone(now, zone),
        is_cut_off=len(flags) >= MOST_FLAGS,
    )


def _row(flag: FlagView, knowledge: Knowledge, now: datetime) -> QueueRow:
    return QueueRow(
        href=f"/flags/{flag.id}",
        urgency=urgency_tag(flag.urgency),
        patient=_patient(flag),
        reported=reported(flag.reasons, knowledge),
        unprocessed=flag.unprocessed,
        waiting=span_in_words(now - flag.raised_at),
        due=due_in_words(flag.due_at, now),
        is_overdue=flag.due_at <= now,
        state=flag.state.value.capitalize(),
        claimed_by=flag.claimed_by_name or "",
        closed_reason=flag.closed_reason or "",
    )


def urgency_tag(urgency: Urgency) -> Tag:
    return Tag(text=urgency.word.capitalize(), css=f"urgency--{urgency.word}")


def reported(reasons: Sequence[Mapping[str, Any]], knowledge: Knowledge) -> str:
    """The signs behind the reasons in plain words; where a rule needed no sign, why it fired."""
    signs = dict.fromkeys(reason["sign"] for reason in reasons if reason["sign"])
    words = [_plain(sign, knowledge) for sign in signs] or [reason["why"] for reason in reasons[:1]]
    text = ", ".join(words) or NOTHING_RECOGNISED
    return text[0].upper() + text[1:]


def _plain(sign: str, knowledge: Knowledge) -> str:
    """A sign that the knowledge has no more still has its id."""
    known = knowledge.signs.get(sign)
    return sign.replace("_", " ") if known is None else known.plain


def _patient(flag: FlagView) -> str:
    return flag.patient_name or "Anonymous"


def span_in_words(span: timedelta) -> str:
    """How long, as short as a queue needs it.

    >>> span_in_words(timedelta(minutes=12)), span_in_words(timedelta(hours=3, minutes=5))
    ('12 min', '3 h 5 min')
    """
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "less than 1 min"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days = hours // 24
    return "1 day" if days == 1 else f"{days} days"


def due_in_words(due_at: datetime, now: datetime) -> str:
    if now < due_at:
        return f"due in {span_in_words(due_at - now)}"
    return f"overdue by {span_in_words(now - due_at)}"


def in_zone(at: datetime, zone: ZoneInfo) -> str:
    """The time as a clinician reads it, such as "Mon 2 Mar 2026, 14:05"."""
    here = at.astimezone(zone)
    return f"{here:%a} {here.day} {here:%b %Y, %H:%M}"


def present_flag(
    flag: FlagView,
    entries: Sequence[Entry],
    knowledge: Knowledge,
    *,
    by: str,
    now: datetime,
    zone: ZoneInfo,
) -> FlagPage:
    """The flag with the moves that clinician `by` may make now."""
    moves = tuple(_moves(flag, by))
    return FlagPage(
        id=flag.id,
        href=f"/flags/{flag.id}",
        patient=_patient(flag),
        urgency=urgency_tag(flag.urgency),
        unprocessed=flag.unprocessed,
        facts=tuple(_facts(flag, entries, knowledge, now, zone)),
        moves=moves,
        no_moves="" if moves else CLOSED,
    )


def _moves(flag: FlagView, by: str) -> Iterator[Move]:
    for move in moves_for(flag.state, claimed_by=flag.claimed_by, by=by):
        take_over = move.by is By.ANOTHER
        label = MOVES[move.name] + (f" from {flag.claimed_by_name}" if take_over else "")
        yield Move(
            to=move.to.value, label=label, needs_reason=move.needs_reason, take_over=take_over
        )


def _facts(
    flag: FlagView, entries: Sequence[Entry], knowledge: Knowledge, now: datetime, zone: ZoneInfo
) -> Iterator[Fact]:
    state = flag.state.value.capitalize()
    yield Fact(name="Reported", value=reported(flag.reasons, knowledge))
    yield Fact(
        name="State", value=f"{state} by {flag.claimed_by_name}" if flag.claimed_by_name else state
    )
    if flag.closed_reason:
        yield Fact(name="Closed because", value=flag.closed_reason)
    since = f"{in_zone(flag.raised_at, zone)} ({span_in_words(now - flag.raised_at)} ago)"
    yield Fact(name="Waiting since", value=since)
    due = in_zone(flag.due_at, zone)
    is_open = flag.state is not FlagState.CLOSED
    yield Fact(name="Due", value=f"{due} ({due_in_words(flag.due_at, now)})" if is_open else due)
    yield Fact(name="Contact", value=flag.patient_contact or "None known to the clinic")
    if told := _told_contact(entries):
        yield Fact(name="Asked how to reach them, the patient wrote", value=f"“{told}”")


def _told_contact(entries: Sequence[Entry]) -> str:
    """What the patient answered when asked for a name and number, or where they are."""
    reports = [entry.report["report"] for entry in entries if entry.report is not None]
    told = reports[-1]["answers"].get("contact", "") if reports else ""
    return "" if told == DONT_KNOW else str(told)
