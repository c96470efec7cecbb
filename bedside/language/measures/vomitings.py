"""How many times somebody vomited: "threw up 6 times", "been sick three times", "puked x3"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bedside.language.measures.numbers import COUNT, value_of
from bedside.language.measures.said import Said
from bedside.language.measures.words import any_of, words_of
from bedside.model import Detail

_IT = r"(?:(?:it|everything|my_[a-z]+|her_[a-z]+)_)?(?:back_)?"
_VOMITED = any_of(
    rf"""(?:threw|throw(?:n|ing|s)?|chuck(?:ed|ing)?|brought|bring(?:ing)?)_{_IT}up
    vomit(?:t?ed|t?ing|s)? vomm(?:ed|ing) puk(?:ed|ing|e) boa?k(?:ed|ing)? barf(?:ed|ing)?
    spew(?:ed|ing)? heav(?:ed|ing) chunder(?:ed|ing)? upchuck(?:ed|ing)? hurl(?:ed|ing)?
    sick(?!_(?:of|and_tired|leave|note)) ralph(?:ed|ing) retch(?:ed|ing)"""
)
_TIMES = (
    rf"(?:(?:\d ?(?:-|or|to) ?)?(?P<count>once\b|twice\b|thrice\b|x ?\d{{1,2}}\b|{COUNT}(?= ?\+? ?"
    r"(?:separate |more )?(?:times?|x|(?:lots|bouts|rounds) of)\b))"
    r"(?: ?\+? ?(?:separate |more )?(?:times?|x|(?:lots|bouts|rounds) of)\b)?)"
)
# Sick twice a week, or three times this winter, is no bout of vomiting.
_NO_BOUT = (
    r"(?!(?: times?)? (?:a|per|every|each|in a|this|last|in the last|in)"
    r" (?:week|month|year|winter|fortnight|school|few months))"
)
_AND = any_of("and but so wee pee every for off")
VOMITED_TIMES = re.compile(
    rf"\b{_VOMITED}(?:[ ,]+(?!{_AND}\b)[a-z']+){{0,5}}?[ ,:(-]*"
    rf"(?:(?:about|maybe|over|at least|like|nearly|almost) )*{_TIMES}{_NO_BOUT}"
)
_BETWEEN = any_of(
    """i i'?ve s?he s?he's have has already now today last night this morning been since of did that
    we was were been being am"""
)
TIMES_VOMITED = re.compile(
    rf"\b{_TIMES}(?:[ ,]+{_BETWEEN}\b){{0,5}}[ ,]+{_VOMITED}\b(?! (?:of|and tired))"
)
# "Vomit count: 5", "number of vomits 6".
VOMIT_COUNT = re.compile(
    r"\b(?:(?:vomit|puke|sick|vom)(?:ing|s)? (?:count|tally|total)|(?:number|count) of vomits)"
    rf"(?: (?:is|was|so far|now|today|at))*[ :=]*(?P<count>{COUNT})\b"
)
NOT_VOMITED = re.compile(
    r"(?:\b(?:off|call(?:ed|ing)? in|phoned in|rang in|not|never|worried|home)|n't)(?: been)? $"
)
# "Threw up once I got home": when, not how often.
WHEN = re.compile(r",? (?:i|we|the|s?he|they|it|my|you)\b")
WORDS = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
HOW_OFTEN = (*words_of("time count tally total once twice thrice x"), "s of")
STEMS = (" up", *words_of("sick vom puk bok boak barf spew heav chund hurl retch ralph"))


def vomitings(said: Said) -> Iterator[Detail]:
    if not said.has(STEMS):
        return
    for pattern in (VOMITED_TIMES, TIMES_VOMITED, VOMIT_COUNT):
        for match in said.around(HOW_OFTEN, pattern, 75, 60):
            words = match["count"]
            is_when = words == "once" and WHEN.match(said.low, match.end())
            if is_when or NOT_VOMITED.search(said.before(match.start())):
                continue
            value = WORDS.get(words) or value_of(words.lstrip("x "))
            end = match.end("count") if pattern is TIMES_VOMITED else match.end()
            yield said.detail("vomiting_count", value, (match.start("count"), end))
