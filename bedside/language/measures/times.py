"""How long a patient has had something, and how long ago the last infusion was.

Lengths ("three weeks") and points in time ("yesterday") tell one of the two, or neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from bedside.language.measures.counted_days import counted_days
from bedside.language.measures.durations import AGO, is_duration, is_to_come
from bedside.language.measures.infusions import DAYS_SINCE, is_infusion, of_infusion, on_the_day
from bedside.language.measures.lengths import lengths
from bedside.language.measures.onsets import onsets
from bedside.language.measures.points import Point, Sort, points
from bedside.language.measures.said import Said, Span, overlaps
from bedside.model import Detail


def times(said: Said, taken: Iterable[Span]) -> Iterator[Detail]:
    """Durations and dates of the last infusion, outside the spans `taken` by other details."""
    done = list(taken)
    found = list(points(said))
    readings = (_lengths(said), _dated(said, found), counted_days(said), _onsets(said, found))
    for detail in chain(*readings):
        span = detail.start, detail.end
        if not overlaps(span, done):
            done.append(span)
            yield detail
    yield from on_the_day(said)


def _lengths(said: Said) -> Iterator[Detail]:
    for length in lengths(said):
        start, end = length.span
        after = said.after(end)
        ago = AGO.match(after)
        kind = of_infusion(said, length.span, end + ago.end() if ago else None)
        if kind is None and is_duration(said, length):
            yield said.detail("duration_hours", length.hours, length.span)
        elif kind and not is_to_come(said.before(start), after):
            yield said.detail(kind, length.hours // 24, length.span, length.slack)


def _dated(said: Said, found: Iterable[Point]) -> Iterator[Detail]:
    for point in found:
        if point.sort is not Sort.HOUR and is_infusion(said, point):
            yield said.detail(DAYS_SINCE, point.days // 1, point.span, point.off)


def _onsets(said: Said, found: Iterable[Point]) -> Iterator[Detail]:
    for point in onsets(said, found):
        yield said.detail("duration_hours", point.days * 24, point.span, point.off * 24)
