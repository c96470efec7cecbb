"""The next question whose answer could still raise the urgency, or none. Pure.

Minimal: a question is asked only if some rule above the present urgency waits for it and could
still be met. Complete: as long as there is such a rule, there is a question.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from bedside.knowledge import Combination, Knowledge
from bedside.model import DONT_KNOW, NO, YES, Choice, Mention, Question, Report, Urgency
from bedside.triage import CONFIRM, active, assess, finding_state, holds, needs_confirming

YES_NO = (
    Choice(title="Yes", value="yes"),
    Choice(title="No", value="no"),
    Choice(title="I don't know", value="I don't know"),
)


def next_question(report: Report, knowledge: Knowledge) -> Question | None:
    """First a sign that was only guessed, then the finding whose rule needs the fewest answers."""
    urgency = assess(report, knowledge).urgency
    if urgency is None:
        return None
    for mention in active(report):
        if _is_worth_confirming(mention, report, knowledge, urgency):
            return Question(
                id=CONFIRM + mention.sign,
                about=mention.sign,
                text=f"Do I understand you right: are you telling me about "
                f"{knowledge.signs[mention.sign].plain}?",
                choices=YES_NO,
            )
    finding = _most_telling(report, knowledge, urgency)
    return question_about(finding, knowledge) if finding else None


def _is_worth_confirming(
    mention: Mention, report: Report, knowledge: Knowledge, urgency: Urgency
) -> bool:
    """Whether the sign was only guessed, and a yes could lead above the present urgency."""
    confirming = CONFIRM + mention.sign
    if not needs_confirming(mention, report, knowledge) or confirming in report.answers:
        return False
    confirmed = dataclasses.replace(report, answers={**report.answers, confirming: YES})
    higher = (assess(confirmed, knowledge).urgency or Urgency.UNCLEAR) > urgency
    return higher or _most_telling(confirmed, knowledge, urgency) is not None


def question_about(finding: str, knowledge: Knowledge) -> Question:
    """The question that asks for `finding`."""
    return Question(
        id=finding, about=finding, text=knowledge.findings[finding].question, choices=YES_NO
    )


def _most_telling(report: Report, knowledge: Knowledge, urgency: Urgency) -> str | None:
    waiting = [
        (-rule.to, len(missing), missing[0])
        for rule in knowledge.combinations.values()
        if rule.to > urgency and (missing := list(_missing(rule, report, knowledge)))
    ]
    # Stable: among equals the rule that stands first in the file.
    return min(waiting, key=lambda each: each[:2])[2] if waiting else None


def _missing(rule: Combination, report: Report, knowledge: Knowledge) -> Iterator[str]:
    """The findings that would complete `rule`; none when it can no longer be met."""
    missing = []
    for condition in rule.when:
        if holds(condition, report, knowledge):
            continue
        if condition.finding is None or finding_state(report, condition.finding) in (NO, DONT_KNOW):
            return
        if not knowledge.findings[condition.finding].question:
            return
        missing.append(condition.finding)
    yield from missing
