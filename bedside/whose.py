"""Whose sign it is, and when.

What a carer tells is the patient's. A sign that was taken for somebody else's, or for one long past, is
asked about once. Without Lemtrada its warning signs mean something else. Pure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from bedside.correction import CORRECT, without
from bedside.facts import WHOSE, active, found_something
from bedside.knowledge import Knowledge
from bedside.model import (
    ACTIVE,
    CORRECTED,
    DONT_KNOW,
    NOT_MEANT,
    NOT_TREATED,
    YES,
    Assertion,
    Finding,
    FoundBy,
    Mention,
    Parsed,
    Question,
    Report,
    Urgency,
)
from bedside.questions import YES_NO
from bedside.triage import CLARIFY

NEVER_TREATED, REPORTER, CARER = "never_treated", "reporter", "carer"
VACCINATION = "vaccination"
WRITES_FOR_SOMEONE = "write_for_someone"
# More would not be read by somebody who is worried.
MOST_ASKED = 3
# Less than that is told at the next check anyway.
LEAST_URGENCY = Urgency.PROMPT
DOUBTED = (Assertion.SOMEONE_ELSE, Assertion.HISTORICAL)
SET_ASIDE = tuple(each for each in Assertion if each not in ACTIVE)
IS_IT_THEIRS = "Is this about {signs} in the person who has had Lemtrada, and is it so now?"


def as_theirs(parsed: Parsed, report: Report, knowledge: Knowledge) -> Parsed:
    """The message as it counts. From a carer, what seems somebody else's may be the patient's. From
    somebody who never had Lemtrada only an emergency counts."""
    parsed = _with_reporter(parsed)
    parsed = dataclasses.replace(
        parsed, mentions=tuple(_asked(each, knowledge) for each in parsed.mentions)
    )
    findings = (*report.findings, *parsed.findings)
    if _is_carer(findings):
        mentions = tuple(map(_maybe_theirs, parsed.mentions))
        parsed = dataclasses.replace(parsed, mentions=mentions)
    if _is_untreated(findings):
        signs = {each.sign for each in parsed.mentions}
        milder = {s for s in signs if knowledge.signs[s].urgency is not Urgency.EMERGENCY}
        parsed = without(parsed, milder, NOT_TREATED)
    return parsed


def question_of_higher(
    report: Report, parsed: Parsed, reached: Urgency | None, knowledge: Knowledge
) -> Question | None:
    """Whether a sign that the message tells of somebody else or of long ago is the treated person's and
    there now, where it would be more urgent than all that was told: it comes before other questions."""
    if reached is None or found_something(parsed):
        return None
    signs = [
        sign
        for sign in dict.fromkeys(_told(parsed.mentions, DOUBTED))
        if knowledge.signs[sign].urgency > reached and _can_be_asked(sign, report, knowledge)
    ]
    return _question(signs[-MOST_ASKED:], knowledge) if signs else None


def question_whose(
    report: Report, parsed: Parsed, pending: Question | None, knowledge: Knowledge
) -> Question | None:
    """Whether a sign is the treated person's and there now: when the message tells it of somebody else or
    of long ago, and tells nothing that counts; when it is told again and again set aside; and when the
    message says that this was wrong. `report` is what was told before the message."""
    asked = pending is not None and pending.id != CLARIFY
    if asked or found_something(parsed):
        return None
    told = list(_told(parsed.mentions, DOUBTED))
    earlier = list(_told(report.mentions, SET_ASIDE))
    again = [sign for sign in _told(parsed.mentions, SET_ASIDE) if sign in earlier]
    wrong = earlier if parsed.intent == CORRECT else []
    counting = {each.sign for each in active(report)}
    signs = [
        sign
        for sign in dict.fromkeys((*told, *again, *wrong))
        if sign not in counting and _can_be_asked(sign, report, knowledge)
    ]
    return _question(signs[-MOST_ASKED:], knowledge) if signs else None


def with_own(told: Report, given: Mapping[str, str]) -> Report:
    """The report with the signs that, when asked, are the treated person's; possibly so when they do not
    know."""
    how = {YES: Assertion.PRESENT, DONT_KNOW: Assertion.POSSIBLE}
    meant = {
        id_.removeprefix(WHOSE): how[value]
        for id_, value in given.items()
        if id_.startswith(WHOSE) and value in how
    }
    words = {each.sign: each for each in told.mentions}
    again = (_meant(words[sign], how) for sign, how in meant.items() if sign in words)
    return dataclasses.replace(told, mentions=(*told.mentions, *again))


def is_untreated(report: Report) -> bool:
    """Whether the person never had Lemtrada, as far as the last word on it says."""
    return _is_untreated(report.findings)


def _is_untreated(findings: Iterable[Finding]) -> bool:
    said = [each.value for each in findings if each.finding == NEVER_TREATED]
    return bool(said) and said[-1] == YES


def _is_carer(findings: Iterable[Finding]) -> bool:
    return any(each.finding == REPORTER and each.value == CARER for each in findings)


def _with_reporter(parsed: Parsed) -> Parsed:
    """Who says no more than that they write for somebody is a carer all the same."""
    if parsed.intent != WRITES_FOR_SOMEONE:
        return parsed
    said = Finding(finding=REPORTER, value=CARER, text=parsed.text, assertion=Assertion.PRESENT)
    return dataclasses.replace(parsed, findings=(*parsed.findings, said))


def _asked(mention: Mention, knowledge: Knowledge) -> Mention:
    """A question about a vaccination is what its sign is: the team has to answer before it is given."""
    asks = mention.assertion is Assertion.HYPOTHETICAL
    if not (asks and knowledge.signs[mention.sign].group == VACCINATION):
        return mention
    return dataclasses.replace(mention, assertion=Assertion.PRESENT)


def _maybe_theirs(mention: Mention) -> Mention:
    if mention.assertion is not Assertion.SOMEONE_ELSE:
        return mention
    return dataclasses.replace(mention, assertion=Assertion.POSSIBLE)


def _told(mentions: Iterable[Mention], how: Iterable[Assertion]) -> Iterator[str]:
    for each in mentions:
        if each.assertion in how and each.cue not in (CORRECTED, NOT_MEANT, NOT_TREATED):
            yield each.sign


def _can_be_asked(sign: str, report: Report, knowledge: Knowledge) -> bool:
    """Once, and not of thoughts of self-harm, which have a reply of their own."""
    entry = knowledge.signs[sign]
    return (
        entry.urgency >= LEAST_URGENCY
        and not entry.crisis
        and WHOSE + sign not in report.answers
        and not is_untreated(report)
    )


def _question(signs: list[str], knowledge: Knowledge) -> Question:
    return Question(
        id=WHOSE + ",".join(signs),
        about=tuple(signs),
        text=IS_IT_THEIRS.format(signs=knowledge.names(signs)),
        choices=YES_NO,
    )


def _meant(mention: Mention, assertion: Assertion) -> Mention:
    return dataclasses.replace(
        mention, assertion=assertion, cue=None, found_by=FoundBy.CHOICE, confidence=1.0
    )
