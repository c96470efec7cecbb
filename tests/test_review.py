"""The life of a flag: which clinician may move it where, and by when somebody must have looked."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import product

import pytest

from bedside.model import FlagState, Urgency
from bedside.review import (
    FLAG_MOVES,
    TARGETS,
    MoveRefused,
    check_can_move,
    due_at,
    needs_flag,
)

NEW, CLAIMED, CONTACTED, CLOSED = FlagState
NOON = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)
ALLOWED = {(NEW, CLAIMED), (CLAIMED, CONTACTED), (CLAIMED, CLOSED), (CONTACTED, CLOSED)}


def may_move(state: FlagState, to: FlagState, *, claimed_by: str | None, reason: str = "") -> bool:
    try:
        check_can_move(state, to, claimed_by=claimed_by, by="anna", reason=reason)
    except MoveRefused:
        return False
    return True


@pytest.mark.parametrize(("state", "to"), product(FlagState, FlagState))
def test_a_clinician_moves_a_flag_of_her_own_along_its_life(
    state: FlagState, to: FlagState
) -> None:
    claimed_by = None if state is NEW else "anna"
    moved = may_move(state, to, claimed_by=claimed_by, reason="called the patient")
    assert moved == ((state, to) in ALLOWED)


@pytest.mark.parametrize(("state", "to"), sorted(ALLOWED - {(NEW, CLAIMED)}, key=str))
def test_a_clinician_cannot_move_a_flag_claimed_by_another(state: FlagState, to: FlagState) -> None:
    assert not may_move(state, to, claimed_by="ben", reason="called the patient")


@pytest.mark.parametrize("state", [CLAIMED, CONTACTED])
@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_nobody_closes_a_flag_without_a_reason(state: FlagState, reason: str) -> None:
    assert not may_move(state, CLOSED, claimed_by="anna", reason=reason)


def test_a_flag_that_nobody_has_claimed_cannot_be_closed() -> None:
    assert not may_move(NEW, CLOSED, claimed_by=None, reason="called the patient")


def test_a_refusal_says_why() -> None:
    with pytest.raises(MoveRefused, match="A flag that is closed cannot become new"):
        check_can_move(CLOSED, NEW, claimed_by="anna", by="anna")
    with pytest.raises(MoveRefused, match="Another clinician has claimed this flag"):
        check_can_move(CLAIMED, CONTACTED, claimed_by="ben", by="anna")
    with pytest.raises(MoveRefused, match="Say why you close it"):
        check_can_move(CLAIMED, CLOSED, claimed_by="anna", by="anna")


@pytest.mark.parametrize("state", FlagState)
def test_every_state_stands_in_the_table_and_leads_to_closed(state: FlagState) -> None:
    reached, before = {state}, set()
    while reached != before:
        before = set(reached)
        reached |= {to for each in before for to in FLAG_MOVES[each]}
    assert CLOSED in reached


def test_every_state_is_reached_from_a_new_flag() -> None:
    assert {NEW, *(to for moves in FLAG_MOVES.values() for to in moves)} == set(FlagState)


@pytest.mark.parametrize(
    ("urgency", "flagged"),
    [
        (None, False),
        (Urgency.UNCLEAR, False),
        (Urgency.EXPECTED, False),
        (Urgency.ROUTINE, True),
        (Urgency.PROMPT, True),
        (Urgency.URGENT, True),
        (Urgency.EMERGENCY, True),
    ],
)
def test_a_clinician_sees_what_somebody_must_act_on(urgency: Urgency | None, flagged: bool) -> None:
    assert needs_flag(urgency) == flagged


def test_the_more_urgent_a_flag_the_sooner_it_is_due() -> None:
    due = [due_at(urgency, NOON) for urgency in sorted(TARGETS, reverse=True)]
    assert due == sorted(due) and due[0] == NOON + timedelta(minutes=15)
    assert len(set(due)) == len(due)
