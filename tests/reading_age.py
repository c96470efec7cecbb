"""How hard a text is to read: the Flesch-Kincaid grade, with syllables counted by their vowels."""

from __future__ import annotations

import re

SENTENCE_ENDS = re.compile(r"[.!?]+(?=\s|$)|\n")
WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?", re.IGNORECASE)
SILENT_END = re.compile(r"(?<=[a-z])(?:e|es|ed)$")
SOUNDED_END = re.compile(r"(?:[^aeiouy]le|[td]ed|(?:s|x|z|ch|sh|g|c)es)$")


def grade(text: str) -> float:
    """The school year in which `text` can be read; a reading age is about five years more.

    >>> grade("Call now: 999. Do not drive yourself.") < 3
    True
    """
    sentences = [each for each in SENTENCE_ENDS.split(text) if WORD.search(each)]
    words = WORD.findall(text)
    syllables = sum(map(syllables_of, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def syllables_of(word: str) -> int:
    """How many syllables the word has, about.

    >>> [syllables_of(each) for each in ("team", "number", "tired", "infusion", "headache")]
    [1, 2, 1, 3, 2]
    """
    low = word.lower()
    if not SOUNDED_END.search(low):
        low = SILENT_END.sub("", low)
    return max(1, len(re.findall(r"[aeiouy]+", low)))
