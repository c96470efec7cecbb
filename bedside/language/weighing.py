"""How sure it is that a message speaks of a sign, from what the lexicon and the heads say of it. Pure.

The weights and the thresholds come from cross-validation on data/nlu (`make thresholds`): a sign is taken as
meant from `accept`, asked about from `ask`, and left alone below.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log
from pathlib import Path

import numpy as np

from bedside.language.encoder import Vectors

FILE = Path(__file__).with_name("thresholds.json")
NEAREST_TO_CERTAIN = 1e-5
# For a sign that nobody measured, such as in a test.
USUAL_ASK, USUAL_ACCEPT = 0.35, 0.55


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How the evidence is weighed, and from which confidence each sign is asked about and accepted."""

    weights: tuple[float, ...]
    bias: float
    ask: Mapping[str, float]
    accept: Mapping[str, float]

    @classmethod
    def from_json(cls, text: str) -> Thresholds:
        """The thresholds that `make thresholds` wrote; KeyError or ValueError when they are not whole."""
        data = json.loads(text)
        weights = tuple(float(each) for each in data["weights"])
        return cls(weights, float(data["bias"]), dict(data["ask"]), dict(data["accept"]))

    def to_json(self) -> str:
        """One sign a line, so that a change can be read."""
        fields = {
            "weights": self.weights,
            "bias": self.bias,
            "ask": self.ask,
            "accept": self.accept,
        }
        return json.dumps(fields, indent=1, sort_keys=True) + "\n"

    def asks(self, sign: str, confidence: float) -> bool:
        """Whether so sure a sign is at least asked about."""
        return confidence >= self.ask.get(sign, USUAL_ASK)

    def accepts(self, sign: str, confidence: float) -> bool:
        """Whether so sure a sign is taken as meant."""
        return confidence >= self.accept.get(sign, USUAL_ACCEPT)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one sign in one message: whether its words are in the lexicon, how sure the heads are
    of the surest stretch of it, of the message as a whole, that the whole speaks of nothing, of the likeliest
    other sign in the surest stretch, and that the message is a report at all."""

    by_lexicon: bool
    surest: float
    whole: float
    nothing: float
    rival: float
    report: float

    def numbers(self) -> tuple[float, ...]:
        """The evidence as the weights count it."""
        surest, by_lexicon = log_odds(self.surest), float(self.by_lexicon)
        others = (self.whole, self.nothing, self.rival, self.report)
        return by_lexicon, surest, by_lexicon * surest, *map(log_odds, others)


def evidence(
    sure: Vectors, column: int, nothing: int, *, by_lexicon: bool, report: float
) -> Evidence:
    """The evidence for the sign of that column; `sure` is (stretches, classes), the whole text first;
    `report` is how sure it is that the message reports something."""
    surest = int(sure[:, column].argmax())
    rivals = np.delete(sure[surest], (column, nothing))
    return Evidence(
        by_lexicon=by_lexicon,
        surest=float(sure[surest, column]),
        whole=float(sure[0, column]),
        nothing=float(sure[0, nothing]),
        rival=float(rivals.max(initial=0.0)),
        report=report,
    )


def confidence(evidence: Evidence, thresholds: Thresholds) -> float:
    """How sure it is that the message speaks of the sign, from 0 to 1."""
    weighed = zip(thresholds.weights, evidence.numbers(), strict=True)
    return 1 / (1 + exp(-(thresholds.bias + sum(weight * number for weight, number in weighed))))


def log_odds(probability: float) -> float:
    """The logarithm of the odds, cut off near certainty."""
    kept = min(max(probability, NEAREST_TO_CERTAIN), 1 - NEAREST_TO_CERTAIN)
    return log(kept / (1 - kept))
