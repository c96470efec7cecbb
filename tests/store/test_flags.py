"""Every conversation that needs a clinician has exactly one flag, which only a clinician lowers."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bedside import store
from bedside.model import FlagState, Urgency
from bedside.review import MoveRefused

TIRED, BRUISES, STROKE = "I am so tired", "I have bruises", "my face is drooping on one side"


def notified(record):
    return [row.payload["urgency"] for row in record.rows("outbox")]


def test_a_conversation_has_one_flag_however_long_it_gets(record):
    conversation_id = record.open()
    for text in (BRUISES, "no", "yes", TIRED, "hello", STROKE, BRUISES, "no bruises", "thanks"):
        record.tell(conversation_id, text)
    assert len(record.rows("flags")) == 1


def test_two_conversations_have_a_flag_each(record):
    record.tell(record.open(), BRUISES)
    record.tell(record.open(), BRUISES)
    assert len(record.rows("flags")) == len(record.rows("outbox")) == 2


def test_two_turns_at_once_raise_one_flag(record, at_once):
    conversation_id = record.open()
    received = [record.receive(conversation_id, text) for text in (BRUISES, STROKE)]
    results = at_once(*(lambda each=each: record.take_up(each) for each in received))
    assert results == [None, None]
    assert len(record.rows("flags")) == 1
    assert record.flag(conversation_id).urgency is Urgency.EMERGENCY


def test_the_flag_is_raised_in_place_and_the_team_is_told_again(record):
    conversation_id = record.open()
    record.tell(conversation_id, BRUISES)
    first = record.flag(conversation_id)
    record.clock.advance(minutes=30)
    record.tell(conversation_id, STROKE)
    raised = record.flag(conversation_id)
    assert (raised.id, raised.urgency) == (first.id, Urgency.EMERGENCY)
    assert raised.due_at < first.due_at
    assert raised.raised_at == first.raised_at
    assert notified(record) == ["urgent", "emergency"]
    assert [row.action for row in record.rows("audit")].count("flag.raised") == 2


def test_the_team_is_not_told_again_when_the_urgency_stays(record):
    conversation_id = record.open()
    for text in (BRUISES, TIRED, BRUISES, "my gums bleed"):
        record.tell(conversation_id, text)
    assert notified(record) == ["urgent"]
    assert [row.action for row in record.rows("audit")].count("flag.raised") == 1


def test_a_flag_never_falls(record):
    conversation_id = record.open()
    record.tell(conversation_id, STROKE)
    ranks = []
    for text in ("no", "my face is not drooping", "no bruises", "I was wrong", TIRED, "hello"):
        record.tell(conversation_id, text)
        ranks.append(record.flag(conversation_id).urgency)
    assert all(later >= earlier for earlier, later in pairwise(ranks))
    assert set(ranks) == {Urgency.EMERGENCY}
    assert record.conversation(conversation_id).urgency is Urgency.EMERGENCY
    assert notified(record) == ["emergency"]


def test_a_flag_is_never_due_later_than_it_was(record):
    conversation_id = record.open()
    record.tell(conversation_id, BRUISES)
    due = record.flag(conversation_id).due_at
    record.clock.advance(hours=3, minutes=59)
    record.tell(conversation_id, STROKE)
    assert record.flag(conversation_id).due_at == due


def test_what_the_assistant_did_not_process_is_for_a_person_today(record):
    conversation_id = record.open()
    record.tell(conversation_id, "something odd in no words", by=store.BY_FLOOR)
    flag = record.flag(conversation_id)
    assert (flag.urgency, flag.unprocessed) == (Urgency.URGENT, True)
    assert notified(record) == ["urgent"]


def test_a_flag_stays_unprocessed_when_a_later_message_is_processed(record):
    conversation_id = record.open()
    record.tell(conversation_id, BRUISES, by=store.BY_FLOOR)
    record.tell(conversation_id, TIRED)
    assert record.flag(conversation_id).unprocessed


def test_an_unprocessed_message_marks_the_flag_that_is_there(record):
    conversation_id = record.open()
    record.tell(conversation_id, STROKE)
    record.tell(conversation_id, BRUISES, by=store.BY_FLOOR)
    flag = record.flag(conversation_id)
    assert (flag.urgency, flag.unprocessed) == (Urgency.EMERGENCY, True)
    assert notified(record) == ["emergency"]


def test_a_claimed_flag_that_rises_stays_with_its_clinician(record):
    conversation_id = record.open()
    record.tell(conversation_id, BRUISES)
    by = claim(record, conversation_id)
    record.tell(conversation_id, STROKE)
    flag = record.flag(conversation_id)
    assert (flag.claimed_by, flag.state, flag.urgency) == (
        by,
        FlagState.CLAIMED,
        Urgency.EMERGENCY,
    )
    assert notified(record) == ["urgent", "emergency"]


def test_only_one_of_two_clinicians_can_claim_a_flag(record, at_once):
    conversation_id = record.open()
    record.tell(conversation_id, BRUISES)
    ids = [clinician(record, name) for name in ("ada", "bea")]
    results = at_once(*(lambda by=by: claim(record, conversation_id, by) for by in ids))
    refused = [each for each in results if isinstance(each, MoveRefused)]
    assert len(refused) == 1
    assert record.flag(conversation_id).claimed_by in results


def test_a_flag_without_a_reason_is_not_closed(record):
    conversation_id = record.open()
    record.tell(conversation_id, BRUISES)
    by = claim(record, conversation_id)
    flag = record.flag(conversation_id)
    with record.database.writing() as tx, pytest.raises(MoveRefused):
        store.move(tx, flag, FlagState.CLOSED, by=by, now=record.clock(), reason="  ")
    assert record.flag(conversation_id).state is FlagState.CLAIMED


def test_another_clinics_flags_are_not_to_be_seen(record):
    record.tell(record.open(), BRUISES)
    with record.database.reading() as tx:
        (flag,) = store.flags(tx, "main")
        assert store.flags(tx, "elsewhere") == []
        assert store.flag_of(tx, "elsewhere", flag.id) is None


@pytest.mark.parametrize("text", [BRUISES, STROKE])
def test_a_message_on_its_way_while_the_flag_is_closed_is_seen_by_a_clinician(record, text):
    """Received before the clinician closed the conversation, taken up by the action after it."""
    conversation_id = record.open()
    record.tell(conversation_id, BRUISES)
    received = record.receive(conversation_id, text)
    record.close(conversation_id)
    record.take_up(received)
    record.answer(received)
    with record.database.reading() as tx:
        assert [flag.state for flag in store.flags(tx, "main")] == [FlagState.NEW]


def clinician(record, name):
    with record.database.writing() as tx:
        return store.add_clinician(
            tx,
            clinic_id="main",
            username=name,
            name=name.title(),
            password_hash="-",
            by="operator",
            now=record.clock(),
        )


def claim(record, conversation_id, by=None):
    by = by or clinician(record, "ada")
    with record.database.writing() as tx:
        flag = record.flag_in(tx, conversation_id)
        store.move(tx, flag, FlagState.CLAIMED, by=by, now=record.clock())
    return by
