"""Points in time, "yesterday", "Tuesday", "3 November", "the weekend", and how far back they lie.

Dates are read in the order day, month. Which points tell since when a patient has had something is decided
in `onsets`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import islice

from bedside.language.measures.said import Said, Span

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = r"(?:mon|tue|tues|wed|wednes|wens|thu|thur|thurs|fri|sat|satur|sun)(?:day)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
FIRST_YEAR = 1950
# Most of what a point can begin with begins something else.
MOST_BEGINNINGS = 250


class Sort(Enum):
    """Kinds of points that are told alike."""

    NEAR = "near"  # yesterday, last night, this morning
    TODAY = "today"
    WEEKDAY = "weekday"
    DATE = "date"  # 3 November, 03/11/2026
    MONTH = "month"  # March 2025
    YEAR = "year"
    STRETCH = "stretch"  # the weekend, last week
    HOUR = "hour"  # breakfast, 3 am: of today


@dataclass(frozen=True, slots=True)
class Point:
    """A point in time in a text, so many days back, and how many days that may be off."""

    sort: Sort
    span: Span
    days: float
    off: float = 0.0


# Where a point can begin: tried first, for it is some ten times as fast.
BEGINS = re.compile(
    r"\b(?:[0-9]|yest|y'?day|this [mae]|last |(?:day|night) before|tod|just n"
    r"|mon|tue|wed|wens|thu|fri|sat|sun|week"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|breakf|lunch|dinn|tea|supp|noon|mid|dawn|bedt"
    r"|half |woke|morn|aftern|even|bonf|got up|waking|christ|xmas|new y|hallo)"
)
POINT = re.compile(
    r"(?:"
    r"(?P<two_back>day before yesterday|night before last)"
    r"|(?P<one_back>yesterday|y'?day|(?:last|yester) ?(?:night|nite|evening))"
    r"|(?P<morning>this (?:mornin[g']?|afternoon|arvo|evening))"
    r"|(?P<today>today)|(?P<now>just now)"
    rf"|(?P<date>(?:{_NTH}(?: of)? {_MONTH}|{_MONTH} {_NTH}(?!\d|[.:,]\d))(?:,? {_YEAR})?)"
    r"|(?P<figures>\d{1,2}(?P<between>[/.-])\d{1,2}(?P=between)(?:20)?\d\d)"
    r"|(?P<nth>\d{1,2}(?:st|nd|rd|th)(?= *(?:$|[.,;:!?)]|and\b|i\b|my\b|it\b|of this month)))"
    rf"|(?P<month>{_MONTH}(?:(?: of)?,? {_YEAR})?)"
    rf"|(?P<weekday>{_WEEKDAY}(?: of)? last week|{_WEEKDAY})"
    r"|(?P<weekend>week-?end)"
    r"|(?P<last_week>last week)|(?P<last_month>last month)"
    rf"|(?P<year>{_YEAR})"
    r"|(?P<hour>breakfast|lunch(?:time)?|dinner(?:time)?|tea ?time|supper(?:time)?|noon|midday|midnight"
    r"|dawn|bedtime|(?:woke|got) up|waking|morning|afternoon|evening"
    r"|half (?:past )?(?:[a-z]+|\d{1,2})|\d{1,2}(?:[:.]\d\d)? ?(?:[ap]\.?m\b|o'? ?clock))"
    r"|(?P<feast>christmas|xmas|new year|halloween|bonfire ni(?:ght|te))"
    r")(?![\w])"
)


def points(said: Said) -> Iterator[Point]:
    """The points in time in a text, as far as they can be counted without or with the day of writing."""
    end = 0
    for begin in islice(BEGINS.finditer(said.low), MOST_BEGINNINGS):
        match = POINT.match(said.low, begin.start()) if begin.start() >= end else None
        if match is None:
            continue
        end = match.end()
        name = "figures" if match["figures"] else str(match.lastgroup)
        counted = FIXED.get(name)
        if counted is None and said.today is not None:
            counted = COUNTED[name](match[0], said.today)
        if counted is not None:
            sort, days, off = counted
            if sort is Sort.MONTH:
                days, off = _part(said.low[: match.start()], days, off)
            yield Point(sort, match.span(), days, off)


Counted = tuple[Sort, float, float]
FIXED: dict[str, Counted] = {
    "two_back": (Sort.NEAR, 2, 0),
    "one_back": (Sort.NEAR, 1, 0),
    "morning": (Sort.NEAR, 0, 0),
    "today": (Sort.TODAY, 0, 0),
    "now": (Sort.STRETCH, 0, 0),
    "hour": (Sort.HOUR, 0, 0),
    "last_week": (Sort.STRETCH, 7, 3),
    "last_month": (Sort.STRETCH, 730 / 24, 15),
}


def _weekday(words: str, today: date) -> Counted:
    """The last such day before today; of last week, if the words say so."""
    wanted = next(i for i, stem in enumerate(WEEKDAYS) if words.startswith(stem[:2]))
    days = (today.weekday() - wanted) % 7 or 7
    if words.endswith("last week") and days <= today.weekday():
        days += 7
    return Sort.WEEKDAY, days, 0


def _weekend(words: str, today: date) -> Counted:
    """Its Saturday: it may as well be the Sunday."""
    return Sort.STRETCH, (today.weekday() - 5) % 7 or 7, 1


def _date(words: str, today: date) -> Counted | None:
    day = re.search(r"\b\d{1,2}(?!\d)", words)
    year = re.search(rf"\b{_YEAR}\b", words)
    assert day is not None
    return _on(int(day[0]), _month_in(words), int(year[0]) if year else None, today)


def _nth(words: str, today: date) -> Counted | None:
    """The last such day of a month."""
    day = int(words[:-2])
    month, year = (today.month, today.year) if day <= today.day else (today.month - 1 or 12, None)
    return _on(day, month, year, today)


def _figures(words: str, today: date) -> Counted | None:
    day, month, year = (int(each) for each in re.split(r"[/.-]", words))
    return _on(day, month, year + 2000 if year < 100 else year, today)


def _on(day: int, month: int, year: int | None, today: date) -> Counted | None:
    """The day, the last before today when no year is told; None when there is none or it is yet to come."""
    try:
        found = date(year or today.year, month, day)
        if year is None and found > today:
            found = found.replace(year=today.year - 1)
    except ValueError:
        return None
    return (Sort.DATE, (today - found).days, 0) if found <= today else None


def _month(words: str, today: date) -> Counted | None:
    """The middle of a month, or of what has passed of it."""
    year = re.search(_YEAR, words)
    month = _month_in(words)
    first = date(int(year[0]) if year else today.year, month, 1)
    if first > today and not year:
        first = first.replace(year=first.year - 1)
    last = min(first + timedelta(days=30), today)
    return _middle(Sort.MONTH, first, last, today)


PART = re.compile(r"\b(?:(?P<first>start|beginning|early)|(?P<last>end|late))(?: of| in)?[ -]$")


def _part(before: str, days: float, off: float) -> tuple[float, float]:
    """The start or the end of a month, where `before` says so."""
    part = PART.search(before[-16:])
    if part is None:
        return days, off
    return (days + off * 0.8 if part["first"] else days - off * 0.8), off / 3


def _year(words: str, today: date) -> Counted | None:
    first = date(int(words), 1, 1)
    return _middle(Sort.YEAR, first, min(date(first.year, 12, 31), today), today)


def _middle(sort: Sort, first: date, last: date, today: date) -> Counted | None:
    if first > today or first.year < FIRST_YEAR:
        return None
    return sort, (today - first).days - (last - first).days / 2, (last - first).days / 2


FEASTS = {"christmas": (12, 25), "xmas": (12, 25), "new year": (1, 1), "halloween": (10, 31)}
FEASTS |= {"bonfire night": (11, 5), "bonfire nite": (11, 5)}


def _feast(words: str, today: date) -> Counted | None:
    month, day = FEASTS[words]
    return _on(day, month, None, today)


def _month_in(words: str) -> int:
    match = re.search(_MONTH, words)
    assert match is not None
    return MONTHS.index(match[0][:3]) + 1


COUNTED: dict[str, Callable[[str, date], Counted | None]] = {
    "weekday": _weekday,
    "weekend": _weekend,
    "date": _date,
    "nth": _nth,
    "figures": _figures,
    "month": _month,
    "year": _year,
    "feast": _feast,
}
