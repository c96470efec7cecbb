"""One turn: what was heard, with what was asked and reported before, to what is said next.

Pure, and the only place that decides it: the actions, the floor in chat, the worker and the bench
call `take_up`. Words live in domain.yml, facts in bedside.knowledge.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from bedside.knowledge import Knowledge
from bedside.language import Reader
from bedside.model import (
    DONT_KNOW,
    NO,
    YES,
    Assertion,
    Assessment,
    FoundBy,
    Mention,
    Parsed,
    Question,
    Report,
    Turn,
    Urgency,
    Utterance,
)
from bedside.questions import next_question
from bedside.triage import ACTIVE, CLARIFY, CONFIRM, assess, is_guess, needs_confirming

# Intents that have an answer of their own; the rest of the message is taken up all the same.
ANSWERS = {
    "greet": "utter_greet",
    "goodbye": "utter_goodbye",
    "thank": "utter_thank",
    "request_human": "utter_human",
    "ask_who_reads": "utter_who_reads",
    "ask_are_you_a_bot": "utter_bot",
    "ask_about_lemtrada": "utter_about_lemtrada",
    "ask_about_medicine": "utter_medicine",
    "correct": "utter_correct",
    "small_talk": "utter_small_talk",
    "out_of_scope": "utter_out_of_scope",
}
ASKS = frozenset(
    {"correct", "request_human", "ask_who_reads", "ask_about_lemtrada", "ask_about_medicine"}
)
# Intents that say nothing of the body, so that a message without a sign is not unclear.
NOT_A_REPORT = frozenset(ANSWERS) - {"correct"}
ADVICE = {
    Urgency.EMERGENCY: "utter_emergency",
    Urgency.URGENT: "utter_urgent",
    Urgency.PROMPT: "utter_prompt",
    Urgency.ROUTINE: "utter_routine",
    Urgency.EXPECTED: "utter_expected",
}
CONTACT = "contact"
# An answer that was not understood is asked for once more, then taken as "don't know".
MOST_ATTEMPTS = 2
LONGEST_CONTACT = 200
WHERE_ARE_YOU = "When you have called: where are you, and is somebody with you?"
HOW_TO_REACH_YOU = (
    "So that the team can reach you: what is your name, and which number can they call? "
    "You can also write “skip”."
)


def take_up(report: Report, parsed: Parsed, pending: Question | None, knowledge: Knowledge) -> Turn:
    """The turn that `parsed` leads to, given the report so far and the question it may answer.

    Total and deterministic; the urgency of the new report is never below that of `report`.
    """
    report = _known(report, knowledge)
    before = assess(report, knowledge).urgency
    told = _with_heard(report, parsed)
    answered = _with_answer(told, parsed, pending)
    answered = _with_clarity(answered, parsed, pending)
    assessment = assess(answered, knowledge)
    question = _question(answered, parsed, pending, assessment, knowledge)
    says = (
        *_advice(assessment, before, parsed, knowledge),
        *_answers(parsed, assessment, pending, answered),
        *_summary(answered, assessment, pending, question, knowledge),
        *_asked(question),
    )
    if not says and parsed.intent:
        says = (Utterance(response="utter_added"),)
    return Turn(report=answered, assessment=assessment, question=question, says=says)


class Floor:
    """The same decision on the lexicon alone: what is certain about a message without Rasa."""

    # What a report by the floor names as its model.
    model_version = "lexicon"

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._reader = Reader(knowledge)

    def read(self, text: str) -> Parsed:
        """What the lexicon reads in `text`. A millisecond or two."""
        return self._reader.read(text)

    def decide(self, report: Report, parsed: Parsed, pending: Question | None) -> Turn:
        """The turn that what was read leads to."""
        return take_up(report, parsed, pending, self._knowledge)

    def take_up(self, report: Report, text: str, pending: Question | None) -> tuple[Parsed, Turn]:
        """Both: what the lexicon reads in `text`, and the turn it leads to."""
        parsed = self.read(text)
        return parsed, self.decide(report, parsed, pending)


def found_something(parsed: Parsed) -> bool:
    """Whether the message names a sign or finding that counts."""
    return not _assertions(parsed).isdisjoint(ACTIVE)


def _assertions(parsed: Parsed) -> set[Assertion]:
    mentioned = {each.assertion for each in parsed.mentions}
    return mentioned | {each.assertion for each in parsed.findings}


def _known(report: Report, knowledge: Knowledge) -> Report:
    """The report without signs that this version of the knowledge does not have any more; what they
    meant stays in the record, as does the urgency that the conversation has reached."""
    return dataclasses.replace(
        report,
        mentions=tuple(each for each in report.mentions if each.sign in knowledge.signs),
        findings=tuple(each for each in report.findings if each.finding in knowledge.findings),
    )


def _with_heard(report: Report, parsed: Parsed) -> Report:
    return dataclasses.replace(
        report,
        mentions=(*report.mentions, *parsed.mentions),
        findings=(*report.findings, *parsed.findings),
        details=(*report.details, *parsed.details),
    )


def _with_answer(report: Report, parsed: Parsed, pending: Question | None) -> Report:
    """The report with the answer to the pending question, if the message gives one."""
    if pending is None or pending.id == CLARIFY:
        return report
    value = _answer(parsed, pending)
    if value is None and pending.attempt >= MOST_ATTEMPTS and not found_something(parsed):
        value = DONT_KNOW
    if value is None:
        return report
    # A yes stays: who said yes and then no is asked by a person, not believed by a program.
    kept = YES if report.answers.get(pending.id) == YES else value
    return dataclasses.replace(report, answers={**report.answers, pending.id: kept})


def _answer(parsed: Parsed, pending: Question) -> str | None:
    if pending.id == CONTACT:
        return parsed.text.strip()[:LONGEST_CONTACT] if _is_contact(parsed) else None
    for each in parsed.findings:
        if each.finding == pending.about and each.assertion in (*ACTIVE, Assertion.ABSENT):
            return YES if each.assertion in ACTIVE else NO
    return parsed.reply


def _is_contact(parsed: Parsed) -> bool:
    """Whether the message may be a name, a number or a place: all but a sign or a question is, and a
    bare no ends the asking."""
    told = {m.assertion for m in parsed.mentions if not is_guess(m)}
    if not told.isdisjoint(ACTIVE):
        return False
    return parsed.intent not in ASKS or any(character.isdigit() for character in parsed.text)


def _with_clarity(report: Report, parsed: Parsed, pending: Question | None) -> Report:
    """A second message in a row that was not understood is for a person."""
    asked = pending is not None and pending.id == CLARIFY
    if asked and _is_unclear(parsed):
        return dataclasses.replace(report, answers={**report.answers, CLARIFY: DONT_KNOW})
    return report


def _is_unclear(parsed: Parsed) -> bool:
    """Whether the message may be about the body, and no sign was recognised in it.

    A finding alone, such as a headache, is told by somebody who may mean a sign.
    """
    if not parsed.intent or parsed.mentions:
        return False
    if parsed.findings:
        return found_something(parsed)
    return parsed.intent not in NOT_A_REPORT or bool(parsed.details)


def _question(
    report: Report,
    parsed: Parsed,
    pending: Question | None,
    assessment: Assessment,
    knowledge: Knowledge,
) -> Question | None:
    question = next_question(report, knowledge) or _handover(report, assessment)
    if question is not None:
        again = pending is not None and pending.id == question.id
        unanswered = again and not found_something(parsed) and parsed.intent not in NOT_A_REPORT
        attempt = pending.attempt + 1 if pending is not None and unanswered else 1
        return dataclasses.replace(question, attempt=attempt)
    if assessment.urgency is None and _needs_clarity(report, parsed, pending):
        return Question(id=CLARIFY, about="", text="")
    return None


def _needs_clarity(report: Report, parsed: Parsed, pending: Question | None) -> bool:
    """Nothing was recognised, or what was guessed was not meant: the patient is asked for other words."""
    if pending is None:
        return _is_unclear(parsed)
    return pending.id.startswith(CONFIRM) and report.answers.get(pending.id) == NO


def _handover(report: Report, assessment: Assessment) -> Question | None:
    """After the advice, how the team can reach the patient."""
    if CONTACT in report.answers or (assessment.urgency or 0) < Urgency.PROMPT:
        return None
    is_emergency = assessment.urgency is Urgency.EMERGENCY
    return Question(
        id=CONTACT,
        about=CONTACT,
        text=WHERE_ARE_YOU if is_emergency else HOW_TO_REACH_YOU,
    )


def _advice(
    assessment: Assessment, before: Urgency | None, parsed: Parsed, knowledge: Knowledge
) -> Iterator[Utterance]:
    """The advice, when something was reported or the urgency rose; an emergency is repeated each time."""
    urgency = assessment.urgency
    if urgency is None or urgency not in ADVICE:
        return
    signs = [mention for mention in parsed.mentions if mention.assertion in ACTIVE]
    raised = before is None or urgency > before
    if urgency is Urgency.EMERGENCY and not raised and not _is_emergency(signs, knowledge):
        yield Utterance(response="utter_emergency_again", urgency=urgency)
    elif raised or any(not needs_confirming(each, Report(), knowledge) for each in signs):
        yield Utterance(
            response=_advice_for(urgency, assessment),
            facts={"signs": _in_words(assessment, knowledge)},
            urgency=urgency,
        )


def _is_emergency(signs: Sequence[Mention], knowledge: Knowledge) -> bool:
    return any(knowledge.signs[each.sign].urgency is Urgency.EMERGENCY for each in signs)


def _advice_for(urgency: Urgency, assessment: Assessment) -> str:
    if urgency is Urgency.EMERGENCY and assessment.only_possible:
        return "utter_emergency_possible"
    if any(reason.rule == "unclear_twice" for reason in assessment.reasons[:1]):
        return "utter_unclear"
    return ADVICE[urgency]


def _answers(
    parsed: Parsed, assessment: Assessment, pending: Question | None, report: Report
) -> Iterator[Utterance]:
    """What else the message asked for, or that nothing was recognised in it."""
    nothing = not (parsed.mentions or parsed.findings)
    waiting = pending is not None and pending.id != CLARIFY
    if pending is not None and pending.id == CONTACT and CONTACT in report.answers:
        return  # what is written there is a name or a place, whatever it looks like
    if parsed.intent in ANSWERS and (nothing or parsed.intent == "request_human"):
        yield Utterance(response=ANSWERS[parsed.intent])
    elif assessment.urgency is None and _needs_clarity(report, parsed, pending):
        yield Utterance(response="utter_not_recognised")
    elif not found_something(parsed) and not nothing and not waiting:
        yield Utterance(response=_for_no_report(parsed))
    elif pending is not None and _unanswered(report, parsed, pending):
        yield Utterance(response="utter_once_more")


def _for_no_report(parsed: Parsed) -> str:
    """Signs were named, none of them as the patient's own and now."""
    kinds = _assertions(parsed)
    if Assertion.HISTORICAL in kinds:
        return "utter_past"
    if Assertion.SOMEONE_ELSE in kinds:
        return "utter_someone_else"
    if Assertion.HYPOTHETICAL in kinds:
        return "utter_about_lemtrada"
    # "You do not have this" is said of plain words only: the classifier does not see a negation.
    surely = any(each.found_by is FoundBy.LEXICON for each in parsed.mentions) or parsed.findings
    return "utter_denied" if surely else "utter_not_recognised"


