"""Which question comes next: red flags first, as a list; nothing that is known, nothing that cannot raise."""

from __future__ import annotations

import dataclasses

import pytest

from bedside.knowledge import Kind, Knowledge
from bedside.model import DONT_KNOW, NO, YES, Assertion, EarlierSign, Question, Report, Urgency
from bedside.questions import (
    LIST_TEXT,
    LONGEST_LIST,
    next_question,
    open_facts,
    question_about,
    which_emergency,
)
from bedside.triage import CLARIFY, CONFIRM, assess
from tests.builders import (
    ASKED,
    EMERGENCIES,
    KNOWLEDGE,
    LAST_INFUSION,
    SIGNS,
    finding,
    guess,
    mention,
    number,
    report,
)

BRUISES, FEVER, FATIGUE = "unexplained_bruising", "persistent_fever", "fatigue"
JOINTS, PATCHES, HEADACHE = "joint_pain", "skin_patches_or_hair_loss", "headache_ordinary"
PALPITATIONS, PREGNANCY = "palpitations", "pregnancy_or_planning"
MILDER = sorted(set(SIGNS) - set(EMERGENCIES))
YES_NO_FACTS = [fact for fact in ASKED if KNOWLEDGE.questions[fact].kind is Kind.YES_NO]
CHOSEN = [fact for fact in ASKED if KNOWLEDGE.questions[fact].kind is Kind.CHOICE]
NUMBERS = [fact for fact in ASKED if KNOWLEDGE.questions[fact].kind is Kind.NUMBER]
DATES = [fact for fact in ASKED if KNOWLEDGE.questions[fact].kind is Kind.DAYS_AGO]
CARER = finding("reporter", value="carer")
NOT_KNOWN = (LAST_INFUSION, "days_since_last_blood_test", "days_since_last_thyroid_test")


def asked(told: Report, knowledge: Knowledge) -> tuple[str, ...]:
    """What the next question is about; nothing when there is none."""
    question = next_question(told, knowledge)
    return () if question is None else question.about


def titles(question: Question) -> list[str]:
    return [choice.title for choice in question.choices]


def harmless(fact: str) -> str:
    """The answer to the question about `fact` by somebody who is well, or does not know."""
    entry = KNOWLEDGE.questions[fact]
    if entry.kind in (Kind.NUMBER, Kind.DAYS_AGO):
        return DONT_KNOW
    if entry.kind is Kind.CHOICE:
        return next(iter(entry.choices))
    return NO if (entry.worse or YES) == YES else YES


def answered(told: Report, *facts: str) -> Report:
    """`told` by somebody to whom none of `facts` applies."""
    return dataclasses.replace(told, answers={**told.answers, **{f: harmless(f) for f in facts}})


def all_answered(told: Report) -> Report:
    return answered(told, *ASKED)


def questionnaire(told: Report, knowledge: Knowledge) -> list[tuple[str, ...]]:
    """All that somebody without a red flag is asked, in order."""
    rounds = []
    while about := asked(told, knowledge):
        rounds.append(about)
        told = answered(told, *about)
    return rounds


# Lists


def test_red_flags_are_asked_together_as_a_list(knowledge: Knowledge) -> None:
    question = next_question(report(mention(FATIGUE)), knowledge)
    assert question is not None
    assert question.text == LIST_TEXT == "Do you have any of these now?"
    assert question.about == (
        "breathless_at_rest",
        "chest_pain_present",
        "loss_of_consciousness",
        "confusion",
    )
    assert titles(question) == [
        "Shortness of breath when you sit still",
        "Pain or pressure in chest or jaw or arm",
        "Passing out",
        "Confusion or unusual sleepiness",
        "None of these",
        "I don't know",
    ]


def test_what_is_picked_from_a_list_is_the_item_in_words(knowledge: Knowledge) -> None:
    question = next_question(report(mention(FATIGUE)), knowledge)
    assert question is not None
    items = [knowledge.questions[fact].item for fact in question.about]
    assert [choice.value for choice in question.choices] == [
        *items,
        "none of these",
        "I don't know",
    ]


