"""Trains the heads on annotated messages. Deterministic: the same examples give the same heads."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.linear_model import SGDClassifier
from spacy.language import Language

from bedside.language import features
from bedside.language.assertion import AssertionFinder
from bedside.language.classifier import NOTHING, Classifier, Head
from bedside.language.clauses import clauses
from bedside.language.encoder import Encoder, Pieces, Vectors
from bedside.language.features import Place, Vocabulary
from bedside.language.nlp import read
from bedside.language.weighing import Thresholds
from bedside.model import Assertion

# Shorter clauses say too little to teach what speaks of no sign.
SHORTEST_CLAUSE = 9
THREADS = 2
EPOCHS = {"signs": 4, "assertions": 10, "intents": 4}
# Strength of the regularisation, chosen on the development half of bench/cases/language/.
ALPHA = {"signs": 1e-5, "assertions": 1e-4, "intents": 1e-5}


@dataclass(frozen=True, slots=True)
class Span:
    """Words that speak of a sign, and how it is meant, if somebody has said so."""

    sign: str
    place: Place
    assertion: Assertion | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """An annotated message."""

    text: str
    intent: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Encoded:
    """An annotated message with the vectors of its word pieces."""

    example: Example
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of text to learn from, with its vector and all that it speaks of."""

    text: str
    vector: Vectors
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Terms:
    """The vocabularies of the sign and intent heads."""

    letters: Vocabulary
    words: Vocabulary


def train(
    encoder: Encoder,
    examples: Iterable[Example],
    nlp: Language,
    finder: AssertionFinder,
    thresholds: Thresholds,
) -> Classifier:
    """Heads for all signs, assertions and intents that `examples` name."""
    known = encoded(encoder, examples)
    terms, signs = train_signs(known, nlp)
    around, assertions = _train_assertions(known, nlp, finder)
    return Classifier(
        terms.letters,
        terms.words,
        around,
        signs,
        assertions,
        train_intents(known, terms),
        thresholds,
    )


def encoded(encoder: Encoder, examples: Iterable[Example]) -> list[Encoded]:
    """The examples with their vectors; onnxruntime leaves Python's lock, so threads help."""
    known = list(examples)
    with ThreadPoolExecutor(THREADS) as pool:
        pieces = pool.map(encoder.pieces, (example.text for example in known))
        return [Encoded(*both) for both in zip(known, pieces, strict=True)]


def train_signs(known: Iterable[Encoded], nlp: Language) -> tuple[Terms, Head]:
    """The sign heads, and the vocabularies that their rows are made by."""
    units = [unit for each in known for unit in _units(each, nlp)]
    terms = Terms(Vocabulary("letters"), Vocabulary("words"))
    lower = [features.plain(unit.text) for unit in units]
    vectors = np.stack([unit.vector for unit in units])
    rows = features.Rows((terms.letters.fit(lower), terms.words.fit(lower)), vectors)
    return terms, _head("signs", rows.matrix(), [unit.labels for unit in units])


def _units(known: Encoded, nlp: Language) -> Iterator[Unit]:
    """The whole message, each marked span and each clause, once each, with the signs marked there."""
    example = known.example
    whole = Place(0, len(example.text))
    parts = [Place(each.start_char, each.end_char) for each in clauses(read(nlp, example.text))]
    long_enough = [each for each in parts if each.end - each.start >= SHORTEST_CLAUSE]
    seen = set()
    for place in (whole, *(span.place for span in example.spans), *long_enough):
        text = example.text[place.start : place.end]
        if (bare := text.strip(" .,;:!?")) not in seen:
            seen.add(bare)
            signs = {span.sign for span in example.spans if span.place.overlaps(place)}
            vector = known.pieces.mean(place.start, place.end)
            yield Unit(text, vector, frozenset(signs or {NOTHING}))


def train_intents(known: Sequence[Encoded], terms: Terms) -> Head:
    """The heads that tell what a message wants, on the vocabularies of the sign heads."""
    texts = [each.example.text for each in known]
    whole = np.stack([each.pieces.mean() for each in known])
    rows = features.of_texts(terms.letters, terms.words, texts, whole)
    return _head("intents", rows.matrix(), [frozenset({each.example.intent}) for each in known])


@dataclass(frozen=True, slots=True)
class Told:
    """A sign in a message, ConText's opinion of it, and how it is meant, if somebody has said so."""

    known: Encoded
    place: Place
    opinion: Assertion
    meant: Assertion | None


def _train_assertions(
    known: Sequence[Encoded], nlp: Language, finder: AssertionFinder
) -> tuple[Vocabulary, Head]:
    """The assertion head, learned from the spans whose assertion somebody has said, and then again with
    plain statements beside them: those that were written of collections of cues are full of cues."""
    told = [each for message in known for each in _told(message, nlp, finder)]
    said = [each for each in told if each.meant is not None]
    around, head = _fitted(said)
    return _fitted([*said, *_plain_statements(told, around, head)[: len(said) // 2]])


def _plain_statements(told: Sequence[Told], around: Vocabulary, head: Head) -> list[Told]:
    """Spans that nobody said the assertion of, and both ConText and `head` take as present, well mixed."""
    unsaid = [each for each in told if each.meant is None and each.opinion is Assertion.PRESENT]
    unsaid.sort(key=lambda each: zlib.crc32(each.known.example.text.encode()))
    present = head.classes.index(Assertion.PRESENT.value) if unsaid else 0
    return [
        replace(each, meant=Assertion.PRESENT)
        for each in unsaid
        if int(head.probabilities(_row(each, around)).argmax()) == present
    ]


def _fitted(told: Sequence[Told]) -> tuple[Vocabulary, Head]:
    around = Vocabulary("around")
    around.fit(
        [features.words_around(each.known.example.text, each.place, each.opinion) for each in told]
    )
    rows = features.stacked([_row(each, around) for each in told])
    meant = [frozenset({each.meant.value}) for each in told if each.meant]
    return around, _head("assertions", rows, meant)


def _row(told: Told, around: Vocabulary) -> features.Rows:
    text, pieces = told.known.example.text, told.known.pieces
    return features.of_mentions(around, text, pieces, [(told.place, told.opinion)])


def _told(known: Encoded, nlp: Language, finder: AssertionFinder) -> Iterator[Told]:
    spans = known.example.spans
    if not spans:
        return
    doc = read(nlp, known.example.text)
    tokens = [
        doc.char_span(span.place.start, span.place.end, alignment_mode="expand") for span in spans
    ]
    found = [(s, t) for s, t in zip(spans, tokens, strict=True) if t is not None]
    judged = finder.judge(doc, [token for _, token in found])
    for (span, _), (opinion, _) in zip(found, judged, strict=True):
        yield Told(known, span.place, opinion, span.assertion)


def _head(name: str, rows: Any, labels: Sequence[frozenset[str]]) -> Head:
    """One logistic regression a class: a row may have several labels. They leave Python's lock."""
    classes = sorted(frozenset().union(*labels))
    rows = rows.astype(np.float64)

    def fitted(name_of_class: str) -> Any:
        one = SGDClassifier(
            loss="log_loss", alpha=ALPHA[name], max_iter=EPOCHS[name], tol=None, random_state=0
        )
        return one.fit(rows, [name_of_class in each for each in labels])

    with ThreadPoolExecutor(THREADS) as pool:
        heads = list(pool.map(fitted, classes))
    return Head(
        tuple(classes),
        np.ascontiguousarray(np.vstack([each.coef_ for each in heads]).T, np.float16),
        np.concatenate([each.intercept_ for each in heads]).astype(np.float32),
    )
