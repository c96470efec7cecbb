"""What a message answers to the question that waits for it, whatever kind of question that is. Pure."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from datetime import date

from bedside.correction import CORRECT, WHAT_IS_WRONG, WRONG, called_wrong
from bedside.facts import CONFIRM, WHOSE, found_something, is_guess, kept_under
from bedside.heard import ASKS, is_aside
from bedside.knowledge import Kind, Knowledge
from bedside.language.answers import chosen, nearest, read_reply, read_value
from bedside.model import (
    ACTIVE,
    DONT_KNOW,
    MAYBE,
    NO,
    YES,
    Assertion,
    Parsed,
    Question,
    Report,
    Urgency,
)
from bedside.questions import NONE_OF_THESE
from bedside.returning import SINCE_LAST, how_it_is, says_how
from bedside.triage import CLARIFY

CONTACT = "contact"
ONSET = "onset_when"
# An answer that was not understood is asked for once more, then taken as "don't know".
MOST_ATTEMPTS = 2
LONGEST_TEXT = 200
MOST_WORDS_WITH_A_NUMBER = 6
# Intents that say how the patient is, where a name or a time was asked for.
SAYS_HOW_IT_IS = frozenset({"feel_better", "feel_worse"})
GREETING = re.compile(
    r"\W*(hi|hello|hey|hiya|good (morning|afternoon|evening))( again| there)?\W*", re.IGNORECASE
)
# A telephone number that stands in a message by itself, with its spaces.
TELEPHONE = re.compile(r"(?<![\d.])\+?\d(?:[ ().-]{0,2}\d){8,14}(?![\d.])")
# A call-back number has so many digits.
FEWEST_DIGITS = 6
# Without one of these, what looks like a correction is an answer: "no, it stays the same".
CORRECTING = re.compile(
    r"\b(wrong\w*|incorrect\w*|mis\w+|correct\w*|not (a|an|the|right|true|what|me|mine|her|hers|him|his)|"
    r"(isn|wasn|that)'?t (right|true|what|me|mine)|didn'?t (say|mean|write|tell)|"
    r"never (said|told|wrote|had)|meant|i mean|change|back|scratch|undo|actually|wait|hang on|sorry)\b",
    re.IGNORECASE,
)
STOP = re.compile(r"[.;!?\n]+(?=\s|$)")
ALL_OF_THEM = re.compile(r"\W*(both|all|(both|all)( three)?( of (these|them))?)\W*", re.IGNORECASE)


def as_meant(parsed: Parsed, pending: Question | None, knowledge: Knowledge) -> Parsed:
    """The message with what the question makes of it: a button is an answer and no more, "skip" means
    "don't know", and the no of "no, you got it wrong" answers nothing but a guess."""
    if pending is not None and _is_button(parsed, pending):
        crisis = tuple(each for each in parsed.mentions if knowledge.signs[each.sign].crisis)
        button = dataclasses.replace(parsed, intent="affirm" if parsed.intent else "")
        if len(pending.about) > 1 or pending.id == WRONG:
            return dataclasses.replace(button, mentions=crisis, findings=(), details=())
        return button
    guessed = pending is not None and pending.id.startswith(CONFIRM)
    if parsed.intent == CORRECT and pending is not None and not CORRECTING.search(parsed.text):
        return dataclasses.replace(parsed, intent="report_symptom")
    if parsed.intent == CORRECT and not guessed:
        return dataclasses.replace(parsed, reply=None)
    if parsed.intent in SAYS_HOW_IT_IS and len(parsed.text.split()) == 1 and not says_how(parsed):
        return dataclasses.replace(parsed, intent="nlu_fallback")
    if parsed.intent in ("skip", "dont_know") and not (parsed.reply or parsed.mentions):
        return dataclasses.replace(parsed, reply=DONT_KNOW)
    return parsed


def as_answered(
    parsed: Parsed, pending: Question | None, given: Mapping[str, str], knowledge: Knowledge
) -> Parsed:
    """The message less what only belongs to its answer: three weeks since a blood test are no three weeks of
    a symptom, and "76 beats a minute", when asked for, is no palpitation."""
    entry = knowledge.questions.get(pending.id) if pending is not None else None
    if entry is None or given.get(entry.id, DONT_KNOW) == DONT_KNOW:
        return parsed
    if entry.kind is Kind.DAYS_AGO:
        details = tuple(each for each in parsed.details if each.kind != "duration_hours")
        return dataclasses.replace(parsed, details=details)
    if entry.kind is not Kind.NUMBER or len(parsed.text.split()) > MOST_WORDS_WITH_A_NUMBER:
        return parsed
    grave = (
        each for each in parsed.mentions if knowledge.signs[each.sign].urgency is Urgency.EMERGENCY
    )
    return dataclasses.replace(parsed, mentions=tuple(grave))


def answers_to(
    parsed: Parsed, pending: Question | None, report: Report, knowledge: Knowledge, today: date
) -> dict[str, str]:
    """The answers that the message gives to the pending question, by the ids they are kept under; "don't
    know" to all of it when it was not understood twice."""
    if pending is None or pending.id == CLARIFY:
        return {}
    given = dict(_answers(parsed, pending, knowledge, today))
    if (first := _first_sentence(parsed)) is not None:
        given = _both(_answers(first, pending, knowledge, today), given, knowledge)
    if not given and pending.attempt >= MOST_ATTEMPTS and not is_aside(parsed):
        given = {} if found_something(parsed) else dict.fromkeys(kept_under(pending), DONT_KNOW)
    return {id_: _kept(report, id_, value) for id_, value in given.items()}


