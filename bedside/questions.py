"""The next question whose answer could still raise the urgency, or none. Pure.

Minimal: a question is asked only if some completion of all open answers raises the urgency and would
not without it. Complete: as long as a rule that the report has reached could still raise it, there is
a question. A sign reaches its own rules; a combination is reached when one of its conditions holds.
Red flags come first, and those that one answer decides are asked together, as a list to pick from.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from bedside.facts import Facts
from bedside.knowledge import Condition, Is, Kind, Knowledge, QuestionEntry, Rule
from bedside.model import YES, Choice, Mention, Question, Report, Urgency
from bedside.triage import CONFIRM, active, judge, needs_confirming

YES_NO = (
    Choice(title="Yes", value="yes"),
    Choice(title="No", value="no"),
    Choice(title="I don't know", value="I don't know"),
)
DONT_KNOW_CHOICE = YES_NO[2]
NONE_OF_THESE = Choice(title="None of these", value="none of these")
# More would not fit on a phone, nor in the head of somebody who is ill.
LONGEST_LIST = 6
LIST_TEXT = "Do you have any of these now?"


def next_question(report: Report, knowledge: Knowledge) -> Question | None:
    """First a sign that was only guessed, then the facts that rules above the present urgency wait for."""
    facts, assessment = judge(report, knowledge)
    urgency = assessment.urgency
    if urgency is None or urgency is Urgency.EMERGENCY:
        return None
    for mention in active(report):
        if _is_worth_confirming(mention, report, facts, urgency):
            return _confirming(mention.sign, knowledge)
    return _most_telling(facts, urgency)


def question_about(fact: str, knowledge: Knowledge) -> Question:
    """The question that asks for `fact` alone."""
    entry = knowledge.questions[fact]
    return Question(id=fact, about=(fact,), text=entry.text, choices=_choices(entry))


def open_facts(report: Report, knowledge: Knowledge) -> tuple[str, ...]:
    """Every fact whose value could still raise the urgency, as far as the report reaches now."""
    facts, assessment = judge(report, knowledge)
    if assessment.urgency is None:
        return ()
    live = (_missing(rule, facts) for rule in _live(facts, assessment.urgency))
    return tuple(dict.fromkeys(fact for missing in live for each in missing for fact in each))


def _is_worth_confirming(mention: Mention, report: Report, facts: Facts, urgency: Urgency) -> bool:
    """Whether the sign was only guessed, and a yes could lead above the present urgency."""
    confirming = CONFIRM + mention.sign
    if not needs_confirming(mention, report, facts.knowledge) or confirming in report.answers:
        return False
    confirmed = dataclasses.replace(report, answers={**report.answers, confirming: YES})
    more, assessment = judge(confirmed, facts.knowledge)
    if assessment.urgency is not None and assessment.urgency > urgency:
        return True
    open_before = {rule.id for rule in _live(facts, urgency)}
    return any(rule.id not in open_before for rule in _live(more, urgency))


def _confirming(sign: str, knowledge: Knowledge) -> Question:
    plain = knowledge.signs[sign].plain
    return Question(
        id=CONFIRM + sign,
        about=(sign,),
        text=f"Do I understand you right: are you telling me about {plain}?",
        choices=YES_NO,
    )


def _live(facts: Facts, urgency: Urgency) -> Iterator[Rule]:
    """The rules above `urgency` that the report has reached and that can still be met."""
    own = (rule for sign in facts.signs for rule in facts.knowledge.signs[sign].rules)
    reached = (
        rule for rule in facts.knowledge.combinations.values() if any(map(facts.holds, rule.when))
    )
    for rule in (*own, *reached):
        if (rule.to > urgency or _opens(rule, facts, urgency)) and all(_missing(rule, facts)):
            yield rule


def _opens(rule: Rule, facts: Facts, urgency: Urgency) -> bool:
    """Whether `rule`, which does not raise above `urgency` itself, would make a combination do so."""
    if not rule.sign or rule.to <= facts.urgencies[rule.sign]:
        return False
    new = facts.by_weight({**facts.urgencies, rule.sign: rule.to}) - facts.true
    return bool(new) and any(
        each.to > urgency and all(not when.keys.isdisjoint(facts.true | new) for when in each.when)
        for each in facts.knowledge.combinations.values()
    )


def _missing(rule: Rule, facts: Facts) -> list[tuple[str, ...]]:
    """For each condition that does not hold yet, the facts that could be asked to meet it."""
    return [
        tuple(dict.fromkeys(_askable(condition, facts)))
        for condition in rule.when
        if not facts.holds(condition)
    ]


def _askable(condition: Condition, facts: Facts) -> Iterator[str]:
    for atom in condition.atoms:
        if atom.what is Is.FACT and atom.name not in facts.settled:
            entry = facts.knowledge.questions[atom.name]
            if entry.text and (entry.asked_when is None or facts.holds(entry.asked_when)):
                yield atom.name


def _most_telling(facts: Facts, urgency: Urgency) -> Question | None:
    """The facts of the highest rules that need the fewest answers: a list of them, or a single one."""
    waiting = [(rule, _missing(rule, facts)) for rule in _live(facts, urgency)]
    if not waiting:
        return None
    first = min((-rule.to, len(missing)) for rule, missing in waiting)
    asked = dict.fromkeys(
        fact
        for rule, missing in waiting
        if (-rule.to, len(missing)) == first
        for fact in missing[0]
    )
    entries = facts.knowledge.questions
    listed = [fact for fact in asked if entries[fact].item][:LONGEST_LIST]
    if len(listed) > 1:
        return _list_of(listed, facts.knowledge)
    return question_about(listed[0] if listed else next(iter(asked)), facts.knowledge)


def _list_of(facts: list[str], knowledge: Knowledge) -> Question:
    items = [knowledge.questions[fact].item for fact in facts]
    return Question(
        id=",".join(facts),
        about=tuple(facts),
        text=LIST_TEXT,
        choices=(
            *(Choice(title=item[:1].upper() + item[1:], value=item) for item in items),
            NONE_OF_THESE,
            DONT_KNOW_CHOICE,
        ),
    )


def _choices(entry: QuestionEntry) -> tuple[Choice, ...]:
    if entry.kind is Kind.YES_NO:
        return YES_NO
    titles = (Choice(title=title, value=title) for title in entry.choices.values())
    return (*titles, DONT_KNOW_CHOICE)
