"""One turn: what was heard, with what was asked and reported before, to what is said next.

Pure, and the only place that decides it: the actions, the floor in chat, the worker and the bench
call `take_up`. What is said is chosen in bedside.saying; words live in domain.yml, facts in
bedside.knowledge.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bedside.facts import ACTIVE, CONFIRM, is_guess, known
from bedside.knowledge import Kind, Knowledge
from bedside.language import trained_reader
from bedside.language.answers import chosen, days_as_answer, days_of_answer, read_value
from bedside.model import (
    DONT_KNOW,
    MAYBE,
    NO,
    YES,
    Assertion,
    Assessment,
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
from bedside.questions import NONE_OF_THESE, next_question, question_about
from bedside.saying import (
    ASKS,
    NOT_A_REPORT,
    Heard,
    found_something,
    is_unclear,
    needs_clarity,
    says,
)
from bedside.triage import CLARIFY, assess

CONTACT = "contact"
ONSET = "onset_when"
LAST_BLOOD_TEST = "days_since_last_blood_test"
# An answer that was not understood is asked for once more, then taken as "don't know".
MOST_ATTEMPTS = 2
LONGEST_TEXT = 200
WHERE_ARE_YOU = "When you have called: where are you, and is somebody with you?"
HOW_TO_REACH_YOU = (
    "So that the team can reach you: what is your name, and which number can they call? "
    "You can also write “skip”."
)
SINCE_WHEN = "Since when have you had this? You can also write “skip”."
FEVER = "fever"


def take_up(
    report: Report, parsed: Parsed, pending: Question | None, knowledge: Knowledge, today: date
) -> Turn:
    """The turn that `parsed` leads to, given the report so far and the question it may answer.

    `today` is the day in the clinic's time zone. Total and deterministic; the urgency of the turn is
    never below that of `report`.
    """
    report, parsed = known(report, knowledge), _as_picked(parsed, pending, knowledge)
    before = assess(report, knowledge)
    told = _with_heard(report, parsed, knowledge, today)
    answered = _with_answers(told, parsed, pending, knowledge, today)
    answered = _with_clarity(_on_day(answered, knowledge, today), parsed, pending)
    assessment = assess(answered, knowledge)
    answered = dataclasses.replace(answered, reached=assessment.urgency)
    question = _question(answered, parsed, pending, assessment, knowledge)
    heard = Heard(
        report=answered,
        parsed=parsed,
        before=before.urgency,
        pending=pending,
        assessment=assessment,
        question=question,
    )
    return Turn(
        report=answered,
        assessment=assessment,
        question=question,
        says=tuple(says(heard, knowledge)),
    )


class Floor:
    """The same decision without Rasa: read with the trained heads where there are some, else by the
    lexicon alone. It says nothing to greetings and questions, which only Rasa's intents tell."""

    def __init__(self, knowledge: Knowledge, heads: Path | None = None) -> None:
        self._knowledge = knowledge
        self._reader = trained_reader(knowledge, heads)
        # What a report by the floor names as its model.
        self.model_version = "heads" if self._reader.is_trained else "lexicon"

    def read(self, text: str, today: date | None = None) -> Parsed:
        """What is read in `text`; `today` is what "since Tuesday" counts from."""
        return dataclasses.replace(self._reader.read(text, today=today), intent="")

    def decide(self, report: Report, parsed: Parsed, pending: Question | None, today: date) -> Turn:
        """The turn that what was read leads to."""
        return take_up(report, parsed, pending, self._knowledge, today)

    def take_up(
        self, report: Report, text: str, pending: Question | None, today: date
    ) -> tuple[Parsed, Turn]:
        """Both: what is read in `text`, and the turn it leads to."""
        parsed = self.read(text, today)
        return parsed, self.decide(report, parsed, pending, today)


def _as_picked(parsed: Parsed, pending: Question | None, knowledge: Knowledge) -> Parsed:
    """A button says what it stands for and no more: "feeling faint or dizzy" is not a collapse.
    Thoughts of self-harm are never set aside."""
    said = parsed.text.strip().casefold()
    choices = pending.choices if pending is not None and len(pending.about) > 1 else ()
    if any(said in (each.value.casefold(), each.title.casefold()) for each in choices):
        crisis = tuple(each for each in parsed.mentions if knowledge.signs[each.sign].crisis)
        return dataclasses.replace(parsed, mentions=crisis, findings=(), details=())
    return parsed


