"""What else a message asked for, and the answer to it: after the advice, before the next question. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bedside.correction import CORRECT, WHAT_IS_WRONG, WRONG
from bedside.facts import WHOSE, assertions, found_something, of_the_body
from bedside.heard import (
    ANSWERS,
    ASKS,
    ASKS_WHAT_WAS_NOTED,
    SAYS_OF_ITSELF,
    Heard,
    active_signs,
    is_unanswered,
    needs_clarity,
    told_of,
    with_taken_back,
)
from bedside.knowledge import Knowledge, OtherLanguage
from bedside.model import (
    DONT_KNOW,
    NO,
    NOT_TREATED,
    YES,
    Assertion,
    FoundBy,
    Parsed,
    Question,
    Urgency,
    Utterance,
)
from bedside.returning import GREETINGS, SINCE_LAST, STILL_THERE, WORSE, told_last_time
from bedside.triage import CLARIFY
from bedside.whose import NEVER_TREATED

UNDER_17 = "under_17"
# Questions that have an answer of their own, whatever sign they name.
ANSWERED_BESIDE_A_SIGN = ASKS - {CORRECT, "ask_about_lemtrada"}
# What is asked about these is no question of the documents' signs.
BY_GROUP = {
    "vaccination": "utter_vaccine",
    "reproductive": "utter_pregnancy",
    "monitoring": "utter_test",
}


def replies(heard: Heard, knowledge: Knowledge) -> Iterator[Utterance]:
    """What else the message asked for, or that nothing was recognised in it."""
    if _says(heard.parsed, UNDER_17) and heard.parsed.intent != "under_age":
        yield Utterance(response=ANSWERS["under_age"])
    parsed, pending = heard.parsed, heard.pending
    nothing = not parsed.mentions and not of_the_body(parsed)
    language = knowledge.languages.get(parsed.language or "")
    if language is not None:
        yield _in_their_language(language)
    elif heard.corrected:
        names = knowledge.names(heard.corrected)
        yield Utterance(response="utter_corrected", facts={"signs": names})
    elif pending is not None and heard.given and pending.id in SAYS_OF_ITSELF:
        yield from _of_itself(heard, pending)
    elif parsed.intent == ASKS_WHAT_WAS_NOTED and nothing:
        yield _what_was_noted(heard, knowledge)
    elif _is_of_the_untreated(parsed):
        yield Utterance(response=ANSWERS["not_treated"])
    else:
        yield from _to_words(heard, nothing, knowledge)


def _to_words(heard: Heard, nothing: bool, knowledge: Knowledge) -> Iterator[Utterance]:
    """The answer to a question, to the intent, or to signs that do not count."""
    parsed, pending = heard.parsed, heard.pending
    waiting = pending is not None and pending.id != CLARIFY
    emergency = _is_emergency(parsed, knowledge)
    answer = knowledge.faq.get(parsed.topic or "")
    if answer is not None and not emergency:
        yield Utterance(response="utter_from_documents", facts={"answer": answer.answer})
    elif _has_an_answer(parsed.intent, nothing, emergency):
        yield from _to_intent(heard, knowledge)
    elif heard.assessment.urgency is None and needs_clarity(parsed, pending, heard.given):
        yield Utterance(response="utter_not_recognised")
    elif not found_something(parsed) and not nothing and not waiting:
        yield from _for_no_report(heard, knowledge)
    elif pending is not None and pending.id.startswith(WHOSE) and set(heard.given.values()) == {NO}:
        yield Utterance(response="utter_denied")
    elif pending is not None and is_unanswered(heard) and not _asks_whose_first(heard):
        many = len(pending.about) > 1
        yield Utterance(response="utter_which" if many else "utter_once_more")


def _asks_whose_first(heard: Heard) -> bool:
    """Whether the message told a sign, and is asked about before the open question is put again."""
    asked = heard.pending.id if heard.pending else ""
    asks = heard.question.id if heard.question else ""
    return asks.startswith(WHOSE) and asks != asked


def _has_an_answer(intent: str, nothing: bool, emergency: bool) -> bool:
    beside = intent in ANSWERED_BESIDE_A_SIGN and not emergency
    return (intent in ANSWERS and (nothing or beside)) or intent == "request_human"


def _says(parsed: Parsed, fact: str) -> bool:
    return any(each.finding == fact and each.value == YES for each in parsed.findings)


def _is_of_the_untreated(parsed: Parsed) -> bool:
    """Whether the message says that they never had Lemtrada, or signs were set aside for that."""
    aside = any(each.cue == NOT_TREATED for each in parsed.mentions)
    return aside or _says(parsed, NEVER_TREATED)


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
    return any(knowledge.signs[sign].urgency is Urgency.EMERGENCY for sign in active_signs(parsed))


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
    greets = question is not None and (intent == "greet" or question.id == SINCE_LAST)
    if intent in GREETINGS and known and greets:
        yield Utterance(response="utter_welcome_back", facts={"signs": known})
    elif intent == CORRECT and question is not None and question.id == WRONG:
        signs = with_taken_back(heard, knowledge)
        yield Utterance(response="utter_noted_so_far", facts={"signs": signs})
    elif intent == CORRECT and known and (heard.given or heard.parsed.details):
        yield Utterance(response="utter_added")
    else:
        yield Utterance(response=ANSWERS[intent])


def _known_signs(heard: Heard, knowledge: Knowledge) -> str:
    """The signs that the patient told before this message, in words; empty when there are none."""
    if heard.question is not None and heard.question.id == SINCE_LAST:
        return knowledge.names(told_last_time(heard.report))
    return "" if heard.pending is None else knowledge.names(told_of(heard.assessment))


def _what_was_noted(heard: Heard, knowledge: Knowledge) -> Utterance:
    urgency = heard.assessment.urgency
    if urgency is None or urgency is Urgency.UNCLEAR:
        return Utterance(response="utter_nothing_noted")
    return Utterance(
        response="utter_what_was_noted", facts={"signs": with_taken_back(heard, knowledge)}
    )


def _for_no_report(heard: Heard, knowledge: Knowledge) -> Iterator[Utterance]:
    """Signs were named, none of them as the patient's own and now. A question whose they are says it all."""
    if heard.question is not None and heard.question.id.startswith(WHOSE):
        return
    parsed = heard.parsed
    kinds = assertions(parsed)
    # "You do not have this" is said of plain words only: the classifier does not see a negation.
    surely = any(each.found_by is FoundBy.LEXICON for each in parsed.mentions) or parsed.findings
    if Assertion.SOMEONE_ELSE in kinds:
        yield Utterance(response="utter_someone_else")
    elif _is_past_crisis(parsed, knowledge):
        yield Utterance(response="utter_check_in")
    elif Assertion.HISTORICAL in kinds:
        yield Utterance(response="utter_past")
    elif Assertion.HYPOTHETICAL in kinds:
        groups = (knowledge.signs[each.sign].group for each in parsed.mentions)
        said = (BY_GROUP[group] for group in groups if group in BY_GROUP)
        yield Utterance(response=next(said, ANSWERS["ask_about_lemtrada"]))
    else:
        yield Utterance(response="utter_denied" if surely else "utter_not_recognised")


def _is_past_crisis(parsed: Parsed, knowledge: Knowledge) -> bool:
    """Whether thoughts of self-harm are named as denied or past: worth one gentle question."""
    past = (Assertion.ABSENT, Assertion.HISTORICAL)
    return any(knowledge.signs[e.sign].crisis and e.assertion in past for e in parsed.mentions)
