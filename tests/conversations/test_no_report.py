"""S9: what is denied, long past, imagined or somebody else's is no report, and never met with silence."""

from __future__ import annotations

import pytest

from tests.talk import Start

TEAM = "01632 960123"


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        ("unexplained_bruising", "no bruises"),
        ("unexplained_bruising", "I don't have any bruises"),
        ("persistent_fever", "I haven't had a fever"),
        ("nose_gum_or_mouth_bleeding", "no bruises and no nosebleeds"),
    ],
)
def test_S9_a_denied_sign_is_noted_as_denied(start: Start, sign: str, text: str) -> None:
    talk = start().say(text).urgency(None).reports(sign, "absent").notes_no_sign().not_flagged()
    talk.hears("you do not have this now", "tell me", TEAM)


def test_S9_one_sign_after_a_list_of_denials_is_a_report(start: Start) -> None:
    talk = start().say("no bruises, no fever, no bleeding, just a slight headache")
    talk.urgency("prompt").notes("headache_ordinary").reports("unexplained_bruising", "absent")


def test_S9_a_reversal_is_a_report(start: Start) -> None:
    talk = start().say("no bruises... well, actually yes, a few bruises on my legs")
    talk.urgency("urgent").notes("unexplained_bruising").flagged("urgent")


@pytest.mark.parametrize(
    "text",
    [
        "I had bruises two years ago",
        "I used to get nosebleeds as a child",
        "I had shingles ten years ago, before the treatment",
    ],
)
def test_S9_what_is_long_past_is_asked_about_once(start: Start, text: str) -> None:
    talk = start().say(text).urgency(None).notes_no_sign().not_flagged()
    talk.asks("is it so now").hears(TEAM).picks("No").urgency(None).not_flagged()
    talk.asks_nothing_more()


def test_S9_a_sign_of_some_days_ago_is_a_report(start: Start) -> None:
    start().say("I had a nosebleed three days ago").urgency("urgent").flagged("urgent")


@pytest.mark.parametrize(
    "text",
    ["my mum has a rash", "my neighbour has shingles", "my dog has bruises"],
)
def test_S9_what_others_have_is_no_report(start: Start, text: str) -> None:
    talk = start().say(text).urgency(None).notes_no_sign().not_flagged()
    talk.asks("in the person who has had Lemtrada").hears_first("999").picks("No").not_flagged()


def test_S9_a_relatives_sign_that_is_the_patients_after_all_is_a_report(start: Start) -> None:
    talk = start().say("my mum has a rash").picks("Yes").urgency("prompt").flagged("prompt")
    talk.notes("rash_or_hives")


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("no fever, but I have bruises on my legs", "unexplained_bruising"),
        ("no bruises, but I have a fever", "persistent_fever"),
    ],
)
def test_S9_what_stands_after_a_denial_is_present(start: Start, text: str, sign: str) -> None:
    start().say(text).urgency("urgent").reports(sign, "present")


@pytest.mark.parametrize(
    "text",
    [
        "what should I do if I get a fever?",
        "what happens if I have a stroke?",
        "can Lemtrada cause bruises?",
    ],
)
def test_S9_a_question_about_a_sign_is_no_report(start: Start, text: str) -> None:
    start().say(text).urgency(None).notes_no_sign().not_flagged().hears(TEAM)


def test_S9_a_negation_does_not_delete_what_follows_it(start: Start) -> None:
    start().say("I have not slept because my nose won't stop bleeding").stands_at_least("urgent")


@pytest.mark.parametrize(
    "text",
    [
        "I have cabin fever after all this rain",
        "it is very cold outside today",
        "I nearly had a heart attack when I saw the bill",
        "the blood test went well",
        "my temperature is 98.2 F",
        "my temperature is 36.6",
    ],
)
def test_the_same_words_in_another_sense_are_no_report(start: Start, text: str) -> None:
    start().say(text).notes_no_sign().not_flagged()


# Nothing is recognised


def test_who_is_not_understood_once_is_asked_for_other_words(start: Start) -> None:
    talk = start().say("I feel sort of floopy").urgency(None).not_flagged()
    talk.hears("in other words", TEAM, "999")


def test_who_is_not_understood_twice_is_sent_to_a_person_and_flagged(start: Start) -> None:
    talk = start().say("I have hiccups that won't go away").say("it's just hiccups, all day long")
    talk.urgency("urgent").hears("speak to a person today", TEAM).flagged("urgent")


def test_who_is_understood_the_second_time_is_not_sent_away(start: Start) -> None:
    talk = start().say("I feel sort of floopy").say("I mean I am so tired")
    talk.urgency("urgent").notes("fatigue").does_not_hear("could not tell")


@pytest.mark.parametrize("text", ["asdkjh qwe zxcv", "🤕", "/restart", "....", "x" * 2000])
def test_S4_whatever_is_written_has_a_reply_with_a_way_to_a_person(start: Start, text: str) -> None:
    start().say(text).hears(TEAM).not_flagged()


def test_a_rasa_command_is_only_words(start: Start) -> None:
    talk = start().say("I have bruises").say("/restart").flagged("urgent")
    talk.notes("unexplained_bruising")


# Who writes


def test_somebody_under_17_is_sent_to_an_adult_and_the_team(start: Start) -> None:
    start().say("I'm 15").urgency(None).hears(
        "parent", "adult you trust", TEAM, "999"
    ).not_flagged()


def test_somebody_under_17_with_a_sign_is_advised_and_sent_to_an_adult(start: Start) -> None:
    talk = (
        start().say("I'm 15 and I have bruises on my legs").urgency("urgent").hears("parent", TEAM)
    )
    talk.flagged("urgent")


def test_somebody_who_was_not_treated_has_no_lemtrada_urgency(start: Start) -> None:
    talk = start().say("I never had Lemtrada but I have bruises on my legs").urgency(None)
    talk.hears("your own doctor", "NHS 111").not_flagged()


def test_somebody_who_was_not_treated_is_sent_to_the_general_health_line(start: Start) -> None:
    talk = start().say("I never had Lemtrada").urgency(None).not_flagged()
    talk.hears("your own doctor", "NHS 111", "999")


def test_an_emergency_of_somebody_who_was_not_treated_gets_the_number(start: Start) -> None:
    start().say("I never had Lemtrada but I can't breathe").hears_first("999")


def test_a_carer_reports_for_the_patient_in_one_message(start: Start) -> None:
    talk = start().say("my wife had Lemtrada and she has bruises all over her legs")
    talk.urgency("urgent").notes("unexplained_bruising").flagged("urgent")


def test_a_carer_who_has_said_so_reports_for_the_patient(start: Start) -> None:
    talk = start().say("I'm writing for my wife, she had Lemtrada")
    talk.say("she has bruises all over her legs").urgency("urgent").flagged("urgent")


def test_a_carer_with_an_emergency_hears_the_number_first(start: Start) -> None:
    talk = start().say("my husband had Lemtrada and his face is drooping")
    talk.urgency("emergency").hears_first("999").flagged("emergency")
