"""The training messages of data/nlu/, read without training anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bedside.language.training import Example
from bedside.settings import ROOT

NLU = ROOT / "data" / "nlu"
# In these every sign is marked, however it is meant, and the lexicon was not made from them.
FULLY_MARKED = "told_*.yml"


def examples(*patterns: str) -> Iterator[Example]:
    """The annotated messages of the files that match one of `patterns`, or of all."""
    from rasa.shared.nlu.training_data.loading import load_data

    from components.sign_extractor import example_of

    for path in _paths(patterns or ("*.yml",)):
        for message in load_data(str(path)).nlu_examples:
            yield example_of(message)


def _paths(patterns: tuple[str, ...]) -> list[Path]:
    return sorted({path for pattern in patterns for path in NLU.glob(pattern)})
