"""Thoughts of self-harm and overdoses: both numbers first, a person always, never a method."""

from __future__ import annotations

import pytest

from tests.talk import NIGHT, Start

CRISIS_LINES = {
    "UK": "Samaritans on 116 123",
    "IE": "Samaritans on 116 123",
    "US": "988",
    "CA": "988",
    "AU": "Lifeline on 13 11 14",
    "NZ": "1737",
    "EU": "your local crisis line",
    "unknown": "your local crisis line",
}


@pytest.mark.parametrize(("region", "line"), CRISIS_LINES.items())
def test_S1_both_ways_stand_in_the_first_sentence_in_each_region(
    start: Start, region: str, line: str
) -> None:
    talk = start(region=region).say("I want to kill myself")
    talk.urgency("emergency").hears_first("call", line)


@pytest.mark.parametrize(
    "text",
    [
        "I want to kill myself",
        "I've been thinking about ending my life",
        "everyone would be better off without me",
        "I don't want to wake up tomorrow",
        "I don't want to be here any more",
        "I cut myself on purpose",
    ],
)
def test_plain_and_indirect_words_are_heard(start: Start, text: str) -> None:
    talk = start().say(text).urgency("emergency").hears_first("999", "116 123")
    talk.hears("it is good that you wrote this").flagged("emergency").team_is_told("emergency")


@pytest.mark.parametrize(
    "text", ["I took an overdose", "I've taken all my tablets, I wanted to end it"]
)
def test_an_overdose_has_the_emergency_number_first(start: Start, text: str) -> None:
    talk = start().say(text).urgency("emergency").hears_first("have taken something, call 999")
    talk.flagged("emergency")


def test_an_overdose_by_accident_is_taken_as_seriously(start: Start) -> None:
    start().say("I took too many paracetamol by accident").urgency("emergency").hears_first("999")


def test_a_crisis_at_night_promises_no_team_that_is_not_there(start: Start) -> None:
    talk = start(at=NIGHT).say("I want to kill myself").hears("Nobody watches this chat live")
    talk.hears_first("999", "116 123")


def test_after_a_crisis_every_message_has_both_numbers(start: Start) -> None:
    talk = start().say("I want to kill myself").say("I am alone")
    for text in ("no", "thanks", "asdf", "leave me alone"):
        talk.say(text).urgency("emergency").hears_first("999", "116 123")


def test_a_crisis_and_a_physical_emergency_have_the_emergency_number_first(start: Start) -> None:
    talk = start().say("I want to kill myself and I can't breathe")
    talk.urgency("emergency").hears_first("Call now: 999").hears("116 123")


def test_a_crisis_in_the_middle_of_a_question_is_taken_up_at_once(start: Start) -> None:
    talk = start().say("I have bruises on my legs").asks("headache")
    talk.say("I don't want to live any more").urgency("emergency").hears_first("999", "116 123")
    talk.flagged("emergency")


def test_low_mood_is_asked_whether_the_patient_is_safe(start: Start) -> None:
    talk = start().say("I feel so low and hopeless").urgency("prompt").asks("safe")
    talk.flagged("prompt").say("no").urgency("emergency").hears_first("999").flagged("emergency")


def test_low_mood_and_safe_stays_prompt(start: Start) -> None:
    talk = start().say("I feel so low and hopeless").asks("safe").picks("Yes")
    talk.flagged("prompt").team_is_told("prompt")


def test_nobody_is_asked_how(start: Start) -> None:
    talk = start().say("I want to kill myself")
    talk.does_not_hear("how would", "method", "plan", "pills").asks("where are you")


@pytest.mark.parametrize("text", ["I'm not suicidal", "I thought about suicide ten years ago"])
def test_S9_a_denied_or_past_thought_gets_one_gentle_check_in(start: Start, text: str) -> None:
    talk = start().say(text).urgency(None).hears("do you feel safe", "116 123").not_flagged()
    talk.asks_nothing_more()


def test_yes_i_am_safe_is_no_crisis(start: Start) -> None:
    talk = start().say("I feel so low and hopeless").asks("safe").say("yes, I am safe")
    talk.flagged("prompt").team_is_told("prompt")
