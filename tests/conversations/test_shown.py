"""Ten conversations that docs/conversations.md shows: `make pages` writes them there as they run.

The first line of a docstring is the heading on the page, the rest stands under it.
"""

from __future__ import annotations

from tests.talk import SUNDAY, Start

TEAM, EMERGENCY = "01632 960123", "999"


def test_a_few_bruises(start: Start) -> None:
    """A few bruises

    The sign a patient shrugs off. Advice first, then the questions that could still raise the urgency,
    then what a nurse needs, then what was noted.
    """
    talk = start()
    talk.say("I've got a few bruises on my legs and I haven't bumped into anything")
    talk.urgency("urgent").hears("today", TEAM, "bruises").asks("headache", "knock to the head")
    talk.flagged("urgent").team_is_told("urgent")
    talk.picks("None of these").asks("platelet number")
    talk.picks("I don't know").asks("Since when")
    talk.say("about two weeks").asks("monthly blood test")
    talk.picks("6 to 8 weeks ago").asks("your name", "number")
    talk.say("Ann Smith, 07700 900123").asks_nothing()
    talk.hears("I noted: bruises", "Nobody watches this chat live", TEAM)
    talk.knows(contact="Ann Smith, 07700 900123", onset_when="about two weeks")


def test_bruises_and_a_headache(start: Start) -> None:
    """Bruises, and then a headache

    One answer makes an emergency of it. The number stands in the first sentence, the questions end, and
    the same flag is raised.
    """
    talk = start().say("there are bruises on both my arms").urgency("urgent").asks("headache")
    talk.picks("A headache").urgency("emergency").hears_first(EMERGENCY).asks("where are you")
    talk.flagged("emergency").team_is_told("urgent", "emergency")
    talk.say("at home, my sister is here").hears(EMERGENCY).asks_nothing()


def test_a_drooping_face(start: Start) -> None:
    """An emergency

    The number comes before any question, and again with every message.
    """
    talk = start().say("my face is drooping on one side and my speech is slurred")
    talk.urgency("emergency").hears_first("Call now", EMERGENCY).hears("Lemtrada")
    talk.notes("stroke_signs").flagged("emergency").asks("where are you")
    talk.say("in the kitchen").urgency("emergency").hears_first(EMERGENCY)
    talk.say("thanks").urgency("emergency").hears_first(EMERGENCY)


def test_a_face_that_drooped_yesterday(start: Start) -> None:
    """An emergency that is over

    What was an emergency yesterday is one today.
    """
    talk = start().say("my face drooped yesterday but it is fine now")
    talk.urgency("emergency").hears_first(EMERGENCY).flagged("emergency")


def test_a_patient_who_does_not_want_to_live(start: Start) -> None:
    """Thoughts of self-harm

    Both ways stand in the first sentence: the emergency number, and somebody to talk to.
    """
    talk = start().say("I don't want to be here any more, I want to kill myself")
    talk.urgency("emergency").hears_first(EMERGENCY, "Samaritans on 116 123")
    talk.hears("it is good that you wrote this").flagged("emergency")
    talk.say("I am alone").hears_first(EMERGENCY, "Samaritans on 116 123")


def test_bleeding_gums_on_a_sunday(start: Start) -> None:
    """The team is closed

    A patient is sent to somebody who answers now.
    """
    talk = start(at=SUNDAY).say("my gums bleed every time I brush my teeth")
    talk.urgency("urgent").hears("closed now", "NHS 111", "had Lemtrada").flagged("urgent")


def test_a_headache_on_the_day_after_the_infusion(start: Start) -> None:
    """A headache on the day after the infusion

    It is expected, so the patient hears what to do if it lasts or gets worse, and is asked for what
    would make it more. No flag is raised until something does.
    """
    talk = start().say("I had my Lemtrada infusion yesterday and now I have a headache")
    talk.urgency("expected").hears("if it lasts or gets worse", TEAM, "NHS 111").not_flagged()
    talk.asks("stiff neck", "worst headache of your life")
    talk.picks("The worst headache of your life").urgency("emergency").hears_first(EMERGENCY)
    talk.flagged("emergency")


def test_no_bruises_and_a_temperature(start: Start) -> None:
    """A list of denials, and a number

    What is denied is noted as denied. The number is a fever.
    """
    talk = start().say("no bruises, no rash, but my temperature is 101.5 F")
    talk.reports("unexplained_bruising", "absent").reports("persistent_fever", "present")
    talk.urgency("urgent").hears("You wrote about a fever").does_not_hear("bruises", "rash")


def test_a_message_that_says_nothing_recognisable(start: Start) -> None:
    """Nothing is recognised

    The patient is asked once for other words. After that a person has to hear it.
    """
    talk = start().say("I have hiccups that won't go away")
    talk.urgency(None).hears("in other words", TEAM, EMERGENCY)
    talk.say("it's just hiccups, all day long").urgency("urgent")
    talk.hears("I could not tell what this is", TEAM).flagged("urgent")


def test_a_patient_who_comes_back(start: Start) -> None:
    """A patient who comes back

    A nurse has closed the flag, so the next message begins a new conversation, which knows the earlier
    one: the same sign again is one step more urgent.
    """
    talk = start().say("my joints ache").urgency("prompt").flagged("prompt")
    first = talk.conversation_id
    talk.clinician_closes("blood test arranged").later(days=3)
    talk.say("my joints still ache").urgency("urgent").flagged("urgent")
    assert talk.conversation_id != first
