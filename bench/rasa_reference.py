"""Rasa's documented pipeline, trained on the same messages: what Bedside's reading is compared with.

`python -m bench.rasa_reference --out FOLDER --epochs N --share K` writes every K-th training message once
more, each sign an entity label of its own with its assertion as role (DIET predicts labels and roles, no
values), trains, and leaves the model in FOLDER/models, beside FOLDER/heads.npz, which Bedside's training made
of just the same messages. spaCy's vectors are left out where no model with vectors is installed; DIET then
learns from Rasa's sparse features alone.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bedside.knowledge import load
from bedside.language import nlp, shared_encoder
from bedside.language.assertion import AssertionFinder
from bedside.language.training import Example, train
from bedside.language.weighing import FILE, Thresholds
from bench.nlu_data import NLU, examples

SPAN = re.compile(r'\{"entity": "sign", "value": "(\w+)"(?:, "role": "(\w+)")?\}')
# Says what the model was trained on.
HOW = "how.txt"
MESSAGE = "    - "
MARKED = re.compile(r"\[([^\]]*)\]\{[^}]*\}")
LANGUAGE = "en_core_web_md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.rasa_reference", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--share", type=int, default=1, help="one message of so many")
    options = parser.parse_args()
    write_data(options.out, options.share)
    known = [each for each in examples() if is_of_share(each.text, options.share)]
    save_heads(options.out / "heads.npz", known)
    how = f"{len(known)} of the training messages, {options.epochs} epochs"
    (options.out / HOW).write_text(how, encoding="utf-8")
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


def write_data(out: Path, share: int) -> None:
    """One of `share` messages of data/nlu/, with an entity label for each sign."""
    (out / "data").mkdir(parents=True, exist_ok=True)
    for path in NLU.glob("*.yml"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not _is_message(line) or _is_of_share(line, share)]
        text = SPAN.sub(_labelled, "".join(kept))
        (out / "data" / path.name).write_text(text, encoding="utf-8")


def save_heads(path: Path, known: Sequence[Example]) -> None:
    """Bedside's own heads, trained on the messages `known`."""
    knowledge, language = load(), nlp.build()
    classifier = train(
        shared_encoder(),
        known,
        language,
        AssertionFinder(language, knowledge.context),
        Thresholds.from_json(FILE.read_text(encoding="utf-8")),
    )
    classifier.save(path)


def _is_message(line: str) -> bool:
    return line.startswith(MESSAGE)


def _is_of_share(line: str, share: int) -> bool:
    return is_of_share(MARKED.sub(r"\1", line.removeprefix(MESSAGE).strip()), share)


def is_of_share(text: str, share: int) -> bool:
    """Whether the message is one of the `share`-th part that its checksum chooses."""
    return zlib.crc32(text.encode()) % share == 0


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
            {
                "name": "DIETClassifier",
                "epochs": epochs,
                "constrain_similarities": True,
                # With its usual four tags for each of 82 signs an epoch takes half an hour on two cores.
                "BILOU_flag": False,
            },
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
