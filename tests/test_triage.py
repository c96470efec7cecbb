"""From a report to an urgency: the table of what is how urgent, and what no report can do."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.knowledge import Knowledge
from bedside.model import DONT_KNOW, NO, YES, Finding, Mention, Report, Urgency
from bedside.triage import CLARIFY, CONFIRM, assess, finding_state
from tests.builders import (
    EMERGENCIES,
    FINDINGS,
    KNOWLEDGE,
    SIGNS,
    finding,
    findings,
    guess,
    guesses,
    mention,
    mentions,
    report,
    reports,
)

LOWEST = -1
NOT_A_REPORT = ["absent", "historical", "hypothetical", "someone_else"]
BRUISES, FEVER, STROKE = "unexplained_bruising", "persistent_fever", "stroke_signs"


def height(told: Report) -> int:
    """The urgency as a number; nothing reported stands below everything."""
    urgency = assess(told, KNOWLEDGE).urgency
    return LOWEST if urgency is None else urgency


def word(told: Report, knowledge: Knowledge) -> str | None:
    urgency = assess(told, knowledge).urgency
    return None if urgency is None else urgency.word


# Alone


def test_who_reports_nothing_has_no_urgency(knowledge: Knowledge) -> None:
    assert assess(Report(), knowledge).urgency is None


@pytest.mark.parametrize(
    ("sign", "urgency"),
    [
        ("unexplained_bruising", "urgent"),
        ("bleeding", "urgent"),
        ("persistent_fever", "urgent"),
        ("fatigue", "urgent"),
        ("signs_of_infection", "urgent"),
        ("stroke_signs", "emergency"),
        ("chest_pain", "emergency"),
        ("severe_breathlessness", "emergency"),
    ],
)
@pytest.mark.parametrize("assertion", ["present", "possible"])
def test_a_sign_alone_is_as_urgent_as_the_table_says(
    knowledge: Knowledge, sign: str, urgency: str, assertion: str
) -> None:
    assert word(report(mention(sign, assertion)), knowledge) == urgency


@pytest.mark.parametrize("assertion", NOT_A_REPORT)
@pytest.mark.parametrize("sign", SIGNS)
def test_what_is_denied_past_supposed_or_anothers_is_no_report(
    knowledge: Knowledge, sign: str, assertion: str
) -> None:
    assert assess(report(mention(sign, assertion)), knowledge).urgency is None


@pytest.mark.parametrize(
    ("name", "urgency"),
    [
        ("worst_headache", Urgency.EMERGENCY),
        ("confusion", Urgency.URGENT),
        ("head_injury", Urgency.URGENT),
        ("headache_present", None),
        ("fever", None),
        ("rigors", None),
        ("breathless_at_rest", None),
    ],
)
def test_some_findings_are_urgent_without_any_sign(
    knowledge: Knowledge, name: str, urgency: Urgency | None
) -> None:
    assert assess(report(finding(name)), knowledge).urgency is urgency


# Together


TOGETHER = [
    (BRUISES, "headache_present"),
    (BRUISES, "head_injury"),
    (BRUISES, "fever"),
    (BRUISES, "confusion"),
    ("bleeding", "headache_present"),
    ("bleeding", "head_injury"),
    ("bleeding", "fever"),
    ("bleeding", "confusion"),
    ("bleeding", "heavy_bleeding"),
    (FEVER, "rigors"),
    ("signs_of_infection", "rigors"),
    ("fatigue", "breathless_at_rest"),
    ("fatigue", "confusion"),
]


@pytest.mark.parametrize(("sign", "name"), TOGETHER)
def test_a_sign_with_a_red_flag_is_an_emergency(knowledge: Knowledge, sign: str, name: str) -> None:
    stated = report(mention(sign), finding(name))
    answered = report(mention(sign), answers={name: YES})
    assert (word(stated, knowledge), word(answered, knowledge)) == ("emergency", "emergency")


@pytest.mark.parametrize("answer", [NO, DONT_KNOW])
@pytest.mark.parametrize(("sign", "name"), TOGETHER)
def test_a_sign_without_its_red_flag_stays_urgent(
    knowledge: Knowledge, sign: str, name: str, answer: str
) -> None:
    assert word(report(mention(sign), answers={name: answer}), knowledge) == "urgent"


def test_fever_with_confusion_is_an_emergency(knowledge: Knowledge) -> None:
    told = report(mention(FEVER), finding("fever"), finding("confusion"))
    assert word(told, knowledge) == "emergency"


def test_fatigue_with_rigors_but_no_infection_is_no_emergency(knowledge: Knowledge) -> None:
    assert word(report(mention("fatigue"), finding("rigors")), knowledge) == "urgent"


def test_heavy_bleeding_needs_bleeding_and_not_only_bruises(knowledge: Knowledge) -> None:
    assert word(report(mention(BRUISES), finding("heavy_bleeding")), knowledge) == "urgent"


@pytest.mark.parametrize("assertion", NOT_A_REPORT)
def test_bruises_that_do_not_count_meet_no_rule(knowledge: Knowledge, assertion: str) -> None:
    told = report(mention(BRUISES, assertion), finding("headache_present"))
    assert assess(told, knowledge).urgency is None


@pytest.mark.parametrize("assertion", NOT_A_REPORT)
def test_a_headache_that_does_not_count_meets_no_rule(knowledge: Knowledge, assertion: str) -> None:
    told = report(mention(BRUISES), finding("headache_present", assertion))
    assert word(told, knowledge) == "urgent"


# What was once said stays said


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (report(), None),
        (report(finding("rigors")), YES),
        (report(finding("rigors", "possible")), YES),
        (report(finding("rigors", "absent")), NO),
        (report(finding("rigors", "historical")), None),
        (report(finding("rigors"), finding("rigors", "absent")), YES),
        (report(finding("rigors", "absent"), finding("rigors")), YES),
        (report(answers={"rigors": DONT_KNOW}), DONT_KNOW),
        (report(finding("rigors", "absent"), answers={"rigors": YES}), YES),
        (report(finding("rigors"), answers={"rigors": NO}), YES),
        (report(finding("rigors", "absent"), answers={"rigors": DONT_KNOW}), DONT_KNOW),
        (report(finding("confusion")), None),
    ],
)
def test_a_yes_once_said_stays_a_yes(told: Report, state: str | None) -> None:
    assert finding_state(told, "rigors") == state


# Guesses


@pytest.mark.parametrize("sign", sorted(set(SIGNS) - set(EMERGENCIES)))
@pytest.mark.parametrize(
    ("answer", "urgency"),
    [(None, "unclear"), (YES, "urgent"), (NO, None), (DONT_KNOW, "urgent")],
)
def test_a_guessed_sign_counts_as_the_patient_answers(
    knowledge: Knowledge, sign: str, answer: str | None, urgency: str | None
) -> None:
    answers = {} if answer is None else {CONFIRM + sign: answer}
    assert word(report(guess(sign), answers=answers), knowledge) == urgency


@pytest.mark.parametrize("sign", EMERGENCIES)
def test_a_guessed_emergency_is_an_emergency_before_anybody_asks(
    knowledge: Knowledge, sign: str
) -> None:
    assessment = assess(report(guess(sign)), knowledge)
    assert (assessment.urgency, assessment.only_possible) == (Urgency.EMERGENCY, True)


def test_a_guess_meets_no_rule_until_it_is_confirmed(knowledge: Knowledge) -> None:
    told = (guess(BRUISES), finding("headache_present"))
    assert word(report(*told), knowledge) == "unclear"
    assert word(report(*told, answers={CONFIRM + BRUISES: YES}), knowledge) == "emergency"


def test_a_guess_needs_no_answer_once_the_patient_says_it_in_plain_words(
    knowledge: Knowledge,
) -> None:
    assert word(report(guess(BRUISES), mention(BRUISES)), knowledge) == "urgent"


def test_who_was_not_understood_twice_is_for_a_person_today(knowledge: Knowledge) -> None:
    assessment = assess(report(answers={CLARIFY: DONT_KNOW}), knowledge)
    assert (assessment.urgency, assessment.reasons[0].rule) == (Urgency.URGENT, "unclear_twice")


# Reasons


def test_an_assessment_carries_the_words_the_rule_and_the_source(knowledge: Knowledge) -> None:
    told = report(
        mention(BRUISES, text="blue all over"),
        dataclasses.replace(finding("headache_present"), text="head is splitting"),
    )
    reason = assess(told, knowledge).reasons[0]
    assert reason.rule == "RF01_bleed_plus_headache"
    assert reason.words == "blue all over, head is splitting"
    assert {source.id for source in reason.sources} == {"US_ISI", "GENERAL"}
    assert reason.why == "Possible bleeding in the brain with low platelets."


def test_a_sign_said_twice_is_one_reason_with_its_first_words(knowledge: Knowledge) -> None:
    told = report(mention(BRUISES, text="marks"), mention(BRUISES, text="more marks"))
    assert [each.words for each in assess(told, knowledge).reasons] == ["marks"]


@pytest.mark.parametrize(
    ("told", "only_possible"),
    [
        (report(mention(STROKE)), False),
        (report(mention(STROKE, "possible")), True),
        (report(mention(STROKE, "possible"), mention(STROKE)), False),
        (report(mention(STROKE, "possible"), mention("chest_pain")), False),
        (report(mention(STROKE, "possible"), mention(BRUISES)), True),
        (report(mention(BRUISES, "possible"), finding("headache_present")), False),
    ],
)
def test_an_emergency_that_rests_on_perhaps_says_so(
    knowledge: Knowledge, told: Report, only_possible: bool
) -> None:
    assert assess(told, knowledge).only_possible == only_possible


# What no report can do


@given(reports)
@settings(max_examples=40, deadline=None)
def test_any_report_has_an_assessment_whose_urgency_is_that_of_its_first_reason(
    told: Report,
) -> None:
    assessment = assess(told, KNOWLEDGE)
    urgencies = [reason.urgency for reason in assessment.reasons]
    assert urgencies == sorted(urgencies, reverse=True)
    assert assessment.urgency == (urgencies[0] if urgencies else None)
    assert all(reason.sources and reason.why for reason in assessment.reasons)


@given(reports, mentions | guesses)
@settings(max_examples=40, deadline=None)
def test_telling_of_one_more_sign_never_lowers_the_urgency(told: Report, more: Mention) -> None:
    grown = dataclasses.replace(told, mentions=(*told.mentions, more))
    assert height(grown) >= height(told)


@given(reports, findings)
@settings(max_examples=40, deadline=None)
def test_telling_of_one_more_finding_never_lowers_the_urgency(told: Report, more: Finding) -> None:
    grown = dataclasses.replace(told, findings=(*told.findings, more))
    assert height(grown) >= height(told)


@given(reports, st.sampled_from(FINDINGS), st.sampled_from([YES, NO, DONT_KNOW]))
@settings(max_examples=40, deadline=None)
def test_the_answer_to_an_open_question_never_lowers_the_urgency(
    told: Report, name: str, answer: str
) -> None:
    if finding_state(told, name) is None:
        grown = dataclasses.replace(told, answers={**told.answers, name: answer})
        assert height(grown) >= height(told)


@given(reports, st.sampled_from([*FINDINGS, *(CONFIRM + sign for sign in SIGNS)]))
@settings(max_examples=40, deadline=None)
def test_a_yes_never_lowers_the_urgency(told: Report, question: str) -> None:
    grown = dataclasses.replace(told, answers={**told.answers, question: YES})
    assert height(grown) >= height(told)


@given(reports, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_in_which_a_patient_tells_it_does_not_matter(told: Report, chance) -> None:
    turned = dataclasses.replace(
        told,
        mentions=tuple(chance.sample(told.mentions, len(told.mentions))),
        findings=tuple(chance.sample(told.findings, len(told.findings))),
    )
    one, other = assess(told, KNOWLEDGE), assess(turned, KNOWLEDGE)
    assert (one.urgency, one.only_possible) == (other.urgency, other.only_possible)
    assert {each.rule for each in one.reasons} == {each.rule for each in other.reasons}


@given(reports, st.sampled_from(SIGNS), st.sampled_from(NOT_A_REPORT))
@settings(max_examples=40, deadline=None)
def test_a_sign_that_does_not_count_changes_nothing(
    told: Report, sign: str, assertion: str
) -> None:
    grown = dataclasses.replace(told, mentions=(*told.mentions, mention(sign, assertion)))
    assert assess(grown, KNOWLEDGE) == assess(told, KNOWLEDGE)


@given(reports, st.sampled_from(FINDINGS), st.sampled_from(NOT_A_REPORT))
@settings(max_examples=40, deadline=None)
def test_a_finding_that_does_not_count_raises_nothing(
    told: Report, name: str, assertion: str
) -> None:
    grown = dataclasses.replace(told, findings=(*told.findings, finding(name, assertion)))
    assert assess(grown, KNOWLEDGE) == assess(told, KNOWLEDGE)
