"""From a text to the signs and findings whose words it uses. Says nothing about whether they are denied.

A pattern is a row of words, matched by lemma, typing errors forgiven:

    word        that word in any inflection     a|b|c    one of them
    <urine>     a word of that class            ..3      up to three words in between
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
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from bedside.knowledge import Entry, Knowledge

STOPS = (".", ";", "!", "?", ":", ",")
SENSE = "sense of "
# Shorter words have too many neighbours: "cold" is one letter from "bold", "hold" and "old".
SHORTEST_TO_MEND = 5
# Words of this length may have two wrong letters; shorter ones one.
LONG = 8


@dataclass(frozen=True, slots=True)
class Match:
    """The words of one entry in a text, as a token span."""

    entry: str
    span: Span


@dataclass(frozen=True, slots=True)
class Found:
    """All matches in a text, in its order, and the words that were read in another sense."""

    matches: list[Match]
    senses: list[Span]


class Lexicon:
    """All patterns of the knowledge, compiled once."""

    def __init__(self, nlp: Language, knowledge: Knowledge) -> None:
        self._spelling = Spelling(_words_of(knowledge))
        self._matcher = Matcher(nlp.vocab)
        for entry in (*knowledge.signs.values(), *knowledge.findings.values()):
            self._add(entry.id, entry.lexicon, knowledge.words)
            self._add(SENSE + entry.id, entry.senses, knowledge.words)

    def find(self, doc: Doc) -> Found:
        """The longest matches of each entry; what a sense of the same entry covers is none."""
        for token in doc:
            # spaCy's own norm undoes contractions: "ca" "n't" is "can" "not".
            token.norm_ = self._spelling.norm(token.norm_.lower())
        spans: dict[str, list[Span]] = {}
        for key, start, end in self._matcher(doc):
            spans.setdefault(doc.vocab.strings[key], []).append(doc[start:end])
        matches = [
            Match(entry, span)
            for entry, matched in spans.items()
            if not entry.startswith(SENSE)
            for span in _without(filter_spans(matched), spans.get(SENSE + entry, ()))
        ]
        senses = [span for entry in spans if entry.startswith(SENSE) for span in spans[entry]]
        return Found(sorted(matches, key=lambda match: (match.span.start, match.entry)), senses)

    def _add(self, key: str, patterns: Sequence[str], words: Mapping[str, Sequence[str]]) -> None:
        if patterns:
            self._matcher.add(key, [self._compiled(pattern, words) for pattern in patterns])

    def _compiled(
        self, pattern: str, words: Mapping[str, Sequence[str]]
    ) -> list[dict[str, object]]:
        return [self._element(part, words) for part in pattern.split()]

    def _element(self, part: str, words: Mapping[str, Sequence[str]]) -> dict[str, object]:
        gap = re.fullmatch(r"\.\.(\d)", part)
        if gap:
            return {"NORM": {"NOT_IN": list(STOPS)}, "OP": "{0," + gap[1] + "}"}
        return {"NORM": {"IN": [self._spelling.lemma(word) for word in _alternatives(part, words)]}}


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
    entries: list[Entry] = [*knowledge.signs.values(), *knowledge.findings.values()]
    return {
        word
        for entry in entries
        for pattern in entry.lexicon
        for part in pattern.split()
        if not part.startswith("..")
        for word in _alternatives(part, knowledge.words)
    }
