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
NTH = {
    word: float(value)
    for value, words in enumerate(
        words_of("first/1st second/2nd third/3rd fourth/4th fifth/5th sixth/6th seventh/7th"),
        start=1,
    )
    for word in words.split("/")
}
VAGUE = {"couple": 2.0, "few": 3.0, "several": 4.0}
ZEROS = {"zero": 0.0, "oh": 0.0, "o": 0.0, "nought": 0.0}
VALUES = ONES | TEENS | TENS | ZEROS | {"a": 1.0, "an": 1.0, "both": 2.0, "half": 0.5}

_ONE = "|".join(ONES)
_DIGIT = f"(?:{'|'.join(ONES | ZEROS)})"
BELOW_100 = rf"(?:(?:{'|'.join(TENS)})(?:[ -](?:{_ONE}))?|{'|'.join(TEENS)}|{_ONE})"
# "A hundred and two", "hundred and one point four", "one oh two", "one forty-five".
_HUNDRED = rf"(?:(?:{_ONE}|an?) )?hundred(?:(?: and| n| &)? {BELOW_100})?"
_OVER_HUNDRED = rf"one (?:(?:oh|o|zero) (?:{_ONE})|(?:{'|'.join(TENS)})(?:[ -](?:{_ONE}))?)"
_DECIMALS = rf" point {_DIGIT}(?: {_DIGIT}\b){{0,2}}"
# "Thirty-eight five": a temperature is said without its point, too.
_NO_POINT = (
    rf"(?:thirty|fou?rty)[ -](?:{_ONE}) (?:{_ONE})(?!\w| (?:day|hour|week|time|min|pad)s?\b)"
)
_SPELLED = (
    rf"(?:(?:{_OVER_HUNDRED}|{_HUNDRED}|{BELOW_100}|{_DIGIT})(?:{_DECIMALS})|point {_DIGIT}(?: {_DIGIT}\b)?"
    rf"|{_NO_POINT}|{_OVER_HUNDRED}|{_HUNDRED}|{BELOW_100})"
)
_FIGURES = r"(?<![\w/])(?<!\d[.,])\d{1,6}(?:[.,]\d{1,3}| point \d)?(?![\d]|[.,]\d)"
HALF = r"(?: ?½| 1/2(?!\d)| and (?:a )?half\b)"
# A number, with "and a half" where it has one. Compile with lower case text.
NUMBER = rf"(?:(?:{_FIGURES}|\b{_SPELLED}\b){HALF}?)"
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
    whole, _, decimals = words.partition("point ")
    no_point = re.fullmatch(_NO_POINT, words)
    if no_point:
        whole, _, decimals = words.rpartition(" ")
    total = 0.0
    for word in re.split(r"[ -]", whole):
        value = VALUES.get(word, 0.0)
        if word == "hundred" or (total == 1 and (value >= 20 or word in ZEROS)):
            total = (total or 1) * 100  # "one oh two", "one forty"
        total += value
    fraction = sum(
        VALUES[word] * 0.1**place for place, word in enumerate(decimals.split(), start=1)
    )
    return round(total + fraction, 3)
