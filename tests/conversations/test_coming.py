"""What design promises and Bedside does not do yet, or does wrongly: each with its reason.

A test that begins to pass (XPASS in the summary) moves to the file of its subject.
"""

from __future__ import annotations

import pytest

from tests.talk import Start

TEAM = "01632 960123"
BRUISES = "I have bruises on my legs"


def coming(reason: str) -> pytest.MarkDecorator:
    return pytest.mark.xfail(reason=reason, strict=False)


# Correction


@coming("a correction by button is read as the sign being told once more")
def test_a_sign_that_is_called_wrong_by_button_does_not_count_any_more(start: Start) -> None:
    talk = start().say("I have bruises and swollen ankles").say("that's not what I said")
    talk.asks("Which of it is wrong", "Bruises").picks("Bruises").flagged("urgent")
    talk.say("what have you noted").hears("You took back: bruises")


@coming("'that's wrong, I don't have bruises' is read as an answer to the open list")
def test_a_sign_that_is_called_wrong_in_words_does_not_count_any_more(start: Start) -> None:
    talk = start().say(BRUISES).say("that's wrong, I don't have bruises")
    talk.hears("sorry").flagged("urgent")


# What is only possible


@coming("a single guess is asked about by itself, or taken as the sign")
def test_several_guesses_are_offered_as_a_list_with_none_of_these(start: Start) -> None:
    talk = start().say("everything feels odd, my legs and my eyes are sort of funny").urgency(None)
    talk.asks("Which of these", "None of these")


# Patients who come back


@coming("a conversation without a flag goes on for ever")
def test_72_hours_after_a_summary_without_a_flag_a_new_episode_begins(start: Start) -> None:
    talk = start().say("I had my infusion yesterday and I have a headache").answers_all("no")
    first = talk.conversation_id
    talk.not_flagged().later(hours=73).say("hello")
    assert talk.conversation_id != first


@coming("a name and number that nobody asked for are not kept as the contact")
def test_a_call_back_number_that_was_told_early_is_not_asked_for_again(start: Start) -> None:
    talk = start().say("my name is Ann Smith, 07700 900123").say(BRUISES).answers_all("skip")
    talk.knows(contact="my name is Ann Smith, 07700 900123")


# Other languages


@coming("a short message in another language is taken for English that was not understood")
@pytest.mark.parametrize("text", ["no puedo respirar", "me duele el pecho"])
def test_S1_a_short_emergency_in_another_language_hears_the_number_first(
    start: Start, text: str
) -> None:
    start().say(text).hears_first("999")  # Questions


@coming("a question that names a sign loses the answer of its own")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("can I take ibuprofen for my headache", "cannot advise on medicines"),
        ("should I get the MMR vaccine", "before you have one"),
        ("do you know about vaccines", "vaccines"),
        ("is it safe to get vaccinated", "vaccines"),
        ("we are thinking about having a baby, is that ok", "cannot advise on pregnancy"),
    ],
)
def test_a_question_that_names_a_sign_has_its_own_answer(
    start: Start, text: str, words: str
) -> None:
    start().say(text).urgency(None).hears(words, TEAM)


# Who writes


@coming("that somebody was not treated does not change the urgency")
def test_somebody_who_was_not_treated_has_no_lemtrada_urgency(start: Start) -> None:
    talk = start().say("I never had Lemtrada but I have bruises on my legs").urgency(None)
    talk.hears("your own doctor", "NHS 111").not_flagged()


@coming("that somebody is under 17 does not change the route")
def test_somebody_under_17_with_a_sign_is_sent_to_an_adult(start: Start) -> None:
    start().say("I'm 15 and I have bruises on my legs").hears("parent", TEAM)


# Self-harm


@coming("a denied or past thought of self-harm has the words for any other sign")
@pytest.mark.parametrize("text", ["I'm not suicidal", "I thought about suicide ten years ago"])
def test_a_denied_or_past_thought_gets_one_gentle_check_in(start: Start, text: str) -> None:
    talk = start().say(text).urgency(None).hears("116 123").not_flagged()
    assert "safe" in talk.heard or "how are you" in talk.heard.casefold()


# Better and worse


@coming("'worse' is guessed to be a sign of its own, and makes an emergency of bruises")
def test_it_is_getting_worse_is_sent_to_a_person_today(start: Start) -> None:
    talk = start().say(BRUISES).say("it's getting worse")
    talk.hears("What has got worse", TEAM).flagged("urgent")


# Defects of the reading


@coming("a bare 'today' is guessed to be weakness moving up the body")
def test_since_today_is_an_answer_and_no_emergency(start: Start) -> None:
    talk = start().say(BRUISES).picks("None of these").picks("I don't know").asks("Since when")
    talk.say("today").urgency(None).flagged("urgent")


@coming("'I am safe' is guessed to be a thought of self-harm")
def test_yes_i_am_safe_is_no_crisis(start: Start) -> None:
    talk = start().say("I feel so low and hopeless").asks("safe").say("yes, I am safe")
    talk.flagged("prompt").team_is_told("prompt")


@coming("the figure of speech is read as chest pain")
def test_a_heart_attack_at_the_sight_of_a_bill_is_no_emergency(start: Start) -> None:
    start().say("I nearly had a heart attack when I saw the bill").urgency(None).not_flagged()


@coming("a blood test that was had, or is due, is read as one that was missed")
@pytest.mark.parametrize("text", ["the blood test went well", "when is my blood test due"])
def test_a_blood_test_that_was_not_missed_is_no_report(start: Start, text: str) -> None:
    start().say(text).urgency(None).notes_no_sign().not_flagged()


@coming("a question about results is read as an abnormal one")
def test_a_question_about_results_is_no_report(start: Start) -> None:
    start().say("what do my blood results mean").urgency(None).hears("cannot see your tests", TEAM)


@coming("the question is guessed to be a change in behaviour")
def test_a_question_who_is_there_is_no_sign(start: Start) -> None:
    start().say("am I talking to a real person").hears("I am a program").notes_no_sign()


@coming("what follows a denial and 'but' is read as possible only")
@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("no fever, but I have bruises on my legs", "unexplained_bruising"),
        ("no bruises, but I have a fever", "persistent_fever"),
    ],
)
def test_what_stands_after_a_denial_is_present(start: Start, text: str, sign: str) -> None:
    start().say(text).urgency("urgent").reports(sign, "present")


@coming("a number below a fever is guessed to be one and asked about")
@pytest.mark.parametrize("text", ["my temperature is 98.2 F", "my temperature is 36.6"])
def test_a_temperature_that_is_no_fever_is_not_reported_as_one(start: Start, text: str) -> None:
    start().say(text).notes_no_sign()


# Defects of the dialogue


@coming(
    "an answer taken for small talk or out of scope is never counted, and asked for without end"
)
@pytest.mark.parametrize("text", ["purple monkey dishwasher", "what's the weather like"])
def test_a_question_is_put_twice_at_most(start: Start, text: str) -> None:
    start().say("I missed my last two blood tests").say(text).say(text).say(text).asks_nothing_more(
        "unwell"
    )


@coming("a second unclear message that looks like a greeting begins the counting again")
def test_a_greeting_between_two_unclear_messages_does_not_lose_the_first(start: Start) -> None:
    talk = start().say("I have hiccups that won't go away").say("hello?")
    talk.say("it's just hiccups, all day long").urgency("urgent").flagged("urgent")


@coming("how much somebody bleeds is asked before whether they bleed")
def test_a_pregnant_patient_is_not_told_that_she_bleeds(start: Start) -> None:
    start().say("I'm pregnant").does_not_hear("How much are you bleeding")