def _both(
    first: Mapping[str, str], whole: Mapping[str, str], knowledge: Knowledge
) -> dict[str, str]:
    """What the first sentence and the whole message answer; where they differ, the worse of the two."""
    worse = {
        fact: value
        for fact, value in first.items()
        if fact in knowledge.questions and value == knowledge.questions[fact].worse
    }
    return {**first, **whole, **worse}


def contact_in(parsed: Parsed) -> str | None:
    """The name and number that a message gives unasked, or the number alone out of a longer message."""
    number = TELEPHONE.search(parsed.text)
    if number is None:
        return None
    alone = parsed.intent == "give_contact" and not parsed.mentions
    return parsed.text.strip()[:LONGEST_TEXT] if alone else number[0]


def _first_sentence(parsed: Parsed) -> Parsed | None:
    """The message up to its first stop, when it goes on: "none of these. And my throat is sore"."""
    first, stop, rest = parsed.text.partition(next(iter(STOP.findall(parsed.text)), "\n"))
    if not (stop and first.strip() and rest.strip()):
        return None
    return dataclasses.replace(parsed, text=first, reply=read_reply(first))


def _is_button(parsed: Parsed, pending: Question) -> bool:
    said = parsed.text.strip().casefold()
    return any(said in (each.value.casefold(), each.title.casefold()) for each in pending.choices)


def _kept(report: Report, id_: str, value: str) -> str:
    """A yes stays: who said yes and then no is asked by a person, not believed by a program."""
    return YES if report.answers.get(id_) == YES else value


def _answers(
    parsed: Parsed, pending: Question, knowledge: Knowledge, today: date
) -> Mapping[str, str]:
    if pending.id in (CONTACT, ONSET, WHAT_IS_WRONG):
        return _in_own_words(parsed, pending)
    if pending.id.startswith(CONFIRM):
        return _meant(parsed, pending, knowledge)
    if pending.id.startswith(WHOSE):
        return _whose(parsed, pending)
    if pending.id == WRONG:
        return _one(pending, called_wrong(parsed, pending, knowledge) or _no_or_unknown(parsed))
    if pending.id == SINCE_LAST:
        return _one(pending, how_it_is(parsed))
    if len(pending.about) > 1:
        return _picked(parsed, pending, knowledge)
    [fact] = pending.about
    if fact not in knowledge.questions:
        return {}
    stated = dict(_stated(parsed, knowledge))
    return _one(pending, stated.get(fact) or read_value(knowledge.questions[fact], parsed, today))


def _whose(parsed: Parsed, pending: Question) -> dict[str, str]:
    """Whether it is the treated person's, and now: by a yes or no, or told so."""
    told = {each.sign for each in parsed.mentions if each.assertion in ACTIVE}
    reply = YES if parsed.reply == MAYBE else parsed.reply
    values = {sign: YES if sign in told else reply for sign in pending.about}
    return {WHOSE + sign: value for sign, value in values.items() if value}


