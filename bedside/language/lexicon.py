"""From a text to the signs and findings whose words it uses. Says nothing about whether they are denied.

A pattern is a row of words, matched by lemma, typing errors forgiven:

    word        that word in any inflection     a|b|c    one of them
    <urine>     a word of that class            ..3      up to three words in between

What stands in between is no denial, unless the pattern has one of its own: "my chest isn't painful" is
no `chest ..3 painful`, but "the bleeding really won't stop" is `bleed ..2 not stop`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import spacy_lookups_data
import srsly
from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from bedside.knowledge import Knowledge

STOPS = (".", ";", "!", "?", ":", ",")
DENIALS = ("not", "no", "never", "without", "neither", "nor")
SENSE = "sense of "
# Shorter words have too many neighbours: "cold" is one letter from "bold", "hold" and "old".
SHORTEST_TO_MEND = 5
# Words of this length may have two wrong letters; shorter ones one.
LONG = 8


@dataclass(frozen=True, slots=True)
class Match:
    """The words of one entry of the lexicon, a sign or a fact's value, in a text, as a token span."""

    entry: str
    span: Span


@dataclass(frozen=True, slots=True)
class Found:
    """All matches in a text, in its order, and the words that were read in another sense."""

    matches: list[Match]
    senses: list[Span]


@dataclass(frozen=True, slots=True)
class Step:
    """One of `words`; or a gap of up to `gap` words, none of them one of `words`."""

    words: frozenset[str]
    gap: int = 0

    def after(self, norms: Sequence[str], at: Iterable[int]) -> set[int]:
        """The positions behind this step, from any of the positions `at`."""
        if not self.gap:
            return {here + 1 for here in at if here < len(norms) and norms[here] in self.words}
        reached = set(at)
        for here in at:
            for there in range(here, min(here + self.gap, len(norms))):
                if norms[there] in self.words:
                    break
                reached.add(there + 1)
        return reached


@dataclass(frozen=True, slots=True)
class Pattern:
    """The steps of one pattern, and the entry it belongs to."""

    entry: str
    steps: tuple[Step, ...]

    def ends(self, norms: Sequence[str], start: int) -> set[int]:
        """Where the pattern, begun at `start`, can end: the positions after its last word."""
        at = {start}
        for step in self.steps:
            at = step.after(norms, at)
            if not at:
                break
        return at


