"""The life of a flag: who may move it and where to, and by when somebody must have seen it. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bedside.model import Clinic, FlagState, OpeningHours, Urgency

# Proposals of the draft, to be set by a clinician: within what time somebody has to look.
TARGETS = {
    Urgency.EMERGENCY: timedelta(minutes=15),
    Urgency.URGENT: timedelta(hours=4),
    Urgency.PROMPT: timedelta(days=2),
    Urgency.ROUTINE: timedelta(days=30),
}
# These run only while somebody is there: the team's opening hours, or always when it is on call. The
# others run by the calendar, and end when somebody is there.
IN_WORKING_TIME = (Urgency.EMERGENCY, Urgency.URGENT)
# A clinic that is closed for longer than this has no hours worth counting.
LONGEST_CLOSURE = timedelta(days=60)


class By(enum.Enum):
    """Who of the clinic's clinicians may make a move."""

    ANYONE = "any clinician of the clinic"
    HOLDER = "the clinician who has claimed it"
    ANOTHER = "any clinician but the one who has claimed it"


@dataclass(frozen=True, slots=True)
class Move:
    """From one state to another, by whom, what it is called, and whether it needs a reason."""

    state: FlagState
    to: FlagState
    by: By
    name: str
    needs_reason: bool = False


MOVES = (
    Move(FlagState.NEW, FlagState.CLAIMED, By.ANYONE, "claim"),
    Move(FlagState.CLAIMED, FlagState.NEW, By.HOLDER, "give back"),
    Move(FlagState.CLAIMED, FlagState.CLAIMED, By.ANOTHER, "take over"),
    Move(FlagState.CLAIMED, FlagState.CONTACTED, By.HOLDER, "contacted"),
    Move(FlagState.CLAIMED, FlagState.CLOSED, By.HOLDER, "close", needs_reason=True),
    Move(FlagState.CONTACTED, FlagState.CONTACTED, By.ANOTHER, "take over"),
    Move(FlagState.CONTACTED, FlagState.CLOSED, By.HOLDER, "close", needs_reason=True),
)


class MoveRefused(Exception):
    """This clinician may not move this flag there; the message says why."""


def needs_flag(urgency: Urgency | None) -> bool:
    """Whether a clinician must see a conversation of this urgency."""
    return urgency in TARGETS


def due_at(urgency: Urgency, raised_at: datetime, clinic: Clinic) -> datetime:
    """When somebody must have looked at a flag of this urgency that was raised at `raised_at`.

    Both times are aware. A target never ends while nobody is there to meet it.
    """
    target = TARGETS[urgency]
    if clinic.on_call:
        return raised_at + target
    if urgency in IN_WORKING_TIME:
        return _worked(raised_at, target, clinic)
    return _worked(raised_at + target, timedelta(0), clinic)


def moves_for(state: FlagState, *, claimed_by: str | None, by: str) -> Iterator[Move]:
    """The moves that clinician `by` may make with a flag in `state`."""
    for move in MOVES:
        if move.state is state and _may(move, claimed_by, by):
            yield move


def check_can_move(
    state: FlagState,
    to: FlagState,
    *,
    claimed_by: str | None,
    by: str,
    reason: str = "",
    take_over: bool = False,
) -> None:
    """MoveRefused unless clinician `by` may move a flag from `state` to `to`.

    Taking over has to be meant: who claims a flag that a colleague has just claimed is told so.
    """
    if state is to and state is not FlagState.NEW and not take_over and claimed_by != by:
        raise MoveRefused("Another clinician has claimed this flag.")
    known = [move for move in MOVES if (move.state, move.to) == (state, to)]
    if not known:
        raise MoveRefused(f"A flag that is {state.value} cannot become {to.value}.")
    allowed = [move for move in known if _may(move, claimed_by, by)]
    if not allowed:
        raise MoveRefused(
            "You have claimed this flag already."
            if claimed_by == by
            else "Another clinician has claimed this flag."
        )
    if allowed[0].needs_reason and not reason.strip():
        raise MoveRefused("Say why you close it.")


def _may(move: Move, claimed_by: str | None, by: str) -> bool:
    if move.by is By.ANYONE:
        return claimed_by is None or claimed_by == by
    return (claimed_by == by) is (move.by is By.HOLDER)


def _worked(start: datetime, span: timedelta, clinic: Clinic) -> datetime:
    """The moment at which the clinic has been open for `span` since `start`; `start + span` when it
    does not open at all."""
    left = span
    for opens, closes in _openings(start, clinic):
        begins = max(start, opens)
        if begins < closes and left <= closes - begins:
            return begins + left
        left -= max(closes - begins, timedelta(0))
    return start + span


def _openings(start: datetime, clinic: Clinic) -> Iterator[tuple[datetime, datetime]]:
    """The times at which the clinic opens and closes, from the day of `start` on."""
    first = clinic.day(start)
    for days in range(LONGEST_CLOSURE.days):
        day = first + timedelta(days=days)
        if day in clinic.holidays:
            continue
        for hours in sorted(clinic.hours, key=lambda each: each.opens):
            if hours.weekday == day.weekday():
                yield _span(hours, datetime(day.year, day.month, day.day), clinic)


def _span(hours: OpeningHours, day: datetime, clinic: Clinic) -> tuple[datetime, datetime]:
    opens = datetime.combine(day, hours.opens, tzinfo=clinic.zone)
    closes = datetime.combine(day, hours.closes, tzinfo=clinic.zone)
    return opens, closes
