"""Plays a case through the same language and triage code as the bot, with a patient who answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bedside.dialogue import CONTACT, ONSET, take_up
from bedside.facts import CONFIRM, active
from bedside.knowledge import Kind, Knowledge
from bedside.language import Reader
from bedside.language.answers import days_as_answer
from bedside.model import (
    DONT_KNOW,
    LAST_INFUSION,
    YES,
    Assertion,
    Days,
    Detail,
    Finding,
    Mention,
    Parsed,
    Question,
    Report,
    Turn,
    Urgency,
)
from bedside.questions import NONE_OF_THESE, next_question

# Any day does: a case tells how many days ago things were.
TODAY = date(2026, 11, 22)
I_DO_NOT_KNOW = "I don't know"
MOST_QUESTIONS = 60


class CaseError(Exception):
    """A case cannot be played; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A patient of a case file: what is written, what is so when asked, and the urgency to expect.

    `signs`, `not_signs` and `told` are what a perfect reader would find in `turns`.
    """

    id: str
    turns: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    not_signs: Mapping[str, str] = dataclasses.field(default_factory=dict)
    told: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    answers: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    days_since_last_infusion: int | str | None = None
    expected: str | None = None
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """Where a case ended: the urgency at once and after all questions, and why."""

    urgency: Urgency | None
    at_once: Urgency | None
    signs: tuple[str, ...]
    reasons: tuple[str, ...]
    questions_asked: int


def case_from(data: Mapping[str, Any]) -> Case:
    """The case that one line of a case file writes; CaseError when it is none."""
    known = {field.name for field in dataclasses.fields(Case)}
    if "id" not in data or not data.keys() <= known:
        raise CaseError(f"a case has an id and no more than {', '.join(sorted(known))}")
    lists = {key: tuple(data[key]) for key in ("turns", "signs") if key in data}
    return Case(**{**data, **lists})


def play(case: Case, knowledge: Knowledge, reader: Reader, *, from_signs: bool = False) -> Played:
    """The case played to the last question that could raise the urgency.

    With `from_signs` the first message is read perfectly: triage alone is measured.
    """
    report, question, turn = _enrolled(case), None, None
    at_once = None
    for parsed in _messages(case, knowledge, reader, from_signs):
        turn = take_up(report, parsed, question, knowledge, TODAY)
        report, question = turn.report, turn.question
        at_once = at_once or turn.assessment.urgency
    asked = 0
    while turn is not None and _can_raise(turn, knowledge):
        asked += 1
        if asked > MOST_QUESTIONS:
            raise CaseError(f"{case.id}: the questions do not end")
        answer = reader.read(_answer(turn.question, case, knowledge))
        turn = take_up(turn.report, answer, turn.question, knowledge, TODAY)
    return _played(turn, at_once, asked)


def _played(turn: Turn | None, at_once: Urgency | None, asked: int) -> Played:
    if turn is None:
        return Played(urgency=None, at_once=None, signs=(), reasons=(), questions_asked=0)
    return Played(
        urgency=turn.assessment.urgency,
        at_once=at_once,
        signs=tuple(dict.fromkeys(mention.sign for mention in active(turn.report))),
        reasons=tuple(reason.rule for reason in turn.assessment.reasons),
        questions_asked=asked,
    )


def _enrolled(case: Case) -> Report:
    """The report of somebody whose infusion date the case gives, or does not."""
    days = case.days_since_last_infusion
    if days is None:
        return Report()
    answer = DONT_KNOW
    if isinstance(days, int):
        answer = days_as_answer(Days(earliest=days, latest=days), TODAY)
    return Report(answers={LAST_INFUSION: answer})


def _messages(
    case: Case, knowledge: Knowledge, reader: Reader, from_signs: bool
) -> Iterator[Parsed]:
    if from_signs:
        yield _perfectly_read(case, knowledge)
    else:
        yield from (
            dataclasses.replace(reader.read(text), intent="report_symptom") for text in case.turns
        )


def _perfectly_read(case: Case, knowledge: Knowledge) -> Parsed:
    text = " ".join(case.turns)
    present = [_mention(sign, "present", text) for sign in case.signs]
    others = [_mention(sign, said, text) for sign, said in case.not_signs.items()]
    told = {fact: value for fact, value in case.told.items() if fact in knowledge.questions}
    return Parsed(
        text=text,
        intent="report_symptom",
        mentions=(*present, *others),
        findings=tuple(_findings(told, knowledge)),
        details=tuple(_details(told, knowledge)),
    )


def _mention(sign: str, assertion: str, text: str) -> Mention:
    return Mention(sign=sign, text=text, start=0, end=len(text), assertion=Assertion(assertion))


def _findings(told: Mapping[str, Any], knowledge: Knowledge) -> Iterator[Finding]:
    """A harmless value is told as the denial of the worrying one, as a patient would."""
    for fact, value in told.items():
        entry = knowledge.questions[fact]
        if entry.kind is Kind.YES_NO:
            worse = entry.worse or YES
            said = Assertion.PRESENT if value == worse else Assertion.ABSENT
            yield Finding(finding=fact, value=worse, text=fact, assertion=said)
        elif entry.kind is Kind.CHOICE:
            yield Finding(finding=fact, value=str(value), text=fact, assertion=Assertion.PRESENT)


def _details(told: Mapping[str, Any], knowledge: Knowledge) -> Iterator[Detail]:
    for fact, value in told.items():
        if knowledge.questions[fact].kind in (Kind.NUMBER, Kind.DAYS_AGO):
            yield Detail(
                kind=fact, value=float(value), text=str(value), start=0, end=len(str(value))
            )


def _can_raise(turn: Turn, knowledge: Knowledge) -> bool:
    """Whether the question could raise the urgency; what only a nurse needs ends the case."""
    if turn.question is None or turn.question.id in (CONTACT, ONSET):
        return False
    if turn.question.id == "clarify":
        return True
    asked = next_question(turn.report, knowledge)
    return asked is not None and asked.id == turn.question.id


def _answer(question: Question | None, case: Case, knowledge: Knowledge) -> str:
    """What the patient of the case writes when asked: as told, else "I don't know"."""
    if question is None or question.id == "clarify":
        return I_DO_NOT_KNOW
    if question.id.startswith(CONFIRM):
        meant = [sign for sign in question.about if sign in case.signs]
        if len(question.about) > 1:
            return knowledge.signs[meant[0]].plain if meant else NONE_OF_THESE.value
        return YES if meant else "no"
    truth = {**case.told, **case.answers}
    if len(question.about) > 1:
        return _picked(question, truth, knowledge)
    fact = question.about[0]
    return _worded(fact, truth[fact], knowledge) if fact in truth else I_DO_NOT_KNOW


def _picked(question: Question, truth: Mapping[str, Any], knowledge: Knowledge) -> str:
    """The first item of the list that is so; none of them when all that is known is not so."""
    entries = [knowledge.questions[fact] for fact in question.about]
    for entry in entries:
        if truth.get(entry.id) == entry.worse:
            return entry.item
    unknown = [entry for entry in entries if truth.get(entry.id, DONT_KNOW) == DONT_KNOW]
    matters = any(entry.unknown_counts_as for entry in unknown)
    return I_DO_NOT_KNOW if matters or len(unknown) == len(entries) else NONE_OF_THESE.value


def _worded(fact: str, value: Any, knowledge: Knowledge) -> str:
    entry = knowledge.questions[fact]
    if value == DONT_KNOW:
        return I_DO_NOT_KNOW
    if entry.kind is Kind.CHOICE:
        return entry.choices[str(value)]
    return f"{value} days ago" if entry.kind is Kind.DAYS_AGO else str(value)
