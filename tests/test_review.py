"""The life of a flag: which clinician may move it where, and by when somebody must have looked."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta, timezone
from itertools import product

import pytest

from bedside.model import FlagState, Urgency
from bedside.review import (
    MOVES,
    TARGETS,
    MoveRefused,
    check_can_move,
    due_at,
    moves_for,
    needs_flag,
)
from bedside.settings import ROOT, read_clinic

NEW, CLAIMED, CONTACTED, CLOSED = FlagState
NOON = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)
ALLOWED = {
    (NEW, CLAIMED),
    (CLAIMED, NEW),
    (CLAIMED, CONTACTED),
    (CLAIMED, CLOSED),
    (CONTACTED, CLOSED),
}
# Mon to Thu 09:00 to 17:00, Fri 09:00 to 16:00, London; closed on 25 December.
CLINIC = read_clinic(ROOT / "tests" / "clinic.yml")


def may_move(
    state: FlagState,
    to: FlagState,
    *,
    claimed_by: str | None,
    reason: str = "",
    take_over: bool = False,
) -> bool:
    try:
        check_can_move(
            state, to, claimed_by=claimed_by, by="anna", reason=reason, take_over=take_over
        )
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
        reached |= {move.to for move in MOVES if move.state in before}
    assert CLOSED in reached


def test_every_state_is_reached_from_a_new_flag() -> None:
    assert {NEW, *(move.to for move in MOVES)} == set(FlagState)


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


@pytest.mark.parametrize("state", [CLAIMED, CONTACTED])
def test_a_colleague_takes_a_claimed_flag_over_only_when_she_means_to(state: FlagState) -> None:
    assert not may_move(state, state, claimed_by="ben")
    assert may_move(state, state, claimed_by="ben", take_over=True)
    assert not may_move(state, state, claimed_by="anna", take_over=True)


def test_who_has_claimed_a_flag_may_give_it_back_and_nobody_else() -> None:
    assert may_move(CLAIMED, NEW, claimed_by="anna")
    assert not may_move(CLAIMED, NEW, claimed_by="ben")


def test_the_console_offers_the_moves_that_may_be_made() -> None:
    names = [move.name for move in moves_for(CLAIMED, claimed_by="anna", by="anna")]
    assert names == ["give back", "contacted", "close"]
    assert [move.name for move in moves_for(CLAIMED, claimed_by="ben", by="anna")] == ["take over"]
    assert not list(moves_for(CLOSED, claimed_by="anna", by="anna"))


# Due times. 25 November 2026 is a Wednesday; London is at UTC then.


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("urgency", "raised", "due"),
    [
        ("emergency", at(25, 12), at(25, 12, 15)),
        ("urgent", at(25, 12), at(25, 16)),
        ("urgent", at(25, 15), at(26, 11)),  # two hours are left of Wednesday
        ("emergency", at(25, 16, 50), at(26, 9, 5)),
        ("emergency", at(25, 23), at(26, 9, 15)),
        ("urgent", at(27, 16, 30), at(30, 13)),  # Friday, after the team has gone
        ("urgent", at(28, 3), at(30, 13)),  # a Saturday night
        ("prompt", at(23, 10), at(25, 10)),
        ("prompt", at(26, 12), at(30, 9)),  # two days later is a Saturday
        ("routine", at(25, 12), at(28, 9, month=12)),  # thirty days later is Christmas, a Friday
        ("urgent", at(24, 16, month=12), at(28, 12, month=12)),  # over Christmas
    ],
)
def test_a_flag_is_due_when_somebody_is_there_to_look(
    urgency: str, raised: datetime, due: datetime
) -> None:
    assert due_at(Urgency.of(urgency), raised, CLINIC) == due


def test_a_clinic_on_call_looks_at_any_hour() -> None:
    on_call = dataclasses.replace(CLINIC, on_call=True)
    assert due_at(Urgency.URGENT, at(28, 3), on_call) == at(28, 7)
    assert due_at(Urgency.EMERGENCY, at(28, 3), on_call) == at(28, 3, 15)


def test_a_clinic_without_hours_is_due_by_the_clock_alone() -> None:
    never_open = dataclasses.replace(CLINIC, hours=())
    assert due_at(Urgency.URGENT, at(28, 3), never_open) == at(28, 7)


def test_summer_time_moves_the_clock_and_not_the_opening_hours() -> None:
    # On Sunday 29 March 2026 London goes to UTC+1: the team comes at 08:00 UTC.
    friday_evening = datetime(2026, 3, 27, 20, tzinfo=timezone.utc)
    assert due_at(Urgency.EMERGENCY, friday_evening, CLINIC) == datetime(
        2026, 3, 30, 8, 15, tzinfo=timezone.utc
    )


def test_the_more_urgent_a_flag_the_sooner_it_is_due() -> None:
    due = [due_at(urgency, NOON, CLINIC) for urgency in sorted(TARGETS, reverse=True)]
    assert due == sorted(due) and due[0] == NOON + timedelta(minutes=15)
    assert len(set(due)) == len(due)
