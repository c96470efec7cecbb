"""When the patient says that something was noted wrongly: which signs that takes back. Pure.

Nothing is deleted and no urgency falls: a sign that was taken back stays in the record, counts no more,
and leads to no more questions. Thoughts of self-harm cannot be taken back here.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable
from typing import TypeVar

from bedside.facts import CONFIRM, found_something, noted
from bedside.knowledge import Knowledge
from bedside.language.answers import chosen
from bedside.model import (
    ACTIVE,
    CORRECTED,
    NO,
    NOT_MEANT,
    Assertion,
    Choice,
    Mention,
    Parsed,
    Question,
    Report,
    Urgency,
)

CORRECT = "correct"
# Says that something was understood wrongly, whatever the intent.
CALLED_WRONG = re.compile(
    r"\b(wrong|mistake\w*|misunder\w+|mistyped|not what i (said|meant|wrote)|(never|didn'?t) sa(id|y))\b",
    re.IGNORECASE,
)
WRONG = "wrong"
WHAT_IS_WRONG = "what_is_wrong"
SOMETHING_ELSE = Choice(title="Something else", value="something else")
# More would not fit on a phone.
MOST_NOTED = 5
# Who is asked what is wrong and answers in so few words names it: "the bruises".
FEWEST_WORDS = 4
WHICH_IS_WRONG = "Which of it is wrong?"
TELL_WHAT_IS_WRONG = "What is wrong, and what is right? Please write it in your own words."

Told = TypeVar("Told", Report, Parsed)


def question_what_is_wrong(
    report: Report, parsed: Parsed, pending: Question | None, knowledge: Knowledge
) -> Question | None:
    """Which of the noted signs is wrong, when the message says that something is and names nothing."""
    asked = pending is not None and (pending.id.startswith(CONFIRM) or pending.id == WHAT_IS_WRONG)
    if parsed.intent != CORRECT or asked or found_something(parsed) or parsed.details:
        return None
    signs = _correctable(report, knowledge)[:MOST_NOTED]
    if not signs:
        return None
    names = [knowledge.signs[sign].plain for sign in signs]
    titles = (Choice(title=name[:1].upper() + name[1:], value=name) for name in names)
    return Question(
        id=WRONG, about=tuple(signs), text=WHICH_IS_WRONG, choices=(*titles, SOMETHING_ELSE)
    )


def question_in_own_words() -> Question:
    """What is asked when none of the noted signs is what is wrong."""
    return Question(id=WHAT_IS_WRONG, about=(WHAT_IS_WRONG,), text=TELL_WHAT_IS_WRONG)


def called_wrong(parsed: Parsed, pending: Question, knowledge: Knowledge) -> str | None:
    """What the answer to `question_what_is_wrong` picks: a sign, or something else."""
    signs = {sign: knowledge.signs[sign].plain for sign in pending.about if sign in knowledge.signs}
    picked = chosen(parsed.text, {**signs, SOMETHING_ELSE.value: SOMETHING_ELSE.title})
    if picked is not None or len(parsed.text.split()) > FEWEST_WORDS:
        return picked
    named = {each.sign for each in parsed.mentions if each.sign in signs}
    milder = (s for s in signs if s in named and knowledge.signs[s].urgency < Urgency.EMERGENCY)
    return next(milder, None)


def taken_back_by(
    parsed: Parsed,
    pending: Question | None,
    given: Collection[tuple[str, str]],
    report: Report,
    knowledge: Knowledge,
) -> list[str]:
    """The noted signs that the message calls wrong: picked, or denied in a correction."""
    asked = pending is not None and pending.id in (WRONG, WHAT_IS_WRONG)
    signs = _correctable(report, knowledge)
    denied = {each.sign for each in parsed.mentions if each.assertion is Assertion.ABSENT}
    denied -= {each.sign for each in parsed.mentions if each.assertion in ACTIVE}
    corrects = asked or parsed.intent == CORRECT or bool(CALLED_WRONG.search(parsed.text))
    return [s for s in signs if (WRONG, s) in given or (corrects and s in denied)]


def not_meant_by(given: Iterable[tuple[str, str]], knowledge: Knowledge) -> list[str]:
    """The emergencies that, when asked which sign is meant, the patient did not mean."""
    denied = (id_.removeprefix(CONFIRM) for id_, value in given if value == NO)
    return [
        sign
        for sign in denied
        if sign in knowledge.signs and knowledge.signs[sign].urgency is Urgency.EMERGENCY
    ]


def without(told: Told, signs: Collection[str], cue: str) -> Told:
    """The report, or the message, in which these signs count no more, with why."""
    return dataclasses.replace(
        told,
        mentions=tuple(
            _denied(each, cue) if each.sign in signs else each for each in told.mentions
        ),
    )


def is_set_aside(sign: str, report: Report) -> bool:
    """Whether the patient took the sign back, or did not mean it."""
    return any(each.sign == sign and each.cue in (CORRECTED, NOT_MEANT) for each in report.mentions)


def _denied(mention: Mention, cue: str) -> Mention:
    return dataclasses.replace(mention, assertion=Assertion.ABSENT, cue=cue)


def _correctable(report: Report, knowledge: Knowledge) -> list[str]:
    return [sign for sign in noted(report, knowledge) if not knowledge.signs[sign].crisis]
