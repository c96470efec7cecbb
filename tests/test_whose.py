"""Whose sign it is and when, who writes, and what somebody tells who never had Lemtrada."""

from __future__ import annotations

import pytest

from bedside.facts import WHOSE
from bedside.knowledge import Knowledge
from bedside.model import NO, NOT_TREATED
from tests.builders import finding, mention, parsed, shared_reader
from tests.turns import Talk

BRUISES, STROKE, HAIR = "unexplained_bruising", "stroke_signs", "skin_patches_or_hair_loss"
SHINGLES = "shingles_rash"
CRISIS = "self_harm_thoughts"


@pytest.fixture
def talk(knowledge: Knowledge) -> Talk:
    return Talk(shared_reader(), knowledge)


# A sign that was taken for somebody else's, or for one long past


@pytest.mark.parametrize("assertion", ["someone_else", "historical"])
def test_a_grave_sign_of_somebody_else_or_long_ago_is_asked_about(
    talk: Talk, assertion: str
) -> None:
    said = talk.take(parsed("his face fell on one side", mention(STROKE, assertion)))
    assert said == ["utter_whose"]
    assert (talk.asks, talk.urgency) == (WHOSE + STROKE, None)
    assert "the person who has had Lemtrada" in talk.question.text


def test_a_yes_makes_it_theirs_and_now(talk: Talk) -> None:
    talk.take(parsed("his face fell on one side", mention(STROKE, "someone_else")))
    assert talk.hears("yes", "affirm")[0] == "utter_emergency"
    assert talk.urgency == "emergency"


def test_not_knowing_whose_it_is_has_the_number_first(talk: Talk) -> None:
    talk.take(parsed("his face fell on one side", mention(STROKE, "someone_else")))
    assert talk.hears("I don't know", "dont_know")[0] == "utter_emergency_possible"


def test_two_answers_that_are_not_understood_have_the_number_too(talk: Talk) -> None:
    talk.take(parsed("his face fell on one side", mention(STROKE, "someone_else")))
    assert talk.hears("qwertz", "nlu_fallback") == ["utter_once_more", "utter_whose"]
    assert talk.hears("uiop", "nlu_fallback")[0] == "utter_emergency_possible"


def test_a_no_leaves_no_report_and_no_more_questions(talk: Talk) -> None:
    talk.take(parsed("his face fell on one side", mention(STROKE, "someone_else")))
    assert talk.hears("no", "deny") == ["utter_denied"]
    assert (talk.asks, talk.urgency) == (None, None)


def test_the_same_question_is_not_put_again_after_a_no(talk: Talk) -> None:
    told = parsed("his face fell on one side", mention(STROKE, "someone_else"))
    talk.take(told)
    talk.hears("no", "deny")
    assert talk.take(told) == ["utter_someone_else"]


def test_a_higher_sign_of_somebody_else_is_asked_about_before_the_open_question(talk: Talk) -> None:
    talk.take(parsed("my hair falls out", mention(HAIR)))
    open_question = talk.asks
    told = talk.take(parsed("the lady beside me had shingles", mention(SHINGLES, "someone_else")))
    assert told == ["utter_whose"]
    assert talk.hears("no", "deny") == ["utter_denied", "utter_question"]
    assert talk.asks == open_question


def test_a_lower_sign_of_somebody_else_does_not_put_off_the_open_question(talk: Talk) -> None:
    talk.take(parsed("bruises", mention(BRUISES)))
    open_question = talk.asks
    talk.take(parsed("my dad lost his hair", mention(HAIR, "someone_else")))
    assert talk.asks == open_question


def test_a_sign_of_the_patients_own_in_the_same_message_comes_first(talk: Talk) -> None:
    both = (mention(STROKE, "someone_else"), mention(BRUISES))
    assert talk.take(parsed("his stroke, my bruises", *both))[0] == "utter_urgent"
    assert not talk.asks.startswith(WHOSE)


def test_what_can_wait_for_the_next_check_is_not_asked_about(talk: Talk) -> None:
    assert talk.take(parsed("dad is bald", mention(HAIR, "someone_else"))) == ["utter_someone_else"]


def test_a_sign_that_is_denied_twice_may_be_meant(talk: Talk) -> None:
    denied = parsed("her smear wasn't normal", mention(BRUISES, "absent"))
    assert talk.take(denied) == ["utter_denied"]
    assert talk.take(denied) == ["utter_whose"]
    assert talk.hears("yes", "affirm")[0] == "utter_urgent"


