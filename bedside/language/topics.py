"""Which of the questions that the documents answer a message asks, if any. Pure.

Two things must speak for a question: that its words mean the same (the sentence encoder's vectors), and that
most of the message's rarer words are words of that question. A wrong answer is worse than the general one, so
the thresholds are high: bench/cases/topics.txt has the questions they were chosen and measured by.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import log

import numpy as np
from spacy.tokens import Doc

from bedside.knowledge import FaqEntry
from bedside.language.encoder import Encoder, Pieces, Vectors
from bedside.language.features import Place

# Intents of a message that the documents may answer.
ASKS = frozenset(
    {
        "ask_about_lemtrada",
        "ask_about_vaccine",
        "ask_about_pregnancy",
        "ask_about_test",
        "ask_about_medicine",
    }
)
# A sentence of fewer words, in a message that says more, asks about what stands around it.
FEWEST_WORDS = 4
# How much the shared words count beside the meaning, which goes to 1 as they do.
WORDS_COUNT = 0.6
# The least that speaks for a question, and how much more than for any other.
ENOUGH = 0.96
AHEAD = 0.03
# A word of so few questions tells of one of them; without any, the meaning alone must be as near as that.
RARE = 3
ALIKE = 0.9
# Every question is about it, so its name tells nothing.
DRUG = re.compile(r"\b(?:lemtrada|alemtuzumab)\b", re.IGNORECASE)
WORD = re.compile(r"[a-z]{2,}")
ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "es", "ed", "s", "y", "e")
SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """The ways to ask one question, as vectors; `topic` is None for those that no entry answers."""

    topic: str | None
    vectors: Vectors
    words: frozenset[str]


def may_ask(text: str, intent: str) -> bool:
    """Whether the message may ask about Lemtrada, perhaps beside a report."""
    return intent in ASKS or ("?" in text and DRUG.search(text) is not None)


class TopicFinder:
    """Finds the entry of the knowledge's questions that answers a message. `meanings` are those of
    `meanings_of`; ValueError when they are of other questions."""

    def __init__(self, faq: Mapping[str, FaqEntry], meanings: Vectors) -> None:
        self._asked = tuple(_asked(faq.values(), meanings))
        known = Counter(word for each in self._asked if each.topic for word in each.words)
        self._entries = len(faq)
        self._known = known

    def find(self, doc: Doc, pieces: Pieces, intent: str) -> str | None:
        """The question that the message asks as a whole or in a sentence of it; None when it surely asks
        none of them."""
        found = [self._found(doc.text, pieces, place) for place in _places(doc, intent)]
        _, topic = max(found, default=(0.0, ""))
        return topic or None

    def _found(self, text: str, pieces: Pieces, place: Place) -> tuple[float, str]:
        """How much speaks for the likeliest question, and which it is, or an empty name."""
        vector = _meaning(text, pieces, place)
        words = stems(text[place.start : place.end])
        weights = {word: log((self._entries + 1) / self._known.get(word, 0.5)) for word in words}
        whole = sum(weights.values()) or 1.0
        alike = [float((asked.vectors @ vector).max()) for asked in self._asked]
        shared = [sum(weights[word] for word in words & each.words) / whole for each in self._asked]
        for_each = np.asarray(alike) + WORDS_COUNT * np.asarray(shared)
        second, first = np.argsort(for_each)[-2:]
        asked, most = self._asked[first], float(for_each[first])
        told = any(0 < self._known[word] <= RARE for word in words & asked.words)
        is_sure = most >= ENOUGH and most - for_each[second] >= AHEAD
        if asked.topic and is_sure and (told or alike[first] >= ALIKE):
            return most, asked.topic
        return 0.0, ""


def _places(doc: Doc, intent: str) -> Iterator[Place]:
    """Where a question may stand: the whole message, if that is what it wants, and the sentences that ask.
    In a report only a sentence with the drug's name asks about it: "fever? none" does not."""
    if intent in ASKS:
        yield Place(0, len(doc.text))
    for sentence in doc.sents:
        asks = "?" in sentence.text and sum(token.is_alpha for token in sentence) >= FEWEST_WORDS
        if asks and (intent in ASKS or DRUG.search(sentence.text)):
            yield Place(sentence.start_char, sentence.end_char)


def stems(text: str) -> frozenset[str]:
    """The words of `text` without the drug's name and without their endings.

    >>> sorted(stems("Is Lemtrada tested monthly?"))
    ['is', 'monthl', 'test']
    """
    plain = DRUG.sub(" ", text.lower()).replace("\u2019", "").replace("'", "")
    return frozenset(map(_stem, WORD.findall(plain)))


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def meanings_of(faq: Mapping[str, FaqEntry], encoder: Encoder) -> Vectors:
    """What each way to ask means, (ways, 384), which takes a second to find out."""
    ways = (way for entry in faq.values() for way in (*entry.asks, *entry.unlike))
    return np.stack([_meaning(way, encoder.pieces(way), Place(0, len(way))) for way in ways])


def _asked(entries: Iterable[FaqEntry], meanings: Vectors) -> Iterable[Asked]:
    at = 0
    for entry in entries:
        end, after = at + len(entry.asks), at + len(entry.asks) + len(entry.unlike)
        words = frozenset[str]().union(*map(stems, entry.asks))
        yield Asked(entry.id, meanings[at:end], words)
        if entry.unlike:
            others = words.union(*map(stems, entry.unlike))
            yield Asked(None, meanings[end:after], others)
        at = after
    if at != len(meanings):
        raise ValueError(f"there are {at} ways to ask, and the meanings of {len(meanings)}")


def _meaning(text: str, pieces: Pieces, place: Place) -> Vectors:
    """The unit vector of the pieces of a stretch, less the drug's name; zeros when none are left."""
    inside = (pieces.starts < place.end) & (pieces.ends > place.start)
    for name in DRUG.finditer(text, place.start, place.end):
        inside &= (pieces.starts >= name.end()) | (pieces.ends <= name.start())
    mean = pieces.vectors[inside].sum(axis=0)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length if length else mean, dtype=np.float32)
