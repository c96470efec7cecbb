"""Days that are counted or filled: "second day", "day four of the runs", "this is day 12", "all week".

The days of an infusion, of steroids or of a holiday are none of a complaint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bedside.language.measures.durations import COMPLAINT
from bedside.language.measures.infusions import AFTER_INFUSION, DAYS_SINCE
from bedside.language.measures.numbers import BELOW_100, NTH, value_of
from bedside.language.measures.said import Said, Span, clause_after, clause_before
from bedside.language.measures.words import any_of
from bedside.model import Detail

_ELSEWHERE = any_of(
    """drip steroids? infusions? course treatment lemtrada antibiotics round holiday trip job term
    school half_term month week year christmas hols"""
)
_MINE = rf"(?! (?:of|on|after|since) (?:\w+ ){{0,2}}{_ELSEWHERE}\b)(?! off\b| one\b)"
UNITS = ("day", "night", "morning", "evening", "week")
NTH_DAY = re.compile(
    rf"\b(?!first|1st)(?P<nth>{'|'.join(NTH)}) (?P<unit>day|night|morning|evening|week)\b{_MINE}"
    r" ?(?P<how>running|in a row|now|of|with|without|on the trot|straight)?\b"
)
DAY_N = re.compile(
    rf"(?<!leg )(?<!one )\b(?P<day>day (?:number |no\.? ?|#)?(?P<number>\d{{1,2}}|{BELOW_100}))\b"
    r"(?![/:.]\d| ?(?:-|to) ?\d)(?P<of> of\b)?"
)
MINE = re.compile(_MINE)
# "This is day 12", "day 13 and I am flooding", "migraine day 3": counted to now.
TO_NOW = re.compile(
    r"(?:\b(?:is|it's|its|now|we're on|i'?m on|am on|on to|i'm at|into|been|today's|currently)"
    r"(?: (?:the|my|now|on|already|her|his))*|:) *$"
)
TO_NOW_AT_THE_END = re.compile(r",(?: the| my)? $")
ALL_DAY = re.compile(r"\b(?:all|(?:the )?whole|the entire) (?P<unit>day|week)\b")
HABIT = re.compile(
    r"\b(?:used to|every|always|usually|often|years ago|most days|long|as a (?:child|kid|lad|girl))\b"
)
HOURS = {"day": 24, "night": 24, "morning": 24, "evening": 24, "week": 168}


def counted_days(said: Said) -> Iterator[Detail]:
    yield from _nth_days(said)
    yield from _days_n(said)
    yield from _filled(said)


def _nth_days(said: Said) -> Iterator[Detail]:
    """On the second day, one day has passed."""
    for match in said.around(UNITS, NTH_DAY, 12, 60):
        is_counted = match["how"] or _is_now(said, match.span())
        if is_counted and not said.is_supposed(match.start()):
            hours = (NTH[match["nth"]] - 1) * HOURS[match["unit"]]
            yield said.detail("duration_hours", float(hours), match.span())


def _days_n(said: Said) -> Iterator[Detail]:
    """On "day four of" something three have passed; who says "this is day 12" has counted twelve."""
    for match in said.around(UNITS, DAY_N, 4, 60):
        end = match.end("day")
        days = value_of(match["number"])
        if AFTER_INFUSION.match(said.after(end, 70)):
            yield said.detail(DAYS_SINCE, days, match.span("day"))
        elif _is_mine(said, match):
            hours = (days - bool(match["of"])) * 24
            yield said.detail("duration_hours", hours, match.span("day"))


def _is_mine(said: Said, match: re.Match[str]) -> bool:
    """Whether a match of DAY_N counts the days of a complaint, up to now."""
    if not MINE.match(said.low, match.end("day")) or said.is_supposed(match.start()):
        return False
    return bool(match["of"]) or _is_now(said, match.span("day"))


def _is_now(said: Said, span: Span) -> bool:
    before = said.before(span[0])
    if TO_NOW.search(before):
        return True
    after = said.after(span[1])
    if TO_NOW_AT_THE_END.search(before) and not after.strip(" ,"):
        return True
    if clause_after(after).strip() or before.endswith("on "):
        return False
    return bool(COMPLAINT.search(clause_before(before)))


def _filled(said: Said) -> Iterator[Detail]:
    for match in said.around(UNITS, ALL_DAY, 12, 60):
        before, after = said.before(match.start(), 90), said.after(match.end())
        clause = clause_before(before) + " " + clause_after(after)
        if HABIT.search(before + after):
            continue
        if COMPLAINT.search(clause) or not clause.strip():
            is_day = match["unit"] == "day"
            off = 12.0 if is_day else 0.0
            yield said.detail("duration_hours", 12.0 if is_day else 168.0, match.span(), off)