def test_no_list_is_longer_than_six(knowledge: Knowledge) -> None:
    for sign in MILDER:
        for about in questionnaire(report(mention(sign)), knowledge):
            assert len(about) <= LONGEST_LIST == 6, sign


def test_what_does_not_fit_into_the_first_list_is_asked_in_the_next(knowledge: Knowledge) -> None:
    first, second, *_ = questionnaire(report(mention(FEVER)), knowledge)
    assert len(first) == LONGEST_LIST
    assert second == ("skin_mottled", "breathless_at_rest", "urine_output_reduced")


def test_a_list_ends_with_none_of_these_and_dont_know(knowledge: Knowledge) -> None:
    for sign in MILDER:
        question = next_question(report(mention(sign)), knowledge)
        if question is not None and len(question.about) > 1:
            assert titles(question)[-2:] == ["None of these", "I don't know"]
            assert len(question.choices) == len(question.about) + 2


def test_a_single_red_flag_is_asked_alone_in_its_own_words(knowledge: Knowledge) -> None:
    question = next_question(report(mention("low_mood_or_anxiety")), knowledge)
    assert question == question_about("safe_now", knowledge)


@pytest.mark.parametrize(
    ("sign", "rounds"),
    [
        (
            BRUISES,
            [
                (
                    "headache_present",
                    "head_injury",
                    "confusion",
                    "blood_in_stool",
                    "fever",
                    "yellow_skin_eyes",
                ),
                ("platelets_10e9_l",),
            ],
        ),
        (JOINTS, [("joint_swelling", "fever"), ("days_since_last_blood_test",)]),
        (PATCHES, [("fever",), ("spreading",)]),
        (PREGNANCY, [("bleeding_amount",), ("pregnant",)]),
    ],
)
def test_red_flags_of_the_highest_urgency_come_first(
    knowledge: Knowledge, sign: str, rounds: list[tuple[str, ...]]
) -> None:
    assert questionnaire(report(mention(sign)), knowledge) == rounds


def test_what_one_answer_decides_is_asked_before_what_needs_two(knowledge: Knowledge) -> None:
    rounds = questionnaire(report(mention(FEVER)), knowledge)
    assert "rigors" in rounds[-1]  # it needs the day of the infusion too
    told = report(mention(FEVER), day=3)
    assert "rigors" in asked(told, knowledge)


# How each kind is asked


@pytest.mark.parametrize("fact", YES_NO_FACTS)
def test_a_question_for_yes_or_no_offers_both_and_dont_know(
    knowledge: Knowledge, fact: str
) -> None:
    question = question_about(fact, knowledge)
    assert [choice.value for choice in question.choices] == [YES, NO, "I don't know"]
    assert (question.id, question.about) == (fact, (fact,))
    assert question.text == knowledge.questions[fact].text


@pytest.mark.parametrize("fact", CHOSEN)
def test_a_choice_offers_its_titles_and_dont_know(knowledge: Knowledge, fact: str) -> None:
    expected = [*knowledge.questions[fact].choices.values(), "I don't know"]
    assert titles(question_about(fact, knowledge)) == expected


@pytest.mark.parametrize("fact", NUMBERS)
def test_a_number_is_written_and_may_be_unknown(knowledge: Knowledge, fact: str) -> None:
    assert titles(question_about(fact, knowledge)) == ["I don't know"]


@pytest.mark.parametrize("fact", DATES)
def test_a_date_is_picked_from_spans_without_a_gap(knowledge: Knowledge, fact: str) -> None:
    entry = knowledge.questions[fact]
    assert titles(question_about(fact, knowledge)) == [*entry.choices.values(), "I don't know"]
    spans = [choice.split("-") for choice in entry.choices]
    assert spans[0][0] == "0" and spans[-1][1] == ""
    assert [int(first) for first, _ in spans[1:]] == [int(last) + 1 for _, last in spans[:-1]]


