"""What to say to a message that was taken up: advice first, then answers, then the next question. Pure.

Chooses responses of domain.yml by name; the words themselves live there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bedside.facts import ACTIVE, CONFIRM, needs_confirming
from bedside.knowledge import Knowledge
from bedside.model import (
    NO,
    Advice,
    Assertion,
    Assessment,
    FoundBy,
    Parsed,
    Question,
    Report,
    Urgency,
    Utterance,
)
from bedside.triage import CLARIFY

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
    "ask_about_vaccine": "utter_vaccine",
    "ask_about_pregnancy": "utter_pregnancy",
    "ask_about_test": "utter_test",
    "write_for_someone": "utter_carer",
    "not_treated": "utter_not_treated",
    "under_age": "utter_under_age",
    "emergency_of_someone_else": "utter_someone_else",
    "feel_better": "utter_better",
    "feel_worse": "utter_worse",
    "give_contact": "utter_noted_contact",
    "insult": "utter_insult",
    "small_talk": "utter_small_talk",
    "out_of_scope": "utter_out_of_scope",
}
ASKS_WHAT_WAS_NOTED = "ask_what_was_noted"
ASKS = frozenset(
    {"correct", "request_human", *(intent for intent in ANSWERS if intent.startswith("ask_"))}
)
# Intents that say nothing of the body, so that a message without a sign is not unclear.
NOT_A_REPORT = frozenset({*ANSWERS, ASKS_WHAT_WAS_NOTED, "skip"}) - {"correct"}
ADVICE = {
    Advice.CRISIS: "utter_crisis",
    Advice.EMERGENCY: "utter_emergency",
    Advice.EMERGENCY_POSSIBLE: "utter_emergency_possible",
    Advice.INFUSION_RUNNING: "utter_infusion_running",
    Advice.URGENT: "utter_urgent",
    Advice.UNCLEAR: "utter_unclear",
    Advice.PROMPT: "utter_prompt",
    Advice.ROUTINE: "utter_routine",
    Advice.EXPECTED: "utter_expected",
}
# Values that tell of the treatment or of time, and of no body: "how long after the second course?"
OF_TREATMENT = frozenset(
    {
        "course_number",
        "duration_hours",
        "days_since_last_infusion",
        "least_days_since_last_infusion",
    }
)
# Questions after the advice, answered by whatever the patient writes.
FREE_TEXT = frozenset({"contact", "onset_when"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message with all that it led to: the urgency before it, what was asked, what is asked next."""

    report: Report
    parsed: Parsed
    before: Urgency | None
    pending: Question | None
    assessment: Assessment
    question: Question | None


def says(heard: Heard, knowledge: Knowledge) -> Iterator[Utterance]:
    """The responses to the message, in order. A message that Rasa has read is never met with silence."""
    said = [
        *_advice(heard, knowledge),
        *_answers(heard, knowledge),
        *_summary(heard, knowledge),
        *_asked(heard.question),
    ]
    if not said and heard.parsed.intent:
        said = [Utterance(response="utter_added")]
    return iter(said)


def found_something(parsed: Parsed) -> bool:
    """Whether the message names a sign or finding that counts."""
    return not _assertions(parsed).isdisjoint(ACTIVE)


def is_unclear(parsed: Parsed) -> bool:
    """Whether the message may be about the body, and no sign was recognised in it.

    A finding alone, such as a headache, is told by somebody who may mean a sign.
    """
    if not parsed.intent or parsed.mentions:
        return False
    if parsed.findings:
        return found_something(parsed)
    measured = any(each.kind not in OF_TREATMENT for each in parsed.details)
    return parsed.intent not in NOT_A_REPORT or measured


def needs_clarity(report: Report, parsed: Parsed, pending: Question | None) -> bool:
    """Nothing was recognised, or what was guessed was not meant: the patient is asked for other words."""
    if pending is None:
        return is_unclear(parsed)
    return pending.id.startswith(CONFIRM) and report.answers.get(pending.id) == NO


def _assertions(parsed: Parsed) -> set[Assertion]:
    mentioned = {each.assertion for each in parsed.mentions}
    return mentioned | {each.assertion for each in parsed.findings}