class Lexicon:
    """All patterns of the knowledge, found by their first word.

    spaCy's Matcher took 15 s to take in 5,400 patterns and 50 ms to read a message with them; this
    takes less than a second and 4 ms (measured on the same busy machine).
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._spelling = Spelling(_words_of(knowledge))
        self._by_first: dict[str, list[Pattern]] = {}
        for id_, entry in knowledge.lexicon.items():
            self._add(id_, entry.patterns, knowledge.words)
            self._add(SENSE + id_, entry.senses, knowledge.words)

    def find(self, doc: Doc) -> Found:
        """The longest matches of each entry; what a sense of the same entry covers is none."""
        for token in doc:
            # spaCy's own norm undoes contractions: "ca" "n't" is "can" "not".
            token.norm_ = self._spelling.norm(token.norm_.lower())
        spans: dict[str, list[Span]] = {}
        for entry, start, end in self._matched([token.norm_ for token in doc]):
            spans.setdefault(entry, []).append(doc[start:end])
        matches = [
            Match(entry, span)
            for entry, matched in spans.items()
            if not entry.startswith(SENSE)
            for span in filter_spans(_without(matched, spans.get(SENSE + entry, ())))
        ]
        senses = [span for entry in spans if entry.startswith(SENSE) for span in spans[entry]]
        return Found(sorted(matches, key=lambda match: (match.span.start, match.entry)), senses)

    def _matched(self, norms: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """Every entry with where its patterns begin and end."""
        for start, norm in enumerate(norms):
            for pattern in self._by_first.get(norm, ()):
                yield from ((pattern.entry, start, end) for end in pattern.ends(norms, start))

    def _add(self, entry: str, patterns: Sequence[str], words: Mapping[str, Sequence[str]]) -> None:
        for each in patterns:
            steps = self._compiled(each, words)
            for first in steps[0].words:
                self._by_first.setdefault(first, []).append(Pattern(entry, steps))

    def _compiled(self, pattern: str, words: Mapping[str, Sequence[str]]) -> tuple[Step, ...]:
        parts = pattern.split()
        denies = any(word in DENIALS for part in parts for word in _alternatives(part, words))
        ends = STOPS if denies else STOPS + DENIALS
        return tuple(self._step(part, words, ends) for part in parts)

    def _step(self, part: str, words: Mapping[str, Sequence[str]], ends: Sequence[str]) -> Step:
        gap = re.fullmatch(r"\.\.(\d)", part)
        if gap:
            return Step(frozenset(ends), gap=int(gap[1]))
        return Step(frozenset(self._spelling.lemma(word) for word in _alternatives(part, words)))


class Spelling:
    """Lemmas of English words, and the lexicon's own words when they are mistyped."""

    def __init__(self, lexicon_words: Iterable[str]) -> None:
        self._lemmas: dict[str, str] = _english("lemma_lookup")
        self._known = set(self._lemmas).union(
            self._lemmas.values(), *_english("lemma_index").values()
        )
        lemmas = {self.lemma(word) for word in lexicon_words}
        inflected = {word for word, lemma in self._lemmas.items() if lemma in lemmas}
        mendable = {word for word in lemmas | inflected if word.isalpha()}
        self._mendable = sorted(word for word in mendable if len(word) >= SHORTEST_TO_MEND)
        self._norms: dict[str, str] = {}

    def lemma(self, word: str) -> str:
        """The lemma of an English word, or the word itself when it is not known."""
        return self._lemmas.get(word, word)

    def norm(self, word: str) -> str:
        """The lemma of `word`, mended first when it is nearly a word of the lexicon."""
        if word not in self._norms:
            if len(self._norms) > 50_000:
                self._norms.clear()
            self._norms[word] = self.lemma(self._mended(_without_drawl(word, self._known)))
        return self._norms[word]

    def _mended(self, word: str) -> str:
        if word in self._known or len(word) < SHORTEST_TO_MEND or not word.isalpha():
            return word
        best = extractOne(
            word, self._mendable, scorer=OSA.distance, score_cutoff=2 if len(word) >= LONG else 1
        )
        return best[0] if best else word


def _english(table: str) -> Any:
    """A table of spaCy's lookup data; loaded by spaCy itself, its keys would be hashes."""
    return srsly.read_gzip_json(f"{spacy_lookups_data.en[table]}.gz")


def _without_drawl(word: str, known: set[str]) -> str:
    """Letters repeated for effect, brought down to a known word: "sooo", "tiiired"."""
    if word in known or not re.search(r"(.)\1\1", word):
        return word
    once, twice = re.sub(r"(.)\1\1+", r"\1", word), re.sub(r"(.)\1\1+", r"\1\1", word)
    return twice if twice in known else once


def _without(spans: Iterable[Span], senses: Iterable[Span]) -> Iterator[Span]:
    taken = [(sense.start, sense.end) for sense in senses]
    for span in spans:
        if not any(start < span.end and span.start < end for start, end in taken):
            yield span


def _alternatives(part: str, words: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for word in part.split("|"):
        if word.startswith("<"):
            yield from words[word.strip("<>")]
        else:
            yield word


def _words_of(knowledge: Knowledge) -> set[str]:
    return {
        word
        for entry in knowledge.lexicon.values()
        for pattern in entry.patterns
        for part in pattern.split()
        if not part.startswith("..")
        for word in _alternatives(part, knowledge.words)
    }