def _with_heard(report: Report, parsed: Parsed, knowledge: Knowledge, today: date) -> Report:
    """The report with what the message says by itself.

    "A bit feverish, 37.2" says fever only possibly, so that it is asked about once.
    """
    low = _low_temperature(parsed, knowledge)
    return dataclasses.replace(
        report,
        mentions=(*report.mentions, *(_doubted(each, low, knowledge) for each in parsed.mentions)),
        findings=(
            *report.findings,
            *(each for each in parsed.findings if not _is_fever(each, low)),
        ),
        details=(*report.details, *parsed.details),
        answers={**_dates(parsed, knowledge, today), **report.answers},
    )


def _low_temperature(parsed: Parsed, knowledge: Knowledge) -> Detail | None:
    """A measured temperature, when the message tells none that is a fever."""
    measured = [each for each in parsed.details if each.kind == "temperature_c"]
    limit = next(atom.number for atom in knowledge.questions[FEVER].implied_by)
    return measured[0] if measured and all(each.value < limit for each in measured) else None


def _doubted(mention: Mention, low: Detail | None, knowledge: Knowledge) -> Mention:
    gives = {atom.name for atom in knowledge.signs[mention.sign].gives}
    if low is None or FEVER not in gives or mention.assertion is not Assertion.PRESENT:
        return mention
    return dataclasses.replace(mention, assertion=Assertion.POSSIBLE, cue=low.text)


def _is_fever(finding: Finding, low: Detail | None) -> bool:
    return low is not None and finding.finding == FEVER and finding.assertion in ACTIVE


def _dates(parsed: Parsed, knowledge: Knowledge, today: date) -> dict[str, str]:
    """Days since a date that the message tells without being asked."""
    dates: dict[str, str] = {}
    for detail in parsed.details:
        fact = detail.kind.removeprefix("least_")
        if _is_dated(fact, knowledge):
            dates.setdefault(fact, days_as_answer(_days(detail), today))
    return dates


def _is_dated(fact: str, knowledge: Knowledge) -> bool:
    entry = knowledge.questions.get(fact)
    return entry is not None and entry.kind is Kind.DAYS_AGO


def _days(detail: Detail) -> Days:
    """A told number of days, as far off as its words may be; "after" tells the least of it only."""
    earliest = max(0, round(detail.value - detail.off))
    least_only = detail.kind.startswith("least_")
    return Days(earliest=earliest, latest=None if least_only else round(detail.value + detail.off))


def _on_day(report: Report, knowledge: Knowledge, today: date) -> Report:
    """The report with its clock counted to `today`."""
    clock = {
        fact: days_of_answer(answer, today)
        for fact, answer in report.answers.items()
        if answer != DONT_KNOW and _is_dated(fact, knowledge)
    }
    return dataclasses.replace(report, clock={**report.clock, **clock})


def _with_answers(
    report: Report, parsed: Parsed, pending: Question | None, knowledge: Knowledge, today: date
) -> Report:
    """The report with the answers to the pending question, if the message gives any."""
    if pending is None or pending.id == CLARIFY:
        return report
    given = _answers(parsed, pending, knowledge, today)
    if not given and pending.attempt >= MOST_ATTEMPTS and not found_something(parsed):
        given = dict.fromkeys(_facts(pending), DONT_KNOW)
    kept = {id_: _kept(report, id_, value) for id_, value in given.items()}
    return dataclasses.replace(report, answers={**report.answers, **kept})


def _kept(report: Report, id_: str, value: str) -> str:
    """A yes stays: who said yes and then no is asked by a person, not believed by a program."""
    return YES if report.answers.get(id_) == YES else value


def _facts(pending: Question) -> tuple[str, ...]:
    """The ids under which the answers to a question are kept."""
    return pending.about if len(pending.about) > 1 else (pending.id,)


def _answers(
    parsed: Parsed, pending: Question, knowledge: Knowledge, today: date
) -> dict[str, str]:
    if pending.id in (CONTACT, ONSET):
        told = parsed.text.strip()[:LONGEST_TEXT]
        return {pending.id: told} if _is_free_text(parsed, pending) else {}
    if pending.id.startswith(CONFIRM):
        reply = YES if parsed.reply == MAYBE else parsed.reply
        return {pending.id: reply} if reply else {}
    if len(pending.about) > 1:
        return _picked(parsed, pending, knowledge)
    [fact] = pending.about
    if fact not in knowledge.questions:
        return {}
    stated = dict(_stated(parsed, knowledge))
    value = stated.get(fact) or read_value(knowledge.questions[fact], parsed, today)
    return {fact: value} if value else {}


