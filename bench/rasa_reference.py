"""Rasa's documented pipeline, trained on the same messages: what Bedside's reading is compared with.

`python -m bench.rasa_reference --out FOLDER --epochs N` writes the training data once more, each sign an
entity label of its own with its assertion as role (DIET predicts labels and roles, no values), trains, and
leaves the model in FOLDER/models. spaCy's vectors are left out where no model with vectors is installed; DIET
then learns from Rasa's sparse features alone.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from bench.nlu_data import NLU

SPAN = re.compile(r'\{"entity": "sign", "value": "(\w+)"(?:, "role": "(\w+)")?\}')
LANGUAGE = "en_core_web_md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.rasa_reference", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=100)
    options = parser.parse_args()
    write_data(options.out)
    (options.out / "config.yml").write_text(yaml.safe_dump(_config(options.epochs)))
    started = time.monotonic()
    import rasa.model_training

    model = rasa.model_training.train_nlu(
        config=str(options.out / "config.yml"),
        nlu_data=str(options.out / "data"),
        output=str(options.out / "models"),
        domain=None,
    )
    print(f"trained in {time.monotonic() - started:.0f} s", file=sys.stderr)
    print(model)
    return 0 if model else 1


def write_data(out: Path) -> None:
    """The messages of data/nlu/ with an entity label for each sign."""
    (out / "data").mkdir(parents=True, exist_ok=True)
    for path in NLU.glob("*.yml"):
        text = SPAN.sub(_labelled, path.read_text(encoding="utf-8"))
        (out / "data" / path.name).write_text(text, encoding="utf-8")


def _labelled(match: re.Match[str]) -> str:
    role = f', "role": "{match[2]}"' if match[2] else ""
    return f'{{"entity": "{match[1]}"{role}}}'


def _config(epochs: int) -> dict[str, Any]:
    import spacy.util

    vectors = spacy.util.is_package(LANGUAGE)
    spacy_parts = [
        {"name": "SpacyNLP", "model": LANGUAGE},
        {"name": "SpacyTokenizer"},
        {"name": "SpacyFeaturizer"},
    ]
    return {
        "recipe": "default.v1",
        "language": "en",
        "pipeline": [
            *(spacy_parts if vectors else [{"name": "WhitespaceTokenizer"}]),
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {
                "name": "CountVectorsFeaturizer",
                "analyzer": "char_wb",
                "min_ngram": 1,
                "max_ngram": 4,
            },
            {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True},
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
