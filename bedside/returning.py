"""A patient who comes back: what they told last time, and how that is now. Pure.

Worse, or still there, is the same sign again, which raises by the rule of bedside.triage; better or gone
is kept and lowers nothing.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from bedside.facts import RECENT_DAYS
from bedside.model import (
    ACTIVE,
    DONT_KNOW,
    LAST_INFUSION,
    MAYBE,
    NO,
    YES,
    Assertion,
    Assessment,
    Choice,
    EarlierSign,
    Finding,
    FoundBy,
    Mention,
    Parsed,
    Question,
    Report,
    Urgency,
)

SINCE_LAST = "since_last"
# The fact that makes the same sign again more urgent; said of nothing, it is no sign.
GETTING_WORSE = "getting_worse"
HOW_IS_IT_NOW = "How is that now?"
STILL_THERE, WORSE, BETTER, GONE = "still there", "worse", "better", "gone"
GREETINGS = frozenset({"greet", "small_talk"})
CHOICES = (
    *(Choice(title=each.capitalize(), value=each) for each in (STILL_THERE, WORSE, BETTER, GONE)),
    Choice(title="I don't know", value="I don't know"),
)
# The first whose words are found says how it is; "no worse, about the same" is still there.
WORDS = {
    WORSE: r"(?<!no )(?<!not )(?<!any )(?<!n't )(?<!getting )\bwors|(?<!not )(?<!n't )\bgetting wors|"
    r"\bspread",
    STILL_THERE: r"\b(still|same|unchanged|no (change|better|worse|different)|as (bad|before))\b|"
    r"(\bnot|n't) (\w+ ){0,2}(gone|better|worse|changed|improved)\b|\b(came|come|coming|is|are) back\b",
    BETTER: r"\bbetter\b|\bimprov|\beas(ed|ing|ier)\b",
    GONE: r"\bgone\b|\bwent away\b|\bclear(ed)?\b|\bdisappeared\b|\bno longer\b|\bany ?more\b",
}
BY_REPLY = {YES: STILL_THERE, MAYBE: STILL_THERE, NO: GONE, DONT_KNOW: DONT_KNOW}
BY_INTENT = {"feel_worse": WORSE, "feel_better": BETTER}


def told_last_time(report: Report) -> list[str]:
    """The signs of the patient's last conversations, the most urgent first; none that was only guessed."""
    told = [
        each
        for each in report.earlier
        if each.urgency > Urgency.UNCLEAR and each.days_ago <= RECENT_DAYS
    ]
    return list(dict.fromkeys(each.sign for each in sorted(told, key=lambda each: -each.urgency)))


def has_come_back(report: Report) -> bool:
    """Whether there was an earlier conversation with signs, and in this one nothing was told yet."""
    told = report.mentions or report.findings or set(report.answers) - {LAST_INFUSION}
    return not told and bool(told_last_time(report))


def question_since_last() -> Question:
    """How the signs of the last conversation are now."""
    return Question(id=SINCE_LAST, about=(SINCE_LAST,), text=HOW_IS_IT_NOW, choices=CHOICES)


def says_how(parsed: Parsed) -> str | None:
    """Still there, worse, better or gone, as far as the words themselves say so."""
    text = parsed.text.replace("\u2019", "'")
    return next(
        (how for how, words in WORDS.items() if re.search(words, text, re.IGNORECASE)), None
    )


def how_it_is(parsed: Parsed) -> str | None:
    """What the message says of an earlier sign: still there, worse, better, gone or not known."""
    if how := says_how(parsed):
        return how
    return BY_INTENT.get(parsed.intent) or BY_REPLY.get(parsed.reply or "")


def change(parsed: Parsed, given: Mapping[str, str]) -> str | None:
    """How the known signs are now, if the message says so: asked, or by itself that it is worse."""
    by_itself = WORSE if parsed.intent == "feel_worse" and not given else None
    return given.get(SINCE_LAST, by_itself)


def with_change(
    told: Report, report: Report, parsed: Parsed, how: str | None, before: Assessment
) -> Report:
    """`told` with what is still there or worse: the signs of last time, when nothing else is in the
    `report` before this message, or those on which the patient was advised `before`."""
    if how not in (STILL_THERE, WORSE):
        return told
    known = {each.sign for each in told.mentions if each.assertion in ACTIVE}
    last = told_last_time(report) if has_come_back(report) else []
    again = tuple(_again(sign, parsed) for sign in last if sign not in known)
    advised = _advised(before)
    if how == STILL_THERE or not (last or advised):
        return dataclasses.replace(told, mentions=(*told.mentions, *again))
    earlier = {each.sign for each in told.earlier}
    return dataclasses.replace(
        told,
        mentions=(*told.mentions, *again),
        findings=(*told.findings, _worse(parsed)),
        earlier=(*told.earlier, *(each for each in advised if each.sign not in earlier)),
    )


def _advised(before: Assessment) -> list[EarlierSign]:
    """The signs that the patient was advised on in this conversation."""
    highest: dict[str, Urgency] = {}
    for reason in before.reasons:  # the highest stands first
        if reason.sign and reason.urgency > Urgency.UNCLEAR:
            highest.setdefault(reason.sign, reason.urgency)
    return [
        EarlierSign(sign=sign, urgency=urgency, days_ago=0) for sign, urgency in highest.items()
    ]


def _worse(parsed: Parsed) -> Finding:
    return Finding(
        finding=GETTING_WORSE,
        text=parsed.text,
        assertion=Assertion.PRESENT,
        end=len(parsed.text),
    )


def _again(sign: str, parsed: Parsed) -> Mention:
    """The sign as the patient chose to tell it again."""
    return Mention(
        sign=sign,
        text=parsed.text,
        start=0,
        end=len(parsed.text),
        assertion=Assertion.PRESENT,
        found_by=FoundBy.CHOICE,
    )
