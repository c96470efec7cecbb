"""What to say to a message that was taken up: advice first, then answers, then the next question. Pure.

Chooses responses of domain.yml by name; the words themselves live there.
"""

from __future__ import annotations

from collections.abc import Iterator

from bedside.correction import is_set_aside
from bedside.facts import CONFIRM, WHOSE, needs_confirming
from bedside.heard import FREE_TEXT, Heard, active_signs, in_words, with_taken_back
from bedside.knowledge import Knowledge
from bedside.model import (
    ACTIVE,
    YES,
    Advice,
    Question,
    Report,
    Urgency,
    Utterance,
)
from bedside.replying import replies
from bedside.triage import CLARIFY, is_happening

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


def says(heard: Heard, knowledge: Knowledge) -> Iterator[Utterance]:
    """The responses to the message, in order. A message that Rasa has read is never met with silence."""
    said = [
        *_advice(heard, knowledge),
        *replies(heard, knowledge),
        *_summary(heard, knowledge),
        *_asked(heard.question),
    ]
    if not said and heard.parsed.intent:
        said = [Utterance(response="utter_added")]
    return iter(said)


def _advice(heard: Heard, knowledge: Knowledge) -> Iterator[Utterance]:
    """The advice, when something was reported or the urgency rose; an emergency is repeated each time."""
    assessment, urgency = heard.assessment, heard.assessment.urgency
    if urgency is None or assessment.advice not in ADVICE:
        return
    told = _told(heard, knowledge)
    raised = heard.before is None or urgency > heard.before
    crisis = any(knowledge.signs[sign].crisis for sign in active_signs(heard.parsed))
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


def _summary(heard: Heard, knowledge: Knowledge) -> Iterator[Utterance]:
    """What was noted and who sees it: once, when the last question that can raise is answered, and at
    the end."""
    urgency, question = heard.assessment.urgency, heard.question
    if urgency is None or urgency < Urgency.ROUTINE:
        return
    if question is None and heard.pending is not None:
        yield Utterance(
            response="utter_summary", facts={"signs": with_taken_back(heard, knowledge)}
        )
    elif question is not None and question.id in FREE_TEXT and question.attempt == 1:
        first = heard.report.answers.keys().isdisjoint(FREE_TEXT)
        if first and (heard.pending is None or heard.pending.id not in FREE_TEXT):
            yield Utterance(response="utter_recorded")


def _asked(question: Question | None) -> Iterator[Utterance]:
    if question is None or question.id == CLARIFY:
        return
    # A sign in doubt has had no advice yet, so the question itself says whom to call.
    kinds = {CONFIRM: "utter_confirm", WHOSE: "utter_whose"}
    in_doubt = (said for kind, said in kinds.items() if question.id.startswith(kind))
    yield Utterance(
        response=next(in_doubt, "utter_question"),
        facts={"question": question.text},
        choices=question.choices,
    )