# Nothing is asked without need


def test_who_reports_nothing_is_asked_nothing(knowledge: Knowledge) -> None:
    assert asked(Report(), knowledge) == open_facts(Report(), knowledge) == ()


@pytest.mark.parametrize("assertion", ["absent", "historical", "hypothetical", "someone_else"])
def test_what_does_not_count_leads_to_no_question(knowledge: Knowledge, assertion: str) -> None:
    assert asked(report(mention(BRUISES, assertion)), knowledge) == ()


def test_in_an_emergency_nobody_is_asked_about_symptoms(knowledge: Knowledge) -> None:
    for sign in EMERGENCIES:
        assert asked(report(mention(sign), mention(BRUISES), guess(FATIGUE)), knowledge) == ()


@pytest.mark.parametrize(
    "told",
    [
        report(mention("chest_pain", "possible")),
        report(guess("chest_pain")),
        report(mention(BRUISES), finding("headache_present")),
        report(mention(BRUISES), answers={"confusion": YES}),
        report(mention(PALPITATIONS), day=2),
        report(finding("face_tongue_swelling")),
    ],
)
def test_nor_when_something_made_it_an_emergency(knowledge: Knowledge, told: Report) -> None:
    assert asked(told, knowledge) == ()


def test_nor_when_it_is_one_because_it_came_again_and_is_worse(knowledge: Knowledge) -> None:
    told = report(mention(FATIGUE), finding("getting_worse"))
    once = EarlierSign(sign=FATIGUE, urgency=Urgency.URGENT, days_ago=2)
    told = dataclasses.replace(told, earlier=(once,))
    assert assess(told, knowledge).urgency is Urgency.EMERGENCY
    assert asked(told, knowledge) == ()


def test_what_an_earlier_report_raised_already_is_not_asked_for(knowledge: Knowledge) -> None:
    once = EarlierSign(sign=JOINTS, urgency=Urgency.PROMPT, days_ago=2)
    told = dataclasses.replace(report(mention(JOINTS)), earlier=(once,))
    assert asked(told, knowledge) == ()  # a swollen joint would be urgent, which it is


def test_who_was_not_understood_twice_is_not_asked_what_cannot_raise(knowledge: Knowledge) -> None:
    told = report(mention(JOINTS), answers={CLARIFY: DONT_KNOW})
    assert asked(told, knowledge) == ()


@pytest.mark.parametrize(
    "known",
    [
        report(mention(FATIGUE), finding("breathless_at_rest", "absent")),
        report(mention(FATIGUE), answers={"breathless_at_rest": NO}),
        report(mention(FATIGUE), answers={"breathless_at_rest": DONT_KNOW}),
        report(mention(FATIGUE), mention("severe_breathlessness", "absent")),
    ],
)
def test_what_was_denied_or_answered_is_not_asked(knowledge: Knowledge, known: Report) -> None:
    about = asked(known, knowledge)
    assert "confusion" in about and "breathless_at_rest" not in about


@pytest.mark.parametrize(
    "known",
    [
        report(mention(JOINTS), number("temperature_c", 37.1)),
        report(mention(JOINTS), finding("fever")),
        report(mention(JOINTS), mention(FEVER)),
    ],
)
def test_what_was_told_or_measured_is_not_asked(knowledge: Knowledge, known: Report) -> None:
    assert "fever" not in open_facts(known, knowledge)


def test_a_finding_that_someone_supposes_or_had_is_asked_all_the_same(
    knowledge: Knowledge,
) -> None:
    for assertion in (Assertion.HYPOTHETICAL, Assertion.HISTORICAL, Assertion.SOMEONE_ELSE):
        told = report(mention(BRUISES), finding("headache_present", assertion))
        assert "headache_present" in asked(told, knowledge)


