"""All details in a text: measured values and how long ago, each with the patient's own words.

What decides that a number is one stands in the module of its topic: a unit, a name, or the words around it.
A number that nothing explains is left. Whether a detail is the patient's or somebody else's, of today or of
years ago, is not decided here.
"""

from __future__ import annotations

from datetime import date
from itertools import chain

from bedside.language.measures.infusions import courses
from bedside.language.measures.lengths import DURATION, hours_of, slack_of
from bedside.language.measures.pads import pads
from bedside.language.measures.pregnancies import pregnancies
from bedside.language.measures.readings import readings
from bedside.language.measures.said import Said, Span
from bedside.language.measures.severities import severities
from bedside.language.measures.temperatures import temperatures
from bedside.language.measures.times import times
from bedside.language.measures.vomitings import vomitings
from bedside.language.measures.weights import weights
from bedside.model import Detail

__all__ = ["DURATION", "hours_of", "measure", "slack_of"]

# Each knows its numbers by name or unit; temperatures and times take what these leave.
NAMED = (readings, weights, severities, vomitings, pads, pregnancies, courses)


def measure(text: str, today: date | None = None) -> tuple[Detail, ...]:
    """The details in `text`, in the order of their words.

    `today` is the day on which it was written, from which "since Tuesday" and "in March" count: without it
    these give nothing.

    >>> [(each.kind, each.value) for each in measure("38.9 since yesterday, pulse 120")]
    [('temperature_c', 38.9), ('duration_hours', 24.0), ('heart_rate_bpm', 120.0)]
    """
    said = Said.of(text, today)
    found = list(chain.from_iterable(read(said) for read in NAMED))
    found += temperatures(said, _spans(found))
    found += times(said, _spans(found))
    found.sort(key=lambda detail: (detail.start, detail.end))
    return tuple(said.told(each) for each in found)


def _spans(details: list[Detail]) -> list[Span]:
    return [(each.start, each.end) for each in details]