def _advice(heard: Heard, knowledge: Knowledge) -> Iterator[Utterance]:
    """The advice, when something was reported or the urgency rose; an emergency is repeated each time."""
    assessment, urgency = heard.assessment, heard.assessment.urgency
    if urgency is None or assessment.advice not in ADVICE:
        return
    signs = [each for each in heard.parsed.mentions if each.assertion in ACTIVE]
    raised = heard.before is None or urgency > heard.before
    crisis = any(knowledge.signs[each.sign].crisis for each in signs)
    emergency = any(knowledge.signs[each.sign].urgency is Urgency.EMERGENCY for each in signs)
    if urgency is Urgency.EMERGENCY and not raised and not emergency:
        in_crisis = assessment.advice is Advice.CRISIS
        again = "utter_crisis_again" if in_crisis else "utter_emergency_again"
        yield Utterance(response=again, urgency=urgency)
    elif raised or any(not needs_confirming(each, Report(), knowledge) for each in signs):
        yield Utterance(
            response=ADVICE[assessment.advice],
            facts={"signs": in_words(assessment, knowledge)},
            urgency=urgency,
        )
    if crisis and assessment.advice is not Advice.CRISIS:
        yield Utterance(response=ADVICE[Advice.CRISIS], urgency=Urgency.EMERGENCY)


def _answers(heard: Heard, knowledge: Knowledge) -> Iterator[Utterance]:
    """What else the message asked for, or that nothing was recognised in it."""
    parsed, pending, report = heard.parsed, heard.pending, heard.report
    nothing = not (parsed.mentions or parsed.findings)
    waiting = pending is not None and pending.id != CLARIFY
    if pending is not None and pending.id in FREE_TEXT and pending.id in report.answers:
        return  # what is written there is a name, a place or a time, whatever it looks like
    if parsed.intent == ASKS_WHAT_WAS_NOTED and nothing:
        yield _what_was_noted(heard, knowledge)
    elif parsed.intent in ANSWERS and (nothing or parsed.intent == "request_human"):
        yield Utterance(response=ANSWERS[parsed.intent])
    elif heard.assessment.urgency is None and needs_clarity(report, parsed, pending):
        yield Utterance(response="utter_not_recognised")
    elif not found_something(parsed) and not nothing and not waiting:
        yield Utterance(response=_for_no_report(parsed))
    elif pending is not None and _unanswered(heard, pending):
        many = len(pending.about) > 1
        yield Utterance(response="utter_which" if many else "utter_once_more")


def _what_was_noted(heard: Heard, knowledge: Knowledge) -> Utterance:
    urgency = heard.assessment.urgency
    if urgency is None or urgency is Urgency.UNCLEAR:
        return Utterance(response="utter_nothing_noted")
    facts = {"signs": in_words(heard.assessment, knowledge)}
    return Utterance(response="utter_what_was_noted", facts=facts)


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


def _unanswered(heard: Heard, pending: Question) -> bool:
    kept = (pending.id, *pending.about) if len(pending.about) > 1 else (pending.id,)
    return (
        heard.report.answers.keys().isdisjoint(kept)
        and pending.id != CLARIFY
        and not found_something(heard.parsed)
        and not heard.parsed.details
        and heard.parsed.intent not in NOT_A_REPORT
    )


def _summary(heard: Heard, knowledge: Knowledge) -> Iterator[Utterance]:
    """What was noted and who sees it: once, when the last question that can raise is answered, and at
    the end."""
    urgency, question = heard.assessment.urgency, heard.question
    if urgency is None or urgency < Urgency.ROUTINE:
        return
    if question is None and heard.pending is not None:
        yield Utterance(
            response="utter_summary", facts={"signs": in_words(heard.assessment, knowledge)}
        )
    elif question is not None and question.id in FREE_TEXT and question.attempt == 1:
        first = heard.report.answers.keys().isdisjoint(FREE_TEXT)
        if first and (heard.pending is None or heard.pending.id not in FREE_TEXT):
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


def in_words(assessment: Assessment, knowledge: Knowledge) -> str:
    """The reported signs in plain words: "bruises, bleeding and a fever". What is only guessed is asked
    about, not told to the patient as theirs."""
    told = (reason for reason in assessment.reasons if reason.urgency > Urgency.UNCLEAR)
    signs = dict.fromkeys(reason.sign for reason in told if reason.sign)
    names = [knowledge.signs[sign].plain for sign in signs]
    if len(names) < 2:
        return names[0] if names else "how you feel"
    return f"{', '.join(names[:-1])} and {names[-1]}"
