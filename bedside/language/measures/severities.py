"""How bad something is, from 0 to 10: "8/10", "seven out of ten", "call it an 8"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bedside.language.measures.numbers import value_of
from bedside.language.measures.said import Said
from bedside.language.measures.words import any_of
from bedside.model import Detail

_VALUE = r"(?P<value>10|ten|\d(?:\.5)?|one|two|three|four|five|six|seven|eight|nine)"
OUT_OF_TEN = re.compile(
    rf"(?<![\d/.])\b(?:\d ?(?:-|to|or) ?)?{_VALUE} ?(?:/|out ?of|of|over) ?(?:10|ten)\b"
    r"(?!/|[.,]?\d|:| (?:people|days|times|patients|years|of))"
)
ON_A_SCALE = re.compile(
    rf"\b(?:an? )?{_VALUE} (?:on|in) (?:an?|the|my|your|that) (?:pain |severity )?(?:scale|chart)"
)
_NO_TEN = (
    r"(?! ?(?:[%/-]|[.,:]\d|to \d|and a half|in the (?:morning|afternoon|evening)|"
    + any_of(
        """days? weeks? hours? hrs mins? minutes? months times o'?clock [ap]m out of on years?
        people stone kilos? pounds? lbs? kg points? st nd th bpm degrees more or different places
        inch cm spots bruises"""
    )
    + r"\b))"
)
_HEDGE = any_of(
    "about now at around currently like level maybe easily up_to an?_(?:good|solid) as is was score"
)
# "Call it an 8", "pain is about 6".
RATED = re.compile(
    r"\b(?:(?:call(?:ing)?|rat(?:e|ed|ing)|scor(?:e|ed|ing)|give|put) (?:it|this|that|the pain|my pain)"
    rf"|pain(?:'s)?|severity(?: of)?|hurts)(?: {_HEDGE})* (?:an? )?{_VALUE}\b{_NO_TEN}"
)
WENT_TO = re.compile(
    r"\b(?:pain|ache|headache|it) (?:went|jumped|shot|has gone|gone|goes|climbed|is up) (?:up )?"
    rf"from (?:an? )?\d to (?:an? )?{_VALUE}\b{_NO_TEN}"
)
# "From nothing to a ten", "a solid 7": only with their article.
LIKE_A = re.compile(
    rf"\b(?:(?:nothing|zero) to an?|an? (?:solid|good|strong)|it'?s (?:an?)) {_VALUE}\b{_NO_TEN}"
)

_RATING = (
    "call",
    "rate",
    "rating",
    "scor",
    "give",
    "put it",
    "put this",
    "pain",
    "severity",
    "hurts",
)
_LIKE = ("nothing to a", "zero to a", "a solid", "a good", "a strong", "it's a", "its a")
READ_BY = (
    (OUT_OF_TEN, ("10", "ten")),
    (ON_A_SCALE, ("scale", "chart")),
    (RATED, _RATING),
    (WENT_TO, (" from ",)),
    (LIKE_A, _LIKE),
)


def severities(said: Said) -> Iterator[Detail]:
    seen: set[int] = set()
    for pattern, anchor in READ_BY:
        for match in said.around(anchor, pattern, 30, 60):
            if match.start("value") not in seen:
                seen.add(match.start("value"))
                yield said.detail("severity_0_10", value_of(match["value"]), match.span())
