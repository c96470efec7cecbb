"""What the trained heads see of a text: rows of numbers from its letters, its words and its meaning.

A row is sparse: TF-IDF of letter and word n-grams, which bear typing errors and rare words, beside vectors of
the sentence encoder, which know what words mean. Measured, each finds signs that the other overlooks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from bedside.language.encoder import Pieces, Vectors
from bedside.model import Assertion

WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[^\w\s]")
# How many words to each side of a sign tell whether it is denied, past or somebody else's.
AROUND = 10
NEAR = 7
NEXT = 4
# The encoder's vectors have length 1; beside the n-grams of an assertion they weigh half.
ASSERTION_VECTORS = 0.5
# An n-gram that is in fewer texts teaches nothing, when there are many texts.
FEWEST = {"letters": 4, "words": 3, "around": 2}
MANY_TEXTS = 1000


@dataclass(frozen=True, slots=True)
class Rows:
    """What is seen of some texts, one row each: sparse n-grams side by side, then dense vectors."""

    sparse_parts: tuple[Any, ...]
    vectors: Vectors

    def times(self, weights: npt.NDArray[np.float16]) -> Vectors:
        """The rows multiplied by `weights`, (features, classes). A row has a few hundred features of a
        hundred thousand, so only their weights are taken."""
        product = np.zeros((len(self.vectors), weights.shape[1]), np.float32)
        at = 0
        for part in self.sparse_parts:
            used = np.unique(part.indices)
            if len(used):
                product += part[:, used] @ weights[at + used].astype(np.float32)
            at += part.shape[1]
        return np.asarray(product + self.vectors @ weights[at:].astype(np.float32), np.float32)

    def matrix(self) -> Any:
        """All as one sparse matrix, to train on."""
        parts = [*self.sparse_parts, sparse.csr_matrix(self.vectors)]
        return sparse.hstack(parts, format="csr")

    def row(self, at: int) -> Rows:
        """One of the rows."""
        return Rows(tuple(part[at] for part in self.sparse_parts), self.vectors[at : at + 1])


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a text."""

    start: int
    end: int

    def overlaps(self, other: Place) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


class Vocabulary:
    """N-grams with the weight of each: `letters` (2 to 5 within words), `words` (1 and 2) or `around`."""

    def __init__(
        self, kind: str, terms: Sequence[str] = (), weights: Vectors | None = None
    ) -> None:
        self.kind = kind
        self._vectorizer = _vectorizer(kind, terms)
        self._terms = list(terms)
        if weights is not None:
            self._vectorizer.idf_ = weights

    def fit(self, texts: Sequence[str]) -> Any:
        """Learn the n-grams of `texts`, once; one sparse row a text."""
        if len(texts) < MANY_TEXTS:
            self._vectorizer.min_df = 1
        rows = self._vectorizer.fit_transform(texts)
        self._terms = [str(term) for term in self._vectorizer.get_feature_names_out()]
        return rows

    @property
    def terms(self) -> list[str]:
        """The n-grams, in the order of their columns."""
        return self._terms

    @property
    def weights(self) -> Vectors:
        return np.asarray(self._vectorizer.idf_, dtype=np.float32)

    def rows(self, texts: Sequence[str]) -> Any:
        """One sparse row a text."""
        return self._vectorizer.transform(texts)


def _vectorizer(kind: str, terms: Sequence[str]) -> TfidfVectorizer:
    given: dict[str, Any] = {"sublinear_tf": True, "dtype": np.float32, "lowercase": False}
    if terms:
        given["vocabulary"] = list(terms)
    else:
        given["min_df"] = FEWEST[kind]
    if kind == "letters":
        return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), **given)
    if kind == "words":
        return TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"[a-z']+", **given)
    return TfidfVectorizer(token_pattern=r"\S+", **given)


def plain(text: str) -> str:
    """`text` as the n-grams see it."""
    return text.lower().replace("\u2019", "'").replace("\u2018", "'")


def of_texts(
    letters: Vocabulary, words: Vocabulary, texts: Sequence[str], vectors: Vectors
) -> Rows:
    """Rows for stretches of text with their vectors: what signs and intents are told by."""
    lower = [plain(text) for text in texts]
    return Rows((letters.rows(lower), words.rows(lower)), vectors)


def of_mentions(
    around: Vocabulary, text: str, pieces: Pieces, told: Sequence[tuple[Place, Assertion]]
) -> Rows:
    """Rows for mentions in a text, each with ConText's opinion: what their assertions are told by."""
    whole = pieces.mean()
    vectors = [
        np.concatenate([pieces.mean(place.start, place.end), whole]) * ASSERTION_VECTORS
        for place, _ in told
    ]
    surroundings = [words_around(text, place, opinion) for place, opinion in told]
    return Rows((around.rows(surroundings),), np.asarray(vectors, np.float32))


def words_around(text: str, place: Place, opinion: Assertion) -> str:
    """The words around a mention, each marked by where it stands, as one text of such marks.

    Such as `L_no` (somewhere before), `l_no` (just before), `R_gone` (after), `S_fever` (its own), `W_mum`
    (anywhere), `C_absent` (ConText's opinion, which counts thrice).
    """
    text = plain(text)
    before = WORD.findall(text[: place.start])[-AROUND:][::-1]
    after = WORD.findall(text[place.end :])[:AROUND]
    everything = WORD.findall(text)
    marks = [f"L_{word}" for word in before] + [f"l_{word}" for word in before[:NEXT]]
    marks += [f"l{at}_{word}" for at, word in enumerate(before[:2])]
    marks += [f"L2_{left}_{right}" for right, left in pairwise(before[:NEAR])]
    marks += [f"R_{word}" for word in after] + [f"r_{word}" for word in after[:NEXT]]
    marks += [f"R2_{left}_{right}" for left, right in pairwise(after[:NEAR])]
    marks += [f"W_{word}" for word in sorted(set(everything))]
    pairs = set(pairwise(everything))
    marks += [f"W2_{left}_{right}" for left, right in sorted(pairs)]
    marks += [f"S_{word}" for word in WORD.findall(text[place.start : place.end])]
    marks += [f"F_{word}" for word in everything[:NEXT]]
    return " ".join([*marks, *[f"C_{opinion.value}"] * 3])


def stacked(rows: Sequence[Rows]) -> Any:
    """Many rows as one sparse matrix, to train on."""
    return sparse.vstack([each.matrix() for each in rows], format="csr")
