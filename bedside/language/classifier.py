"""The trained heads: which signs a stretch of text speaks of, how it is meant, and what a message wants.

Each head is a set of logistic regressions on the rows of bedside.language.features. They say how sure they
are; bedside.language.reader decides what is sure enough. Trained by bedside.language.training.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bedside.language import features
from bedside.language.encoder import Pieces, Vectors
from bedside.language.features import Place, Rows, Vocabulary
from bedside.language.weighing import Thresholds
from bedside.model import Assertion

# The class of a stretch of text that speaks of no sign.
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Head:
    """Linear heads for `classes`: `weights` is (features, classes) in half precision, `biases` (classes,)."""

    classes: tuple[str, ...]
    weights: npt.NDArray[np.float16]
    biases: Vectors

    def probabilities(self, rows: Rows) -> Vectors:
        """How sure each class is of each row: (rows, classes), each row adding up to 1."""
        sure = 1 / (1 + np.exp(-(rows.times(self.weights) + self.biases)))
        return np.asarray(sure / sure.sum(axis=1, keepdims=True), np.float32)

    def gains(self, part: Any, name: str, over: str) -> Vectors:
        """How much each n-gram of one row speaks for class `name` and against class `over`."""
        columns = self.weights[part.indices].astype(np.float32)
        for_, against = self.classes.index(name), self.classes.index(over)
        return np.asarray(part.data * (columns[:, for_] - columns[:, against]), np.float32)


@dataclass(frozen=True, slots=True)
class Classifier:
    """All heads with the vocabularies that their rows are made by."""

    letters: Vocabulary
    words: Vocabulary
    around: Vocabulary
    signs: Head
    assertions: Head
    intents: Head
    thresholds: Thresholds

    def of_places(
        self, text: str, pieces: Pieces, places: Sequence[Place]
    ) -> tuple[Vectors, Vectors]:
        """How sure each sign is of each of `places`, (places, signs), and each intent of the whole text,
        (intents,)."""
        texts = [text, *(text[place.start : place.end] for place in places)]
        vectors = np.stack(
            [pieces.mean(), *(pieces.mean(place.start, place.end) for place in places)]
        )
        rows = features.of_texts(self.letters, self.words, texts, vectors)
        return self.signs.probabilities(rows), self.intents.probabilities(rows.row(0))[0]

    def cue(self, row: Rows, meant: Assertion) -> str | None:
        """The word that told the head most that a mention is not "present", if it was a word."""
        if meant is Assertion.PRESENT or meant.value not in self.assertions.classes:
            return None
        (part,) = row.sparse_parts
        gains = self.assertions.gains(part, meant.value, Assertion.PRESENT.value)
        terms = self.around.terms
        marks = [
            (float(gain), terms[at])
            for at, gain in zip(part.indices, gains, strict=True)
            if gain > 0
        ]
        told = [each for each in marks if each[1][0] in "LlRrW"]
        return max(told)[1].partition("_")[2].replace("_", " ") if told else None

    def save(self, path: Path) -> None:
        """Write the heads to one file."""
        settings = np.frombuffer(self.thresholds.to_json().encode(), np.uint8)
        arrays: dict[str, Any] = {"thresholds": settings}
        for name in ("letters", "words", "around"):
            vocabulary: Vocabulary = getattr(self, name)
            arrays[f"{name}_terms"] = np.frombuffer("\n".join(vocabulary.terms).encode(), np.uint8)
            arrays[f"{name}_weights"] = vocabulary.weights
        for name in ("signs", "assertions", "intents"):
            head: Head = getattr(self, name)
            arrays[f"{name}_classes"] = np.asarray(head.classes)
            arrays[f"{name}_weights_of"] = head.weights
            arrays[f"{name}_biases"] = head.biases
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(buffer.getvalue())

    @classmethod
    def load(cls, path: Path) -> Classifier:
        """The heads that `save` wrote; OSError, KeyError or ValueError when they are not whole."""
        with np.load(path, allow_pickle=False) as data:
            return cls(
                letters=_vocabulary("letters", data),
                words=_vocabulary("words", data),
                around=_vocabulary("around", data),
                signs=_head("signs", data),
                assertions=_head("assertions", data),
                intents=_head("intents", data),
                thresholds=Thresholds.from_json(bytes(data["thresholds"]).decode()),
            )


def _vocabulary(name: str, data: Any) -> Vocabulary:
    terms = bytes(data[f"{name}_terms"]).decode().split("\n")
    return Vocabulary(name, terms, data[f"{name}_weights"])


def _head(name: str, data: Any) -> Head:
    classes = tuple(str(each) for each in data[f"{name}_classes"])
    return Head(classes, data[f"{name}_weights_of"], data[f"{name}_biases"])
