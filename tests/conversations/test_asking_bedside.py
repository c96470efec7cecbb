"""What patients ask: medicines, tests, vaccines, Lemtrada, a person. Each has a way (S4, S5)."""

from __future__ import annotations

import pytest

from tests.talk import Start

TEAM = "01632 960123"


@pytest.mark.parametrize(
    "text", ["can I take ibuprofen", "should I stop my steroids", "what painkiller can I have"]
)
def test_S5_a_question_about_medicines_gets_no_advice(start: Start, text: str) -> None:
    talk = start().say(text).urgency(None).hears("cannot advise on medicines", "pharmacist", TEAM)
    talk.not_flagged()


def test_S5_a_question_about_medicines_does_not_hide_the_sign(start: Start) -> None:
    talk = start().say("I have bruises all over, can I take ibuprofen?").urgency("urgent")
    talk.notes("unexplained_bruising").flagged("urgent").does_not_hear("ibuprofen")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("can I take ibuprofen for my headache", "cannot advise on medicines"),
        ("should I get the MMR vaccine", "before you have one"),
        ("do you know about vaccines", "vaccines"),
        ("is it safe to get vaccinated", "vaccines"),
        ("we are thinking about having a baby, is that ok", "cannot advise on pregnancy"),
        ("what do my blood results mean", "cannot see your tests"),
        ("when is my blood test due", "cannot see your tests"),
        ("am I talking to a real person", "I am a program"),
    ],
)
def test_a_question_that_names_a_sign_has_its_own_answer(
    start: Start, text: str, words: str
) -> None:
    start().say(text).hears(words, TEAM)


def test_a_question_about_a_vaccine_is_told_to_the_team(start: Start) -> None:
    talk = start().say("should I get the MMR vaccine").urgency("prompt").flagged("prompt")
    talk.hears("before you have one")


def test_a_question_about_pregnancy_goes_to_the_team(start: Start) -> None:
    talk = start().say("how long after Lemtrada should we wait before trying for a baby")
    talk.hears(TEAM).not_flagged()


def test_a_question_about_results_goes_to_the_team(start: Start) -> None:
    start().say("can you see my results").hears("cannot see your tests", TEAM).not_flagged()


@pytest.mark.parametrize(
    "text", ["what are the side effects of Lemtrada", "what is Lemtrada", "how does Lemtrada work"]
)
def test_a_question_about_lemtrada_names_its_source_and_a_person(start: Start, text: str) -> None:
    talk = start().say(text).urgency(None).hears("Source:", TEAM).not_flagged()
    assert talk.replies[0].text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("what are infusion reactions", "infusion nurse"),
        ("how does Lemtrada work", "defence"),
        ("what is Lemtrada for", "relapsing"),
        ("how long do I need blood tests after Lemtrada", "four years"),
    ],
)
def test_a_question_is_answered_from_the_documents_with_the_source(
    start: Start, text: str, words: str
) -> None:
    start().say(text).hears(words, "Source:").not_flagged()


def test_a_question_about_lemtrada_in_the_middle_keeps_the_question_open(start: Start) -> None:
    talk = start().say("I have bruises").asks("headache").say("what is Lemtrada").hears("Source:")
    talk.asks("headache").flagged("urgent")


@pytest.mark.parametrize("text", ["who reads this", "can my nurse see what I write"])
def test_who_reads_this_is_told_from_the_clinics_hours(start: Start, text: str) -> None:
    talk = start().say(text).hears("Mon to Thu 09:00 to 17:00, Fri 09:00 to 16:00", TEAM)
    talk.hears("Nobody watches this chat live")


@pytest.mark.parametrize("text", ["are you a bot", "are you human or a machine"])
def test_the_program_says_that_it_is_one(start: Start, text: str) -> None:
    start().say(text).hears("I am a program", TEAM).not_flagged()


@pytest.mark.parametrize("text", ["I want to speak to a person", "can a nurse call me please"])
def test_who_wants_a_person_hears_every_way_to_one(start: Start, text: str) -> None:
    start().say(text).hears("speak to a person", TEAM, "NHS 111", "999")


def test_who_wants_a_person_keeps_the_urgency_reached(start: Start) -> None:
    talk = start().say("I have bruises").say("I want to speak to a person")
    talk.hears("speak to a person", TEAM).flagged("urgent")


def test_who_wants_a_person_and_has_a_sign_hears_both(start: Start) -> None:
    talk = start().say("I have bruises on my legs and I want to speak to a nurse")
    talk.urgency("urgent").hears(TEAM).notes("unexplained_bruising")


@pytest.mark.parametrize("text", ["hello", "good morning"])
def test_a_greeting_is_answered_with_what_to_do(start: Start, text: str) -> None:
    start().say(text).hears("Hello", "in your own words", "not a doctor", "999").not_flagged()


@pytest.mark.parametrize("text", ["how are you", "what's the weather like", "tell me a joke"])
def test_small_talk_is_led_back(start: Start, text: str) -> None:
    start().say(text).hears("I can only help with reporting symptoms", TEAM).not_flagged()


def test_thanks_and_goodbye_leave_the_door_open(start: Start) -> None:
    start().say("thank you").hears("welcome", TEAM).say("bye").hears("Goodbye", TEAM).not_flagged()


@pytest.mark.parametrize("text", ["you stupid machine", "fuck off you idiot"])
def test_an_insult_is_met_with_a_person(start: Start, text: str) -> None:
    start().say(text).hears("sorry", TEAM).not_flagged()


def test_what_was_noted_is_told_on_request(start: Start) -> None:
    talk = start().say("what have you noted").hears("noted nothing", TEAM)
    talk.say("I have bruises").say("what have you noted so far").hears("noted: bruises", TEAM)
