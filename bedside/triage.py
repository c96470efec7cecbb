"""From a report to an urgency, with the reasons.

Pure: no clock, no database, no network. What is present or possible raises; what is absent, past,
supposed or somebody else's does not count. Nothing lowers.
"""

from __future__ import annotations

from collections.abc import Iterator

from bedside.knowledge import Combination, Condition, Knowledge
from bedside.model import (
    DONT_KNOW,
    NO,
    YES,
    Assertion,
    Assessment,
    FoundBy,
    Mention,
    Reason,
    Report,
    Source,
    Urgency,
)

CONFIRM = "confirm:"
CLARIFY = "clarify"
ACTIVE = (Assertion.PRESENT, Assertion.POSSIBLE)


def assess(report: Report, knowledge: Knowledge) -> Assessment:
    """The urgency of `report` and why. Total: any report of known signs gives an assessment."""
    reasons = sorted(
        (*_signs(report, knowledge), *_combinations(report, knowledge), *_unclear(report)),
        key=lambda reason: -reason.urgency,
    )
    if not reasons:
        return Assessment(urgency=None)
    urgency = reasons[0].urgency
    return Assessment(
        urgency=urgency,
        reasons=tuple(reasons),
        only_possible=_rests_on_possible(report, reasons, urgency),
    )


def holds(condition: Condition, report: Report, knowledge: Knowledge) -> bool:
    """Whether what the report says meets the condition."""
    if condition.finding:
        return finding_state(report, condition.finding) == YES
    return any(
        mention.sign == condition.sign or knowledge.signs[mention.sign].group == condition.group
        for mention in active(report)
        if not needs_confirming(mention, report, knowledge)
    )


def finding_state(report: Report, finding: str) -> str | None:
    """`yes`, `no` or `dont_know` as stated or answered, and None when nothing was said of it.

    What was once stated or answered with yes stays yes.
    """
    stated = {each.assertion for each in report.findings if each.finding == finding}
    answer = report.answers.get(finding)
    if answer == YES or stated.intersection(ACTIVE):
        return YES
    if answer is not None:
        return answer
    return NO if Assertion.ABSENT in stated else None


def active(report: Report) -> Iterator[Mention]:
    """The mentions that count: present or possible, and not taken back when the patient was asked."""
    for mention in report.mentions:
        if mention.assertion in ACTIVE and not _taken_back(mention, report):
            yield mention


def needs_confirming(mention: Mention, report: Report, knowledge: Knowledge) -> bool:
    """Whether the classifier only guessed this sign and the patient has not said yes to it.

    An emergency is not held back for that: its number is said first.
    """
    return (
        is_guess(mention)
        and knowledge.signs[mention.sign].urgency < Urgency.EMERGENCY
        and report.answers.get(CONFIRM + mention.sign) != YES
        and not any(
            other.sign == mention.sign and other.assertion in ACTIVE and not is_guess(other)
            for other in report.mentions
        )
    )


def is_guess(mention: Mention) -> bool:
    """Whether the classifier was not sure of the sign."""
    return mention.assertion is Assertion.POSSIBLE and mention.found_by is FoundBy.CLASSIFIER


def _taken_back(mention: Mention, report: Report) -> bool:
    return is_guess(mention) and report.answers.get(CONFIRM + mention.sign) == NO


def _signs(report: Report, knowledge: Knowledge) -> Iterator[Reason]:
    seen = set()
    for mention in active(report):
        sign = knowledge.signs[mention.sign]
        urgency = _urgency_of(mention, report, knowledge)
        if (sign.id, urgency) not in seen:
            seen.add((sign.id, urgency))
            yield Reason(
                rule=f"sign:{sign.id}",
                sign=sign.id,
                words=mention.text,
                urgency=urgency,
                why=sign.why,
                sources=sign.sources,
            )


def _urgency_of(mention: Mention, report: Report, knowledge: Knowledge) -> Urgency:
    """The sign's own urgency; `unclear` while it is a guess, and `urgent` when asking did not help."""
    if not needs_confirming(mention, report, knowledge):
        return knowledge.signs[mention.sign].urgency
    asked = report.answers.get(CONFIRM + mention.sign)
    return Urgency.URGENT if asked == DONT_KNOW else Urgency.UNCLEAR


def _combinations(report: Report, knowledge: Knowledge) -> Iterator[Reason]:
    for rule in knowledge.combinations.values():
        if all(holds(condition, report, knowledge) for condition in rule.when):
            yield Reason(
                rule=rule.id,
                sign="",
                words=", ".join(_words_for(rule, report, knowledge)),
                urgency=rule.to,
                why=rule.why,
                sources=rule.sources,
            )


def _words_for(rule: Combination, report: Report, knowledge: Knowledge) -> Iterator[str]:
    """For each condition the patient's words that met it."""
    for condition in rule.when:
        if condition.finding:
            stated = [
                each.text
                for each in report.findings
                if each.finding == condition.finding and each.assertion in ACTIVE
            ]
            yield stated[0] if stated else f"{condition.finding}: yes"
        else:
            yield next(
                mention.text
                for mention in active(report)
                if mention.sign == condition.sign
                or knowledge.signs[mention.sign].group == condition.group
            )


def _unclear(report: Report) -> Iterator[Reason]:
    """Words that sound like illness, not understood when asked again: a person has to read them."""
    if report.answers.get(CLARIFY) == DONT_KNOW:
        yield Reason(
            rule="unclear_twice",
            sign="",
            words="",
            urgency=Urgency.URGENT,
            why="The assistant could not tell what was reported, so a person has to read it today.",
            sources=(Source(id="GENERAL"),),
        )


def _rests_on_possible(report: Report, reasons: list[Reason], urgency: Urgency) -> bool:
    deciding = {reason.sign for reason in reasons if reason.urgency == urgency}
    present = {each.sign for each in active(report) if each.assertion is Assertion.PRESENT}
    return "" not in deciding and not deciding & present
