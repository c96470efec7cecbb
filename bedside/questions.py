"""The next question whose answer could still raise the urgency, or none. Pure.

Minimal: a question is asked only if some rule above the present urgency waits for it and could
still be met. Complete: as long as there is such a rule, there is a question.
"""

from __future__ import annotations

from collections.abc import Iterator

from bedside.knowledge import Combination, Knowledge
from bedside.model import DONT_KNOW, NO, Choice, Question, Report
from bedside.triage import CONFIRM, active, assess, finding_state, holds, needs_confirming

YES_NO = (
    Choice(title="Yes", value="yes"),
    Choice(title="No", value="no"),
    Choice(title="I don't know", value="I don't know"),
)


def next_question(report: Report, knowledge: Knowledge) -> Question | None:
    """First a sign that was only guessed, then the finding whose rule needs the fewest answers."""
    for mention in active(report):
        confirming = CONFIRM + mention.sign
        if needs_confirming(mention, report, knowledge) and confirming not in report.answers:
            return Question(
                id=confirming,
                about=mention.sign,
                text=f"Do I understand you right: are you telling me about "
                f"{knowledge.signs[mention.sign].plain}?",
                choices=YES_NO,
            )
    finding = _most_telling(report, knowledge)
    return question_about(finding, knowledge) if finding else None


def question_about(finding: str, knowledge: Knowledge) -> Question:
    """The question that asks for `finding`."""
    return Question(
        id=finding, about=finding, text=knowledge.findings[finding].question, choices=YES_NO
    )


def _most_telling(report: Report, knowledge: Knowledge) -> str | None:
    urgency = assess(report, knowledge).urgency
    if urgency is None:
        return None
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
        missing.append(condition.finding)
    yield from missing
