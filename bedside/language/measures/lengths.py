"""Lengths of time: "three days", "2-3 wks", "an hour and a half", "a couple of months".

`DURATION` finds one in any text, `hours_of` says how long it is and `slack_of` how many days its words may
be off. Which of them tell how long a patient has had something is decided in `durations`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bedside.language.measures.numbers import BELOW_100, VAGUE, VALUES, value_of
from bedside.language.measures.said import Anchor, Said, Span
from bedside.language.measures.words import words_of

HOURS = {"min": 1 / 60, "minute": 1 / 60, "h": 1, "hr": 1, "hour": 1, "d": 24, "day": 24}
HOURS |= {"night": 24, "w": 168, "wk": 168, "week": 168, "fortnight": 336}
HOURS |= {"mth": 730, "month": 730, "yr": 8766, "year": 8766}

# Who counts in weeks, fortnights, months or years is so many days off; who counts in days is not.
SLACK_OF_UNIT = {"w": 3, "f": 3, "m": 15, "y": 183}

_UNIT = r"(?:min(?:ute)?|hour|hr|day|night|week|wk|fortnight|month|mth|year|yr)s?"
_COUNT = rf"(?:couple(?: of|'?a| o'?)?|cpl of|few|several|{BELOW_100})"
_WORD = (
    rf"(?:(?:an?|the|these|those|this) )?(?:(?:good|solid|full|whole|last|past) )?{_COUNT}"
    r"|half(?: an?)?|(?:a )?quarter of an|three quarters of an|(?:the|this) (?:last|past)|past|an?"
)
_HALF = r" ?½| 1/2| and (?:a )?half"
_MANNER = r"(?:(?:whole|full|solid|straight|good|odd|long|consecutive) )?"
# "Five hours, maybe six" has its unit once; a further number with a unit of its own is another's.
_NO_TAIL = r"[.,:/]\d|%| ?-? ?(?:[a-z]+(?:s|nights?)\b|out of|half|stone|mth|day|week|hour|month|year|more)"
# Of a range, "2-3 days" or "two or three", the second number counts: the longer time.
DURATION = re.compile(
    r"(?<![\w/])(?<!\d[.,])(?:"
    rf"(?P<number>\d{{1,4}}(?:[.,]\d{{1,2}})?)(?P<half>{_HALF})?"
    rf"(?:[\s-]{{0,3}}{_MANNER}(?P<of_number>{_UNIT})|\s?(?P<short>[hdw](?![/'’])))"
    rf"|(?P<word>{_WORD})(?P<half_word>{_HALF})?[\s-]{{1,3}}{_MANNER}(?P<of_word>{_UNIT})"
    r"|(?P<bare>fortnight|(?:week|month|year|hour)(?= (?:ago|now)\b))"
    r")\b(?P<tail> and (?:a )?half\b| or two\b"
    rf"|,? (?:or|maybe|perhaps|or maybe) (?P<upto>{BELOW_100}|\d{{1,2}})\b(?!{_NO_TAIL}))?",
    re.IGNORECASE,
)


UNITS: tuple[Anchor, ...] = (
    *words_of("min hour hr day night week wk month mth year yr"),
    re.compile(r"\d\s?[hdw]\b"),
)
# The first number of a range, "2-3 days"; the length itself is the second.
RANGE = re.compile(rf"\b(?:\d{{1,3}}|{BELOW_100}|an?|couple)(?: ?(?:-|/) ?|,? (?:to|or|maybe) )$")
# "Four years and a month" is one length.
JOINT = re.compile(r",? and | ")


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time in a text, of whose words the last may be off by so many days."""

    span: Span
    words: str
    unit: str
    hours: float
    slack: float


def lengths(said: Said) -> Iterator[Length]:
    """The lengths of time in a text."""
    held: Length | None = None
    for match in said.around(UNITS, DURATION, 45, 30):
        length = _length(said, match)
        if held and _goes_on(said, held, length):
            span = held.span[0], length.span[1]
            hours = held.hours + length.hours
            held = Length(span, said.low[slice(*span)], held.unit, hours, length.slack)
            continue
        if held:
            yield held
        held = length
    if held:
        yield held


def _length(said: Said, match: re.Match[str]) -> Length:
    start, end = match.span()
    first = RANGE.search(said.before(start, 20))
    span = start - len(first[0]) if first else start, end
    return Length(span, match[0], unit_of(match), hours_of(match), slack_of(match))


def _goes_on(said: Said, length: Length, following: Length) -> bool:
    between = said.low[length.span[1] : following.span[0]]
    return bool(JOINT.fullmatch(between)) and HOURS[length.unit] > HOURS[following.unit]


def hours_of(match: re.Match[str]) -> float:
    """The hours that a match of DURATION says."""
    number, hours = _number(match), HOURS[unit_of(match)]
    if match["upto"] and not (match["tail"] or "").endswith("two"):
        return max(number, value_of(match["upto"].lower())) * hours
    tail = (match["tail"] or "").lower()
    more = 1 if tail.endswith("two") else 0.5 if tail else 0
    return (number + more) * hours


def slack_of(match: re.Match[str]) -> float:
    """How many days the words of a match of DURATION may be off."""
    return SLACK_OF_UNIT.get(unit_of(match)[0], 0) if hours_of(match) >= 24 else 0


def unit_of(match: re.Match[str]) -> str:
    unit = (match["of_number"] or match["short"] or match["of_word"] or match["bare"]).lower()
    return unit if unit in HOURS else unit.rstrip("s")


def _number(match: re.Match[str]) -> float:
    half = 0.5 if match["half"] or match["half_word"] else 0.0
    if match["number"]:
        return float(match["number"].replace(",", ".")) + half
    words = re.split(r"[\s-]+", (match["word"] or "a").lower())
    if "half" in words:
        return 0.5
    if "quarter" in words or "quarters" in words:
        return 0.75 if "three" in words else 0.25
    vague = [VAGUE[stem] for word in words for stem in VAGUE if word.startswith(stem)]
    if vague or "cpl" in words:
        return (vague or [2.0])[0] + half
    return (sum(VALUES.get(word, 0.0) for word in words if word not in ("a", "an")) or 1.0) + half
