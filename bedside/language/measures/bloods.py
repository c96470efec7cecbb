"""Results of blood tests: platelets, neutrophils, haemoglobin, creatinine, TSH, ALT.

Each is a name and then, with few words between, its number. American units are told by their size: no living
body has a haemoglobin of 8 g/l or a creatinine of 2 µmol/l.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bedside.language.measures.numbers import FIGURES, NUMBER, value_of
from bedside.language.measures.said import Said
from bedside.language.measures.words import any_of, words_of
from bedside.model import Detail


@dataclass(frozen=True, slots=True)
class Test:
    """A blood test: its names, the values it can have, and what to multiply a number by that is less than the
    first, or at least the second, of the limits."""

    kind: str
    names: str
    lowest: float
    highest: float
    small: tuple[float, float] = (0, 1)
    big: tuple[float, float] = (float("inf"), 1)

    def value(self, number: float) -> float | None:
        """The value in the unit of the kind; none when it cannot be one."""
        if number < self.small[0]:
            number *= self.small[1]
        if number >= self.big[0]:
            number *= self.big[1]
        return round(number, 3) if self.lowest <= number <= self.highest else None


TESTS = {
    test.kind: test
    for test in (
        Test(
            "platelets_10e9_l",
            "pl?at(?:e|el)?let(?:s|te?s)? plts? thrombocytes?",
            0,
            2000,
            big=(2000, 0.001),
        ),
        Test(
            "neutrophils_10e9_l",
            "neutro(?:ph|f)il(?:e?s)? neuts? neutros? anc",
            0,
            50,
            big=(50, 0.001),
        ),
        Test("haemoglobin_g_l", "ha?e?moglobine? haemaglobin hgb hb", 20, 250, small=(25, 10)),
        Test("creatinine_umol_l", "creatinine? creat", 10, 3000, small=(20, 88.4)),
        Test("tsh_miu_l", "tsh", 0, 500),
        Test("alt_u_l", "al[ae]?t sgpt alanine_(?:amino)?transaminase", 1, 30000),
    )
}
STEMS = words_of("let plt thromb neut anc globin hgb hb creat tsh alt alat alet sgpt alanin")

_NAMES = "|".join(f"(?P<{test.kind}>{any_of(test.names)})" for test in TESTS.values())
NAME = re.compile(rf"\b(?:{_NAMES})\b")
_TIMES = r"(?: ?(?P<times>k\b|thousand|la(?:kh|c)s?))?"
TIMES = {"k": 1e3, "thousand": 1e3, "lakh": 1e5, "lakhs": 1e5, "lac": 1e5, "lacs": 1e5}
VALUE = re.compile(rf"(?P<value>{NUMBER}){_TIMES}")
VALUE_BEFORE = re.compile(rf"(?P<value>{FIGURES}){_TIMES} (?:for (?:the |my )?)?$")
# Words that may stand between a name and its number.
_BETWEEN = any_of(
    """is are was were came come coming back at of only just now down up to the counts? levels?
    results? reading about around under over below above less than more gone? went goin going
    dropp?(?:ed|ing) fell fall(?:en|ing) ha(?:s|ve|d) been jumped ris(?:en|ing) rose low high very
    too really an? as by show(?:s|ing)? sa(?:ys?|id) today this morning yesterday last week which it
    it's its they that reads measured sat sitting hovering crashed plummeted shot bad still
    currently roughly approx(?:imately)? nearly almost maybe like on report sheet bloods? tests? in
    my me value through roof tanked doubled dipped slipped lower higher raised elevated climbed
    crept hit and apparently got gets? getting being abnormal flagged marked red reported stands?
    well again [a-z]+day do reached barely hardly even so absolute serum equals? numbers? figures?
    lab for not normal worse better all then also with scarily dangerously quite pretty slightly
    critical(?:ly)?"""
)
GAP = re.compile(rf"(?:[ ,:=<>~()\[\]*-]*(?:{_BETWEEN}\b)?){{0,9}}[ ,:=<>~(\[*-]*$")
FROM_TO = re.compile(rf"\bfrom {NUMBER} ?(?:k\b|thousand)?[a-z ,]{{0,25}}?\bto ")
# What shows that a number is a date, an age, a normal range or how often.
NO_RESULT_AFTER = re.compile(
    r" ?(?:[%×]|x\b(?! ?10)|(?:st|nd|rd|th|[ap]\.?m)\b|[/:]\d|- ?\d|(?:more |or \d |to \d )?"
    + any_of(
        """min hour hr day week wk month year yr times points? tests? checks? per_?cent jan feb mar
        apr may jun jul aug sep oct nov dec degrees"""
    )
    + ")"
)
YEAR = re.compile(r"(?:19|20)\d\d")


def bloods(said: Said) -> Iterator[Detail]:
    """All results in a text, in the units of their kinds."""
    for name in said.around(STEMS, NAME, 8, 25):
        kind = str(name.lastgroup)
        match, offset = _after(said, name) or _before(said, name) or (None, 0)
        if match is None:
            continue
        number = value_of(match["value"]) * TIMES.get(match["times"] or "", 1)
        value = TESTS[kind].value(number)
        if value is not None:
            yield said.detail(kind, value, (offset + match.start(), offset + match.end()))


def _after(said: Said, name: re.Match[str]) -> tuple[re.Match[str], int] | None:
    """The number behind a name: of "from 200 to 45" the latter."""
    window = said.after(name.end(), 70)
    moved = FROM_TO.search(window)
    start = moved.end() if moved and _is_gap(window[: moved.start()]) else 0
    for match in VALUE.finditer(window, start):
        if YEAR.fullmatch(match["value"]) or NO_RESULT_AFTER.match(window, match.end()):
            continue
        if start or _is_gap(window[: match.start()]):
            return match, name.end()
        return None
    return None


def _is_gap(words: str) -> bool:
    return bool(GAP.match(words))


def _before(said: Said, name: re.Match[str]) -> tuple[re.Match[str], int] | None:
    """The number in front of a name: "43 platelets"."""
    before = said.before(name.start(), 20)
    match = VALUE_BEFORE.search(before)
    if match is None or NO_RESULT_AFTER.match(said.after(name.end())):
        return None
    return match, name.start() - len(before)