def test_who_says_that_it_was_wrong_is_asked_about_what_was_set_aside(talk: Talk) -> None:
    talk.take(parsed("no bruises", mention(BRUISES, "absent")))
    talk.hears("no wait, it is now", "correct")
    assert talk.asks == WHOSE + BRUISES


@pytest.mark.parametrize("assertion", ["absent", "historical"])
def test_a_denied_or_past_thought_of_self_harm_is_one_gentle_check_in(
    talk: Talk, assertion: str
) -> None:
    assert talk.take(parsed("not suicidal", mention(CRISIS, assertion))) == ["utter_check_in"]
    assert (talk.asks, talk.urgency) == (None, None)


# Carers


def test_what_a_carer_tells_is_the_patients(talk: Talk) -> None:
    carer = finding("reporter", value="carer")
    said = talk.take(parsed("my wife has it", carer, mention(STROKE, "someone_else")))
    assert said[0] == "utter_emergency_possible"


def test_who_said_earlier_that_they_write_for_somebody_is_a_carer(talk: Talk) -> None:
    assert "utter_carer" in talk.hears("hello, I am the husband", "write_for_someone")
    said = talk.take(parsed("she has bruises", mention(BRUISES, "someone_else")))
    assert said[0] == "utter_urgent"


# Never treated


def test_without_lemtrada_a_sign_has_the_general_route(talk: Talk) -> None:
    never = finding("never_treated")
    said = talk.take(parsed("never had it, bruises", never, mention(BRUISES)))
    assert said == ["utter_not_treated"]
    assert (talk.asks, talk.urgency) == (None, None)
    assert talk.report.mentions[0].cue == NOT_TREATED


def test_without_lemtrada_an_emergency_is_one_all_the_same(talk: Talk) -> None:
    talk.take(parsed("never had it", finding("never_treated")))
    assert talk.take(parsed("face drooping", mention(STROKE)))[0] == "utter_emergency"


def test_a_later_message_of_the_untreated_does_not_count_either(talk: Talk) -> None:
    talk.take(parsed("never had it", finding("never_treated")))
    assert talk.take(parsed("bruises", mention(BRUISES))) == ["utter_not_treated"]


def test_of_whether_they_were_treated_the_last_word_counts(talk: Talk) -> None:
    for value in ("", NO, ""):
        talk.take(parsed("x", finding("never_treated", value=value)))
    assert talk.take(parsed("bruises", mention(BRUISES)))[0] == "utter_not_treated"


def test_who_was_treated_after_all_is_advised(talk: Talk) -> None:
    talk.take(parsed("never had it", finding("never_treated")))
    talk.take(parsed("wrong, I had it", finding("never_treated", value="no")))
    assert talk.take(parsed("bruises", mention(BRUISES)))[0] == "utter_urgent"


def test_that_somebody_was_never_treated_lowers_nothing(talk: Talk) -> None:
    talk.take(parsed("bruises", mention(BRUISES)))
    talk.take(parsed("never had it", finding("never_treated")))
    assert talk.urgency == "urgent"


# Under 17


def test_who_is_under_17_is_sent_to_an_adult_beside_the_advice(talk: Talk) -> None:
    said = talk.take(parsed("I'm 15, bruises", finding("under_17"), mention(BRUISES)))
    assert said[:2] == ["utter_urgent", "utter_under_age"]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("I have never had Lemtrada", "never_treated"),
        ("he has not had alemtuzumab yet", "never_treated"),
        ("I was never treated with Campath", "never_treated"),
        ("I'm 15", "under_17"),
        ("my daughter is fourteen", "under_17"),
    ],
)
def test_who_writes_is_heard(talk: Talk, text: str, fact: str) -> None:
    heard = {each.finding for each in shared_reader().read(text).findings}
    assert fact in heard


@pytest.mark.parametrize(
    "text",
    [
        "I never had Lemtrada side effects until now",
        "I haven't had Lemtrada since 2020",
        "I'm not on Lemtrada any more",
        "never had an infusion like this",
        "I'm 15 weeks pregnant",
        "I was 16 when my MS began",
    ],
)
def test_other_words_do_not_say_who_writes(text: str) -> None:
    heard = {each.finding for each in shared_reader().read(text).findings}
    assert heard.isdisjoint({"never_treated", "under_17"})
