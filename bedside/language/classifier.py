"""Which signs a clause is about, when its words are not in the lexicon: one linear head a sign.

The heads are logistic regressions on the sentence encoder. They say how sure they are; what is
sure enough is decided here too, because it belongs to the trained heads.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from bedside.language.encoder import Encoder, Vectors

# Chosen by cross-validation on data/nlu (docs/adr/0004): from ACCEPT the sign is taken as meant,
# from ASK the patient is asked, below it is left.
ACCEPT = 0.9
ASK = 0.6
# Strength of the regularisation and weight of the rare class, from the same cross-validation.
INVERSE_REGULARISATION = 10.0


@dataclass(frozen=True, slots=True)
class Example:
    """A text and the signs it is about; none for a text about nothing."""

    text: str
    signs: frozenset[str]


class Classifier:
    """Trained heads. `weights` is (384, signs), `biases` (signs,)."""

    def __init__(self, signs: Sequence[str], weights: Vectors, biases: Vectors) -> None:
        self.signs = tuple(signs)
        self._weights = weights
        self._biases = biases

    def probabilities(self, vectors: Vectors) -> Vectors:
        """How sure each head is of each text: (texts, signs), each from 0 to 1."""
        return np.asarray(1 / (1 + np.exp(-(vectors @ self._weights + self._biases))), np.float32)

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        np.savez(buffer, signs=np.asarray(self.signs), weights=self._weights, biases=self._biases)
        path.write_bytes(buffer.getvalue())

    @classmethod
    def load(cls, path: Path) -> Classifier:
        """The heads that `save` wrote; OSError or ValueError when they are not there or not whole."""
        with np.load(path, allow_pickle=False) as data:
            return cls([str(sign) for sign in data["signs"]], data["weights"], data["biases"])


def train(encoder: Encoder, examples: Iterable[Example]) -> Classifier:
    """Heads for every sign that the examples name. Needs both texts with and without each sign."""
    known = list(examples)
    vectors = encoder.encode([example.text for example in known])
    signs = sorted({sign for example in known for sign in example.signs})
    columns, biases = [], []
    for sign in signs:
        head = LogisticRegression(
            C=INVERSE_REGULARISATION, class_weight="balanced", max_iter=1000, random_state=0
        )
        head.fit(vectors, [sign in example.signs for example in known])
        columns.append(head.coef_[0])
        biases.append(head.intercept_[0])
    return Classifier(
        signs, np.asarray(columns, np.float32).T, np.asarray(biases, dtype=np.float32)
    )
