"""How many weeks somebody is pregnant: "16 wks pregnant", "nine weeks gone", "I am six weeks" near a test."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bedside.language.measures.numbers import BELOW_100, NUMBER, value_of
from bedside.language.measures.said import Anchor, Said
from bedside.language.measures.words import any_of
from bedside.model import Detail

WEEKS_OF_A_MONTH = 4.345
LONGEST = 45

_WEEKS = (
    rf"(?P<value>{NUMBER})(?:\+\d)?[ -]?(?P<unit>weeks?|wks?|w|months?)\b"
    rf"(?: (?:and|\+|&) (?:\d|{BELOW_100}) days?\b)?"
)
# These need no other word of pregnancy.
PREGNANT_FOR = re.compile(
    rf"{_WEEKS} ?"
    + any_of(
        """pregn[ae]nt pregn?e?rs preggo preg gone along gestation(?:al)? up_the_duff pregnancy
        (?:in|into)_(?:(?:my|the|this)_)?pregnancy expecting with_child"""
    )
    + r"\b"
)
# Words that tell of a pregnancy, in any sentence of the text.
PREGNANT = re.compile(
    any_of(
        """pregn pregg pink_lines second_line on_the_stick expecting positive_(?:pregnancy_)?test
        (?:two|2)_(?:(?:pink|blue|strong|faint|clear|red)_)?lines due_date midwife late_period
        test(?:ed)?_(?:(?:is|was|came|has|says|turned|shows)_)?(?:(?:back|up)_)?(?:positive|two|2)
        missed_(?:(?:my|a)_)?period \\bbfp\\b clear_?blue up_the_duff bun_in_the_oven with_child
        baby_on_the_way family_way knocked_up"""
    )
)
_ABOUT = any_of("about now maybe only just around already nearly almost roughly probably")
_BE = any_of("i'?m i_am be she'?s she_is makes_(?:me|it) puts_me_at am at")
_NOT_AGO = r"(?! (?:after|ago|late|since|post|of|off|before)\b)"
NEAR_PREGNANT = (
    re.compile(
        r"\b(?:pregnan(?:t|cy)|preggers|expecting|pg|oven)[ ,:(-]*"
        rf"(?:(?:at|for|since|is|i think|i'?m|with (?:twins|my \w+)|{_ABOUT}) )*{_WEEKS}{_NOT_AGO}"
    ),
    re.compile(rf"\b(?:{_BE}|{_ABOUT})(?: {_ABOUT})* {_WEEKS}{_NOT_AGO}"),
    re.compile(
        rf"{_WEEKS},? (?:or so )?"
        r"(?:by|according|going by|i think|i reckon|based|today|tomorrow|on [a-z]+day)\b"
    ),
    re.compile(rf"\bweek (?P<value>{NUMBER}) (?:of|in|into) (?:my |the |this )?(?P<unit>)pregnan"),
)
ELSE_BEFORE = re.compile(r"\b(?:for|since|last|past|in|over|been|late|sick|vomit[a-z]*) $")
UNITS: tuple[Anchor, ...] = ("week", "wk", "month", re.compile(r"\dw\b"))


def pregnancies(said: Said) -> Iterator[Detail]:
    seen: set[int] = set()
    near = NEAR_PREGNANT if PREGNANT.search(said.low) else ()
    for pattern in (PREGNANT_FOR, *near):
        for match in said.around(UNITS, pattern, 60, 40):
            start = match.start("value")
            weeks = value_of(match["value"])
            weeks *= WEEKS_OF_A_MONTH if match["unit"].startswith("m") else 1
            is_else = ELSE_BEFORE.search(said.before(match.start()))
            if start in seen or is_else or not 1 <= weeks <= LONGEST:
                continue
            seen.add(start)
            yield said.detail("weeks_pregnant", round(weeks, 1), (start, match.end()))
