"""What to say to a message that was taken up: advice first, then answers, then the next question. Pure.

Chooses responses of domain.yml by name; the words themselves live there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bedside.correction import CORRECT, WHAT_IS_WRONG, WRONG, is_set_aside
from bedside.facts import CONFIRM, found_something, needs_confirming, taken_back
from bedside.knowledge import Knowledge, OtherLanguage
from bedside.model import (
    ACTIVE,
    DONT_KNOW,
    NO,
    YES,
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
from bedside.returning import (
    GETTING_WORSE,
    GREETINGS,
    SINCE_LAST,
    STILL_THERE,
    WORSE,
    told_last_time,
)
from bedside.triage import CLARIFY, is_happening

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


def is_unclear(parsed: Parsed) -> bool:
    """Whether the message may be about the body, and no sign was recognised in it.

    A finding alone, such as a headache, is told by somebody who may mean a sign.
    """
    if parsed.mentions or not (parsed.intent or parsed.language):
        return False
    if parsed.findings:
        return found_something(parsed)
    measured = any(each.kind not in OF_TREATMENT for each in parsed.details)
    return parsed.intent not in NOT_A_REPORT or measured


def needs_clarity(parsed: Parsed, pending: Question | None, given: Mapping[str, str]) -> bool:
    """Nothing was recognised, or what was guessed was not meant: the patient is asked for other words."""
    if pending is None:
        return is_unclear(parsed)
    return pending.id.startswith(CONFIRM) and set(given.values()) == {NO}


def is_unanswered(heard: Heard) -> bool:
    """Whether the message should have answered the question that was put, and did not."""
    return (
        heard.pending is not None
        and heard.pending.id != CLARIFY
        and not heard.given
        and not found_something(heard.parsed)
        and not heard.parsed.details
        and heard.parsed.intent not in NOT_A_REPORT
    )


def _active(parsed: Parsed) -> set[str]:
    """The signs that count in the message."""
    return {each.sign for each in parsed.mentions if each.assertion in ACTIVE}


def _assertions(parsed: Parsed) -> set[Assertion]:
    mentioned = {each.assertion for each in parsed.mentions}
    return mentioned | {each.assertion for each in parsed.findings}


def _advice(heard: Heard, knowledge: Knowledge) -> Iterator[Utterance]:
    """The advice, when something was reported or the urgency rose; an emergency is repeated each time."""
    assessment, urgency = heard.assessment, heard.assessment.urgency
    if urgency is None or assessment.advice not in ADVICE:
        return
    told = _told(heard, knowledge)
    raised = heard.before is None or urgency > heard.before
    crisis = any(knowledge.signs[sign].crisis for sign in _active(heard.parsed))
    emergency = any(knowledge.signs[sign].urgency is Urgency.EMERGENCY for sign in told)
    if urgency is Urgency.EMERGENCY and not raised and not emergency:
        yield Utterance(response=_number_again(heard, knowledge), urgency=urgency)
    elif raised or told:
        yield Utterance(
            response=ADVICE[assessment.advice],
            facts={"signs": in_words(assessment, knowledge)},
            urgency=urgency,
        )
    if crisis and assessment.advice is not Advice.CRISIS:
        yield Utterance(response=ADVICE[Advice.CRISIS], urgency=Urgency.EMERGENCY)


def _told(heard: Heard, knowledge: Knowledge) -> set[str]:
    """The signs that the message tells or confirms."""
    told = {
        each.sign
        for each in heard.parsed.mentions
        if each.assertion in ACTIVE and not needs_confirming(each, Report(), knowledge)
    }
    answered = (id_ for id_, value in heard.given.items() if value == YES)
    confirmed = {id_.removeprefix(CONFIRM) for id_ in answered if id_.startswith(CONFIRM)}
    return told | confirmed & knowledge.signs.keys()


def _number_again(heard: Heard, knowledge: Knowledge) -> str:
    """The number once more, said otherwise when the patient has taken the emergency back."""
    if heard.assessment.advice is Advice.CRISIS:
        return "utter_crisis_again"
    if is_happening(heard.assessment):
        return "utter_emergency_again"
    crises = (sign for sign, each in knowledge.signs.items() if each.crisis)
    in_crisis = any(is_set_aside(sign, heard.report) for sign in crises)
    return "utter_crisis_again" if in_crisis else "utter_emergency_taken_back"


def _answers(heard: Heard, knowledge: Knowledge) -> Iterator[Utterance]:
    """What else the message asked for, or that nothing was recognised in it."""
    parsed, pending = heard.parsed, heard.pending
    nothing = not parsed.mentions and all(each.finding == GETTING_WORSE for each in parsed.findings)
    waiting = pending is not None and pending.id != CLARIFY
    language = knowledge.languages.get(parsed.language or "")
    answer = knowledge.faq.get(parsed.topic or "")
    if language is not None:
        yield _in_their_language(language)
    elif heard.corrected:
        names = _names(heard.corrected, knowledge)
        yield Utterance(response="utter_corrected", facts={"signs": names})
    elif pending is not None and heard.given and pending.id in SAYS_OF_ITSELF:
        yield from _of_itself(heard, pending)
    elif parsed.intent == ASKS_WHAT_WAS_NOTED and nothing:
        yield _what_was_noted(heard, knowledge)
    elif answer is not None and not _is_emergency(parsed, knowledge):
        yield Utterance(response="utter_from_documents", facts={"answer": answer.answer})
    elif (parsed.intent in ANSWERS and nothing) or parsed.intent == "request_human":
        yield from _to_intent(heard, knowledge)
    elif heard.assessment.urgency is None and needs_clarity(parsed, pending, heard.given):
        yield Utterance(response="utter_not_recognised")
    elif not found_something(parsed) and not nothing and not waiting:
        yield Utterance(response=_for_no_report(parsed))
    elif pending is not None and is_unanswered(heard):
        many = len(pending.about) > 1
        yield Utterance(response="utter_which" if many else "utter_once_more")


def _in_their_language(language: OtherLanguage) -> Utterance:
    """The numbers and the way to a person in the patient's own language, and in English."""
    facts = {
        "in_an_emergency": language.emergency,
        "to_reach_a_person": language.person,
        "when_closed": language.closed,
        "english_only": language.english_only,
    }
    return Utterance(response="utter_other_language", facts=facts)


