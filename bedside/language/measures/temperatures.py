"""Body temperatures, in °C: with their unit, or bare where nothing else is measured so.

"38.9" is one wherever nothing says that it is a weight, a price or a result; "39" only near words of fever,
or read off something. A bare 101.4 is in °F. What no living body has is left.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bedside.language.measures.numbers import NUMBER, value_of
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

# What follows or goes before other numbers.
ELSE_AFTER = re.compile(
    r" ?(?:[%€£:×]|/ ?\d|over \d|°? ?(?:outside|out there)|in the (?:shade|sun)|x ?10|[ap]\.?m\b|"
    + any_of(
        """kgs? kilos? lbs? pounds? stone st mg ml mmol mcg µmol u iu cm mm km miles? fm k per_?cent
        bpm beats euros? quid dollars? bucks pages? years? yrs? yo weeks? wks? days? hours?
        hrs?(?!_?\\d) mins? minutes months? seconds? secs? times x nd rd th litres? liters? l
        inch(?:es)? feet foot ft m g thousand million people patients steps units points?"""
    )
    + r"\b)"
)
ELSE_BEFORE = re.compile(
    r"(?:[£$€#]|\b"
    + any_of(
        """weigh(?:s|ed|ing|t)? bmi bp pressure room flat apartment apt ward bay house number no
        page aged? size bus route platform channel exit junction highway sats? oxygen o2 spo2
        saturation sugars? glucose crp esr ferritin b12 iron vitamin folate calcium albumin
        bilirubin e?gfr urea potassium sodium f?t[34] lymphocytes? wbc wcc cells count haematocrit
        hct hba1c ast ggt alp tsh alt creatinine platelets neutrophils hb pulse hr dose seat row
        unit gate radio street code bra cup waist since until cholesterol ldl ran run km costs? paid
        price born chapter version scored? marathon class year postcode pin"""
    )
    + r"(?: "
    + any_of(
        "is was of at to in came back are about only levels? result down up now a reads? from for on me"
    )
    + r")* ?[:=(-]? ?)$"
)
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
    r"\bup (?:around|about|at|to|near) $"
    r"|\b(?:it|reading|that|this|now|s?he|i|says|said|thermometer)(?:'s|'m)?(?: ?"
    + any_of(
        """is was were says said reads? hits? went gone goes go got gets show(?:s|ed|ing) reached
        reading at spiked running just still up me to down over only about like above back been
        near(?:ly)? almost around climbed peaked"""
    )
    + r")+ $"
)
AGED = re.compile(r"\b(?:i'?m|i am|s?he'?s|s?he is|am) $")
ALONE_BEFORE = re.compile(r"(?:^|[,(:-]) ?$")
ALONE_AFTER = re.compile(
    r" ?,? ?(?:since|from|again|now|this morning|last night|tonight|when i|at (?:\d|the moment)"
    r"|on the dot|something|and [a-z]+ing)\b"
)
# A whole number of something else is followed by its noun.
NO_NOUN_AFTER = re.compile(
    r" ?(?:$|[,.;:!?)\]…'\"-]|"
    + any_of(
        """[cf] and but now this last since for at when with under on in or then again today tonight
        yesterday so which by all already even every each before after only just max i s?he my it
        her his the fever temp temperature still because if while despite to from oral(?:ly)? is was
        earlier overnight most cos bc as that tops ish something odd plus though until till twice
        mid right constantly along"""
    )
    + r"\b)"
)
FEVER_AFTER = re.compile(r" (?:of )?(?:fever|temp)")
DECIMAL = re.compile(r"[.,]\d|point")
# Prices and the like have two decimals.
TWO_DECIMALS = re.compile(r"[.,]\d\d")
HALF = re.compile(r"½|half|1/2")


def temperatures(said: Said, taken: Collection[Span]) -> Iterator[Detail]:
    """All temperatures outside the spans `taken` by other details."""
    for match in said.around(LIKELY, TEMPERATURE, 6, 60):
        celsius = _celsius(value_of(match["value"]), match["unit"] or "")
        if celsius is None or overlaps(match.span(), taken):
            continue
        if _is_temperature(said, match):
            yield said.detail("temperature_c", celsius, match.span())


def _celsius(value: float, unit: str) -> float | None:
    """The temperature in °C, rounded to 0.1; none when no living body has it."""
    fahrenheit = unit[:1] == "f" or (not unit and 94 <= value <= 109.5)
    celsius = (value - 32) / 1.8 if fahrenheit else value
    return round(celsius, 1) if LOWEST <= celsius <= HIGHEST else None


def _is_temperature(said: Said, match: re.Match[str]) -> bool:
    before, after = said.before(match.start()), said.after(match.end(), 30)
    near = clause_before(before[-25:]) + " | " + clause_after(after[:20])
    if ELSE_BEFORE.search(before) or ELSE_AFTER.match(after) or AMBIENT.search(near):
        return False
    if said.is_imagined(match.start()):
        return False
    if match["unit"] or match["sign"]:
        return True
    words, around = match["value"], before + " | " + after
    if TWO_DECIMALS.search(words):
        return bool(FEVER.search(around))
    if HALF.search(words):
        return bool(FEVER.search(around) or NO_NOUN_AFTER.match(after))
    if DECIMAL.search(words):
        return value_of(words) >= 35 or bool(STRICT.search(before))
    return _is_whole(words, before, after)


def _is_whole(words: str, before: str, after: str) -> bool:
    """Whether a bare whole number is a temperature."""
    if before.endswith("for "):
        return False
    if STRICT.search(clause_before(before[-45:])):
        return True
    if FEVER_AFTER.match(after):
        return True
    if not NO_NOUN_AFTER.match(after):
        return False
    if STRICT.search(before[-45:]):
        return True
    value = value_of(words)
    if not (38 <= value <= 42 or 99 <= value <= 107):
        return False
    if READ_OFF.search(before) or (ALONE_BEFORE.search(before) and ALONE_AFTER.match(after)):
        return True
    if AGED.search(before) or not (words[0].isdigit() or "hundred" in words):
        return False
    return bool(FEVER.search(before[-50:]) or FEVER.search(after))
