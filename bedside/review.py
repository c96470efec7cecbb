"""The life of a flag: who may move it and where to, and by when somebody must have seen it. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bedside.model import FlagState, Urgency

# Proposals, to be set by a clinician: within what time somebody has to look.
TARGETS = {
    Urgency.EMERGENCY: timedelta(minutes=15),
    Urgency.URGENT: timedelta(hours=4),
    Urgency.PROMPT: timedelta(days=2),
    Urgency.ROUTINE: timedelta(days=30),
}

FLAG_MOVES: dict[FlagState, tuple[FlagState, ...]] = {
    FlagState.NEW: (FlagState.CLAIMED,),
    FlagState.CLAIMED: (FlagState.CONTACTED, FlagState.CLOSED),
    FlagState.CONTACTED: (FlagState.CLOSED,),
    FlagState.CLOSED: (),
}


class MoveRefused(Exception):
    """This clinician may not move this flag there; the message says why."""


def needs_flag(urgency: Urgency | None) -> bool:
    """Whether a clinician must see a conversation of this urgency."""
    return urgency in TARGETS


def due_at(urgency: Urgency, raised_at: datetime) -> datetime:
    """When somebody must have looked at the flag."""
    return raised_at + TARGETS[urgency]


def check_can_move(
    state: FlagState, to: FlagState, *, claimed_by: str | None, by: str, reason: str = ""
) -> None:
    """MoveRefused unless clinician `by` may move a flag from `state` to `to`."""
    if claimed_by is not None and claimed_by != by:
        raise MoveRefused("Another clinician has claimed this flag.")
    if to not in FLAG_MOVES[state]:
        raise MoveRefused(f"A flag that is {state.value} cannot become {to.value}.")
    if to is FlagState.CLOSED and not reason.strip():
        raise MoveRefused("Say why you close it.")
