"""A message with all that it led to, and what kind of message it is: a report, an answer, an aside. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bedside.correction import CORRECT, WHAT_IS_WRONG, WRONG
from bedside.facts import CONFIRM, found_something, of_the_body, taken_back
from bedside.knowledge import Knowledge
from bedside.model import ACTIVE, NO, Assessment, Parsed, Question, Report, Urgency
from bedside.returning import SINCE_LAST
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
    "nonsense": "utter_nonsense",
    "small_talk": "utter_small_talk",
    "out_of_scope": "utter_out_of_scope",
}
ASKS_WHAT_WAS_NOTED = "ask_what_was_noted"
ASKS = frozenset(
    {"correct", "request_human", *(intent for intent in ANSWERS if intent.startswith("ask_"))}
)
# Intents that say nothing of the body, so that a message without a sign is not unclear.
NOT_A_REPORT = frozenset({*ANSWERS, ASKS_WHAT_WAS_NOTED, "skip"}) - {CORRECT, "nonsense"}
# Who writes so has left the question open; anything else was meant to answer it, and did not.
ASIDES = NOT_A_REPORT - {"small_talk", "out_of_scope", "skip"}
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
# Questions whose answers need no advice, nor are read for what else they ask.
SAYS_OF_ITSELF = FREE_TEXT | {SINCE_LAST, WRONG, WHAT_IS_WRONG}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message with all that it led to: the urgency before it, what was asked and what it answers to
    that, the signs that it takes back, and what is asked next."""

    report: Report
    parsed: Parsed
    before: Urgency | None
    pending: Question | None
    given: Mapping[str, str]
    corrected: tuple[str, ...]
    assessment: Assessment
    question: Question | None


def is_unclear(parsed: Parsed) -> bool:
    """Whether the message may be about the body, and no sign was recognised in it.

    A finding alone, such as a headache, is told by somebody who may mean a sign.
    """
    if parsed.mentions or not (parsed.intent or parsed.language):
        return False
    if of_the_body(parsed):
        return found_something(parsed)
    measured = any(each.kind not in OF_TREATMENT for each in parsed.details)
    return parsed.intent not in NOT_A_REPORT or measured


def needs_clarity(parsed: Parsed, pending: Question | None, given: Mapping[str, str]) -> bool:
    """Nothing was recognised, or what was guessed was not meant: the patient is asked for other words."""
    if pending is None:
        return is_unclear(parsed)
    return pending.id.startswith(CONFIRM) and set(given.values()) == {NO}


def is_aside(parsed: Parsed) -> bool:
    """Whether the message greets, thanks or asks something, so that an open question only waits."""
    return parsed.intent in ASIDES


def is_unanswered(heard: Heard) -> bool:
    """Whether the message should have answered the question that was put, and did not."""
    return (
        heard.pending is not None
        and heard.pending.id != CLARIFY
        and not heard.given
        and not found_something(heard.parsed)
        and not heard.parsed.details
        and not is_aside(heard.parsed)
    )


def active_signs(parsed: Parsed) -> set[str]:
    """The signs that count in the message."""
    return {each.sign for each in parsed.mentions if each.assertion in ACTIVE}


def in_words(assessment: Assessment, knowledge: Knowledge) -> str:
    """The reported signs in plain words: "bruises, bleeding and a fever". What is only guessed is asked
    about, not told to the patient as theirs."""
    return knowledge.names(told_of(assessment)) or "how you feel"


def with_taken_back(heard: Heard, knowledge: Knowledge) -> str:
    """The same, and then what the patient took back."""
    back = taken_back(heard.report)
    if not back:
        return in_words(heard.assessment, knowledge)
    told = knowledge.names(told_of(heard.assessment)) or "nothing else"
    return f"{told}. You took back: {knowledge.names(back)}"


def told_of(assessment: Assessment) -> Iterable[str]:
    told = (reason for reason in assessment.reasons if reason.urgency > Urgency.UNCLEAR)
    return dict.fromkeys(reason.sign for reason in told if reason.sign)
