"""Only questions that could still raise the urgency are asked, and as long as one could, it is asked."""

from __future__ import annotations

import dataclasses
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.knowledge import Knowledge
from bedside.model import DONT_KNOW, NO, YES, Report
from bedside.questions import next_question, question_about
from bedside.triage import CONFIRM, active, assess, finding_state, needs_confirming
from tests.builders import (
    FINDINGS,
    KNOWLEDGE,
    finding,
    findings,
    guess,
    guesses,
    mention,
    mentions,
    report,
    reports,
)

BRUISES = "unexplained_bruising"


def asked(told: Report, knowledge: Knowledge) -> str | None:
    question = next_question(told, knowledge)
    return question and question.id


def open_questions(told: Report) -> list[str]:
    """All that could still be answered: findings nobody spoke of, and guesses."""
    guessed = {
        CONFIRM + each.sign
        for each in active(told)
        if needs_confirming(each, told, KNOWLEDGE) and CONFIRM + each.sign not in told.answers
    }
    askable = (name for name in FINDINGS if KNOWLEDGE.findings[name].question)
    return [*sorted(guessed), *(name for name in askable if finding_state(told, name) is None)]


def height(told: Report) -> int:
    urgency = assess(told, KNOWLEDGE).urgency
    return -1 if urgency is None else urgency


def completed(told: Report, yes: frozenset[str], asking: list[str]) -> Report:
    answers = {question: YES if question in yes else NO for question in asking}
    return dataclasses.replace(told, answers={**told.answers, **answers})


def completions(told: Report, asking: list[str]) -> dict[frozenset[str], int]:
    """The urgency of every way in which all open questions could be answered with yes or no."""
    ways = (
        frozenset(question for question, is_yes in zip(asking, way, strict=True) if is_yes)
        for way in product([False, True], repeat=len(asking))
    )
    return {yes: height(completed(told, yes, asking)) for yes in ways}


# A table


@pytest.mark.parametrize(
    ("told", "question"),
    [
        (report(), None),
        (report(mention(BRUISES)), "headache_present"),
        (report(mention("bleeding")), "heavy_bleeding"),
        (report(mention("fatigue")), "breathless_at_rest"),
        (report(mention("signs_of_infection")), "rigors"),
        (report(mention("persistent_fever"), finding("fever")), "confusion"),
        (report(mention("stroke_signs")), None),
        (report(mention("chest_pain", "possible")), None),
        (report(mention(BRUISES, "absent")), None),
        (report(mention(BRUISES), finding("headache_present")), None),
        (report(mention(BRUISES), finding("headache_present", "absent")), "head_injury"),
        (report(mention(BRUISES), answers={"headache_present": DONT_KNOW}), "head_injury"),
        (report(guess(BRUISES)), CONFIRM + BRUISES),
        (report(guess(BRUISES), answers={CONFIRM + BRUISES: NO}), None),
        (report(guess(BRUISES), answers={CONFIRM + BRUISES: YES}), "headache_present"),
        (report(guess(BRUISES), answers={CONFIRM + BRUISES: DONT_KNOW}), "fever"),
        (report(guess("stroke_signs")), None),
        (report(finding("confusion")), "fever"),
        (report(finding("headache_present")), None),
    ],
)
def test_the_next_question_is_the_one_that_could_change_most(
    knowledge: Knowledge, told: Report, question: str | None
) -> None:
    assert asked(told, knowledge) == question


def test_in_an_emergency_nobody_is_asked_about_symptoms(knowledge: Knowledge) -> None:
    assert asked(report(mention("chest_pain"), mention(BRUISES)), knowledge) is None


def test_in_an_emergency_nobody_is_asked_whether_a_guess_was_right(knowledge: Knowledge) -> None:
    assert asked(report(mention("chest_pain"), guess(BRUISES)), knowledge) is None


@pytest.mark.parametrize("name", [each for each in FINDINGS if KNOWLEDGE.findings[each].question])
def test_a_question_offers_yes_no_and_dont_know(knowledge: Knowledge, name: str) -> None:
    question = question_about(name, knowledge)
    assert [choice.value for choice in question.choices] == [YES, NO, "I don't know"]
    assert question.text == knowledge.findings[name].question


def test_a_guess_is_asked_about_in_the_patients_words(knowledge: Knowledge) -> None:
    question = next_question(report(guess("fatigue")), knowledge)
    assert question is not None
    assert question.text == "Do I understand you right: are you telling me about tiredness?"


# What holds for every report. Much is answered already, so that all completions can be tried.

half_answered = st.builds(
    Report,
    mentions=st.lists(mentions | guesses, min_size=1, max_size=3).map(tuple),
    findings=st.lists(findings, max_size=2).map(tuple),
    answers=st.dictionaries(
        st.sampled_from(FINDINGS), st.sampled_from([YES, NO, NO, DONT_KNOW]), min_size=3, max_size=6
    ),
)


@given(half_answered)
@settings(max_examples=40, deadline=None)
def test_a_finding_is_asked_for_only_if_a_yes_could_raise_the_urgency(told: Report) -> None:
    asks = asked(told, KNOWLEDGE)
    if asks in FINDINGS:
        ways, now = completions(told, open_questions(told)), height(told)
        assert [
            yes
            for yes, urgency in ways.items()
            if asks in yes and urgency > now and ways[yes - {asks}] < urgency
        ]


@given(half_answered)
@settings(max_examples=40, deadline=None)
def test_when_nothing_is_asked_no_answers_could_raise_the_urgency(told: Report) -> None:
    # Who reports nothing is not questioned, though fever and confusion together would be urgent.
    if height(told) >= 0 and asked(told, KNOWLEDGE) is None:
        assert max(completions(told, open_questions(told)).values()) <= height(told)


@given(reports)
@settings(max_examples=40, deadline=None)
def test_only_what_is_open_is_asked(told: Report) -> None:
    question = next_question(told, KNOWLEDGE)
    assert question is None or question.id in open_questions(told)


@given(reports, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_questions_come_to_an_end_whatever_is_answered(told: Report, chance) -> None:
    most = len(open_questions(told))
    for _ in range(most):
        question = next_question(told, KNOWLEDGE)
        if question is None:
            return
        answers = {**told.answers, question.id: chance.choice([YES, NO, DONT_KNOW])}
        told = dataclasses.replace(told, answers=answers)
    assert next_question(told, KNOWLEDGE) is None
