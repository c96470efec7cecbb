"""Cue words as they are meant: "temprature", "creatanine", "3 dys".

Only words that numbers depend on are mended. A word is mended when it begins like one cue word and is a slip
or two away from it. Words that are others, such as "fewer", stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bedside.language.measures.words import words_of

CUES = frozenset(
    words_of(
        """temperature thermometer fever degrees platelets platelet neutrophils neutrophil haemoglobin
    hemoglobin creatinine infusion infusions treatment lemtrada alemtuzumab campath yesterday today
    tonight monday tuesday wednesday thursday friday saturday sunday january february april august
    september october november december since hours minutes weeks months fortnight morning pregnant
    vomited vomiting tampons kilos pounds pulse fitbit course courses celsius fahrenheit weekend
    headache heartbeat"""
    )
)
# Common English words that are as near to a cue word as a slip is.
OTHERS = frozenset(
    words_of(
        """pregnancy fewer weeds weaks weeps mouths moths monthlys coarse purse sings singe house houses
        horse hoarse courts courtesy couriers curses causes visiting invasion invasions illusion
        illusions inclusion intrusion mounting moaning mourning morphing weakened creatine foresight
        fortnightly heartbreak heartfelt heartache headcase poignant degrades ponds temperate
        minuets haptoglobin toddy toady sundry feverish kills source sauce fiver"""
    )
)
UNITS = words_of("days hours weeks months minutes years kilos")
NO_UNITS = frozenset(
    words_of("day hour week month minute year kilo mouth mouths wees wee weeds hr yrs wks house")
)
WORD = re.compile(r"[a-z]{5,}")
# Short words are units only behind a number: "3 dys".
COUNTED = re.compile(
    r"(?:\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|few|couple(?: of)?)) ?\b"
    r"(?P<unit>[a-z]{3,7})\b"
)

Mend = tuple[int, int, str]


def mended(low: str) -> tuple[str, tuple[Mend, ...]]:
    """`low` with its slips in cue words mended, and where in it each was and what stands there now."""
    mends = [(*match.span(), meant) for match in WORD.finditer(low) if (meant := _cue(match[0]))]
    mends += [
        (*match.span("unit"), meant)
        for match in COUNTED.finditer(low)
        if (meant := _unit(match["unit"]))
    ]
    pieces, at = [], 0
    done: list[Mend] = []
    for start, end, meant in sorted(mends):
        if start >= at:
            pieces += [low[at:start], meant]
            done.append((start, end, meant))
            at = end
    return ("".join(pieces) + low[at:] if done else low), tuple(done)


def original(at: int, mends: Sequence[Mend], *, is_end: bool = False) -> int:
    """Where the place `at` of a mended text was before; within a mended word, its start or its end."""
    moved = 0
    for start, end, meant in mends:
        if at <= start + moved:
            break
        if at < start + moved + len(meant):
            return end if is_end else start
        moved += len(meant) - (end - start)
    return at - moved


@lru_cache(maxsize=8192)
def _cue(word: str) -> str | None:
    if word in OTHERS or not CUES.isdisjoint((word, word + "s", word.removesuffix("s"))):
        return None
    slips = 1 if len(word) < 8 else 2
    return _nearest(word, tuple(CUES), slips)


@lru_cache(maxsize=2048)
def _unit(word: str) -> str | None:
    return None if word in UNITS or word in NO_UNITS else _nearest(word, UNITS, 1)


def _nearest(word: str, cues: Sequence[str], slips: int) -> str | None:
    found = process.extractOne(word, cues, scorer=OSA.distance, score_cutoff=slips)
    return found[0] if found and found[0][0] == word[0] else None
