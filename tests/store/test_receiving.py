"""A patient's message is stored once, before anything else, and taken in order."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import pytest

from bedside import store
from bedside.store import conversations as lifecycle
from bedside.store.tables import UtcDateTime


def patients_messages(record, conversation_id=None):
    return [
        row
        for row in record.rows("messages")
        if row.sender == "patient" and conversation_id in (None, row.conversation_id)
    ]


def test_a_message_is_stored_before_anything_is_decided_about_it(record):
    conversation_id = record.open()
    received = record.receive(conversation_id, "I have bruises on my legs")
    (row,) = patients_messages(record)
    assert (row.text, row.state) == ("I have bruises on my legs", "received")
    assert received.replies is None and received.leased
    assert record.rows("reports") == record.rows("flags") == []


def test_a_message_of_no_conversation_is_refused(record):
    with pytest.raises(store.UnknownConversation):
        record.receive("none such", "hello")
    assert record.rows("messages") == []


def test_a_message_sent_again_is_stored_once(record):
    conversation_id = record.open()
    first = record.receive(conversation_id, "I have bruises", "m1")
    again = record.receive(conversation_id, "I have bruises", "m1")
    assert again.message.id == first.message.id
    assert len(patients_messages(record)) == 1


def test_a_message_sent_twice_at_once_is_stored_once_and_worked_on_by_one(record, at_once):
    conversation_id = record.open()
    received = at_once(
        *(
            lambda holder=holder: record.receive(conversation_id, "I have bruises", "m1", holder)
            for holder in "abcd"
        )
    )
    assert len({each.message.id for each in received}) == 1
    assert sum(each.leased for each in received) == 1
    assert len(patients_messages(record)) == 1


def test_a_message_sent_again_after_its_answer_gets_that_answer(record):
    conversation_id = record.open()
    received = record.receive(conversation_id, "hello", "m1")
    record.answer(received, "Hello.", "What do you notice?")
    again = record.receive(conversation_id, "hello", "m1")
    assert [reply.text for reply in again.replies or ()] == ["Hello.", "What do you notice?"]
    assert not again.leased


def test_two_patients_may_use_the_same_message_id(record):
    one, other = record.open(), record.open()
    record.answer(record.receive(one, "hello from one", "m1"), "Hello, one.")
    received = record.receive(other, "hello from the other", "m1")
    assert received.replies is None and received.leased
    assert [row.text for row in patients_messages(record, other)] == ["hello from the other"]


def test_the_second_message_waits_until_the_first_is_answered(record):
    conversation_id = record.open()
    first = record.receive(conversation_id, "first", holder="a")
    second = record.receive(conversation_id, "second", holder="b")
    assert first.leased and not second.leased
    record.take_up(first)
    assert not acquire(record, second, "b").leased
    record.answer(first)
    assert acquire(record, second, "b").leased


def test_the_second_message_does_not_overtake_the_first_when_the_lease_is_given_back(record):
    conversation_id = record.open()
    first = record.receive(conversation_id, "first", holder="a")
    second = record.receive(conversation_id, "second", holder="b")
    with record.database.writing() as tx:
        store.release(tx, conversation_id)
    assert not acquire(record, second, "b").leased
    assert acquire(record, first, "c").leased


def test_another_conversation_does_not_wait(record):
    record.receive(record.open(), "first", holder="a")
    assert record.receive(record.open(), "elsewhere", holder="b").leased


def test_the_lease_of_a_program_that_died_ends_by_itself(record):
    conversation_id = record.open()
    record.receive(conversation_id, "first", holder="dead")
    second = record.receive(conversation_id, "second", holder="b")
    record.clock.advance(seconds=lifecycle.LEASE.total_seconds() - 1)
    assert not acquire(record, second, "b").leased
    record.clock.advance(seconds=2)
    assert acquire(record, second, "b").leased


def test_only_one_of_two_programs_gets_a_lease_that_has_ended(record, at_once):
    conversation_id = record.open()
    received = record.receive(conversation_id, "first", holder="dead")
    record.clock.advance(seconds=60)
    got = at_once(lambda: acquire(record, received, "a"), lambda: acquire(record, received, "b"))
    assert sorted(each.leased for each in got) == [False, True]


def test_a_message_answered_meanwhile_is_not_worked_on_again(record):
    conversation_id = record.open()
    received = record.receive(conversation_id, "hello", holder="a")
    record.answer(received, "Hello.")
    again = acquire(record, received, "b")
    assert not again.leased
    assert [reply.text for reply in again.replies or ()] == ["Hello."]


@pytest.mark.parametrize(
    "text",
    [
        "😀🤕🩸",
        "أشعر بتعب شديد ‏منذ أمس",
        "\u202eשלום\u202c",
        "𝒷𝓇𝓊𝒾𝓈ℯ 𠜎",
        "e\u0301 ﬁ ß ﬀ",
        "a\nb\tc",
        "' ; -- %s {x}",
    ],
)
def test_any_script_survives_unchanged(record, text):
    conversation_id = record.open()
    received = record.receive(conversation_id, text)
    record.answer(received, text)
    assert [entry.message.text for entry in record.transcript(conversation_id)] == [text, text]


def test_times_come_back_as_aware_utc(record):
    received = record.receive(record.open(), "hello")
    with record.database.reading() as tx:
        stored = store.message_of(tx, received.conversation.id, received.message.message_id)
    assert stored.at == record.clock() and stored.at.tzinfo is timezone.utc


def test_a_time_of_another_zone_is_the_same_moment(record):
    record.clock.now = record.clock().astimezone(timezone(timedelta(hours=5)))
    received = record.receive(record.open(), "hello")
    (row,) = patients_messages(record, received.conversation.id)
    assert row.at == record.clock() and row.at.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), None)


def test_a_reply_follows_its_message_also_when_the_next_message_came_first(record):
    conversation_id = record.open()
    first = record.receive(conversation_id, "first", holder="a")
    second = record.receive(conversation_id, "second", holder="b")
    record.answer(first, "to the first", "and more")
    record.answer(second, "to the second")
    record.answer(first, "too late", shown=False)
    told = [(entry.message.text, entry.shown) for entry in record.transcript(conversation_id)]
    assert told == [
        ("first", True),
        ("to the first", True),
        ("and more", True),
        ("too late", False),
        ("second", True),
        ("to the second", True),
    ]


def test_a_late_reply_is_not_among_the_answers(record):
    received = record.receive(record.open(), "hello", "m1")
    record.answer(received, "Hello.")
    record.answer(received, "Hello again.", shown=False)
    again = record.receive(received.conversation.id, "hello", "m1")
    assert [reply.text for reply in again.replies or ()] == ["Hello."]


def test_a_message_is_left_behind_when_nobody_answered_it_in_time(record):
    conversation_id = record.open()
    received = record.receive(conversation_id, "left in received")
    taken_up = record.receive(record.open(), "left in taken up")
    record.take_up(taken_up)
    record.answer(record.receive(record.open(), "answered"))
    record.clock.advance(seconds=30)
    record.receive(record.open(), "fresh")
    with record.database.reading() as tx:
        left = store.left_behind(tx, before=record.clock() - timedelta(seconds=20))
    assert [(id_, message.text) for id_, message in left] == [
        (conversation_id, received.message.text),
        (taken_up.conversation.id, taken_up.message.text),
    ]


def test_a_patient_who_writes_after_the_clinician_closed_begins_a_new_conversation(record):
    old = record.open()
    record.tell(old, "I have bruises on my legs")
    record.close(old)
    received = record.receive(old, "now my nose bleeds")
    new = received.conversation
    assert new.id != old
    assert new.patient_id == record.conversation(old).patient_id
    assert (new.urgency, new.report.mentions, new.pending) == (None, (), None)
    record.take_up(received)
    record.answer(received)
    assert record.flag(old).state.value == "closed"
    assert record.flag(new.id).state.value == "new"


def test_later_messages_with_the_old_cookie_join_the_same_new_conversation(record):
    old = record.open()
    record.tell(old, "I have bruises on my legs")
    record.close(old)
    first = record.tell(old, "now my nose bleeds")
    second = record.tell(old, "and I am tired")
    assert first.conversation.id == second.conversation.id != old


def test_two_messages_at_once_to_a_closed_conversation_begin_one_new_one(record, at_once):
    old = record.open()
    record.tell(old, "I have bruises on my legs")
    record.close(old)
    received = at_once(
        lambda: record.receive(old, "one", "m100", "a"),
        lambda: record.receive(old, "two", "m101", "b"),
    )
    assert len({each.conversation.id for each in received}) == 1
    assert sum(each.leased for each in received) == 1


def test_a_message_sent_again_after_the_clinician_closed_is_not_stored_again(record):
    old = record.open()
    record.answer(record.receive(old, "I have bruises", "m1"))
    record.tell(old, "I have bruises on my legs")
    record.close(old)
    record.receive(old, "I have bruises", "m1")
    assert [row.text for row in patients_messages(record)].count("I have bruises") == 1


@pytest.mark.parametrize("first_is_old", [True, False])
def test_the_next_conversation_is_leased_once_whichever_cookie_a_message_came_with(
    record, first_is_old
):
    """A patient with two tabs: one still holds the closed conversation, one the new one."""
    old, new = closed_and_next(record)
    first, second = (old, new) if first_is_old else (new, old)
    received = overlapping(record, (first, "m200"), (second, "m201"))
    assert [each.leased for each in received] == [True, False]


@pytest.mark.parametrize("first_is_old", [True, False])
def test_a_message_sent_at_once_with_both_cookies_is_stored_once(record, request, first_is_old):
    old, new = closed_and_next(record)
    first, second = (old, new) if first_is_old else (new, old)
    received = overlapping(record, (first, "m200"), (second, "m200"))
    assert len({each.message.id for each in received}) == 1


def closed_and_next(record):
    old = record.open()
    record.tell(old, "I have bruises on my legs")
    record.close(old)
    return old, record.tell(old, "now my nose bleeds").conversation.id


def overlapping(record, one, other):
    """What two overlapping transactions received; the first commits while the second waits."""
    received = []

    def second():
        try:
            received.append(record.receive(other[0], "second", other[1], "b"))
        except store.DatabaseAway as error:
            received.append(error)

    thread = threading.Thread(target=second, daemon=True)
    with record.database.writing() as tx:
        received.append(store.receive(tx, *one, "first", holder="a", now=record.clock()))
        thread.start()
        thread.join(0.2)
    thread.join(10)
    return received


def acquire(record, received, holder):
    with record.database.writing() as tx:
        return store.acquire(
            tx, received.conversation.id, received.message, holder=holder, now=record.clock()
        )