def test_a_known_infusion_day_is_not_asked(knowledge: Knowledge) -> None:
    told = report(mention(PALPITATIONS))
    assert LAST_INFUSION in open_facts(told, knowledge)
    assert LAST_INFUSION not in open_facts(report(mention(PALPITATIONS), day=40), knowledge)


def test_inside_the_window_the_infusion_day_needs_no_question(knowledge: Knowledge) -> None:
    rounds = questionnaire(report(mention(HEADACHE), day=1), knowledge)
    assert LAST_INFUSION not in {fact for about in rounds for fact in about}


def test_a_fact_without_a_question_is_never_asked(knowledge: Knowledge) -> None:
    heard_only = {fact for fact, entry in knowledge.questions.items() if not entry.text}
    of_the_writer = {"reporter", "never_treated", "under_17"}
    assert heard_only == {"getting_worse", "vomiting_count", "weeks_pregnant", *of_the_writer}
    for sign in MILDER:
        assert heard_only.isdisjoint(open_facts(report(mention(sign)), knowledge))


def test_who_answered_everything_is_asked_nothing_more(knowledge: Knowledge) -> None:
    for sign in MILDER:
        assert asked(all_answered(report(mention(sign))), knowledge) == (), sign


def test_the_questions_about_one_sign_are_few(knowledge: Knowledge) -> None:
    for sign in MILDER:
        assert len(questionnaire(report(mention(sign)), knowledge)) <= 8, sign


# When it applies


def test_only_a_carer_is_asked_whether_somebody_can_be_woken(knowledge: Knowledge) -> None:
    tired = mention("severe_fatigue")
    assert "able_to_wake" not in open_facts(report(tired), knowledge)
    assert "able_to_wake" in open_facts(report(tired, CARER), knowledge)


@pytest.mark.parametrize(
    ("sign", "day", "is_asked"),
    [
        (JOINTS, None, False),
        (JOINTS, 1, False),
        (JOINTS, 0, True),
        (JOINTS, (0, 1), True),
        (PALPITATIONS, None, True),
    ],
)
def test_whether_an_infusion_is_running_is_asked_only_when_one_may(
    knowledge: Knowledge, sign: str, day: int | tuple[int, int] | None, is_asked: bool
) -> None:
    told = report(mention(sign), day=day)
    assert ("infusion_in_progress" in open_facts(told, knowledge)) == is_asked


@pytest.mark.parametrize("name", ["headache_present", "fever", "breathless_at_rest"])
def test_a_finding_that_is_not_urgent_alone_leads_to_no_question(
    knowledge: Knowledge, name: str
) -> None:
    assert asked(report(finding(name)), knowledge) == ()


def test_a_finding_that_is_urgent_alone_does(knowledge: Knowledge) -> None:
    assert "fever" in asked(report(finding("confusion")), knowledge)


def test_an_answer_can_open_another_rule(knowledge: Knowledge) -> None:
    told = report(mention(JOINTS))
    assert "neck_stiffness" not in open_facts(told, knowledge)
    feverish = report(mention(JOINTS), answers={"fever": YES})
    assert asked(feverish, knowledge) == (
        "other_bleeding",
        "neck_stiffness",
        "light_sensitivity",
        "confusion",
    )


def test_what_would_make_a_second_part_of_the_body_prompt_is_asked(knowledge: Knowledge) -> None:
    """Patches that spread are prompt; beside another prompt sign they are urgent."""
    told = answered(report(mention(PATCHES)), "fever")
    assert asked(told, knowledge) == ("spreading",)
    both = dataclasses.replace(told, mentions=(mention(PATCHES), mention(JOINTS)))
    assert "spreading" in open_facts(both, knowledge)


def test_a_second_sign_brings_its_own_questions(knowledge: Knowledge) -> None:
    told = answered(report(mention(JOINTS)), "joint_swelling", "fever")
    more = dataclasses.replace(told, mentions=(*told.mentions, mention(FATIGUE)))
    assert "breathless_at_rest" in asked(more, knowledge)


# Guesses


