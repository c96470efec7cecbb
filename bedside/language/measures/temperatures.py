"""Body temperatures, in °C: with their unit, or bare where nothing else is measured so.

"38.9" is one wherever nothing says that it is a weight, a price or a result; "39" only near words of fever,
or read off something. A bare 101.4 is in °F. What no living body has is left.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bedside.language.measures.bare import (
    AGED,
    OTHERS,
    UNIT_AFTER,
    is_further,
    other_before,
)
from bedside.language.measures.bare import ALONE_AFTER as STANDS_ALONE
from bedside.language.measures.numbers import NUMBER, value_of
from bedside.language.measures.readings import NAMES
from bedside.language.measures.said import Anchor, Said, Span, clause_after, clause_before, overlaps
from bedside.language.measures.words import any_of
from bedside.model import Detail

LOWEST, HIGHEST = 34, 43
TEMPERATURE = re.compile(
    rf"(?P<value>{NUMBER})(?P<sign> ?(?:°|º|degrees?\b|degs?\b))?"
    r"(?: ?(?P<unit>[cf]\b|celsius\b|centigrade\b|fah?renheit\b))?"
)
# The numbers that a temperature can begin with.
_FIGURES = re.compile(r"3[4-9]|4[0-3]|9[4-9]|10")
LIKELY: tuple[Anchor, ...] = (
    _FIGURES,
    "thirty",
    "forty",
    "fourty",
    "ninety",
    "hundred",
    "one o",
    "one zero",
)

ELSE_BEFORE = other_before(rf"{OTHERS}|{NAMES}|number|no")
AMBIENT = re.compile(
    r"\b"
    + any_of(
        """outside weather heatwave shade room_temp[a-z]* oven water bath wash sauna pool greenhouse
        office desert sunshine summer kettle beach winnipeg perth forecast air_?con thermostat
        boiler radiator (?:hot_)?tub sun washing fridge humid"""
    )
    + r"\b"
)

_TEMPERATURE_WORDS = any_of(
    """temps? temp[ea]?r[ae]tures? tempature tmp fevers? febrile thermometer degrees? pyrexia bukhar
    febbre fiebre fieber"""
)
STRICT = re.compile(
    rf"\b{_TEMPERATURE_WORDS}\b|[°º]"
    r"|(?:never|not|n't|hasnt) (?:gone |been |got |went )?(?:up )?(?:above|over|past|below|under) $"
)
FEVER = re.compile(
    rf"\b{_TEMPERATURE_WORDS}\b|[°º]|\b"
    + any_of(
        """feverish burn(?:ing?)? hot roasting boiling baking cooking cooked spik(?:e|es|ed|ing)
        shiver(?:s|y|ing)? shaking chills rigors? sweat(?:s|ing|y)? ear_(?:thing|thingy|gun|probe)
        under_(?:the|my|her|his)_(?:arm|tongue|armpit) oral(?:ly)? tympanic forehead runnin[g']?_an?
        calpol tylenol paracetamol clammy flushed hotter toasty"""
    )
    + r"\b"
)
# "It was 39", "up at 103", "it says 102 now".
READ_OFF = re.compile(
    r"\b(?:up (?:around|about|at|to|near)|hit(?:ting)?|reach(?:ed|ing)|spik(?:ed|ing) (?:at|to)|peaked at) $"
    r"|\b(?:it|reading|that|this|now|s?he|i|says|said|thermometer)(?:'s|'m)?(?: ?"
    + any_of(
        """is was were says said reads? hits? went gone goes go got gets show(?:s|ed|ing) reached
        reading at spiked running just still up me to down over only about like above back been
        near(?:ly)? almost around climbed peaked"""
    )
    + r")+ $"
)
ALONE_BEFORE = re.compile(r"(?:^|[,(:-]) ?$")
ALONE_AFTER = re.compile(
    r" ?,? ?(?:since|from|again|now|this morning|last night|tonight|when i|at (?:\d|the moment)"
    r"|on the (?:dot|nose)|something|and [a-z]+ing)\b"
)
TO_A_FEVER = re.compile(r" to (?:about |over )?(?:3[6-9]|4[01])[.,]\d(?!\d)")
FEVER_AFTER = re.compile(r" (?:of )?(?:fever|temp)")
DECIMAL = re.compile(r"[.,]\d|point")
# Prices and the like have two decimals.
TWO_DECIMALS = re.compile(r"[.,]\d\d")
HALF = re.compile(r"½|half|1/2")


def temperatures(said: Said, taken: Collection[Span]) -> Iterator[Detail]:
    """All temperatures outside the spans `taken` by other details."""
    told: list[float] = []
    for match in said.around(LIKELY, TEMPERATURE, 6, 60):
        celsius = _celsius(value_of(match["value"]), match["unit"] or "")
        if celsius is None or overlaps(match.span(), taken):
            continue
        if _is_temperature(said, match, told):
            told.append(celsius)
            yield said.detail("temperature_c", celsius, match.span())


def _celsius(value: float, unit: str) -> float | None:
    """The temperature in °C, rounded to 0.1; none when no living body has it."""
    fahrenheit = unit[:1] == "f" or (not unit and 94 <= value <= 109.5)
    celsius = (value - 32) / 1.8 if fahrenheit else value
    return round(celsius, 1) if LOWEST <= celsius <= HIGHEST else None


def _is_temperature(said: Said, match: re.Match[str], told: Collection[float]) -> bool:
    before, after = said.before(match.start()), said.after(match.end(), 30)
    near = clause_before(before[-25:]) + " | " + clause_after(after[:20])
    if ELSE_BEFORE.search(before) or UNIT_AFTER.match(after) or AMBIENT.search(near):
        return False
    if said.is_imagined(match.start()):
        return False
    if match["unit"] or match["sign"]:
        return True
    words, around = match["value"], before + " | " + after
    if TWO_DECIMALS.search(words):
        return bool(FEVER.search(around))
    if HALF.search(words):
        return bool(FEVER.search(around) or STANDS_ALONE.match(after))
    if DECIMAL.search(words) or value_of(words) % 1:
        return value_of(words) >= 35 or bool(STRICT.search(before))
    if STRICT.search(clause_before(before[-45:])) or FEVER_AFTER.match(after):
        return not before.endswith("for ")
    return STANDS_ALONE.match(after) is not None and _is_whole(said, words, before, after, told)


def _is_whole(said: Said, words: str, before: str, after: str, told: Collection[float]) -> bool:
    """Whether a bare whole number that no noun follows is a temperature."""
    if before.endswith("for "):
        return False
    value = value_of(words)
    if STRICT.search(before[-45:]) or (value >= 35 and is_further(before, after, value, told)):
        return True
    if before.endswith("from ") and TO_A_FEVER.match(after):
        return True
    is_alone = ALONE_BEFORE.search(before)
    if READ_OFF.search(before) and (36 <= value <= 42 or 97 <= value <= 107):
        return True
    if not (38 <= value <= 42 or 99 <= value <= 107):
        return False
    if is_alone and (ALONE_AFTER.match(after) or STRICT.search(said.low)):
        return True
    if AGED.search(before) or not (words[0].isdigit() or "hundred" in words):
        return False
    return bool(FEVER.search(before[-50:]) or FEVER.search(after))
