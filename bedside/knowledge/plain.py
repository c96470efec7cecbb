"""Words as they are compared across spellings: without capitals, accents, and marks that people leave out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

APOSTROPHES = "'`\u00b4\u2018\u2019\u02bc"
# Zero-width joiners, the line that lengthens an Arabic word, and the nasal marks of Indian scripts.
LEFT_OUT = "\u200c\u200d\u0640\u0901\u0902\u0981\u0a01\u0a02\u0a70\u0a71"
# Letters with a stroke or without a dot; then yeh, kaf, heh and noon, in which Arabic keyboards differ.
ALIKE = str.maketrans(
    "łđı\u064a\u0649\u0643\u06c1\u06be\u0629\u06c3\u06ba",
    "ldi\u06cc\u06cc\u06a9\u0647\u0647\u0647\u0647\u0646",
    APOSTROPHES + LEFT_OUT,
)
# An ideograph; or letters and digits, with the vowel signs of Arabic and Indian scripts and what is left out.
WORD = re.compile(
    r"[\u3400-\u9fff]|(?:[^\W_\u3400-\u9fff]|[\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0963"
    rf"\u0981-\u09fe\u0a01-\u0a75{APOSTROPHES}{LEFT_OUT}])+"
)


class PlainWord(NamedTuple):
    """A word in plain letters, and where it stands in the text as written."""

    plain: str
    start: int
    end: int


def plain_words(text: str) -> Iterator[PlainWord]:
    """The words of `text`, of which an ideograph is one.

    >>> [word.plain for word in plain_words("J'étouffe, İNFARKTÜS! 胸痛")]
    ['jetouffe', 'infarktus', '胸', '痛']
    """
    for found in WORD.finditer(text):
        word = plain(found[0])
        if word:
            yield PlainWord(word, *found.span())


@lru_cache(maxsize=10_000)
def plain(word: str) -> str:
    """One word in plain letters; empty when nothing of it is left."""
    parts = unicodedata.normalize("NFD", word.casefold())
    # An accent has a combining class; the vowel signs of Indian scripts, which tell words apart, have none.
    return "".join(each for each in parts if not unicodedata.combining(each)).translate(ALIKE)