def test_a_guess_is_asked_about_in_plain_words(knowledge: Knowledge) -> None:
    question = next_question(report(guess(FATIGUE)), knowledge)
    assert question is not None
    assert (question.id, question.about) == (CONFIRM + FATIGUE, (FATIGUE,))
    assert question.text == "Do I understand you right: are you telling me about tiredness?"
    assert titles(question) == ["Yes", "No", "I don't know"]


def test_a_guess_is_asked_about_before_the_red_flags(knowledge: Knowledge) -> None:
    assert asked(report(mention(JOINTS), guess(FATIGUE)), knowledge) == (FATIGUE,)


def test_several_guesses_are_asked_about_in_one_list_the_surest_first(
    knowledge: Knowledge,
) -> None:
    guesses = [guess(JOINTS, 0.4), guess(FATIGUE, 0.6), guess(BRUISES, 0.5), guess(FEVER, 0.3)]
    question = next_question(report(*guesses), knowledge)
    assert question is not None
    assert question.about == (FATIGUE, BRUISES, JOINTS)
    assert titles(question) == [
        "Tiredness",
        "Bruises",
        "Painful or stiff joints",
        "None of these",
        "I don't know",
    ]


def test_a_possible_emergency_is_among_the_three_that_are_listed(knowledge: Knowledge) -> None:
    milder = [guess(sign, 0.8) for sign in (BRUISES, FATIGUE, JOINTS)]
    told = report(*milder, mention("chest_pain", "possible"), guess("seizure", 0.2))
    question = which_emergency(told, knowledge)
    assert question is not None
    assert question.about == ("chest_pain", BRUISES, "seizure")


@pytest.mark.parametrize(
    "told",
    [
        report(guess("chest_pain")),
        report(guess("chest_pain"), mention(BRUISES)),
        report(mention("chest_pain"), guess(BRUISES)),
        report(guess("chest_pain"), guess(BRUISES), answers={CONFIRM + "chest_pain": DONT_KNOW}),
        report(guess(FATIGUE), guess(BRUISES)),
    ],
)
def test_no_emergency_is_on_a_list_when_it_is_alone_sure_or_was_asked_about(
    knowledge: Knowledge, told: Report
) -> None:
    assert which_emergency(told, knowledge) is None


@pytest.mark.parametrize(
    ("answer", "about"),
    [(YES, "breathless_at_rest"), (NO, None), (DONT_KNOW, None)],
)
def test_a_guess_is_asked_about_once(knowledge: Knowledge, answer: str, about: str | None) -> None:
    told = report(guess(FATIGUE), answers={CONFIRM + FATIGUE: answer})
    assert (asked(told, knowledge) or (None,))[0] == about


def test_a_guess_that_could_raise_nothing_is_not_asked_about(knowledge: Knowledge) -> None:
    told = all_answered(report(mention(BRUISES), guess(PATCHES)))
    assert asked(told, knowledge) == ()


def test_a_guess_whose_red_flags_could_raise_is_asked_about(knowledge: Knowledge) -> None:
    told = answered(report(mention(FATIGUE)), *asked(report(mention(FATIGUE)), knowledge))
    assert asked(told, knowledge) != (PALPITATIONS,)
    more = dataclasses.replace(told, mentions=(*told.mentions, guess(PALPITATIONS)))
    assert asked(more, knowledge) == (PALPITATIONS,)


# A yes to each question could raise


def test_a_yes_to_a_list_raises_at_once(knowledge: Knowledge) -> None:
    """On a list stand red flags that are missing alone: with any of them the urgency is higher."""
    for sign in (BRUISES, FEVER, FATIGUE, PALPITATIONS, JOINTS, HEADACHE):
        told = report(mention(sign))
        before = assess(told, knowledge).urgency
        for fact in asked(told, knowledge):
            worse = knowledge.questions[fact].worse
            after = assess(report(mention(sign), answers={fact: worse}), knowledge).urgency
            assert after > before, fact
