"""Who speaks: Rasa, or the floor, whichever is more urgent. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from bedside.model import Assessment, Reason, Reply, Source, Turn, Urgency

HEARD_BY_ASSISTANT = Reason(
    rule="heard_by_assistant_only",
    sign="",
    words="",
    urgency=Urgency.EMERGENCY,
    why="The assistant heard an emergency and said so, but could not record what it heard.",
    sources=(Source(id="GENERAL"),),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the patient gets. `by_floor` says that the record needs the floor's reading too."""

    replies: tuple[Reply, ...]
    by_floor: bool


def choose(
    *,
    said: Sequence[Reply],
    was_taken_up: bool,
    floor: Sequence[Reply],
    floor_asks: bool,
    unavailable: Reply,
) -> Chosen:
    """The replies to a message, never none.

    `said` is what Rasa said, or for a message that its action took up, what the action decided.
    `floor` is what the lexicon alone would say; `floor_asks` that it ends in a question.
    """
    said = _advice_first(said)
    if was_taken_up and said:
        if _urgency(floor) <= _urgency(said):
            return Chosen(tuple(said), by_floor=False)
        advice = [reply for reply in floor if reply.urgency is not None]
        return Chosen((*advice, *said), by_floor=True)
    if _urgency(said) > _urgency(floor):
        return Chosen(tuple(said), by_floor=True)
    if floor and (_urgency(floor) or floor_asks):
        return Chosen(tuple(floor), by_floor=True)
    return Chosen(tuple(said) or (unavailable,), by_floor=True)


def higher(one: Sequence[Reply], other: Sequence[Reply]) -> Sequence[Reply]:
    """The more urgent of two ways to advise; `other` when they are equal."""
    return one if _urgency(one) > _urgency(other) else other


def at_least_as_said(turn: Turn, replies: Sequence[Reply]) -> Turn:
    """The turn, with the emergency that was told to the patient, if the floor did not find it."""
    said = _urgency(replies)
    if said < Urgency.EMERGENCY or (turn.assessment.urgency or 0) >= said:
        return turn
    reasons = (HEARD_BY_ASSISTANT, *turn.assessment.reasons)
    return dataclasses.replace(
        turn, assessment=Assessment(urgency=Urgency.EMERGENCY, reasons=reasons)
    )


def _urgency(replies: Sequence[Reply]) -> int:
    return max((int(reply.urgency or 0) for reply in replies), default=0)


def _advice_first(replies: Sequence[Reply]) -> list[Reply]:
    """The most urgent first, the rest in its order: advice stands before answers and questions."""
    return sorted(replies, key=lambda reply: -int(reply.urgency or 0))