def _picked(parsed: Parsed, pending: Question, knowledge: Knowledge) -> dict[str, str]:
    """The answers to a list: the item that was picked or told, or none of them."""
    entries = {
        fact: knowledge.questions[fact] for fact in pending.about if fact in knowledge.questions
    }
    said = parsed.text.strip().strip(".!").casefold()
    told = {fact: value for fact, value in _stated(parsed, knowledge) if fact in entries}
    picked = chosen(parsed.text, {entry.item: entry.item for entry in entries.values()})
    told |= {fact: entry.worse for fact, entry in entries.items() if entry.item == picked}
    if told:
        return told
    if parsed.reply == DONT_KNOW:
        return dict.fromkeys(entries, DONT_KNOW)
    if parsed.reply == NO or said == NONE_OF_THESE.value:
        return {
            fact: _harmless(entry.worse, tuple(entry.choices)) for fact, entry in entries.items()
        }
    return {}


def _harmless(worse: str, choices: tuple[str, ...]) -> str:
    """The other answer of a yes/no question, and the first of a choice."""
    return choices[0] if choices else (NO if worse == YES else YES)


def _stated(parsed: Parsed, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """The facts that the message states or denies in words, with their value."""
    for finding in parsed.findings:
        yield from _of_statement(finding.finding, finding.value, finding.assertion, knowledge)
    for mention in parsed.mentions:
        if not is_guess(mention):
            for atom in knowledge.signs[mention.sign].gives:
                yield from _of_statement(atom.name, atom.value, mention.assertion, knowledge)


def _of_statement(
    fact: str, value: str, assertion: Assertion, knowledge: Knowledge
) -> Iterator[tuple[str, str]]:
    if assertion in ACTIVE:
        yield fact, value
    elif assertion is Assertion.ABSENT:
        entry = knowledge.questions[fact]
        if entry.worse == value:
            yield fact, _harmless(value, tuple(entry.choices))


def _is_free_text(parsed: Parsed, pending: Question) -> bool:
    """Whether the message may be a name, a number, a place or a time: all but a sign or a question is,
    and a bare no ends the asking."""
    told = {m.assertion for m in parsed.mentions if not is_guess(m)}
    if not told.isdisjoint(ACTIVE):
        return False
    return parsed.intent not in ASKS or any(character.isdigit() for character in parsed.text)


def _with_clarity(report: Report, parsed: Parsed, pending: Question | None) -> Report:
    """A second message in a row that was not understood is for a person."""
    asked = pending is not None and pending.id == CLARIFY
    if asked and is_unclear(parsed):
        return dataclasses.replace(report, answers={**report.answers, CLARIFY: DONT_KNOW})
    return report


def _question(
    report: Report,
    parsed: Parsed,
    pending: Question | None,
    assessment: Assessment,
    knowledge: Knowledge,
) -> Question | None:
    question = _next(report, assessment, knowledge)
    if question is not None:
        again = pending is not None and pending.id == question.id
        unanswered = again and not found_something(parsed) and parsed.intent not in NOT_A_REPORT
        attempt = pending.attempt + 1 if pending is not None and unanswered else 1
        return dataclasses.replace(question, attempt=attempt)
    if assessment.urgency is None and needs_clarity(report, parsed, pending):
        return Question(id=CLARIFY, about=(), text="")
    return None


def _next(report: Report, assessment: Assessment, knowledge: Knowledge) -> Question | None:
    """Nothing that could raise an emergency any more, nor below the urgency the conversation has."""
    if assessment.urgency is Urgency.EMERGENCY:
        return _handover(report, assessment, knowledge)
    return next_question(report, knowledge) or _handover(report, assessment, knowledge)


def _handover(report: Report, assessment: Assessment, knowledge: Knowledge) -> Question | None:
    """After the advice, what no rule reads and a nurse needs: since when, the last blood test, and how
    the team can reach the patient."""
    urgency = assessment.urgency or Urgency.UNCLEAR
    if urgency < Urgency.PROMPT:
        return None
    if urgency is Urgency.EMERGENCY:
        return None if CONTACT in report.answers else _open(CONTACT, WHERE_ARE_YOU)
    dated = any(detail.kind == "duration_hours" for detail in report.details)
    if ONSET not in report.answers and not dated:
        return _open(ONSET, SINCE_WHEN)
    if LAST_BLOOD_TEST not in report.answers and LAST_BLOOD_TEST not in report.clock:
        return question_about(LAST_BLOOD_TEST, knowledge)
    return None if CONTACT in report.answers else _open(CONTACT, HOW_TO_REACH_YOU)


def _open(id_: str, text: str) -> Question:
    return Question(id=id_, about=(id_,), text=text)
