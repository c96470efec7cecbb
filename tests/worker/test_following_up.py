"""Who was told an emergency and then writes nothing is written to once, and never left at that."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from bedside import store
from bedside.model import FlagState, Urgency
from bedside.store.following_up import FOLLOW_UP_AFTER, LATEST, MOST_FOLLOW_UPS
from worker import __main__ as program

MARKER = "Zwetschgenkuchen"
STROKE = f"my face is drooping on one side {MARKER}"
CRISIS = "I want to kill myself"
SILENCE = FOLLOW_UP_AFTER + timedelta(seconds=1)


def told(night, text, conversation_id=None):
    """A message that the worker answers, as chat would: advice and questions in words."""
    received = night.receive(text, conversation_id)
    night.clock.now += timedelta(seconds=21)
    assert night.worker().answer_left_behind() == 1
    return received


def silence(night, span=SILENCE):
    """The patient writes nothing for so long; then how many follow-ups the worker writes."""
    night.clock.now += span
    return night.worker().follow_up()


def follow_ups(night):
    return [row for row in night.rows("messages") if row.message_id.startswith("follow-up:")]


def pending(night, received):
    with night.database.writing() as tx:
        return store.lock(tx, received.conversation.id).pending


def moved(night, received, *states):
    """A clinician moves the flag through these states."""
    flag = night.flag(received)
    with night.database.writing() as tx:
        by = store.add_clinician(
            tx,
            clinic_id="main",
            username="nurse",
            name="A Nurse",
            password_hash="-",
            by="operator",
            now=night.clock(),
        )
        for state in states:
            store.move(tx, flag, state, by=by, now=night.clock(), reason="spoke to her")


def test_a_silence_after_an_emergency_is_followed_up_once(night):
    patient = told(night, STROKE)
    assert [silence(night), silence(night), silence(night, timedelta(hours=5))] == [1, 0, 0]
    (line,) = follow_ups(night)
    assert line.conversation_id == patient.conversation.id
    assert line.urgency == "emergency" and line.shown and line.sender == "assistant"
    assert "999" in line.text.split(". ")[0]
    for words in ("do what they say", "Is somebody with you?", "01632 960123", "NHS 111"):
        assert words in line.text
    assert "116 123" not in line.text


def test_the_follow_up_is_the_last_line_of_the_transcript_and_answers_no_message(night):
    patient = told(night, STROKE)
    before = night.replies(patient)
    silence(night)
    with night.database.reading() as tx:
        last = store.transcript(tx, patient.conversation.id)[-1]
    assert last.urgency is Urgency.EMERGENCY and "I have not heard from you" in last.message.text
    assert night.replies(patient) == before


def test_a_clinician_sees_in_the_audit_log_that_the_patient_was_silent(night):
    patient = told(night, STROKE)
    silence(night)
    (line,) = (row for row in night.rows("audit") if row.action == "conversation.followed_up")
    assert (line.actor, line.subject) == ("worker", f"conversation:{patient.conversation.id}")
    assert line.detail == {"number": 1}


def test_a_crisis_is_followed_up_with_the_crisis_line(night):
    told(night, CRISIS)
    assert silence(night) == 1
    (line,) = follow_ups(night)
    first = line.text.split(". ")[0]
    assert "999" in first and "Samaritans on 116 123" in first


def test_a_crisis_is_not_forgotten_over_another_emergency(night):
    patient = told(night, CRISIS)
    told(night, STROKE, patient.conversation.id)
    silence(night)
    assert "116 123" in follow_ups(night)[0].text


def test_nobody_is_followed_up_before_the_silence_was_long_enough(night):
    told(night, STROKE)
    assert silence(night, FOLLOW_UP_AFTER - timedelta(seconds=1)) == 0
    assert silence(night, timedelta(seconds=1)) == 1


@pytest.mark.parametrize("text", ["I have bruises on my legs", "hello", "my joints ache"])
def test_who_was_told_no_emergency_is_not_followed_up(night, text):
    told(night, text)
    assert silence(night) == 0
    assert follow_ups(night) == []


# The patient writes again


def test_the_silence_counts_from_the_last_message(night):
    patient = told(night, STROKE)
    night.clock.advance(minutes=7)
    night.answer(night.receive("my sister is on her way", patient.conversation.id))
    assert silence(night, timedelta(minutes=7)) == 0
    assert silence(night, timedelta(minutes=4)) == 1
    assert silence(night) == 0


def test_an_emergency_that_is_told_again_starts_the_clock_anew(night):
    patient = told(night, STROKE)
    night.clock.advance(minutes=7)
    told(night, f"my face still droops {MARKER}", patient.conversation.id)
    assert silence(night, timedelta(minutes=7)) == 0
    assert silence(night, timedelta(minutes=4)) == 1
    assert silence(night) == 0


def test_there_are_never_more_than_three_in_a_conversation(night):
    patient = told(night, STROKE)
    assert silence(night) == 1
    for number in range(2, 7):
        told(night, f"my face droops {'still ' * number}", patient.conversation.id)
        silence(night)
    assert [row.text for row in follow_ups(night)] == [follow_ups(night)[0].text] * MOST_FOLLOW_UPS
    numbers = [row.detail["number"] for row in night.rows("audit") if "number" in row.detail]
    assert numbers == [1, 2, 3]


def test_a_worker_that_comes_back_after_a_day_writes_no_more(night):
    told(night, STROKE)
    assert silence(night, LATEST + timedelta(minutes=1)) == 0
    assert silence(night) == 0


def test_a_no_to_the_follow_up_takes_no_emergency_back(night):
    """ "No" says that nobody is there, whatever question was open before."""
    patient = told(night, "maybe I had a stroke, maybe chest pain")
    assert pending(night, patient).id == "confirm:stroke_signs,chest_pain"
    silence(night)
    assert pending(night, patient).id == "contact"
    told(night, "no", patient.conversation.id)
    with night.database.writing() as tx:
        conversation = store.lock(tx, patient.conversation.id)
    assert conversation.report.answers == {"contact": "no"}
    assert conversation.urgency is Urgency.EMERGENCY


def test_where_the_patient_is_is_not_asked_for_again_when_it_was_told(night):
    patient = told(night, STROKE)
    told(night, "at home, 07700 900123", patient.conversation.id)
    assert silence(night) == 1
    assert pending(night, patient) is None


# A clinician was quicker


@pytest.mark.parametrize(
    "states",
    [
        [FlagState.CLAIMED],
        [FlagState.CLAIMED, FlagState.CONTACTED],
        [FlagState.CLAIMED, FlagState.CLOSED],
    ],
)
def test_who_is_seen_to_by_a_clinician_is_not_followed_up(night, states):
    patient = told(night, STROKE)
    moved(night, patient, *states)
    assert silence(night) == 0
    assert silence(night, timedelta(hours=2)) == 0
    assert follow_ups(night) == []


# Programs die


def test_two_workers_follow_up_once(night, at_once):
    told(night, STROKE)
    night.clock.now += SILENCE
    workers = [night.worker(), night.worker()]
    at_once(*(each.follow_up for each in workers))
    assert len(follow_ups(night)) == 1


def test_a_cut_while_the_worker_writes_leaves_the_follow_up_to_the_next_round(night, monkeypatch):
    told(night, STROKE)
    night.clock.now += SILENCE
    worker = night.worker()
    with monkeypatch.context() as patch:
        patch.setattr("bedside.store.following_up.audit.note", interrupted)
        with pytest.raises(KeyboardInterrupt):
            worker.follow_up()
    assert follow_ups(night) == []
    assert [worker.follow_up(), worker.follow_up()] == [1, 0]
    assert len(follow_ups(night)) == 1


def test_a_conversation_that_cannot_be_followed_up_does_not_keep_the_others_back(
    night, monkeypatch
):
    bad, good = told(night, STROKE), told(night, "my face is drooping")
    night.clock.now += SILENCE
    worker, words = night.worker(), night.worker()._follow_up

    def broken(tx, conversation_id):
        if conversation_id == bad.conversation.id:
            raise KeyError
        return words(tx, conversation_id)

    monkeypatch.setattr(worker, "_follow_up", broken)
    assert worker.follow_up() == 1
    assert [row.conversation_id for row in follow_ups(night)] == [good.conversation.id]


def test_a_follow_up_is_no_notification_to_the_team(night, telephone):
    told(night, STROKE)
    worker = night.worker(telephone.url)
    assert worker.deliver() == 1
    silence(night)
    assert worker.deliver() == 0
    assert len(telephone.received) == 1


def test_no_word_of_a_patient_is_logged_or_waits_in_the_outbox(night, caplog):
    caplog.set_level(logging.DEBUG)
    told(night, STROKE)
    silence(night)
    assert "followed up" in caplog.text
    assert MARKER not in caplog.text + repr(night.rows("outbox")) + repr(night.rows("audit"))


def test_the_program_looks_for_silences_every_fifteenth_round(night, monkeypatch):
    worker, looked = night.worker(), []
    monkeypatch.setattr(worker, "follow_up", lambda: looked.append(True))
    for number in range(30):
        program._round(worker, number)
    assert len(looked) == 2


def interrupted(*_, **__):
    raise KeyboardInterrupt
