"""Values that stand near the name of what was measured: heart rates and results of blood tests.

A number is of the name before it, over a few words, or of the name right behind it; a further number that
nothing else explains is of the last name, too. American units are told by their size: no living body has a
haemoglobin of 8 g/l or a creatinine of 2 µmol/l.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from bedside.language.measures.bare import (
    AGED,
    ALONE_AFTER,
    OTHER_BEFORE,
    UNIT_AFTER,
    is_further,
)
from bedside.language.measures.numbers import NUMBER, value_of
from bedside.language.measures.said import SENTENCE_END, Said
from bedside.language.measures.words import any_of, words_of
from bedside.model import Detail

PULSE = "heart_rate_bpm"


@dataclass(frozen=True, slots=True)
class Measure:
    """Something measured: its names, the values it can have, below which number it is in another unit and how
    many of ours that is, and from which on it is counted per µl and not per nl."""

    kind: str
    names: str
    lowest: float
    highest: float
    small: tuple[float, float] = (0, 1)
    big: float = float("inf")

    def value(self, number: float) -> float | None:
        """The value in the unit of the kind; none when it cannot be one."""
        if number < self.small[0]:
            number *= self.small[1]
        if number >= self.big:
            number /= 1000
        return round(number, 3) if self.lowest <= number <= self.highest else None


MEASURES = {
    each.kind: each
    for each in (
        Measure(
            PULSE,
            r"""pulse(?:_?rate)? puls heart_?-?(?:rate|beat) r?hr bpm ticker tachy(?:cardi[ac])?
            heart(?!_?burn)""",
            25,
            250,
        ),
        Measure(
            "platelets_10e9_l",
            "pl?at(?:e|el)?let(?:s|te?s)? plts? thrombocytes?",
            0,
            2000,
            big=2000,
        ),
        Measure(
            "neutrophils_10e9_l", "neutro(?:ph|f)il(?:e?s)? neuts? neutros? anc", 0, 50, big=50
        ),
        Measure("haemoglobin_g_l", "ha?e?moglobine? haemaglobin hgb hb", 20, 250, small=(25, 10)),
        Measure("creatinine_umol_l", "creatinine? creat", 10, 3000, small=(20, 88.4)),
        Measure("tsh_miu_l", "tsh", 0, 500),
        Measure("alt_u_l", "al[ae]?t sgpt alanine_(?:amino)?transaminase", 1, 30000),
    )
}
STEMS = words_of(
    """let plt thromb neut anc globin hgb hb creat tsh alt alat alet sgpt alanin puls heart hr bpm
    ticker tachy watch fitbit garmin beat b/min"""
)
# A watch tells a pulse where a heart is spoken of, or by itself when it is high.
_WATCH = r"(?:apple|smart|my|the|his|her|me)[ -]?watch|fitbit|garmin|heart monitor"
NAMES = "|".join(any_of(each.names) for each in MEASURES.values())
NAME = re.compile(
    rf"\b(?:(?P<watch>{_WATCH})|"
    + "|".join(f"(?P<{each.kind}>{any_of(each.names)})" for each in MEASURES.values())
    + r")\b"
)
HEART = re.compile(r"\b(?:heart|pulse|ticker|palpitations?|bpm|beats?|tachy[a-z]*)\b")
SURELY_A_PULSE = 100

TIMES = {"k": 1e3, "thousand": 1e3, "lakh": 1e5, "lakhs": 1e5, "lac": 1e5, "lacs": 1e5}
VALUE = re.compile(
    rf"(?P<value>{NUMBER})(?: ?(?P<times>k\b|thousand|la(?:kh|c)s?))?"
    r"(?P<beats> ?(?:bpm\b|b/min|beats?(?:/| (?:an?|per|every|each|the|to the|in an?|in one) )min))?"
    r"(?P<unit> ?(?:[uµ]mol(?:/l)?|m?i?u/l|g/d?l|x ?10\b\S*|mg/dl|/min|(?:per|an?) (?:litre|min(?:ute)?)))?"
)
YEAR = re.compile(r"(?:19|20)\d\d")
NO_RESULT_AFTER = re.compile(
    r" ?(?:- ?\d|°|º|[.,]\d|"
    + any_of(
        """degrees? degs? [cf] celsius (?:of_)?(?:fever|temp)(?!_?\\d) extra pads? tampons? kids?
        (?:on|by|in|under)_(?:the|my|her|his)_(?:ear|forehead|thermo|strip|arm|tongue)[a-z]*
        spots? bruises patches (?:is|are)_(?:the_)?normal to_\\d+_(?:is|are)_normal"""
    )
    + r"\b)"
)
ON_A_DAY_AT = re.compile(r"\b(?:[a-z]+day|tomorrow|morning|appointment) (?:at|by) $")
# "Gone under a hundred, 89": the number behind a limit counts.
LIMIT = re.compile(r"\b(?:under|below|over|above|less than|more than) $")
EXACT_AFTER = re.compile(rf", (?:at |it's |now )?{NUMBER}(?: now)?\W*$")

STOP = re.compile(
    r"\b"
    + any_of(
        """checked tested testing every attack attacks disease failure murmur murmurs surgery stopped
        temp temps temperature fever degrees pain headache ache hurts severity lost gained weighs
        vomited sick threw puked pads? tampons? infusions? lemtrada course courses round drip
        died aged should supposed i'?m s?he's took take tablets? episodes? risk must ranges? bought cost
        paid next"""
    )
    + r"\b"
)
# What is usual is no value, and neither is what somebody asks for.
USUAL = re.compile(r"\b(?:usually|normally|normal (?:for|is|range)|baseline|should be)\b")
ASKS = re.compile(
    r"\b(?:normal|what (?:should|is a)|what|how (?:high|low|many|much)|too (?:high|low)|should)"
    r"(?: my| the| a)? *$|\btoo (?:high|low)\b"
)
WORD = re.compile(r"[a-z']+")
LONGEST_GAP = 75
MOST_WORDS, FEW_WORDS = 9, 5
ASKED_ALONE = re.compile(r"[?:. -]*$")
# "It's been over 110 for hours, my pulse I mean"; "138 on the watch"; "43 platelets".
READ_OFF = re.compile(
    r"\b(?:it|it's|its|at|is|was|been|i'm|says|reads?|over|about|around|counted|hit|to|rate)(?: [a-z]+)? $"
)
BY = re.compile(r"\b(?:on|by|to|from)\b")
DOES = re.compile(
    r"'s\b|\b(?:is|was|going?|racing?|running?|runs?|beats?|beating|pounding|hammering|doing|thumping"
    r"|banging|hits?|hitting|flying|galloping|pumping|rate)\b"
)
RIGHT_BEHIND = re.compile(
    r" *(?:(?:for|is|was|as|on|by|according to|from|with|resting|the|my|his|her|a)[ ]+){0,3}$"
)
A_NUMBER_OF_ITS_OWN = re.compile(r"(?: count| rate)?(?:'s)?[ :=]*(?:(?:is|was|at|of|are) )*\d")


@dataclass(slots=True)
class _Told:
    """What the last name tells: where it or its last number ends, and its numbers so far."""

    name: re.Match[str]
    end: int
    numbers: list[float]
    is_new: bool = True

    @property
    def kind(self) -> str:
        return _kind(self.name)


def _kind(name: re.Match[str]) -> str:
    return PULSE if name["watch"] else str(name.lastgroup)


def readings(said: Said) -> Iterator[Detail]:
    """All values near names, in the units of their kinds."""
    if not said.has(STEMS):
        return
    names = deque(NAME.finditer(said.low))
    told: _Told | None = None
    for match in VALUE.finditer(said.low):
        while names and names[0].end() <= match.start():
            name = names.popleft()
            numbers = told.numbers if told and told.kind == _kind(name) else []
            told = _Told(name, name.end(), numbers)
        number = value_of(match["value"]) * TIMES.get(match["times"] or "", 1)
        kind = _kind_of(said, match, number, told, names[0] if names else None)
        value = MEASURES[kind].value(number) if kind else None
        if value is None or said.is_imagined(match.start()):
            continue
        if told and told.kind == kind:
            told.numbers.append(number)
            told.end, told.is_new = match.end(), False
        yield said.detail(kind, value, (match.start(), max(match.end("value"), match.end("times"))))


def _kind_of(
    said: Said,
    match: re.Match[str],
    number: float,
    told: _Told | None,
    following: re.Match[str] | None,
) -> str:
    """The kind that a number is of, by the name before it or the one that follows; empty when of none."""
    if match["beats"]:
        return PULSE
    before, after = said.before(match.start()), said.after(match.end())
    if (
        YEAR.fullmatch(match["value"])
        or UNIT_AFTER.match(after)
        or NO_RESULT_AFTER.match(after)
        or OTHER_BEFORE.search(before)
        or ON_A_DAY_AT.search(before)
        or (LIMIT.search(before) and EXACT_AFTER.match(after))
    ):
        return ""
    if told and _is_of(said, told, match, number):
        return told.kind
    return _kind_behind(said, match, number, following) if following else ""


def _is_of(said: Said, told: _Told, match: re.Match[str], number: float) -> bool:
    """Whether a number is of the name before it."""
    gap = said.low[told.end : match.start()]
    if USUAL.search(gap):
        told.end = match.end()
        return False
    if ASKS.search(said.before(told.name.start(), 30)) or ASKS.search(gap):
        return False
    if len(gap) > LONGEST_GAP or STOP.search(gap) or not _can_be(said, told.name, gap, number):
        return False
    after = said.after(match.end())
    if told.is_new and _is_gap(gap, after):
        return True
    is_alike = number == int(number) or any(each != int(each) for each in told.numbers)
    is_fever = number != int(number) and 35 <= number <= 42
    return is_alike and not is_fever and is_further(gap, after, number, told.numbers)


def _is_gap(gap: str, after: str) -> bool:
    if SENTENCE_END.search(gap) and not ASKED_ALONE.fullmatch(gap):
        return False
    words = WORD.findall(gap)
    most = MOST_WORDS if ALONE_AFTER.match(after) else FEW_WORDS
    return len(words) <= most and not AGED.search(gap)


def _can_be(said: Said, name: re.Match[str], gap: str, number: float) -> bool:
    """Whether a number is one of beats, if it is near a heart or a watch."""
    if _kind(name) != PULSE:
        return True
    if number != int(number):
        return False
    if name["watch"]:
        return number >= SURELY_A_PULSE or bool(HEART.search(said.low))
    # A heart alone is not told from an attack at fifty: it must do something.
    return name[0] != "heart" or number >= SURELY_A_PULSE or bool(DOES.search(gap))


def _kind_behind(said: Said, match: re.Match[str], number: float, name: re.Match[str]) -> str:
    """The kind of the name behind a number, if the number is of it: "43 platelets"."""
    between = said.low[match.end() : name.start()]
    before, kind = said.before(match.start()), _kind(name)
    if A_NUMBER_OF_ITS_OWN.match(said.low, name.end()) or len(between) > LONGEST_GAP:
        return ""
    if STOP.search(before[-25:]) or AGED.search(before) or not _can_be(said, name, "", number):
        return ""
    if RIGHT_BEHIND.fullmatch(between) and name[0] != "heart":
        return kind if not name["watch"] or BY.search(between) else ""
    is_read_off = READ_OFF.search(before) and between.strip()
    is_beats = (
        kind == PULSE and number >= SURELY_A_PULSE and not re.search(r"\d|temp|fever", between)
    )
    return kind if is_beats and is_read_off and not SENTENCE_END.search(between) else ""
