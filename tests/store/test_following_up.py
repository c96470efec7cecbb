"""The clock of a conversation: set when an emergency is told, and looked up without reading the record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from bedside import store
from bedside.model import Reply, Urgency
from bedside.store import following_up, outbox
from bedside.store.following_up import FOLLOW_UP_AFTER

STROKE = "my face is drooping on one side"
NUMBER = Reply(text="Call now: 999.", urgency=Urgency.EMERGENCY)
SILENCE = FOLLOW_UP_AFTER + timedelta(seconds=1)


def reported(record, text=STROKE):
    received = record.receive(record.open(), text)
    record.take_up(received)
    return received


def said(record, received, *replies, shown=True):
    with record.database.writing() as tx:
        store.answer(
            tx,
            received.conversation.id,
            received.message,
            replies,
            now=record.clock(),
            shown=shown,
        )


def clocks(record):
    return [row for row in record.rows("outbox") if row.kind == following_up.KIND]


def waiting(record):
    with record.database.reading() as tx:
        return store.perhaps_silent(tx, now=record.clock())


def followed_up(record, conversation_id):
    with record.database.writing() as tx:
        conversation = store.lock(tx, conversation_id)
        if not store.is_silent(tx, conversation, now=record.clock()):
            return False
        store.follow_up(tx, conversation, NUMBER, asks=None, by="worker", now=record.clock())
        return True


def test_the_clock_runs_from_the_moment_at_which_an_emergency_is_told(record):
    received = reported(record)
    assert clocks(record) == []
    said(record, received, NUMBER, Reply(text="Where are you?"))
    (clock,) = clocks(record)
    assert clock.due_at == record.clock() + FOLLOW_UP_AFTER
    assert waiting(record) == []
    record.clock.now += SILENCE
    assert waiting(record) == [received.conversation.id]


@pytest.mark.parametrize("urgency", [None, Urgency.URGENT])
def test_nobody_waits_for_a_word_after_anything_less(record, urgency):
    said(record, reported(record), Reply(text="Please contact the team.", urgency=urgency))
    assert clocks(record) == []


def test_a_late_reply_that_was_not_shown_starts_no_clock(record):
    received = reported(record)
    said(record, received, Reply(text="Thank you."))
    said(record, received, NUMBER, shown=False)
    assert clocks(record) == []


def test_a_late_reply_that_was_not_shown_breaks_no_silence(record):
    received = reported(record)
    said(record, received, NUMBER)
    record.clock.advance(minutes=9)
    said(record, received, Reply(text="late"), shown=False)
    record.clock.advance(minutes=2)
    assert followed_up(record, received.conversation.id)


def test_a_conversation_has_one_clock_however_often_an_emergency_is_told(record):
    received = reported(record)
    said(record, received, NUMBER)
    record.clock.advance(minutes=4)
    again = record.receive(received.conversation.id, "my face still droops")
    said(record, again, NUMBER)
    (clock,) = clocks(record)
    assert clock.due_at == record.clock() + FOLLOW_UP_AFTER


def test_a_clock_is_no_notification(record):
    said(record, reported(record), NUMBER)
    record.clock.now += SILENCE
    with record.database.writing() as tx:
        assert [each.kind for each in store.claim(tx, now=record.clock())] == [outbox.NOTIFY]


def test_workers_at_once_write_one_follow_up(record, at_once):
    received = reported(record)
    said(record, received, NUMBER)
    record.clock.now += SILENCE
    done = at_once(*[lambda: followed_up(record, received.conversation.id)] * 4)
    assert sorted(done) == [False, False, False, True]
    assert [row.text for row in record.rows("messages")].count(NUMBER.text) == 2


def test_a_follow_up_stays_where_it_was_written_when_the_patient_goes_on(record):
    received = reported(record)
    said(record, received, NUMBER)
    record.clock.now += SILENCE
    assert followed_up(record, received.conversation.id)
    record.tell(received.conversation.id, "I have called")
    senders = [entry.sender for entry in record.transcript(received.conversation.id)]
    assert senders == ["patient", "assistant", "assistant", "patient", "assistant"]


def test_the_worker_looks_for_silences_by_one_query_over_an_index(record):
    if record.is_postgresql:
        pytest.skip("PostgreSQL reads a small table whole")
    asked = []

    def note(connection, cursor, statement, parameters, *_):
        asked.append((statement, parameters))

    event.listen(record.database.engine, "before_cursor_execute", note)
    waiting(record)
    event.remove(record.database.engine, "before_cursor_execute", note)
    [(statement, parameters)] = [each for each in asked if each[0].startswith("SELECT")]
    with record.database.reading() as tx:
        plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert len(plan) == 1 and "USING INDEX ix_outbox_open" in plan[0].detail
