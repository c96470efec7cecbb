"""Numbers in figures and in words: "41,000", "38,9", "7 and a half", "a hundred and two", "couple of"."""

from __future__ import annotations

import re

from bedside.language.measures.words import words_of

ONES = {
    word: float(value)
    for value, word in enumerate(words_of("one two three four five six seven eight nine"), start=1)
}
TEENS = {
    word: float(value)
    for value, word in enumerate(
        words_of("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"),
        start=10,
    )
}
TENS = {
    word: value * 10.0
    for value, word in enumerate(
        words_of("twenty thirty forty fifty sixty seventy eighty ninety"), start=2
    )
} | {"fourty": 40.0}
VAGUE = {"couple": 2.0, "few": 3.0, "several": 4.0}
ZEROS = {"zero": 0.0, "oh": 0.0, "o": 0.0, "nought": 0.0}
VALUES = ONES | TEENS | TENS | ZEROS | {"a": 1.0, "an": 1.0, "both": 2.0, "half": 0.5}

_ONE = "|".join(ONES)
_DIGIT = f"(?:{'|'.join(ONES | ZEROS)})"
BELOW_100 = rf"(?:(?:{'|'.join(TENS)})(?:[ -](?:{_ONE}))?|{'|'.join(TEENS)}|{_ONE})"
# "A hundred and two", "hundred and one point four", "one oh two".
_HUNDRED = rf"(?:(?:{_ONE}|an?) )?hundred(?:(?: and| n| &)? {BELOW_100})?"
_SPELLED = rf"(?:one (?:oh|o|zero) (?:{_ONE})|{_HUNDRED}|{BELOW_100})(?: point {_DIGIT})?"
_FIGURES = r"(?<![\w/])(?<!\d[.,])\d{1,6}(?:[.,]\d{1,3}| point \d)?(?![\d]|[.,]\d)"
HALF = r"(?: ?½| 1/2(?!\d)| and (?:a )?half\b)"
# A number, with "and a half" where it has one. Compile with lower case text.
NUMBER = rf"(?:(?:{_FIGURES}|\b{_SPELLED}\b){HALF}?)"
FIGURES = rf"(?:{_FIGURES})"
COUNT = rf"(?:{NUMBER}|\b(?:a )?(?:couple(?: of)?|few|several)\b)"

_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")
_HALF = re.compile(rf"{HALF}$")


def value_of(words: str) -> float:
    """The value of what `NUMBER` or `COUNT` matched.

    >>> value_of("41,000"), value_of("38,9"), value_of("7 and a half"), value_of("a hundred and two")
    (41000.0, 38.9, 7.5, 102.0)
    """
    half = _HALF.search(words)
    if half:
        return value_of(words[: half.start()]) + 0.5
    if words[0].isdigit():
        plain = words.replace(" point ", ".").replace(
            ",", "" if _THOUSANDS.fullmatch(words) else "."
        )
        return float(plain)
    vague = [VAGUE[word] for word in words.split() if word in VAGUE]
    return vague[0] if vague else _spelled(words)


def _spelled(words: str) -> float:
    whole, _, decimal = words.partition(" point ")
    total = 0.0
    for word in re.split(r"[ -]", whole):
        if word == "hundred":
            total = (total or 1) * 100
        elif word in ("oh", "o", "zero") and total:
            total *= 100  # "one oh two"
        else:
            total += VALUES.get(word, 0.0)
    return round(total + VALUES[decimal] / 10, 1) if decimal else total
