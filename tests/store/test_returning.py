"""A patient who comes back: what a new conversation knows of the ones before it."""

from __future__ import annotations

from datetime import timedelta

from bedside.model import Parsed, Urgency


def told_and_closed(record, text: str) -> str:
    """A patient's conversation, read by a clinician and closed; gives its id."""
    conversation_id = record.open()
    record.tell(conversation_id, text)
    record.close(conversation_id)
    return conversation_id


def test_the_next_conversation_knows_what_was_reported_in_the_last_two_weeks(record):
    before = told_and_closed(record, "my joints ache")
    record.clock.now += timedelta(days=3)
    after = record.receive(before, "my joints still ache").conversation
    assert after.id != before
    (earlier,) = after.report.earlier
    assert (earlier.sign, earlier.urgency) == ("joint_pain", Urgency.PROMPT)
    assert earlier.days_ago == 3.0


def test_the_same_sign_again_is_one_step_more_urgent_and_says_why(record):
    before = told_and_closed(record, "my joints ache")
    record.clock.now += timedelta(days=3)
    received = record.receive(before, "my joints still ache")
    record.take_up(received)
    conversation = record.conversation(received.conversation.id)
    assert conversation.urgency is Urgency.URGENT
    assert record.flag(conversation.id).urgency is Urgency.URGENT


def test_what_was_reported_longer_ago_is_not_carried_along(record):
    before = told_and_closed(record, "my joints ache")
    record.clock.now += timedelta(days=15)
    assert record.receive(before, "my joints ache").conversation.report.earlier == ()


def test_the_date_of_the_last_infusion_is_not_asked_for_twice(record):
    before = told_and_closed(record, "I had lemtrada 10 days ago and my joints ache")
    record.clock.now += timedelta(days=2)
    after = record.receive(before, "hello again").conversation
    assert set(after.report.answers) == {"days_since_last_infusion"}


def test_what_the_patient_called_wrong_is_not_carried_along(record):
    before = record.open()
    record.tell(before, "my joints ache and I have bruises")
    record.take_up(
        record.receive(before, "that is wrong"),
        parsed=Parsed(text="that is wrong", intent="correct"),
    )
    record.take_up(record.receive(before, "Bruises"))
    record.close(before)
    after = record.receive(before, "hello again").conversation
    assert [each.sign for each in after.report.earlier] == ["joint_pain"]


def test_another_patients_reports_are_never_known(record):
    told_and_closed(record, "my joints ache")
    assert record.conversation(record.open()).report.earlier == ()