def _one(pending: Question, value: str | None) -> dict[str, str]:
    return {pending.id: value} if value else {}


def _no_or_unknown(parsed: Parsed) -> str | None:
    return parsed.reply if parsed.reply in (NO, DONT_KNOW) else None


def _in_own_words(parsed: Parsed, pending: Question) -> dict[str, str]:
    if parsed.reply == DONT_KNOW and not _digits(parsed):
        return {pending.id: DONT_KNOW}
    told = parsed.text.strip()[:LONGEST_TEXT]
    return {pending.id: told} if _is_free_text(parsed, pending) else {}


def _is_free_text(parsed: Parsed, pending: Question) -> bool:
    """Whether the message may be a name, a number, a place or a time: all but a sign, a question, a
    greeting or how the patient is. A sign beside a call-back number does not stand in its way."""
    if pending.id == WHAT_IS_WRONG:
        return parsed.intent not in ASKS - {CORRECT}
    if _tells_a_sign(parsed):
        reached_at = _digits(parsed) >= FEWEST_DIGITS or parsed.intent == "give_contact"
        return pending.id == CONTACT and reached_at
    if parsed.intent in ASKS | SAYS_HOW_IT_IS:
        return _digits(parsed) > 0
    return not GREETING.fullmatch(parsed.text)


def _tells_a_sign(parsed: Parsed) -> bool:
    return any(each.assertion in ACTIVE and not is_guess(each) for each in parsed.mentions)


def _digits(parsed: Parsed) -> int:
    return sum(character.isdigit() for character in parsed.text)


def _meant(parsed: Parsed, pending: Question, knowledge: Knowledge) -> dict[str, str]:
    """Which of the guessed signs the patient means: the one that is picked, those that are told, or
    none; then the others are not meant."""
    signs = [sign for sign in pending.about if sign in knowledge.signs]
    picked = chosen(parsed.text, {sign: knowledge.signs[sign].plain for sign in signs})
    told = {m.sign for m in parsed.mentions if m.assertion is Assertion.PRESENT and not is_guess(m)}
    meant = {picked} if picked and len(signs) > 1 else told
    if not meant.isdisjoint(signs):
        return {CONFIRM + sign: YES if sign in meant else NO for sign in signs}
    reply = _reply_to_guesses(parsed, len(signs))
    return {CONFIRM + sign: reply for sign in signs} if reply else {}


def _reply_to_guesses(parsed: Parsed, guessed: int) -> str | None:
    """One answer to all that was guessed. A yes alone does not say to which of several."""
    if parsed.intent == CORRECT or parsed.text.strip(" .!").casefold() == NONE_OF_THESE.value:
        return NO
    if ALL_OF_THEM.fullmatch(parsed.text):
        return YES
    if parsed.reply in (YES, MAYBE):
        return YES if guessed == 1 else None
    return parsed.reply


def _picked(parsed: Parsed, pending: Question, knowledge: Knowledge) -> dict[str, str]:
    """The answers to a list: the item that was picked or told, or none of them."""
    entries = {
        fact: knowledge.questions[fact] for fact in pending.about if fact in knowledge.questions
    }
    said = parsed.text.strip().strip(".!").casefold()
    told = {fact: value for fact, value in _stated(parsed, knowledge) if fact in entries}
    items = {fact: entry.item for fact, entry in entries.items()}
    picked = chosen(parsed.text, items) or _copied(parsed.text, items)
    if picked is None and not (told or parsed.reply or is_aside(parsed) or _tells_a_sign(parsed)):
        picked = nearest(parsed.text, items)
    if picked is not None:
        told[picked] = entries[picked].worse
    if told:
        return told
    if parsed.reply == DONT_KNOW:
        return dict.fromkeys(entries, DONT_KNOW)
    if parsed.reply == NO or said == NONE_OF_THESE.value:
        return {
            fact: _harmless(entry.worse, tuple(entry.choices)) for fact, entry in entries.items()
        }
    return {}


def _copied(text: str, items: Mapping[str, str]) -> str | None:
    """The item that the message begins with: "A headache what should I do"."""
    said = text.strip().casefold()
    return next((fact for fact, item in items.items() if said.startswith(item.casefold())), None)


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
