"""How bad something is, from 0 to 10: "8/10", "seven out of ten", "call it an 8"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bedside.language.measures.bare import AGED, ALONE_AFTER, is_further
from bedside.language.measures.numbers import value_of
from bedside.language.measures.said import Said
from bedside.language.measures.words import any_of, words_of
from bedside.model import Detail

_VALUE = r"(?P<value>10|ten|\d(?:\.5)?|one|two|three|four|five|six|seven|eight|nine)"
_FIGURE = re.compile(rf"\b{_VALUE}\b")
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
    """about now at around currently like level maybe easily up_to as is was were score probably
    roughly only just a_good a_solid i'd_say it's to been s it today tonight more nearly almost hit
    hits hitting over and this_morning right"""
)
_PAIN = any_of(
    """pain(?:s|ful|'s)? aches? headaches? head migraines? hurts? hurting severity agony
    sore(?:ness)? cramps? cramping stiff(?:ness)? throbbing stabbing burning backache
    bellyache tummy_ache discomfort fatigue tiredness itch(?:ing|iness)?"""
)
_SCALE = (
    r"scale|10 being|ten being|out of (?:10|ten)|(?:0|1|zero|one|nought) ?(?:-|to) ?(?:10|ten)\b"
)
NUMBER = re.compile(
    r"(?P<article>\b(?:an? (?:(?:good|firm|low|high) )?)?(?:(?:solid|strong|steady) )?(?<= ))?"
    rf"(?<![\d/.,:-])(?<!/ )\b{_VALUE}\b{_NO_TEN}"
)
# "Call it an 8", "pain is about 6", "I'd say 4".
RATED = re.compile(
    r"\b(?:(?:call(?:ing)?|rat(?:e|ed|ing)|scor(?:e|ed|ing)|giv(?:e|ing)|put|mark)"
    rf" (?:it|this|that|the pain|my pain|the \w+|my \w+)|{_PAIN}|severity of|i'd say|id say|i'd go(?: for)?)"
    rf"(?:[ ,:=]+{_HEDGE})*[ :=]*$"
)
LEVEL = re.compile(r"\b(?:level|severity|scored?|rated?|pain(?: is| was| at)?|it) $")
WENT_TO = re.compile(
    r"\bfrom (?:an? )?(?:(?P<nothing>nothing|zero|nought)|\d|[a-z]+) to (?:an? )?$"
)
SPOKEN_OF = re.compile(rf"\b{_PAIN}\b|{_SCALE}|\brate\b")
SOLID = re.compile(r"solid|strong|firm")
SCALE = re.compile(_SCALE)
TOP = re.compile(r"\b(?:0|1|zero|one|nought) ?(?:-|to) ?(?:10|ten)$")
ALONE_BEFORE = re.compile(rf"(?:^|[,.?!:(-])[ ]*(?:{_HEDGE} )*$")
STEMS = words_of(
    """10 ten pain ache sever hurt hurting agony sore cramp stiff migraine call rat scor giv put mark
    scale chart head i'd id throb stab burn discomf fatig tired itch"""
)


def severities(said: Said) -> Iterator[Detail]:
    if not said.has(STEMS):
        return
    told: dict[int, float] = {}
    for pattern, anchors in ((OUT_OF_TEN, ("10", "ten")), (ON_A_SCALE, ("scale", "chart"))):
        for match in said.around(anchors, pattern, 30, 60):
            if match.start("value") not in told:
                told[match.start("value")] = value_of(match["value"])
                yield said.detail("severity_0_10", value_of(match["value"]), match.span())
    for match in said.around((_FIGURE,), NUMBER, 14, 60):
        value = value_of(match["value"])
        if match.start("value") not in told and _is_rated(said, match, value, told):
            told[match.start("value")] = value
            yield said.detail("severity_0_10", value, match.span())


def _is_rated(said: Said, match: re.Match[str], value: float, told: dict[int, float]) -> bool:
    """Whether a bare number rates something, by the words before it or by a pain the message tells of."""
    before, after = said.before(match.start(), 50), said.after(match.end(), 20)
    if (
        AGED.search(before)
        or before.endswith("from ")
        or TOP.search(before + match[0])
        or not (ALONE_AFTER.match(after) or LEVEL.search(before))
    ):
        return False
    went = WENT_TO.search(before)
    if RATED.search(before) or (went and (went["nothing"] or SPOKEN_OF.search(said.low))):
        return True
    earlier = [each for at, each in told.items() if at < match.start()]
    if is_further(before, after, value, earlier):
        return True
    if match["article"]:
        is_rating = SPOKEN_OF.search(said.low) or SOLID.search(match["article"])
        return value > 1 and bool(is_rating)
    return bool(SCALE.search(said.low, 0, match.start()) and ALONE_BEFORE.search(before))
