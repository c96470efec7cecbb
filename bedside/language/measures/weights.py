"""How much somebody's weight has changed, in kg, up or down alike; never what they weigh."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bedside.language.measures.numbers import COUNT, NUMBER, value_of
from bedside.language.measures.said import Anchor, Said
from bedside.language.measures.words import any_of
from bedside.model import Detail

KILOGRAMS = {"k": 1.0, "s": 6.35029, "l": 0.45359, "p": 0.45359}
_UNIT = r"(?P<unit>kgs?|kilos?|kilogram(?:me)?s?|stones?|st|lbs?|pounds?)\b"
UNITS: tuple[Anchor, ...] = ("kg", "kilo", "stone", "lb", "pound", re.compile(r"\d ?st\b"))
WEIGHT = re.compile(
    rf"(?P<value>\bhalf an?|\bhalf|{COUNT}|\ban?)(?: ?(?:-|to|or) ?(?P<upto>{NUMBER}))?"
    rf"[ -]?(?:more |whole |full |good )?{_UNIT}(?P<half> and a half)?"
    rf"(?:,? (?:and )?(?P<pounds>{NUMBER})(?: ?(?:lbs?|pounds?)\b|(?=\W*$| (?:since|in|over|now)\b)))?"
)
FROM_TO = re.compile(
    rf"\bfrom (?P<old>{NUMBER})(?: ?(?:kgs?|kilos?|stone|st|lbs?|pounds?))?(?: (?P<old_pounds>\d{{1,2}})"
    rf"(?: ?(?:lbs?|pounds?))?)?,? (?:down |up )?to (?P<new>{NUMBER}) ?{_UNIT}"
    r"(?: (?P<new_pounds>\d{1,2})\b)?"
)
_CHANGED = any_of(
    """lost los(?:e|es|ing|sed) loos(?:e|ing) dropp?(?:ed|ing|s)? shed(?:ding)? gain(?:ed|ing|s)?
    put(?:ting|s)?_(?:it_)?on piled_on piling_on packed_on up down went_(?:up|down) gone_(?:up|down)
    lighter heavier (?:loss|gain|increase)_of (?:in|de)creased reduced slimmed weight picked_up"""
)
CHANGED_BEFORE = re.compile(rf"\b{_CHANGED}(?: (?!(?:to|at|is)\b)[a-z0-9'+~]+){{0,5}}[ ,:(~+-]*$")
CHANGED_AFTER = re.compile(
    r" (?:of weight |in weight |weight )?(?:(?:just |simply )?"
    + any_of(
        """on(?!_(?:the|my|each|top|every)) off heavier lighter up down gone gained lost loss gain
        fell came dropped melted fallen disappeared vanished
        (?:have|has)_(?:come|fallen|dropped|gone) (?:more|less)_than_(?:before|last)"""
    )
    + r")\b"
)
ELSE_AFTER = re.compile(
    r" ?"
    + any_of(
        """coin bag sack baby of_(?!weight|body|fat|muscle|water|me\\b)
        (?:a|an|per|each|every|/)_?(?:day|week|hour|wk|month|kilo) tin box dumbbell kettlebell note
        on_the_(?:horses|dogs|lottery|races|football) sterling quid lift weights"""
    )
)
ELSE_BEFORE = re.compile(
    r"(?:\b"
    + any_of(
        """weigh(?:s|ed|ing)? to at lift(?:ed|ing)? carry(?:ing)? carried bench squat than from paid
        cost worth stone every each per now is was been bet won"""
    )
    + r"(?: (?:about|only|just|around|a))*|[£$]) $"
)


def weights(said: Said) -> Iterator[Detail]:
    for match in said.around(UNITS, FROM_TO, 45, 20):
        change = abs(_sum(match, "old", "old_pounds") - _sum(match, "new", "new_pounds"))
        yield said.detail("weight_change_kg", round(change, 2), match.span())
    for match in said.around(UNITS, WEIGHT, 40, 45):
        before, after = said.before(match.start(), 45), said.after(match.end())
        if ELSE_AFTER.match(after) or ELSE_BEFORE.search(before):
            continue
        if CHANGED_BEFORE.search(before) or CHANGED_AFTER.match(after):
            yield said.detail("weight_change_kg", _change(match), match.span())


def _change(match: re.Match[str]) -> float:
    half = 0.5 * KILOGRAMS[match["unit"][0]] if match["half"] else 0
    return round(_sum(match, "upto" if match["upto"] else "value", "pounds") + half, 2)


def _sum(match: re.Match[str], number: str, pounds: str) -> float:
    """The kilograms of a number of units and of the pounds that may follow it, each a group of `match`."""
    units = value_of(re.sub(r"^half an?$", "half", match[number]))
    more = value_of(match[pounds]) if match[pounds] else 0
    return units * KILOGRAMS[match["unit"][0]] + more * KILOGRAMS["l"]
