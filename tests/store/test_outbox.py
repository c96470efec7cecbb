"""Work for later is done by one worker, comes back when it failed, and never once it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bedside import store
from bedside.store import outbox


def put(record, key):
    with record.database.writing() as tx:
        outbox.put(tx, key=key, kind="notify", payload={"urgency": "urgent"}, now=record.clock())


def claim(record, most=20):
    with record.database.writing() as tx:
        return store.claim(tx, now=record.clock(), most=most)


def report(record, delivery, done):
    with record.database.writing() as tx:
        (store.delivered if done else store.failed)(tx, delivery, now=record.clock())


def test_the_same_work_is_put_once(record):
    put(record, "a")
    put(record, "a")
    assert len(claim(record)) == 1


def test_two_workers_at_once_never_get_the_same_work(record, at_once):
    for number in range(12):
        put(record, f"work {number}")
    got = at_once(*[lambda: claim(record, most=4)] * 3)
    ids = [delivery.id for each in got for delivery in each]
    assert len(ids) == len(set(ids))
    while more := claim(record):
        ids += [delivery.id for delivery in more]
    assert len(ids) == len(set(ids)) == 12


def test_work_that_is_being_done_is_not_claimed_again_until_its_worker_must_have_died(record):
    put(record, "a")
    (first,) = claim(record)
    record.clock.advance(seconds=outbox.CLAIM_FOR.total_seconds() - 1)
    assert claim(record) == []
    record.clock.advance(seconds=2)
    (again,) = claim(record)
    assert (again.id, again.attempts) == (first.id, 2)


def test_what_was_delivered_never_comes_back(record):
    put(record, "a")
    (delivery,) = claim(record)
    report(record, delivery, done=True)
    record.clock.advance(days=365)
    put(record, "a")
    assert claim(record) == []


def test_what_failed_comes_back_each_time_after_a_longer_wait(record):
    put(record, "a")
    waits = []
    for attempt in range(1, 15):
        (delivery,) = claim(record)
        assert delivery.attempts == attempt
        report(record, delivery, done=False)
        (row,) = record.rows("outbox")
        waits.append(row.due_at - record.clock())
        record.clock.now = row.due_at - timedelta(seconds=1)
        assert claim(record) == []
        record.clock.advance(seconds=1)
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=10) and waits[1] == 2 * waits[0]
    assert waits[-1] == outbox.LONGEST_WAIT


def test_the_oldest_work_comes_first(record):
    put(record, "first")
    record.clock.advance(seconds=1)
    put(record, "second")
    assert [each.id for each in claim(record, most=1)] < [each.id for each in claim(record)]


@pytest.mark.parametrize("minutes", [-5, 0])
def test_work_is_claimed_when_it_is_due_and_not_before(record, minutes):
    put(record, "a")
    record.clock.advance(minutes=minutes)
    assert len(claim(record)) == (minutes >= 0)
