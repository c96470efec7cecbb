"""One turn after the other: what a patient hears first, what is asked, and what is never lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.answering import LONGEST_TEXT, answers_to, as_answered, as_meant
from bedside.correction import (
    MOST_NOTED,
    WHAT_IS_WRONG,
    WRONG,
    question_in_own_words,
    question_what_is_wrong,
)
from bedside.dialogue import (
    CONTACT,
    HOW_TO_REACH_YOU,
    LAST_BLOOD_TEST,
    ONSET,
    SINCE_WHEN,
    WHERE_ARE_YOU,
    Floor,
    take_up,
)
from bedside.facts import CONFIRM
from bedside.heard import ANSWERS
from bedside.knowledge import Knowledge, clinic_facts, load_responses
from bedside.model import (
    ACTIVE,
    DONT_KNOW,
    MAYBE,
    NO,
    YES,
    Assertion,
    Clinic,
    Days,
    EarlierSign,
    Finding,
    Parsed,
    Question,
    Report,
    Urgency,
)
from bedside.questions import (
    WHICH_IS_MEANT,
    in_other_words,
    next_question,
    question_about,
    which_emergency,
)
from bedside.returning import question_since_last
from bedside.saying import ADVICE
from bedside.settings import ROOT, read_clinic
from bedside.triage import CLARIFY, assess
from tests.builders import (
    ASKED,
    EMERGENCIES,
    KNOWLEDGE,
    LAST_INFUSION,
    SIGNS,
    TODAY,
    details,
    finding,
    findings,
    guess,
    guesses,
    mention,
    mentions,
    number,
    parsed,
    report,
    reports,
    shared_reader,
)
from tests.turns import Talk

BRUISES, STROKE, PALPITATIONS = "unexplained_bruising", "stroke_signs", "palpitations"
JOINTS, HEADACHE = "joint_pain", "headache_ordinary"
HANDOVER = (ONSET, LAST_BLOOD_TEST, CONTACT)
INTENTS = [*ANSWERS, "report_symptom", "affirm", "deny", "dont_know", "nlu_fallback"]
NONSENSE = "qwertz uiop"
RESPONSES = load_responses()
FACTS = clinic_facts(
    read_clinic(ROOT / "tests" / "clinic.yml"),
    KNOWLEDGE,
    datetime.fromisoformat("2026-11-25T10:00+00:00"),
)


@pytest.fixture
def talk(knowledge: Knowledge) -> Talk:
    return Talk(shared_reader(), knowledge)


# The first message


@pytest.mark.parametrize(
    ("text", "intent", "responses"),
    [
        ("I have bruises", "report_symptom", ["utter_urgent", "utter_question"]),
        (
            "my chest hurts",
            "report_symptom",
            ["utter_emergency", "utter_recorded", "utter_question"],
        ),
        ("MY FACE IS DROOPING", "", ["utter_emergency", "utter_recorded", "utter_question"]),
        (
            "maybe chest pain",
            "report_symptom",
            ["utter_emergency_possible", "utter_recorded", "utter_question"],
        ),
        ("no fever", "report_symptom", ["utter_denied"]),
        ("I used to get nosebleeds as a child", "report_symptom", ["utter_whose"]),
        ("my mum had a mini stroke", "report_symptom", ["utter_whose"]),
        ("what if I get a fever?", "ask_about_lemtrada", ["utter_about_lemtrada"]),
        ("what is Lemtrada?", "ask_about_lemtrada", ["utter_about_lemtrada"]),
        ("hello", "greet", ["utter_greet"]),
        ("hello, I have bruises", "greet", ["utter_urgent", "utter_question"]),
        ("can I have a drink", "ask_about_medicine", ["utter_medicine"]),
        ("I want a person", "request_human", ["utter_human"]),
        (
            "I want a person, I have bruises",
            "request_human",
            ["utter_urgent", "utter_human", "utter_question"],
        ),
        (NONSENSE, "report_symptom", ["utter_not_recognised"]),
        (NONSENSE, "nlu_fallback", ["utter_not_recognised"]),
        ("ok", "affirm", ["utter_not_recognised"]),
    ],
)
def test_a_first_message_is_answered(
    talk: Talk, text: str, intent: str, responses: list[str]
) -> None:
    assert talk.hears(text, intent) == responses


@pytest.mark.parametrize("intent", ANSWERS)
def test_an_intent_with_an_answer_gets_it_and_is_no_report(talk: Talk, intent: str) -> None:
    assert ANSWERS[intent] in talk.take(Parsed(text=NONSENSE, intent=intent))
    assert talk.urgency is None


def test_the_advice_names_what_the_patient_wrote(talk: Talk) -> None:
    talk.hears("I have bruises and my gums bleed and I am so tired")
    assert talk.turn.says[0].facts["signs"] == (
        "bruises, bleeding from the nose, gums or elsewhere and tiredness"
    )


# A list of red flags


def test_a_patient_with_bruises_is_asked_for_the_red_flags_in_one_list(talk: Talk) -> None:
    assert talk.hears("I have bruises") == ["utter_urgent", "utter_question"]
    assert set(talk.about) >= {"headache_present", "head_injury", "confusion", "fever"}
    assert talk.asks == ",".join(talk.about)
    assert talk.question.text == "Do you have any of these now?"
    *items, none, unknown = (choice.value for choice in talk.question.choices)
    assert items == [KNOWLEDGE.questions[fact].item for fact in talk.about]
    assert (none, unknown) == ("none of these", "I don't know")


@pytest.mark.parametrize(
    "answer",
    [
        "a headache",  # the button
        "A headache.",
        "my head is killing me",
        "yes, my head hurts",
        "Confusion or unusual sleepiness",
        "I fell and hit my head",
        "38.6",
    ],
)
def test_an_item_picked_or_told_is_an_emergency_at_once(talk: Talk, answer: str) -> None:
    talk.hears("I have bruises")
    assert talk.hears(answer, "affirm")[0] == "utter_emergency"
    assert talk.question.text == WHERE_ARE_YOU


def test_every_item_of_a_list_can_be_picked(talk: Talk) -> None:
    talk.hears("I have bruises")
    told, question = talk.report, talk.question
    for fact, choice in zip(question.about, question.choices, strict=False):
        talk.report, talk.question = told, question
        talk.hears(choice.value, "affirm")
        assert talk.report.answers[fact] == KNOWLEDGE.questions[fact].worse


@pytest.mark.parametrize("answer", ["none of these", "None of these.", "no", "none", "nothing"])
def test_none_of_these_denies_them_all_and_asks_for_the_rest(talk: Talk, answer: str) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    assert talk.hears(answer, "deny") == ["utter_question"]
    assert {talk.report.answers[fact] for fact in listed} == {NO}
    assert (talk.asks, talk.urgency) == ("platelets_10e9_l", "urgent")


def test_none_of_these_is_yes_where_the_worry_is_a_no(talk: Talk) -> None:
    talk.hears("I feel sick and vomit")
    while "fluids_kept_down" not in talk.about:
        talk.hears("none of these", "deny")
    assert "drinks that do not stay down" in [each.value for each in talk.question.choices]
    talk.hears("none of these", "deny")
    assert talk.report.answers["fluids_kept_down"] == YES
    assert talk.urgency == "prompt"


def test_an_item_can_be_picked_by_its_place_in_the_list(talk: Talk) -> None:
    talk.hears("bruises on my legs")
    second = talk.question.about[1]
    talk.hears("2")
    assert talk.report.answers[second] == "yes"


def test_a_sign_that_was_only_guessed_is_not_told_to_the_patient_as_theirs(
    knowledge: Knowledge,
) -> None:
    heard = parsed("soft cheese", mention("listeria_food_exposure"), guess("unexplained_bruising"))
    turn = take_up(Report(), heard, None, knowledge, TODAY)
    advice = next(each for each in turn.says if each.response == "utter_prompt")
    assert advice.facts["signs"] == knowledge.signs["listeria_food_exposure"].plain


def test_an_item_whose_worry_is_a_no_can_be_picked(talk: Talk) -> None:
    talk.hears("I feel sick and vomit")
    while "fluids_kept_down" not in talk.about:
        talk.hears("none of these", "deny")
    assert talk.hears("drinks that do not stay down", "affirm")[0] == "utter_urgent"
    assert talk.report.answers["fluids_kept_down"] == NO


def test_who_does_not_know_of_a_list_is_not_asked_it_again(talk: Talk) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    assert talk.hears("I don't know", "dont_know") == ["utter_question"]
    assert {talk.report.answers[fact] for fact in listed} == {DONT_KNOW}
    assert not set(listed) & set(talk.about)


@pytest.mark.parametrize(("answer", "intent"), [("yes", "affirm"), (NONSENSE, "nlu_fallback")])
def test_a_yes_alone_to_a_list_is_asked_which_and_then_left_open(
    talk: Talk, answer: str, intent: str
) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    assert talk.hears(answer, intent) == ["utter_which", "utter_question"]
    assert (talk.about, talk.question.attempt) == (listed, 2)
    talk.hears(answer, intent)
    assert {talk.report.answers[fact] for fact in listed} == {DONT_KNOW}
    assert not set(listed) & set(talk.about)


def test_an_item_denied_in_words_leaves_the_others_open(talk: Talk) -> None:
    talk.hears("I have bruises")
    talk.hears("no headache", "deny")
    assert talk.report.answers["headache_present"] == NO
    assert "headache_present" not in talk.about
    assert {"head_injury", "confusion"} <= set(talk.about)


def test_what_was_told_before_is_not_asked_again(talk: Talk) -> None:
    talk.hears("bruises, no headache, no fever, and I am not confused")
    assert not {"headache_present", "fever", "confusion"} & set(talk.about)
    assert "head_injury" in talk.about


@pytest.mark.parametrize("intent", ["ask_about_lemtrada", "request_human", "thank"])
def test_a_question_of_the_patients_own_is_answered_and_ours_asked_again(
    talk: Talk, intent: str
) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    for _ in range(3):
        said = talk.hears("what about the other thing", intent)
        assert said == [ANSWERS[intent], "utter_question"]
        assert (talk.about, talk.question.attempt) == (listed, 1)


@pytest.mark.parametrize("answer", ["none of these", "no headache", "I don't know"])
def test_who_named_an_item_and_then_none_is_still_believed(talk: Talk, answer: str) -> None:
    talk.hears("I have bruises")
    question = talk.question
    talk.hears("a headache", "affirm")
    talk.question = question  # put a second time, such as by a message that came late
    talk.hears(answer, "deny")
    assert (talk.report.answers["headache_present"], talk.urgency) == (YES, "emergency")


# A question with yes and no


@pytest.mark.parametrize(
    ("answer", "value"),
    [("yes", YES), ("a bit", YES), ("kind of", YES), ("no", NO), ("I don't know", DONT_KNOW)],
)
def test_a_single_question_is_answered_and_a_maybe_counts_as_the_worry(
    talk: Talk, answer: str, value: str
) -> None:
    talk.is_asked("breathless_at_rest", report(mention("fatigue")))
    talk.hears(answer)
    assert talk.report.answers["breathless_at_rest"] == value
    assert (talk.urgency == "emergency") is (value == YES)


@pytest.mark.parametrize(
    ("answer", "value"),
    [("no", NO), ("maybe", NO), ("sort of", NO), ("yes", YES), ("not sure", DONT_KNOW)],
)
def test_where_the_worry_is_a_no_a_maybe_counts_as_no(talk: Talk, answer: str, value: str) -> None:
    talk.is_asked("fluids_kept_down", report(mention("nausea_or_vomiting")))
    talk.hears(answer)
    assert talk.report.answers["fluids_kept_down"] == value
    assert (talk.urgency == "urgent") is (value == NO)


def test_an_answer_that_is_none_is_asked_for_once_more_and_then_left(talk: Talk) -> None:
    talk.is_asked("breathless_at_rest", report(mention("fatigue")))
    said = talk.hears(NONSENSE, "nlu_fallback")
    assert said == ["utter_once_more", "utter_question"]
    talk.is_asked("breathless_at_rest", talk.report)
    talk.question = dataclasses.replace(talk.question, attempt=2)
    talk.hears(NONSENSE, "nlu_fallback")
    assert talk.report.answers["breathless_at_rest"] == DONT_KNOW


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("Hard to breathe", "breathing"),
        ("hard to swallow", "swallowing"),
        ("No, neither", "none"),
        ("2", "swallowing"),
        ("no", "none"),
        ("no idea", DONT_KNOW),
    ],
)
def test_a_choice_is_picked_by_its_words_or_its_place(talk: Talk, answer: str, value: str) -> None:
    fact = "swallowing_breathing_difficulty"
    talk.is_asked(fact, report(mention("cold_or_throat_symptoms")))
    talk.hears(answer)
    assert talk.report.answers[fact] == value
    assert (talk.urgency == "emergency") is (value == "breathing")


# A question for a number


@pytest.mark.parametrize(
    ("fact", "answer", "value"),
    [
        ("temperature_c", "38.4", "38.4"),
        ("temperature_c", "it was 39,1", "39.1"),
        ("temperature_c", "101.2 F", "38.4"),
        ("temperature_c", "no thermometer", DONT_KNOW),
        ("temperature_c", "I haven't measured it", DONT_KNOW),
        ("heart_rate_bpm", "about 72", "72"),
        ("platelets_10e9_l", "they said 45", "45"),
        ("platelets_10e9_l", "no", DONT_KNOW),
        ("pain_severity", "7", "7"),
        ("bleeding_minutes", "half of it, 20 minutes", "20"),
        ("cough_duration_days", "two weeks", "14"),
    ],
)
def test_a_number_is_read_in_the_unit_that_was_asked_for(
    talk: Talk, fact: str, answer: str, value: str
) -> None:
    talk.is_asked(fact, report(mention("persistent_fever")))
    talk.hears(answer)
    assert talk.report.answers[fact] == value


@pytest.mark.parametrize("answer", ["5 weeks ago", "9000", "the doctor has it"])
def test_another_number_is_no_count_of_platelets(talk: Talk, answer: str) -> None:
    talk.is_asked("platelets_10e9_l", report(mention(BRUISES)))
    talk.hears(answer, "report_symptom")
    assert "platelets_10e9_l" not in talk.report.answers


def test_a_pain_of_so_many_out_of_ten_is_heard(talk: Talk) -> None:
    talk.is_asked("pain_severity", report(mention("nausea_or_vomiting")))
    assert talk.hears("7/10")[0] == "utter_urgent"


def test_very_few_platelets_with_bruises_are_an_emergency(talk: Talk) -> None:
    talk.is_asked("platelets_10e9_l", report(mention(BRUISES)))
    assert talk.hears("12")[0] == "utter_emergency"


# A question for a date


@pytest.mark.parametrize(
    ("answer", "days"),
    [
        ("Today or yesterday", Days(earliest=0, latest=1)),
        ("2 or 3 days ago", Days(earliest=2, latest=3)),
        ("yesterday", Days(earliest=1, latest=1)),
        ("March 2024", Days(earliest=966, latest=996)),
        ("More than 4 years ago", Days(earliest=1462, latest=None)),
    ],
)
def test_a_date_is_read_as_the_days_that_it_may_have_been(
    talk: Talk, answer: str, days: Days
) -> None:
    talk.is_asked(LAST_INFUSION, report(mention(PALPITATIONS)))
    talk.hears(answer)
    assert talk.report.clock[LAST_INFUSION] == days
    assert (talk.urgency == "emergency") is (days.earliest <= 3)


def test_a_date_that_nobody_knows_may_have_been_any_day(talk: Talk) -> None:
    talk.is_asked(LAST_INFUSION, report(mention(PALPITATIONS)))
    assert talk.hears("no idea", "dont_know")[0] == "utter_emergency"
    assert talk.report.answers[LAST_INFUSION] == DONT_KNOW


def test_a_date_is_counted_again_on_another_day(talk: Talk) -> None:
    talk.hears("I had my infusion yesterday and my skin itches")
    talk.today = TODAY + timedelta(days=9)
    talk.hears("thank you", "thank")
    assert talk.report.clock[LAST_INFUSION] == Days(earliest=10, latest=10)


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("I had my infusion yesterday and my heart is racing", "emergency"),
        ("my infusion was yesterday and I have a rash", "expected"),
        ("I have a rash", "prompt"),
    ],
)
def test_a_date_told_without_being_asked_counts(talk: Talk, text: str, urgency: str) -> None:
    talk.hears(text)
    assert talk.urgency == urgency
    assert LAST_INFUSION not in talk.about


@pytest.mark.parametrize("text", ["In the last 6 weeks", "3 weeks ago", "about 3 weeks back"])
def test_how_long_ago_a_test_was_is_no_duration_of_a_symptom(talk: Talk, text: str) -> None:
    talk.is_asked(LAST_BLOOD_TEST, report(mention("infusion_ms_symptom_flare")))
    talk.hears(text, "report_symptom")
    assert [each for each in talk.report.details if each.kind == "duration_hours"] == []


def test_a_pulse_that_was_asked_for_is_no_palpitation(talk: Talk) -> None:
    talk.is_asked("heart_rate_bpm", report(mention("overactive_thyroid")))
    talk.take(parsed("76 beats a minute", mention(PALPITATIONS)))
    assert PALPITATIONS not in {each.sign for each in talk.report.mentions}


# A fever with a number below it


def test_feverish_at_37_2_is_asked_about_once(talk: Talk) -> None:
    assert talk.hears("a bit feverish, 37.2, and bruises")[0] == "utter_urgent"
    asked = []
    while talk.question is not None and talk.asks != CONTACT:
        asked += talk.about
        talk.hears("no", "deny")
    assert asked.count("fever") == 1
    assert talk.urgency == "urgent"


def test_feverish_at_37_2_is_an_emergency_with_bruises_when_it_is_a_fever(talk: Talk) -> None:
    talk.hears("a bit feverish, 37.2, and bruises")
    assert talk.hears("a fever or feeling hot and shivery", "affirm")[0] == "utter_emergency"


def test_a_measured_fever_with_bruises_is_an_emergency_at_once(talk: Talk) -> None:
    assert talk.hears("a bit feverish, 38.2, and bruises")[0] == "utter_emergency"


def test_a_low_number_that_is_guessed_to_be_a_fever_is_none(talk: Talk) -> None:
    text = "my temperature is 36.6"
    start, end = 0, len(text)
    heard = shared_reader().read(text, intent="report_symptom")
    doubt = dataclasses.replace(guess("persistent_fever"), text=text, start=start, end=end)
    talk.take(dataclasses.replace(heard, mentions=(doubt,)))
    assert (talk.asks, talk.urgency) == (None, None)


# The urgency never falls


def test_an_answer_that_would_lower_does_not(talk: Talk) -> None:
    talk.hears("I have a rash")
    said = talk.hears("my infusion was yesterday")
    assert talk.urgency == "prompt"
    assert "utter_expected" not in said


def test_nor_does_it_fall_in_the_messages_after(talk: Talk) -> None:
    talk.hears("I have a rash")
    talk.hears("my infusion was yesterday")
    assert talk.hears("and my skin itches")[0] == "utter_prompt"
    assert talk.urgency == "prompt"


def test_a_no_after_a_yes_does_not_lower(talk: Talk) -> None:
    talk.hears("I have bruises")
    talk.hears("a headache", "affirm")
    talk.hears("no, no headache", "deny")
    assert talk.urgency == "emergency"


# A report from before the knowledge changed


def test_a_report_with_signs_that_nobody_knows_any_more_is_gone_on_with(talk: Talk) -> None:
    told = Report(
        mentions=(mention("bleeding"), mention(BRUISES)),
        findings=(Finding(finding="heavy_bleeding", text="heavy", assertion=Assertion.PRESENT),),
        answers={"heavy_bleeding": YES, CONFIRM + "bleeding": NO},
    )
    talk.report = told
    talk.question = Question(id="heavy_bleeding", about=("heavy_bleeding",), text="Is it heavy?")
    assert talk.hears("yes", "affirm")
    assert talk.urgency == "urgent"
    assert [each.sign for each in talk.report.mentions] == [BRUISES]
    assert talk.report.answers["heavy_bleeding"] == YES
    assert "headache_present" in talk.about


# Thoughts of self-harm


def test_a_crisis_is_answered_with_the_crisis_line_first(talk: Talk) -> None:
    assert talk.hears("I want to kill myself")[0] == "utter_crisis"
    first = RESPONSES.say(talk.turn.says[0], FACTS).text
    assert first.index("999") < first.index("Samaritans on 116 123") < first.index("You matter")
    assert talk.urgency == "emergency"


@pytest.mark.parametrize("answer", ["no", "not really", "kind of", "I don't know"])
def test_who_is_not_surely_safe_is_told_the_crisis_line(talk: Talk, answer: str) -> None:
    talk.hears("I feel low and hopeless")
    assert talk.asks == "safe_now"
    assert talk.hears(answer)[0] == "utter_crisis"


def test_who_is_safe_is_not_told_to_call(talk: Talk) -> None:
    talk.hears("I feel low and hopeless")
    talk.hears("yes", "affirm")
    assert talk.urgency == "prompt"


def test_a_crisis_with_a_physical_emergency_is_told_both_the_emergency_first(talk: Talk) -> None:
    said = talk.hears("I want to kill myself and my chest hurts")
    assert said[:2] == ["utter_emergency", "utter_crisis"]
    assert {say.urgency for say in talk.turn.says[:2]} == {Urgency.EMERGENCY}


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("my chest hurts", "I want to kill myself", ["utter_emergency", "utter_crisis"]),
        ("I want to kill myself", "my chest hurts", ["utter_emergency"]),
    ],
)
def test_a_crisis_and_an_emergency_one_after_the_other(
    talk: Talk, first: str, then: str, said: list[str]
) -> None:
    talk.hears(first)
    assert talk.hears(then)[: len(said)] == said


# While the infusion runs


def test_while_the_infusion_runs_the_nurse_is_told_at_once(talk: Talk) -> None:
    assert talk.hears("I am on the drip now and my skin itches")[0] == "utter_infusion_running"
    assert talk.urgency == "urgent"


def test_an_emergency_while_the_infusion_runs_is_one(talk: Talk) -> None:
    talk.hears("I am on the drip now and my skin itches")
    assert talk.hears("my throat is swelling")[0] == "utter_emergency"


# Emergencies come first, whatever was going on


@pytest.mark.parametrize("before", [[], ["I have bruises"], ["I have bruises", "no", "no"]])
@pytest.mark.parametrize(
    "text",
    [
        "my face is drooping",
        "no but I can't breathe",
        "CHEST PAIN",
        "no headache but my chest hurts",
    ],
)
def test_an_emergency_in_the_middle_of_a_question_speaks_first(
    talk: Talk, before: list[str], text: str
) -> None:
    for message in before:
        talk.hears(message)
    assert talk.hears(text, "deny")[0] == "utter_emergency"


def test_an_emergency_in_place_of_a_phone_number_speaks_first(talk: Talk) -> None:
    talk.hears("I have a sore throat")
    while talk.asks != CONTACT:
        talk.hears("I don't know", "dont_know")
    assert talk.hears("I can't breathe")[0] == "utter_emergency"
    assert CONTACT not in talk.report.answers


def test_a_possible_emergency_says_if_this_is_happening_now(talk: Talk) -> None:
    assert talk.take(parsed("half of me feels odd", guess(STROKE)))[0] == "utter_emergency_possible"
    first = RESPONSES.say(talk.turn.says[0], FACTS).text
    assert first.startswith("If this is happening now,")
    assert "999" in first.split(".")[0]


def test_an_emergency_told_again_is_answered_with_the_number_again(talk: Talk) -> None:
    talk.hears("my chest hurts")
    assert talk.hears("my chest still hurts")[0] == "utter_emergency"


def test_after_an_emergency_another_sign_is_told_to_call_first(talk: Talk) -> None:
    talk.hears("my chest hurts")
    assert talk.hears("and I have bruises")[0] == "utter_emergency_again"


def test_in_an_emergency_the_patient_is_asked_where_they_are_and_nothing_else(talk: Talk) -> None:
    talk.hears("my chest hurts")
    assert talk.question.text == WHERE_ARE_YOU
    assert talk.hears("at home, 3 Mill Lane, alone") == ["utter_emergency_again", "utter_summary"]
    assert talk.asks is None


# Signs that were only guessed


def test_a_guessed_sign_is_asked_about_before_any_advice(talk: Talk) -> None:
    assert talk.take(parsed("odd marks", guess(BRUISES))) == ["utter_confirm"]
    assert (talk.asks, talk.urgency) == (CONFIRM + BRUISES, "unclear")


def test_a_guessed_sign_is_dropped_by_a_no_and_other_words_are_asked_for(talk: Talk) -> None:
    talk.take(parsed("odd marks", guess(BRUISES)))
    assert talk.hears("no", "deny") == ["utter_not_recognised"]
    assert (talk.asks, talk.urgency) == ("clarify", None)


def test_a_guessed_sign_is_kept_by_a_yes(talk: Talk) -> None:
    talk.take(parsed("odd marks", guess(BRUISES)))
    assert talk.hears("yes", "affirm") == ["utter_urgent", "utter_question"]
    assert (talk.about[0], talk.urgency) == ("headache_present", "urgent")


def test_a_guessed_sign_is_kept_when_the_patient_says_it_in_plain_words(talk: Talk) -> None:
    talk.take(parsed("odd marks", guess(BRUISES)))
    assert talk.hears("they are bruises")[0] == "utter_urgent"
    assert talk.urgency == "urgent"


def test_a_guessed_sign_that_nobody_could_clear_up_is_for_the_team_today(talk: Talk) -> None:
    talk.take(parsed("odd marks", guess(BRUISES)))
    assert talk.hears(NONSENSE, "nlu_fallback") == ["utter_once_more", "utter_confirm"]
    assert talk.hears(NONSENSE, "nlu_fallback")[0] == "utter_urgent"
    assert talk.urgency == "urgent"


def test_who_does_not_know_whether_it_is_the_guessed_sign_is_for_the_team_today(
    talk: Talk,
) -> None:
    talk.take(parsed("odd marks", guess(BRUISES)))
    assert talk.hears("I don't know", "dont_know")[0] == "utter_urgent"


# Several guesses


def guessed(talk: Talk, *signs: str) -> list[str]:
    """A message in which only guesses were made, the first surest."""
    doubts = [guess(sign, 0.9 - place / 10) for place, sign in enumerate(signs)]
    return talk.take(parsed("odd marks", *doubts))


def test_several_guesses_are_one_list_the_surest_first(talk: Talk) -> None:
    assert guessed(talk, JOINTS, BRUISES, HEADACHE, "fatigue") == ["utter_confirm"]
    assert talk.question.text == WHICH_IS_MEANT
    assert [choice.title for choice in talk.question.choices] == [
        "Painful or stiff joints",
        "Bruises",
        "A headache",
        "None of these",
        "I don't know",
    ]


@pytest.mark.parametrize("answer", ["Bruises", "bruises", "2", "it is the bruises I mean"])
def test_the_guess_that_is_picked_or_told_counts_and_the_others_do_not(
    talk: Talk, answer: str
) -> None:
    guessed(talk, JOINTS, BRUISES, HEADACHE)
    assert talk.hears(answer)[0] == "utter_urgent"
    assert talk.turn.says[0].facts["signs"] == "bruises"
    assert (talk.urgency, talk.about[0]) == ("urgent", "headache_present")


@pytest.mark.parametrize("answer", ["none of these", "None of these.", "no", "neither"])
def test_none_of_these_takes_all_guesses_back_and_asks_for_other_words(
    talk: Talk, answer: str
) -> None:
    guessed(talk, JOINTS, BRUISES)
    assert talk.hears(answer, "deny") == ["utter_not_recognised"]
    assert (talk.asks, talk.urgency) == (CLARIFY, None)


def test_that_is_not_what_i_said_takes_the_guesses_back(talk: Talk) -> None:
    guessed(talk, JOINTS, BRUISES)
    assert talk.hears("that's not what I said", "correct") == ["utter_correct"]
    assert (talk.asks, talk.urgency) == (CLARIFY, None)


def test_both_of_the_guesses_can_be_meant(talk: Talk) -> None:
    guessed(talk, JOINTS, BRUISES)
    talk.hears("both of them", "affirm")
    assert talk.turn.says[0].facts["signs"] == "bruises and painful or stiff joints"


def test_a_yes_to_several_guesses_is_asked_which_in_other_words(talk: Talk) -> None:
    guessed(talk, JOINTS, BRUISES)
    first = talk.question.text
    assert talk.hears("yes", "affirm") == ["utter_which", "utter_confirm"]
    assert talk.question.text != first and "painful or stiff joints" in talk.question.text


@pytest.mark.parametrize("answer", ["I don't know", "skip"])
def test_who_does_not_know_which_guess_it_is_is_for_the_team_today(talk: Talk, answer: str) -> None:
    guessed(talk, JOINTS, BRUISES)
    assert talk.hears(answer, "dont_know")[0] == "utter_urgent"


def test_a_sign_told_beside_the_list_is_taken_up_and_the_list_put_again(talk: Talk) -> None:
    guessed(talk, JOINTS, BRUISES)
    assert talk.hears("I have white patches on my skin where the colour has gone") == [
        "utter_routine",
        "utter_confirm",
    ]


def test_a_possible_emergency_gets_its_number_first_and_is_on_the_list(talk: Talk) -> None:
    said = guessed(talk, BRUISES, "fatigue", HEADACHE, STROKE)
    assert said == ["utter_emergency_possible", "utter_confirm"]
    assert [choice.value for choice in talk.question.choices[:3]] == [
        "bruises",
        "tiredness",
        KNOWLEDGE.signs[STROKE].plain,
    ]


def test_a_possible_emergency_that_is_picked_is_one(talk: Talk) -> None:
    guessed(talk, BRUISES, STROKE)
    assert talk.hears("2")[0] == "utter_emergency"
    assert talk.question.text == WHERE_ARE_YOU


@pytest.mark.parametrize("answer", ["bruises", "none of these"])
def test_a_possible_emergency_that_is_not_meant_keeps_its_urgency_and_number(
    talk: Talk, answer: str
) -> None:
    guessed(talk, BRUISES, STROKE)
    assert talk.hears(answer)[0] == "utter_emergency_taken_back"
    assert (talk.urgency, talk.question.text) == ("emergency", HOW_TO_REACH_YOU)
    assert talk.hears("thank you", "thank")[0] == "utter_emergency_taken_back"


def test_the_same_possible_emergency_again_counts_again(talk: Talk) -> None:
    guessed(talk, BRUISES, STROKE)
    talk.hears("none of these")
    assert guessed(talk, STROKE)[0] == "utter_emergency_possible"


def test_thoughts_of_self_harm_that_were_not_meant_keep_the_crisis_line(talk: Talk) -> None:
    guessed(talk, "fatigue", "self_harm_thoughts")
    assert talk.hears("tiredness")[0] == "utter_crisis_again"


# Corrections

THAT_IS_WRONG = "that's not what I said"


def test_who_says_that_something_is_wrong_is_told_what_was_noted_and_picks(talk: Talk) -> None:
    talk.hears("I have bruises and I am so tired")
    assert talk.hears(THAT_IS_WRONG, "correct") == ["utter_noted_so_far", "utter_question"]
    assert talk.turn.says[0].facts["signs"] == "bruises and tiredness"
    assert talk.asks == WRONG
    titles = [choice.title for choice in talk.question.choices]
    assert titles == ["Bruises", "Tiredness", "Something else"]


def test_a_correction_after_asking_what_was_noted_does_the_same(talk: Talk) -> None:
    talk.hears("I have bruises")
    assert talk.hears("what did you write down", "ask_what_was_noted")[0] == "utter_what_was_noted"
    assert talk.hears("that is wrong", "correct") == ["utter_noted_so_far", "utter_question"]


def test_no_more_than_five_signs_are_offered(talk: Talk, knowledge: Knowledge) -> None:
    talk.report = report(*(mention(sign) for sign in SIGNS if sign not in EMERGENCIES))
    talk.hears(THAT_IS_WRONG, "correct")
    assert len(talk.question.choices) == MOST_NOTED + 1


@pytest.mark.parametrize("answer", ["Bruises", "1", "the bruises", "no bruises"])
def test_a_sign_called_wrong_stays_in_the_record_and_counts_no_more(
    talk: Talk, answer: str
) -> None:
    talk.hears("I have bruises and my joints ache")
    talk.hears(THAT_IS_WRONG, "correct")
    assert talk.hears(answer)[0] == "utter_corrected"
    assert talk.turn.says[0].facts["signs"] == "bruises"
    bruises = next(each for each in talk.report.mentions if each.sign == BRUISES)
    assert (bruises.assertion, bruises.cue) == (Assertion.ABSENT, "corrected by the patient")
    assert talk.urgency == "urgent"
    reason = next(each for each in talk.turn.assessment.reasons if each.rule == "reached_before")
    assert "bruises" in reason.words


def test_no_question_follows_from_a_sign_that_was_taken_back(talk: Talk) -> None:
    talk.hears("I have bruises")
    talk.hears(THAT_IS_WRONG, "correct")
    talk.hears("Bruises")
    assert talk.asks == CONTACT
    talk.hears("skip", "skip")
    assert talk.asks is None


def test_the_summary_names_it_only_as_taken_back(talk: Talk) -> None:
    talk.hears("I have bruises and my joints ache")
    talk.hears(THAT_IS_WRONG, "correct")
    talk.hears("Bruises")
    while talk.question is not None:
        talk.hears("I don't know", "dont_know")
    summary = talk.turn.says[-1]
    assert summary.response == "utter_summary"
    assert summary.facts["signs"] == "painful or stiff joints. You took back: bruises"


def test_what_was_taken_back_and_is_told_again_counts_again(talk: Talk) -> None:
    talk.hears("I have bruises")
    talk.hears(THAT_IS_WRONG, "correct")
    talk.hears("Bruises")
    assert talk.hears("they are bruises after all")[0] == "utter_urgent"
    assert "headache_present" in talk.about


def test_an_emergency_is_not_taken_back_silently(talk: Talk) -> None:
    talk.hears("my chest hurts")
    assert talk.hears("that's wrong", "correct")[0] == "utter_emergency_again"
    assert talk.hears("chest pain or tightness")[:2] == [
        "utter_emergency_taken_back",
        "utter_corrected",
    ]
    said = RESPONSES.say(talk.turn.says[0], FACTS).text
    assert "999" in said.split(". ")[0] and "If this is not happening, tell the MS team" in said
    assert talk.urgency == "emergency"


def test_thoughts_of_self_harm_are_not_offered_to_be_taken_back(talk: Talk) -> None:
    talk.hears("I want to kill myself")
    assert talk.hears(THAT_IS_WRONG, "correct")[:2] == ["utter_crisis_again", "utter_correct"]
    assert talk.asks != WRONG


def test_a_correction_with_a_new_sign_is_taken_up_with_it(talk: Talk) -> None:
    talk.hears("I have a fever")
    assert talk.hears("no, it's not a fever, it's a rash", "correct")[:2] == [
        "utter_urgent",
        "utter_corrected",
    ]
    assert talk.turn.says[0].facts["signs"] == "a rash or hives"
    assert talk.turn.says[1].facts["signs"] == "a fever"


def test_the_no_of_a_correction_is_no_answer_to_the_open_question(talk: Talk) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    assert talk.hears("no, you got it wrong", "correct")[-1] == "utter_question"
    assert talk.report.answers.keys().isdisjoint(listed)


def test_something_else_is_told_in_own_words_and_kept(talk: Talk) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    talk.hears(THAT_IS_WRONG, "correct")
    assert talk.hears("Something else") == ["utter_question"]
    assert talk.hears("it was my left leg") == ["utter_added", "utter_question"]
    assert talk.report.answers[WHAT_IS_WRONG] == "it was my left leg"
    assert talk.about == listed


@pytest.mark.parametrize("answer", ["nothing", "I don't know", "skip"])
def test_who_takes_nothing_back_goes_on_with_the_open_question(talk: Talk, answer: str) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    talk.hears(THAT_IS_WRONG, "correct")
    assert talk.hears(answer) == ["utter_added", "utter_question"]
    assert (talk.about, talk.urgency) == (listed, "urgent")


def test_a_corrected_value_is_added(talk: Talk) -> None:
    talk.hears("I have bruises")
    assert talk.hears("sorry, typo, I meant 37.2 °C", "correct") == [
        "utter_added",
        "utter_question",
    ]


# A patient who comes back


def came_back(talk: Talk, *signs: str) -> None:
    """A new conversation of a patient who told these signs three days ago."""
    told = (
        EarlierSign(sign=sign, urgency=KNOWLEDGE.signs[sign].urgency, days_ago=3) for sign in signs
    )
    talk.report = Report(earlier=tuple(told))


def test_a_greeting_while_a_question_is_open_repeats_what_was_told_and_the_question(
    talk: Talk,
) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    assert talk.hears("hello again", "greet") == ["utter_welcome_back", "utter_question"]
    assert talk.turn.says[0].facts["signs"] == "bruises"
    assert talk.about == listed


def test_a_greeting_in_a_new_conversation_asks_how_the_earlier_signs_are(talk: Talk) -> None:
    came_back(talk, JOINTS, BRUISES)
    assert talk.hears("hello", "greet") == ["utter_welcome_back", "utter_question"]
    assert talk.turn.says[0].facts["signs"] == "bruises and painful or stiff joints"
    titles = [choice.title for choice in talk.question.choices]
    assert titles == ["Still there", "Worse", "Better", "Gone", "I don't know"]


def test_what_was_only_guessed_last_time_is_not_told_to_the_patient_as_theirs(talk: Talk) -> None:
    guessed_only = EarlierSign(sign=BRUISES, urgency=Urgency.UNCLEAR, days_ago=3)
    talk.report = Report(earlier=(guessed_only,))
    assert talk.hears("hello", "greet") == ["utter_greet"]


@pytest.mark.parametrize(
    ("answer", "urgency"),
    [
        ("Still there", "urgent"),
        ("about the same", "urgent"),
        ("it has not gone", "urgent"),
        ("yes", "urgent"),
        ("Worse", "urgent"),
        ("it's got much worse", "urgent"),
        ("Better", None),
        ("Gone", None),
        ("it went away on Monday", None),
        ("I don't know", None),
    ],
)
def test_what_is_still_there_is_the_same_sign_again(
    talk: Talk, answer: str, urgency: str | None
) -> None:
    came_back(talk, JOINTS)
    talk.hears("hello", "greet")
    said = talk.hears(answer)
    assert talk.urgency == urgency
    assert said[0] == ("utter_better" if urgency is None else "utter_urgent")
    rules = {each.rule for each in talk.turn.assessment.reasons}
    assert urgency is None or rules & {"again", "again_and_worse"}


def test_an_urgent_sign_that_is_worse_than_last_time_is_an_emergency(talk: Talk) -> None:
    came_back(talk, BRUISES)
    talk.hears("hello", "greet")
    assert talk.hears("Worse")[0] == "utter_emergency"


def test_feeling_worse_in_a_new_conversation_takes_the_earlier_signs_up(talk: Talk) -> None:
    came_back(talk, JOINTS)
    assert talk.hears("it has got worse since I wrote", "feel_worse")[0] == "utter_urgent"


def test_how_it_is_now_is_asked_once_more_in_other_words_and_then_left(talk: Talk) -> None:
    came_back(talk, BRUISES)
    talk.hears("hello", "greet")
    assert talk.hears(NONSENSE) == ["utter_once_more", "utter_question"]
    assert "“still there”" in talk.question.text
    assert talk.hears(NONSENSE) == ["utter_better"]
    assert talk.question is None


def test_another_sign_in_place_of_how_it_is_now_is_taken_up(talk: Talk) -> None:
    came_back(talk, JOINTS)
    talk.hears("hello", "greet")
    assert talk.hears("my chest hurts")[0] == "utter_emergency"


def test_feeling_worse_raises_what_was_advised_on(talk: Talk) -> None:
    talk.hears("my joints ache")
    assert talk.urgency == "prompt"
    assert talk.hears("I feel worse", "feel_worse")[0] == "utter_urgent"
    assert talk.hears("it's worse again", "feel_worse")[0] == "utter_worse"


def test_feeling_worse_without_a_known_sign_asks_what_is_worse(talk: Talk) -> None:
    assert talk.hears("I feel worse", "feel_worse") == ["utter_worse"]
    assert talk.urgency is None


def test_feeling_worse_in_place_of_a_name_is_no_name(talk: Talk) -> None:
    talk.hears("my joints ache")
    hand_over(talk, "skip")
    assert talk.asks == CONTACT
    assert talk.hears("I feel worse", "feel_worse")[0] == "utter_urgent"
    assert CONTACT not in talk.report.answers


def test_feeling_better_is_noted_and_lowers_nothing(talk: Talk) -> None:
    talk.hears("I have bruises")
    assert talk.hears("much better now", "feel_better") == ["utter_better", "utter_question"]
    assert talk.urgency == "urgent"


# Nonsense and insults


def test_nonsense_gets_a_kind_answer_and_the_second_time_a_person(talk: Talk) -> None:
    assert talk.hears("asdfgh", "nonsense") == ["utter_nonsense"]
    assert talk.asks == CLARIFY
    assert talk.hears("jkl jkl", "nonsense")[0] == "utter_unclear"
    assert talk.urgency == "urgent"


def test_nonsense_in_place_of_an_answer_is_an_unclear_answer(talk: Talk) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    assert talk.hears("asdfgh", "nonsense") == ["utter_nonsense", "utter_question"]
    assert talk.question.attempt == 2
    talk.hears("asdfgh", "nonsense")
    assert {talk.report.answers[fact] for fact in listed} == {DONT_KNOW}


def test_an_insult_is_answered_calmly_and_the_question_stays(talk: Talk) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    assert talk.hears("you useless machine", "insult") == ["utter_insult", "utter_question"]
    assert (talk.about, talk.question.attempt) == (listed, 1)


@pytest.mark.parametrize("intent", ["nonsense", "insult", "greet", "correct", "feel_worse", "skip"])
def test_after_an_emergency_any_message_repeats_the_number_first(talk: Talk, intent: str) -> None:
    talk.hears("my chest hurts")
    talk.hears(NONSENSE, intent)
    first = talk.turn.says[0]
    assert first.urgency is Urgency.EMERGENCY
    assert "999" in RESPONSES.say(first, FACTS).text.split(". ")[0]


# Not understood


def test_a_question_is_put_again_in_other_words_with_an_example(talk: Talk) -> None:
    for fact in ASKED:
        talk.is_asked(fact, report(mention(BRUISES)))
        question = talk.question
        again = in_other_words(question, KNOWLEDGE)
        assert again.text != question.text and again.text.startswith(("I ", "Please"))
        assert "You can write" in again.text
        assert (again.id, again.choices) == (question.id, question.choices)


@pytest.mark.parametrize("text", ["next question please", "I would rather not say"])
def test_skipping_in_other_words_is_an_answer(talk: Talk, text: str) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    assert talk.hears(text, "skip") == ["utter_question"]
    assert {talk.report.answers[fact] for fact in listed} == {DONT_KNOW}


def test_who_is_not_understood_twice_is_sent_to_a_person(talk: Talk) -> None:
    assert talk.hears(NONSENSE) == ["utter_not_recognised"]
    assert talk.asks == CLARIFY
    assert talk.hears(NONSENSE)[0] == "utter_unclear"
    assert talk.urgency == "urgent"


def test_who_is_understood_the_second_time_is_advised(talk: Talk) -> None:
    talk.hears(NONSENSE)
    assert talk.hears("I mean bruises")[0] == "utter_urgent"


def test_small_talk_twice_is_no_report(talk: Talk) -> None:
    for _ in range(3):
        assert talk.hears("what lovely weather", "small_talk") == ["utter_small_talk"]
    assert talk.urgency is None


def test_small_talk_for_an_answer_is_asked_again_once(talk: Talk) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    assert talk.hears("nice weather", "small_talk") == ["utter_small_talk", "utter_question"]
    assert (talk.about, talk.question.attempt) == (listed, 2)
    talk.hears("nice weather", "small_talk")
    assert talk.about != listed


def test_a_question_in_between_does_not_count_as_an_answer(talk: Talk) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    for _ in range(3):
        assert talk.hears("who reads this", "ask_who_reads") == [
            "utter_who_reads",
            "utter_question",
        ]
    assert (talk.about, talk.question.attempt) == (listed, 1)


def test_a_greeting_between_two_unclear_messages_does_not_lose_the_first(talk: Talk) -> None:
    talk.hears(NONSENSE, "report_symptom")
    assert talk.hears("hello?", "greet") == ["utter_greet"]
    assert talk.hears(NONSENSE, "report_symptom")[0] == "utter_unclear"
    assert talk.urgency == "urgent"


def test_an_answer_and_a_sign_in_one_message_are_both_taken(talk: Talk) -> None:
    talk.hears("I have bruises")
    listed = talk.about
    talk.hears("none of these. By the way, my joints hurt")
    assert JOINTS in {each.sign for each in talk.report.mentions}
    assert set(talk.about).isdisjoint(listed)


def test_what_is_picked_counts_though_the_rest_seems_to_deny_it(talk: Talk) -> None:
    talk.hears("I have bruises")
    denied = finding("confusion", "absent")
    talk.take(parsed("A headache. And off my food", denied, finding("headache_present", "absent")))
    assert talk.urgency == "emergency"


def test_one_of_the_list_and_a_sign_in_one_message_are_both_taken(talk: Talk) -> None:
    talk.hears("I have bruises")
    assert talk.hears("A headache. And my joints hurt")[0] == "utter_emergency"


# After the advice: since when, the last blood test, how to be reached


def test_a_number_to_call_that_was_told_early_is_not_asked_for_again(talk: Talk) -> None:
    talk.hears("I am Ann, 07700 900123", "give_contact")
    assert talk.report.answers[CONTACT] == "I am Ann, 07700 900123"


def test_out_of_a_longer_message_only_the_number_is_kept(talk: Talk) -> None:
    talk.hears("I have bruises all over, call me on 07700 900123 please")
    assert talk.report.answers[CONTACT] == "07700 900123"


@pytest.mark.parametrize("text", ["my platelets were 120 on 12.03.2026", "it started 2026-11-20"])
def test_a_date_or_a_result_is_no_number_to_call(talk: Talk, text: str) -> None:
    talk.hears(f"I have bruises, {text}")
    assert CONTACT not in talk.report.answers


def hand_over(talk: Talk, *answers: str) -> list[str]:
    """Deny all red flags, give `answers` to what is asked then, and see what that was."""
    while talk.asks not in HANDOVER:
        talk.hears("I don't know", "dont_know")
    asked = []
    for answer in answers:
        asked.append(talk.asks)
        talk.hears(answer)
    return asked


def test_at_the_end_three_more_things_are_asked(talk: Talk) -> None:
    talk.hears("I have bruises")
    asked = hand_over(talk, "since Monday", "In the last 6 weeks", "Anna, 07700 900123")
    assert asked == list(HANDOVER)
    assert (talk.asks, talk.urgency) == (None, "urgent")
    assert talk.report.answers[ONSET] == "since Monday"
    assert talk.report.clock[LAST_BLOOD_TEST] == Days(earliest=0, latest=45)
    assert talk.report.answers[CONTACT] == "Anna, 07700 900123"
    assert talk.turn.says[-1].response == "utter_summary"


def test_what_is_asked_at_the_end_says_that_it_can_be_skipped(talk: Talk) -> None:
    assert "“skip”" in SINCE_WHEN and "“skip”" in HOW_TO_REACH_YOU
    talk.hears("I have bruises")
    assert hand_over(talk, "skip", "skip", "skip") == list(HANDOVER)
    assert talk.asks is None


def test_it_is_said_once_that_the_report_is_recorded(talk: Talk) -> None:
    said = talk.hears("I have bruises")
    while talk.asks is not None:
        said += talk.hears("I don't know", "dont_know")
    assert said.count("utter_recorded") == 1
    assert said.count("utter_summary") == 1


def test_who_has_said_since_when_is_not_asked(talk: Talk) -> None:
    talk.hears("I have had bruises for 3 days")
    assert hand_over(talk, "skip", "skip") == [LAST_BLOOD_TEST, CONTACT]
    assert talk.asks is None


def test_who_is_not_waited_for_is_not_asked_for_a_number(talk: Talk) -> None:
    talk.hears("I have white patches on my skin where the colour has gone")
    while talk.question is not None:
        assert talk.asks not in (ONSET, CONTACT)
        talk.hears("no", "deny")
    assert talk.urgency == "routine"


@pytest.mark.parametrize("text", ["Anna", "no", "07700 900123", "x" * 500])
@pytest.mark.parametrize(
    "intent", ["greet", "report_symptom", "out_of_scope", "deny", "small_talk"]
)
def test_whatever_is_written_for_a_name_is_kept_and_ends_the_questions(
    talk: Talk, text: str, intent: str
) -> None:
    talk.report = report(mention("chest_pain"))
    talk.question = Question(id=CONTACT, about=(CONTACT,), text=WHERE_ARE_YOU)
    assert talk.hears(text, intent) == ["utter_emergency_again", "utter_summary"]
    assert talk.report.answers[CONTACT] == text[:LONGEST_TEXT]
    assert talk.question is None


@pytest.mark.parametrize("text", ["skip", "I don't know", "rather not say"])
def test_who_skips_the_name_is_not_asked_again(talk: Talk, text: str) -> None:
    talk.report = report(mention("chest_pain"))
    talk.question = Question(id=CONTACT, about=(CONTACT,), text=WHERE_ARE_YOU)
    assert talk.hears(text, "skip") == ["utter_emergency_again", "utter_summary"]
    assert talk.report.answers[CONTACT] == DONT_KNOW
    talk.hears("thank you", "thank")
    assert talk.question is None


@pytest.mark.parametrize("text", ["hello", "Good evening!", "hi there"])
def test_a_greeting_is_no_name(talk: Talk, text: str) -> None:
    talk.report = report(mention("chest_pain"))
    talk.question = Question(id=CONTACT, about=(CONTACT,), text=WHERE_ARE_YOU)
    assert talk.hears(text, "greet") == [
        "utter_emergency_again",
        "utter_welcome_back",
        "utter_question",
    ]
    assert talk.asks == CONTACT and CONTACT not in talk.report.answers


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("It's Anna, 07700 900123, and now my gums bleed", "report_symptom"),
        ("Anna Smith, and my gums bleed", "give_contact"),
    ],
)
def test_a_sign_beside_a_name_or_number_is_taken_up_and_the_name_is_kept(
    talk: Talk, text: str, intent: str
) -> None:
    talk.report = report(mention(BRUISES), answers=dict.fromkeys(ASKED, DONT_KNOW))
    talk.question = Question(id=CONTACT, about=(CONTACT,), text=HOW_TO_REACH_YOU)
    assert talk.hears(text, intent)[0] == "utter_urgent"
    assert talk.report.answers[CONTACT] == text
    assert "nose_gum_or_mouth_bleeding" in {each.sign for each in talk.report.mentions}


def test_a_patient_who_goes_on_talking_after_the_summary_is_still_heard(talk: Talk) -> None:
    talk.hears("my chest hurts")
    talk.hears("at home")
    assert talk.hears("thank you", "thank") == ["utter_emergency_again", "utter_thank"]
    assert talk.hears(NONSENSE)
    assert talk.hears("now my face is drooping")[0] == "utter_emergency"


# The floor


@pytest.fixture(scope="module")
def floor(knowledge: Knowledge) -> Floor:
    return Floor(knowledge)


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("CAN'T BREATHE", Urgency.EMERGENCY),
        ("my speech is slurred", Urgency.EMERGENCY),
        ("bruises all over", Urgency.URGENT),
        ("no bruises", None),
        ("hello", None),
    ],
)
def test_the_floor_alone_knows_what_is_certain(
    floor: Floor, text: str, urgency: Urgency | None
) -> None:
    heard, turn = floor.take_up(Report(), text, None, TODAY)
    assert (heard.text, turn.spoken_urgency) == (text, urgency)


# What holds for every turn

heard_messages = st.builds(
    Parsed,
    text=st.sampled_from(
        [
            "",
            "yes",
            "Anna",
            "none of these",
            "a headache",
            "yesterday",
            "bruises",
            "chest pain or tightness",
            "something else",
            "worse",
            NONSENSE,
        ]
    ),
    intent=st.sampled_from(INTENTS),
    mentions=st.lists(mentions | guesses, max_size=2).map(tuple),
    findings=st.lists(findings, max_size=2).map(tuple),
    details=st.lists(
        details | st.builds(number, st.just(LAST_INFUSION), st.sampled_from([0, 1, 5, 40])),
        max_size=1,
    ).map(tuple),
    reply=st.sampled_from([None, YES, NO, MAYBE, DONT_KNOW]),
)
pending = st.none() | st.sampled_from(
    [
        *(question_about(fact, KNOWLEDGE) for fact in ASKED),
        *(next_question(report(mention(sign)), KNOWLEDGE) for sign in (BRUISES, "fatigue")),
        next_question(report(guess(BRUISES)), KNOWLEDGE),
        next_question(report(guess(BRUISES), guess("fatigue")), KNOWLEDGE),
        which_emergency(report(guess(BRUISES), guess(STROKE)), KNOWLEDGE),
        question_what_is_wrong(
            report(mention(BRUISES), mention("chest_pain")),
            Parsed(text="wrong", intent="correct"),
            None,
            KNOWLEDGE,
        ),
        question_in_own_words(),
        question_since_last(),
        Question(id=CONTACT, about=(CONTACT,), text=HOW_TO_REACH_YOU),
        Question(id=ONSET, about=(ONSET,), text=SINCE_WHEN),
        Question(id=CLARIFY, about=(), text=""),
    ]
)
any_turn = st.tuples(reports, heard_messages, pending)


@given(st.lists(heard_messages, min_size=1, max_size=7))
def test_within_a_conversation_the_urgency_never_falls(messages: list[Parsed]) -> None:
    told, question, highest = Report(), None, Urgency.UNCLEAR
    for message in messages:
        turn = take_up(told, message, question, KNOWLEDGE, TODAY)
        told, question = turn.report, turn.question
        # Below `expected` there is only a guess, which the patient may take back.
        now = turn.assessment.urgency or Urgency.UNCLEAR
        assert now >= highest
        highest = now


@given(any_turn)
def test_in_one_turn_the_urgency_never_falls(now) -> None:
    told, message, question = now
    before = assess(told, KNOWLEDGE).urgency or Urgency.UNCLEAR
    after = take_up(told, message, question, KNOWLEDGE, TODAY).assessment.urgency
    assert (after or Urgency.UNCLEAR) >= before


@given(any_turn)
def test_a_message_with_an_intent_is_never_met_with_silence(now) -> None:
    told, message, question = now
    assert take_up(told, message, question, KNOWLEDGE, TODAY).says


@given(any_turn)
def test_everything_said_has_words_and_the_urgency_of_the_domain(now) -> None:
    told, message, question = now
    for say in take_up(told, message, question, KNOWLEDGE, TODAY).says:
        assert RESPONSES.say(say, FACTS).text
        assert say.urgency == RESPONSES.urgencies.get(say.response)


@given(any_turn, st.sampled_from(EMERGENCIES), st.sampled_from(["present", "possible", "guessed"]))
def test_a_message_with_an_emergency_sign_is_answered_with_the_number_first(
    now, sign: str, how: str
) -> None:
    told, message, question = now
    said = guess(sign) if how == "guessed" else mention(sign, how)
    heard = Parsed(text="x", intent=message.intent, mentions=(*message.mentions, said))
    first = take_up(told, heard, question, KNOWLEDGE, TODAY).says[0]
    assert first.urgency is Urgency.EMERGENCY
    assert "999" in RESPONSES.say(first, FACTS).text.split(". ")[0]


@given(any_turn)
def test_thoughts_of_self_harm_are_always_answered_with_the_crisis_line(now) -> None:
    told, message, question = now
    said = (*message.mentions, mention("self_harm_thoughts"))
    heard = dataclasses.replace(message, mentions=said)
    turn = take_up(told, heard, question, KNOWLEDGE, TODAY)
    assert "utter_crisis" in [say.response for say in turn.says[:2]]


@given(any_turn)
def test_when_the_urgency_rises_the_first_words_say_so(now) -> None:
    told, message, question = now
    before = assess(told, KNOWLEDGE).urgency
    turn = take_up(told, message, question, KNOWLEDGE, TODAY)
    rises = turn.assessment.advice in ADVICE and turn.assessment.urgency > (before or 0)
    if rises:
        assert turn.says[0].urgency == turn.assessment.urgency


@given(any_turn)
def test_at_most_one_question_is_asked_and_it_comes_last(now) -> None:
    told, message, question = now
    turn = take_up(told, message, question, KNOWLEDGE, TODAY)
    asked = [
        i
        for i, say in enumerate(turn.says)
        if say.response in ("utter_question", "utter_confirm", "utter_whose")
    ]
    put = turn.question is not None and turn.question.id != CLARIFY
    assert asked == ([len(turn.says) - 1] if put else [])


@given(any_turn)
def test_how_to_be_reached_is_asked_last_and_of_nobody_who_is_not_waited_for(now) -> None:
    told, message, question = now
    turn = take_up(told, message, question, KNOWLEDGE, TODAY)
    if turn.question is not None and turn.question.id in (ONSET, CONTACT):
        assert next_question(turn.report, KNOWLEDGE) is None
        assert turn.assessment.urgency >= Urgency.PROMPT


@given(any_turn)
def test_nothing_a_patient_told_is_lost(now) -> None:
    told, message, question = now
    message = as_meant(message, question, KNOWLEDGE)  # a button says no more than it stands for
    given = answers_to(message, question, told, KNOWLEDGE, TODAY)
    message = as_answered(message, question, given, KNOWLEDGE)
    after = take_up(told, message, question, KNOWLEDGE, TODAY).report
    before = _each_once([*_signs(told), *_signs(message)])
    assert _each_once(_signs(after))[: len(before)] == before
    assert list(after.details) == _each_once([*told.details, *message.details])
    assert {each.finding for each in after.findings} >= {
        each.finding for each in (*told.findings, *message.findings) if each.finding != "fever"
    }
    assert set(after.answers) >= set(told.answers)
    assert {name for name, value in told.answers.items() if value == YES} <= {
        name for name, value in after.answers.items() if value == YES
    }


def _each_once(several: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(several))


def _signs(told: Report | Parsed) -> list[tuple[str, str]]:
    return [(each.sign, each.text) for each in told.mentions]


def test_who_tells_the_same_every_day_does_not_make_the_report_longer() -> None:
    again = parsed("bruises, for 3 days", mention(BRUISES), number("duration_hours", 72))
    first = take_up(Report(), again, None, KNOWLEDGE, TODAY)
    later = take_up(first.report, again, None, KNOWLEDGE, TODAY + timedelta(days=1))
    assert len(later.report.mentions) == len(later.report.details) == 1
    assert later.assessment.urgency == first.assessment.urgency == Urgency.URGENT


@given(any_turn)
def test_the_same_turn_taken_up_twice_is_the_same(now) -> None:
    assert take_up(*now, KNOWLEDGE, TODAY) == take_up(*now, KNOWLEDGE, TODAY)


@given(reports, st.lists(st.sampled_from([YES, NO, DONT_KNOW, None]), min_size=3, max_size=3))
def test_a_conversation_comes_to_an_end_whatever_is_answered(
    told: Report, replies: list[str | None]
) -> None:
    most = 2 * (len(SIGNS) + len(ASKED) + len(HANDOVER))
    question = None
    for turn_number in range(most):
        heard = Parsed(text="x", intent="affirm", reply=replies[turn_number % 3])
        turn = take_up(told, heard, question, KNOWLEDGE, TODAY)
        told, question = turn.report, turn.question
        if question is None or question.id == CLARIFY:
            return
    raise AssertionError(f"still asking for {question.id}")


@given(st.lists(st.sampled_from(SIGNS), min_size=1))
def test_who_denies_everything_is_not_advised(signs: list[str]) -> None:
    denied = [mention(sign, Assertion.ABSENT) for sign in signs]
    heard = parsed("no", *denied, intent="deny", reply=NO)
    turn = take_up(Report(), heard, None, KNOWLEDGE, TODAY)
    assert turn.spoken_urgency is None and turn.assessment.urgency is None


def test_active_is_what_a_patient_has_or_may_have() -> None:
    assert set(ACTIVE) == {Assertion.PRESENT, Assertion.POSSIBLE}


def test_the_clinic_of_these_tests_is_open(clinic: Clinic, now: datetime) -> None:
    assert clinic.is_open(now)
    assert clinic.day(now) == date(2026, 11, 25)
