"""Answers to what Bedside asks: in words or by button, unclear, skipped, or something else altogether."""

from __future__ import annotations

import pytest

from tests.talk import Start

BRUISES = "I have bruises on my legs"


def test_none_of_these_answers_the_whole_list(start: Start) -> None:
    talk = start().say(BRUISES).picks("None of these")
    talk.knows(headache_present="no", head_injury="no", confusion="no", fever="no")


def test_dont_know_is_kept_apart_from_no(start: Start) -> None:
    talk = start().say(BRUISES).picks("I don't know")
    talk.knows(headache_present="dont_know", head_injury="dont_know").flagged("urgent")


@pytest.mark.parametrize("answer", ["A headache", "a headache", "yes, I've had a headache all day"])
def test_an_item_of_the_list_in_any_words_raises(start: Start, answer: str) -> None:
    start().say(BRUISES).say(answer).urgency("emergency").hears_first("999").flagged("emergency")


def test_a_bare_yes_to_a_list_is_asked_which(start: Start) -> None:
    talk = start().say(BRUISES).say("yes").hears("Which of these").asks("headache")
    talk.flagged("urgent")


def test_an_answer_that_is_not_understood_is_asked_for_once_more(start: Start) -> None:
    talk = start().say("I missed my last two blood tests").asks("unwell")
    talk.say("it has been like that since the spring").asks("unwell")
    talk.say("it has been like that since the spring").knows(any_symptoms="dont_know")


def test_the_questions_come_to_an_end(start: Start) -> None:
    """Also for somebody who knows nothing."""
    talk = start().say(BRUISES).answers_all("I don't know").asks_nothing()
    talk.hears("I noted: bruises").flagged("urgent")


def test_a_question_is_not_put_again_after_its_answer(start: Start) -> None:
    talk = start().say(BRUISES)
    asked = [talk.pending.id]
    while talk.pending is not None:
        talk.say("I don't know")
        asked.append(talk.pending.id if talk.pending else "")
    assert len(asked) == len(set(asked))


def test_a_sign_that_was_told_by_itself_is_not_asked_for(start: Start) -> None:
    talk = start().say("I have bruises, no headache, no fever and I did not hit my head")
    asked = " ".join(choice.title for choice in talk.replies[-1].choices)
    assert "headache" not in asked and "fever" not in asked
    talk.urgency("urgent")


def test_a_second_sign_in_place_of_an_answer_is_taken_up(start: Start) -> None:
    talk = start().say(BRUISES).say("also my wee is foamy").urgency("urgent")
    talk.notes("unexplained_bruising", "foamy_or_reduced_urine")


def test_a_greeting_in_place_of_an_answer_keeps_the_question(start: Start) -> None:
    start().say(BRUISES).say("hello?").asks("headache").flagged("urgent")


def test_an_anonymous_patient_leaves_a_name_and_a_number(start: Start) -> None:
    talk = start().say(BRUISES).picks("None of these").picks("I don't know").say("last week")
    talk.picks("In the last 6 weeks").asks("your name", "which number")
    talk.say("Ann Smith, 07700 900123").knows(contact="Ann Smith, 07700 900123").asks_nothing()


def test_a_patient_may_keep_the_name_back(start: Start) -> None:
    talk = start().say(BRUISES).picks("None of these").picks("I don't know").say("last week")
    talk.picks("In the last 6 weeks").asks("your name").say("skip").asks_nothing()
    talk.hears("I noted: bruises").flagged("urgent")


def test_since_when_is_not_asked_for_what_was_dated(start: Start) -> None:
    talk = start().say("I have had bruises for two weeks").picks("None of these")
    talk.picks("I don't know").asks("monthly blood test")


def test_a_lump_of_an_answer_with_a_date_is_kept(start: Start) -> None:
    talk = start().say("I had Lemtrada 10 days ago and my joints ache")
    assert "days_since_last_infusion" in talk.conversation.report.answers


def test_the_summary_repeats_what_was_noted_who_sees_it_and_what_if_worse(start: Start) -> None:
    talk = start().say(BRUISES).answers_all("skip")
    talk.hears("I noted: bruises", "The MS team reads reports", "If it gets worse", "01632 960123")


@pytest.mark.parametrize("answer", ["kind of", "maybe", "I think so"])
def test_a_half_yes_is_the_more_worrying_answer(start: Start, answer: str) -> None:
    talk = start().say("I missed my last two blood tests").asks("unwell").say(answer)
    talk.urgency("urgent").flagged("urgent")


def test_the_same_sign_told_again_keeps_its_flag(start: Start) -> None:
    talk = start().say(BRUISES).say("I told you, I have bruises").urgency("urgent")
    talk.flagged("urgent").team_is_told("urgent")


def test_it_is_better_now_is_noted_and_changes_nothing(start: Start) -> None:
    talk = start().say(BRUISES).say("I feel better today").hears("noted", "01632 960123")
    talk.flagged("urgent")


def test_since_today_is_an_answer_and_no_emergency(start: Start) -> None:
    talk = start().say(BRUISES).picks("None of these").picks("I don't know").asks("Since when")
    talk.say("today").urgency(None).flagged("urgent")


def test_it_is_getting_worse_is_sent_to_a_person_at_once(start: Start) -> None:
    talk = start().say(BRUISES).say("it's getting worse")
    talk.hears_first("999").flagged("emergency").notes("unexplained_bruising")


@pytest.mark.parametrize("text", ["purple monkey dishwasher", "what's the weather like"])
def test_a_question_is_put_twice_at_most(start: Start, text: str) -> None:
    talk = start().say("I missed my last two blood tests").asks("unwell").say(text).asks("unwell")
    talk.say(text)
    assert "unwell" not in talk.heard


def test_a_call_back_number_that_was_told_early_is_not_asked_for_again(start: Start) -> None:
    talk = start().say("my name is Ann Smith, 07700 900123").say(BRUISES).answers_all("skip")
    talk.knows(contact="my name is Ann Smith, 07700 900123")
