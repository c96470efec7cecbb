"""One turn: what was heard, with what was asked and reported before, to what is said next.

Pure, and the only place that decides it: the actions, the floor in chat, the worker and the bench
call `take_up`. What is said is chosen in bedside.saying; words live in domain.yml, facts in
bedside.knowledge.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from bedside.answering import CONTACT, ONSET, answers_to, as_answered, as_meant, contact_in
from bedside.correction import (
    SOMETHING_ELSE,
    WRONG,
    not_meant_by,
    question_in_own_words,
    question_what_is_wrong,
    taken_back_by,
    without,
)
from bedside.facts import CONFIRM, WHOSE, active, found_something, known, taken_back
from bedside.heard import Heard, is_aside, is_unanswered, is_unclear, needs_clarity
from bedside.knowledge import Kind, Knowledge
from bedside.language import trained_reader
from bedside.language.answers import days_as_answer, days_of_answer
from bedside.model import (
    ACTIVE,
    CORRECTED,
    DONT_KNOW,
    NOT_MEANT,
    Assertion,
    Assessment,
    Days,
    Detail,
    Finding,
    FoundBy,
    Mention,
    Parsed,
    Question,
    Report,
    Turn,
    Urgency,
)
from bedside.questions import in_other_words, next_question, question_about, which_emergency
from bedside.returning import (
    GREETINGS,
    SINCE_LAST,
    change,
    has_come_back,
    question_since_last,
    with_change,
)
from bedside.saying import says
from bedside.triage import CLARIFY, assess, is_happening
from bedside.whose import as_theirs, question_of_higher, question_whose, with_own

__all__ = ["CONTACT", "ONSET", "Floor", "take_up"]

LAST_BLOOD_TEST = "days_since_last_blood_test"
WHERE_ARE_YOU = "When you have called: where are you, and is somebody with you?"
HOW_TO_REACH_YOU = (
    "So that the team can reach you: what is your name, and which number can they call? "
    "You can also write “skip”."
)
SINCE_WHEN = "Since when have you had this? You can also write “skip”."
FEVER = "fever"
# Below this nobody speaks of a fever, not even of a slight one (GENERAL).
ANY_FEVER = 37.5


def take_up(
    report: Report, parsed: Parsed, pending: Question | None, knowledge: Knowledge, today: date
) -> Turn:
    """The turn that `parsed` leads to, given the report so far and the question it may answer.

    `today` is the day in the clinic's time zone. Total and deterministic; the urgency of the turn is
    never below that of `report`.
    """
    report = known(report, knowledge)
    parsed = as_theirs(as_meant(parsed, pending, knowledge), report, knowledge)
    before = assess(report, knowledge)
    given = answers_to(parsed, pending, report, knowledge, today)
    parsed = as_answered(parsed, pending, given, knowledge)
    wrong = taken_back_by(parsed, pending, given.items(), report, knowledge)
    parsed, kept = without(parsed, wrong, CORRECTED), without(report, wrong, CORRECTED)
    kept = without(kept, not_meant_by(given.items(), knowledge), NOT_MEANT)
    kept = dataclasses.replace(kept, reached=before.urgency)
    told = _with_heard(kept, parsed, knowledge, today)
    told = with_change(with_own(told, given), report, parsed, change(parsed, given), before)
    told = _with_answers(_each_once(told), parsed, pending, given, knowledge)
    told = _on_day(told, knowledge, today)
    assessment = assess(told, knowledge)
    told = dataclasses.replace(told, reached=assessment.urgency)
    heard = Heard(
        before=before.urgency,
        report=told,
        parsed=parsed,
        pending=pending,
        given=given,
        corrected=tuple(wrong),
        assessment=assessment,
        question=None,
    )
    heard = dataclasses.replace(heard, question=_question(heard, report, knowledge))
    return Turn(
        report=told,
        assessment=assessment,
        question=heard.question,
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
        return dataclasses.replace(self._reader.read(text, today=today, topic=False), intent="")

    def decide(self, report: Report, parsed: Parsed, pending: Question | None, today: date) -> Turn:
        """The turn that what was read leads to."""
        return take_up(report, parsed, pending, self._knowledge, today)

    def take_up(
        self, report: Report, text: str, pending: Question | None, today: date
    ) -> tuple[Parsed, Turn]:
        """Both: what is read in `text`, and the turn it leads to."""
        parsed = self.read(text, today)
        return parsed, self.decide(report, parsed, pending, today)


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


def _each_once(told: Report) -> Report:
    """The report without what was told again in the same words, so that who tells the same every day does
    not make it longer. Of a fact the last word counts, so that its place is kept."""
    return dataclasses.replace(
        told,
        mentions=tuple(dict.fromkeys(told.mentions)),
        findings=tuple(dict.fromkeys(reversed(told.findings)))[::-1],
        details=tuple(dict.fromkeys(told.details)),
    )


def _low_temperature(parsed: Parsed, knowledge: Knowledge) -> Detail | None:
    """A measured temperature, when the message tells none that is a fever."""
    measured = [each for each in parsed.details if each.kind == "temperature_c"]
    limit = next(atom.number for atom in knowledge.questions[FEVER].implied_by)
    return measured[0] if measured and all(each.value < limit for each in measured) else None


def _doubted(mention: Mention, low: Detail | None, knowledge: Knowledge) -> Mention:
    """A fever beside a low number: only possible in the patient's words, and none where the classifier
    takes the number itself for one."""
    gives = {atom.name for atom in knowledge.signs[mention.sign].gives}
    if low is None or FEVER not in gives or mention.assertion not in ACTIVE:
        return mention
    is_number = mention.found_by is FoundBy.CLASSIFIER and mention.start <= low.start < mention.end
    meant = Assertion.ABSENT if is_number and low.value < ANY_FEVER else Assertion.POSSIBLE
    return dataclasses.replace(mention, assertion=meant, cue=low.text)


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
    report: Report,
    parsed: Parsed,
    pending: Question | None,
    given: Mapping[str, str],
    knowledge: Knowledge,
) -> Report:
    """The report with the answers; and a second message in a row that was not understood is for a
    person. That an emergency was not meant is kept with its mention, so that a new one counts."""
    not_meant = {CONFIRM + sign for sign in not_meant_by(given.items(), knowledge)}
    answers = {id_: value for id_, value in given.items() if id_ not in not_meant}
    if pending is not None and pending.id == CLARIFY and is_unclear(parsed):
        answers[CLARIFY] = DONT_KNOW
    if CONTACT not in report.answers and (told := contact_in(parsed)):
        answers.setdefault(CONTACT, told)
    return dataclasses.replace(report, answers={**report.answers, **answers})


def _question(heard: Heard, report: Report, knowledge: Knowledge) -> Question | None:
    """What is asked next; `report` is what was told before this message."""
    question = (
        _about_a_correction(heard, report, knowledge)
        or question_of_higher(report, heard.parsed, heard.assessment.urgency, knowledge)
        or _next(heard, report, knowledge)
        or _whose(heard, report, knowledge)
    )
    if question is not None:
        return _put_again(question, heard, knowledge)
    if heard.assessment.urgency is None and _waits_for_clarity(heard):
        return Question(id=CLARIFY, about=(), text="")
    return None


def _whose(heard: Heard, report: Report, knowledge: Knowledge) -> Question | None:
    pending = heard.pending
    asked = pending is not None and pending.id.startswith(WHOSE)
    if asked and not (heard.given or found_something(heard.parsed)):
        return pending
    return question_whose(report, heard.parsed, pending, knowledge)


def _waits_for_clarity(heard: Heard) -> bool:
    """Whether other words are wanted: now, or still, since this message only greets or asks something."""
    asked = heard.pending is not None and heard.pending.id == CLARIFY
    if asked and not is_unclear(heard.parsed):
        return is_aside(heard.parsed) and not found_something(heard.parsed)
    return needs_clarity(heard.parsed, heard.pending, heard.given)


def _about_a_correction(heard: Heard, report: Report, knowledge: Knowledge) -> Question | None:
    if heard.given.get(WRONG) == SOMETHING_ELSE.value:
        return question_in_own_words()
    asked = heard.pending is not None and heard.pending.id == WRONG
    if asked and not (heard.given or found_something(heard.parsed)):
        return heard.pending
    if heard.given or heard.corrected:
        return None
    return question_what_is_wrong(report, heard.parsed, heard.pending, knowledge)


def _put_again(question: Question, heard: Heard, knowledge: Knowledge) -> Question:
    """The question as often as it was put: in other words, when its answer was not understood."""
    pending = heard.pending
    if pending is None or pending.id != question.id or not is_unanswered(heard):
        return dataclasses.replace(question, attempt=1)
    return in_other_words(dataclasses.replace(question, attempt=pending.attempt + 1), knowledge)


def _next(heard: Heard, before: Report, knowledge: Knowledge) -> Question | None:
    """Nothing that could raise an emergency any more, nor below the urgency the conversation has."""
    report, assessment = heard.report, heard.assessment
    if assessment.urgency is None:
        return question_since_last() if _asks_since_last(heard, before) else None
    if assessment.urgency is Urgency.EMERGENCY:
        meant = which_emergency(report, knowledge) if assessment.only_possible else None
        return meant or _handover(report, assessment, knowledge)
    return next_question(report, knowledge) or _handover(report, assessment, knowledge)


def _asks_since_last(heard: Heard, before: Report) -> bool:
    """Whether a patient who came back only greeted, or was asked and not understood."""
    asked = heard.pending is not None and heard.pending.id == SINCE_LAST
    greets = heard.parsed.intent in GREETINGS and not heard.parsed.mentions
    return has_come_back(before) and not heard.given and (asked or greets)


def _handover(report: Report, assessment: Assessment, knowledge: Knowledge) -> Question | None:
    """After the advice, what no rule reads and a nurse needs: since when (of what cannot wait), the last
    blood test, and how the team can reach the patient."""
    urgency = assessment.urgency or Urgency.UNCLEAR
    if urgency < Urgency.PROMPT:
        return None
    how = _open(CONTACT, WHERE_ARE_YOU if is_happening(assessment) else HOW_TO_REACH_YOU)
    contact = None if CONTACT in report.answers else how
    nothing_left = bool(taken_back(report)) and not any(active(report))
    if urgency is Urgency.EMERGENCY or nothing_left:
        return contact
    dated = any(detail.kind == "duration_hours" for detail in report.details)
    if urgency is Urgency.URGENT and ONSET not in report.answers and not dated:
        return _open(ONSET, SINCE_WHEN)
    if LAST_BLOOD_TEST not in report.answers and LAST_BLOOD_TEST not in report.clock:
        return question_about(LAST_BLOOD_TEST, knowledge)
    return contact


def _open(id_: str, text: str) -> Question:
    return Question(id=id_, about=(id_,), text=text)
