"""The next question whose answer could still raise the urgency, or none. Pure.

Minimal: a question is asked only if some completion of all open answers raises the urgency and would
not without it. Complete: as long as a rule that the report has reached could still raise it, there is
a question. A sign reaches its own rules; a combination is reached when one of its conditions holds.
Red flags come first, and those that one answer decides are asked together, as a list to pick from.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from bedside.facts import WHOSE, Facts
from bedside.knowledge import Condition, Is, Kind, Knowledge, QuestionEntry, Rule
from bedside.model import YES, Assertion, Choice, Mention, Question, Report, Urgency
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
# More guesses than that are no help to somebody who was not understood.
MOST_GUESSES = 3
WHICH_IS_MEANT = "I want to be sure that I understand you. Which of these do you mean?"
EXAMPLES = {
    "onset_when": "You can write “since Monday” or “for three weeks”, for example.",
    "contact": "You can write “Anna, 07700 900123”, for example, or only a number.",
    "since_last": "You can write “still there”, “worse”, “better” or “gone”.",
    "wrong": "You can write its name, or “something else”, or “nothing”.",
    "what_is_wrong": "You can write “it was my left arm”, for example.",
}


def next_question(report: Report, knowledge: Knowledge) -> Question | None:
    """First a sign that was only guessed, then the facts that rules above the present urgency wait for."""
    facts, assessment = judge(report, knowledge)
    urgency = assessment.urgency
    if urgency is None or urgency is Urgency.EMERGENCY:
        return None
    guessed = (
        each for each in active(report) if _is_worth_confirming(each, report, facts, urgency)
    )
    signs = _surest_first(guessed)
    return _confirming(signs, knowledge) if signs else _most_telling(facts, urgency)


def which_emergency(report: Report, knowledge: Knowledge) -> Question | None:
    """When an emergency is only possible and more was guessed: which of it the patient means. Its number
    was said before; nothing that is answered lowers the urgency."""
    signs = _surest_first(each for each in active(report) if _is_in_doubt(each, report, knowledge))
    grave = [sign for sign in signs if knowledge.signs[sign].urgency is Urgency.EMERGENCY]
    if len(signs) < 2 or not grave:
        return None
    listed = sorted(signs, key=lambda sign: sign not in grave)[:MOST_GUESSES]
    return _confirming([sign for sign in signs if sign in listed], knowledge)


def in_other_words(question: Question, knowledge: Knowledge) -> Question:
    """The question to somebody whose answer was not understood: in other words, with an example."""
    return dataclasses.replace(question, text=_other_words(question, knowledge))


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


def _is_in_doubt(mention: Mention, report: Report, knowledge: Knowledge) -> bool:
    """Whether nobody knows yet if the sign is meant: guessed, or an emergency that is only possible."""
    told = {each.assertion for each in active(report) if each.sign == mention.sign}
    is_grave = knowledge.signs[mention.sign].urgency is Urgency.EMERGENCY
    unsure = is_grave and told == {Assertion.POSSIBLE}
    asked = CONFIRM + mention.sign in report.answers
    return not asked and (unsure or needs_confirming(mention, report, knowledge))


def _surest_first(guessed: Iterable[Mention]) -> list[str]:
    by_certainty = sorted(guessed, key=lambda each: -each.confidence)
    return list(dict.fromkeys(each.sign for each in by_certainty))


def _confirming(signs: Sequence[str], knowledge: Knowledge) -> Question:
    """One guess with yes or no; of several the surest as a list to pick from."""
    listed = signs[:MOST_GUESSES]
    names = [knowledge.signs[sign].plain for sign in listed]
    if len(listed) == 1:
        text = f"Do I understand you right: are you telling me about {names[0]}?"
        return Question(id=CONFIRM + listed[0], about=tuple(listed), text=text, choices=YES_NO)
    return Question(
        id=CONFIRM + ",".join(listed),
        about=tuple(listed),
        text=WHICH_IS_MEANT,
        choices=_to_pick(names),
    )


def _other_words(question: Question, knowledge: Knowledge) -> str:
    first = question.about[0]
    if question.id in EXAMPLES:
        return f"{question.text} {EXAMPLES[question.id]}"
    if question.id.startswith(WHOSE):
        named = knowledge.names(question.about)
        return (
            f"Does the person who has had Lemtrada have {named} now? You can write “yes” or “no”."
        )
    if question.id.startswith(CONFIRM):
        plain = knowledge.signs[first].plain
        if len(question.about) > 1:
            return f"Which of these is closest? You can write “{plain}”, for example, or “none”."
        return f"Is it {plain} that you notice? You can write “yes”, “no” or “I don't know”."
    entry = knowledge.questions[first]
    if len(question.about) > 1:
        return f"Please write what you have now, such as “{entry.item}”, or write “none”."
    if entry.kind is Kind.YES_NO and entry.item and entry.worse == YES:
        return f"I mean {entry.item}. Is that so for you? You can write “yes” or “no”."
    return f"I ask once more. {entry.text} {_example(entry)}"


def _example(entry: QuestionEntry) -> str:
    if entry.kind is Kind.YES_NO:
        return "You can write “yes”, “no” or “I don't know”."
    if entry.kind is Kind.NUMBER:
        return "You can write a number, or “I don't know”."
    if entry.kind is Kind.DAYS_AGO:
        return "You can write “two weeks ago”, “in March” or “I don't know”."
    return f"You can write “{list(entry.choices.values())[-1]}”, for example, or “I don't know”."


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
        choices=_to_pick(items),
    )


def _to_pick(names: Iterable[str]) -> tuple[Choice, ...]:
    """A button for each, and for none of them and not knowing."""
    titles = (Choice(title=name[:1].upper() + name[1:], value=name) for name in names)
    return (*titles, NONE_OF_THESE, DONT_KNOW_CHOICE)


def _choices(entry: QuestionEntry) -> tuple[Choice, ...]:
    if entry.kind is Kind.YES_NO:
        return YES_NO
    titles = (Choice(title=title, value=title) for title in entry.choices.values())
    return (*titles, DONT_KNOW_CHOICE)