def _is_emergency(parsed: Parsed, knowledge: Knowledge) -> bool:
    """Whether the message names an emergency: then no long answer stands beside the number to call."""
    return any(knowledge.signs[sign].urgency is Urgency.EMERGENCY for sign in _active(parsed))


def _of_itself(heard: Heard, pending: Question) -> Iterator[Utterance]:
    """What is said to an answer that no rule reads: a name is a name, whatever it looks like."""
    value = heard.given.get(pending.id, "")
    if pending.id == SINCE_LAST and value not in (STILL_THERE, WORSE):
        yield Utterance(response="utter_better")
    elif pending.id == WHAT_IS_WRONG or (pending.id == WRONG and value in (NO, DONT_KNOW)):
        yield Utterance(response="utter_added")


def _to_intent(heard: Heard, knowledge: Knowledge) -> Iterator[Utterance]:
    """The answer that belongs to the intent, unless the advice or the next question says it."""
    intent, question = heard.parsed.intent, heard.question
    known = _known_signs(heard, knowledge)
    raised = (heard.assessment.urgency or Urgency.UNCLEAR) > (heard.before or Urgency.UNCLEAR)
    if raised and intent in ("feel_worse", "nonsense"):
        return
    if intent in GREETINGS and known and question is not None:
        yield Utterance(response="utter_welcome_back", facts={"signs": known})
    elif intent == CORRECT and question is not None and question.id == WRONG:
        signs = _with_taken_back(heard, knowledge)
        yield Utterance(response="utter_noted_so_far", facts={"signs": signs})
    elif intent == CORRECT and known and (heard.given or heard.parsed.details):
        yield Utterance(response="utter_added")
    else:
        yield Utterance(response=ANSWERS[intent])


def _known_signs(heard: Heard, knowledge: Knowledge) -> str:
    """The signs that the patient told before this message, in words; empty when there are none."""
    if heard.question is not None and heard.question.id == SINCE_LAST:
        return _names(told_last_time(heard.report), knowledge)
    return "" if heard.pending is None else _names(_told_of(heard.assessment), knowledge)


def _what_was_noted(heard: Heard, knowledge: Knowledge) -> Utterance:
    urgency = heard.assessment.urgency
    if urgency is None or urgency is Urgency.UNCLEAR:
        return Utterance(response="utter_nothing_noted")
    return Utterance(
        response="utter_what_was_noted", facts={"signs": _with_taken_back(heard, knowledge)}
    )


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


def _summary(heard: Heard, knowledge: Knowledge) -> Iterator[Utterance]:
    """What was noted and who sees it: once, when the last question that can raise is answered, and at
    the end."""
    urgency, question = heard.assessment.urgency, heard.question
    if urgency is None or urgency < Urgency.ROUTINE:
        return
    if question is None and heard.pending is not None:
        yield Utterance(
            response="utter_summary", facts={"signs": _with_taken_back(heard, knowledge)}
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
    return _names(_told_of(assessment), knowledge) or "how you feel"


def _with_taken_back(heard: Heard, knowledge: Knowledge) -> str:
    """The same, and then what the patient took back."""
    back = taken_back(heard.report)
    if not back:
        return in_words(heard.assessment, knowledge)
    told = _names(_told_of(heard.assessment), knowledge) or "nothing else"
    return f"{told}. You took back: {_names(back, knowledge)}"


def _told_of(assessment: Assessment) -> Iterable[str]:
    told = (reason for reason in assessment.reasons if reason.urgency > Urgency.UNCLEAR)
    return dict.fromkeys(reason.sign for reason in told if reason.sign)


def _names(signs: Iterable[str], knowledge: Knowledge) -> str:
    names = [knowledge.signs[sign].plain for sign in signs]
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
