"""How many pads or tampons somebody soaks in an hour: "two pads an hour", "a pad every 30 minutes"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bedside.language.measures.lengths import DURATION, hours_of
from bedside.language.measures.numbers import COUNT, value_of
from bedside.language.measures.said import Said
from bedside.language.measures.words import any_of, words_of
from bedside.model import Detail

_PAD = any_of(
    """pads? tampons? towels? sanitary_[a-z]+ super_?plus(?:es)? nappy nappies diapers? napkins?
    liners? period_pants"""
)
_PADS = (
    rf"(?:(?P<count>{COUNT}|\bhalf a|\ban?|\bmy)(?: of)? "
    r"(?:(?!every\b|each\b|hour|box|pack|bag)[a-z-]+ ){0,3}?)?"
    rf"\b(?<!box of )(?<!pack of )(?<!packet of ){_PAD}"
)
_GAP = r"(?:(?:[ ,]+(?!hour|half)[a-z']+){0,6}[ ,]+| ?)"
PADS_AN_HOUR = re.compile(
    rf"{_PADS}{_GAP}(?:(?:(?:in |within )?(?:an?|one|each|every)|per|/) ?(?:single )?(?:hour|hr|h)\b|hourly\b"
    r"|(?P<day>(?:in )?(?:a|per|each|every) day\b))"
)
PADS_THEN_COUNT = re.compile(
    rf"\b{_PAD}\b[ ,:-]+(?:about |maybe |over )?(?P<count>{COUNT}|an?) "
    r"(?:an|per|every|each|in an) (?:hour|hr)\b"
)
PADS_IN = re.compile(
    rf"{_PADS}{_GAP}(?:every|each|in|within|inside|per|in under|lasts? me|lasts)"
    r"(?: (?:about|just|around|roughly|maybe|only|under|the (?:last|past)(?= \d)))? (?=\w)"
)
EVERY_HOUR = re.compile(
    rf"\b(?:every|each) (?P<length>(?:{COUNT} )?(?:hours?|minutes|mins))\b,?"
    rf" (?:i'?m?|i've|my|s?he|she's|changing|soaking)\b(?: [a-z']+){{0,5}}? {_PAD}\b"
)
PADS = words_of("pad tampon towel sanitary super napp diaper napkin liner pants")
HOURS_A_DAY = 24


def pads(said: Said) -> Iterator[Detail]:
    seen: set[int] = set()
    for match in said.around(PADS, PADS_AN_HOUR, 40, 70):
        seen.add(match.start())
        hours = HOURS_A_DAY if match["day"] else 1
        yield said.detail("pads_per_hour", round(_count(match) / hours, 2), match.span())
    for match in said.around(PADS, PADS_THEN_COUNT, 40, 70):
        yield said.detail("pads_per_hour", round(_count(match), 2), match.span())
    for match in said.around(PADS, PADS_IN, 40, 90):
        length = DURATION.match(said.low, match.end())
        if length and match.start() not in seen:
            rate = round(_count(match) / hours_of(length), 2)
            yield said.detail("pads_per_hour", rate, (match.start(), length.end()))
    for match in said.around(PADS, EVERY_HOUR, 60, 10):
        length = DURATION.fullmatch(match["length"])
        rate = round(1 / hours_of(length), 2) if length else 1.0
        yield said.detail("pads_per_hour", rate, match.span())


def _count(match: re.Match[str]) -> float:
    words = match["count"]
    return 1.0 if words in (None, "my") else value_of(words.removesuffix(" a"))