def _unanswered(report: Report, parsed: Parsed, pending: Question) -> bool:
    return (
        pending.id not in report.answers
        and pending.id != CLARIFY
        and not found_something(parsed)
        and parsed.intent not in NOT_A_REPORT
    )


def _summary(
    report: Report,
    assessment: Assessment,
    pending: Question | None,
    question: Question | None,
    knowledge: Knowledge,
) -> Iterator[Utterance]:
    """What was noted and who sees it: once, when the last question is answered."""
    urgency = assessment.urgency
    if urgency is None or urgency < Urgency.ROUTINE:
        return
    if question is None and pending is not None:
        yield Utterance(response="utter_summary", facts={"signs": _in_words(assessment, knowledge)})
    elif question is not None and question.id == CONTACT and question.attempt == 1:
        yield Utterance(response="utter_recorded")


def _asked(question: Question | None) -> Iterator[Utterance]:
    if question is None or question.id == CLARIFY:
        return
    # A sign that was only guessed has had no advice yet, so the question itself says whom to call.
    guessed = question.id.startswith(CONFIRM)
    yield Utterance(
        response="utter_confirm" if guessed else "utter_question",
        facts={"question": question.text},
        choices=question.choices,
    )


def _in_words(assessment: Assessment, knowledge: Knowledge) -> str:
    """The reported signs in plain words: "bruises, bleeding and a fever"."""
    signs = dict.fromkeys(reason.sign for reason in assessment.reasons if reason.sign)
    names = [knowledge.signs[sign].plain for sign in signs]
    if len(names) < 2:
        return names[0] if names else "how you feel"
    return f"{', '.join(names[:-1])} and {names[-1]}"
