"""How a simulated patient writes: terse, rambling, with typing errors, in a second language, anxious.

Only the manner changes, never what is said; numbers stay as they are.
"""

from __future__ import annotations

import re
from random import Random

MANNERS = ("plain", "terse", "rambling", "typos", "second_language", "carer", "anxious")
AMERICAN = ("US", "CA")
TYPING_ERRORS = 0.16
# A speaker of a language without articles drops most of them.
DROPPED_ARTICLES = 0.7
LONG_ENOUGH = 5
ARTICLE = re.compile(r"\b(the|a|an) ", re.IGNORECASE)
WORD = re.compile(r"[A-Za-z']+")
STARTS = re.compile(r"^(i've got|i have|i've|i'm|there's|there are) ", re.IGNORECASE)
IN_FULL = {
    "i'm": "I am",
    "i've": "I have",
    "it's": "it is",
    "can't": "can not",
    "don't": "do not",
    "doesn't": "is not",
    "there's": "there is",
    "won't": "not",
    "isn't": "is not",
}
AMERICAN_WORDS = {
    "wee": "pee",
    "weeing": "peeing",
    "poo": "poop",
    "loo": "bathroom",
    "diarrhoea": "diarrhea",
    "colour": "color",
    "coloured": "colored",
    "paracetamol": "Tylenol",
    "bloods": "labs",
    "anaemic": "anemic",
    "tummy": "belly",
}


def spoken(text: str, manner: str, region: str, rng: Random) -> str:
    """`text` as somebody of that manner and region writes it."""
    if region in AMERICAN:
        text = WORD.sub(lambda word: AMERICAN_WORDS.get(word[0].lower(), word[0]), text)
    if manner == "terse":
        return STARTS.sub("", text).lower().rstrip(".")
    if manner == "typos":
        return mistyped(text, rng)
    if manner == "second_language":
        return rough(text, rng)
    return text


def mistyped(text: str, rng: Random) -> str:
    """`text` in small letters, one long word in six with a letter lost, doubled or swapped."""
    return WORD.sub(lambda word: _mistyped_word(word[0], rng), text.lower())


def _mistyped_word(word: str, rng: Random) -> str:
    if len(word) < LONG_ENOUGH or rng.random() > TYPING_ERRORS:
        return word
    at = rng.randrange(1, len(word) - 1)
    how = rng.randrange(3)
    if how == 0:
        return word[:at] + word[at + 1 :]
    if how == 1:
        return word[:at] + word[at] + word[at:]
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


def rough(text: str, rng: Random) -> str:
    """`text` with few articles and no contractions."""
    text = ARTICLE.sub(lambda word: "" if rng.random() < DROPPED_ARTICLES else word[0], text)
    return WORD.sub(lambda word: IN_FULL.get(word[0].lower(), word[0]), text)
