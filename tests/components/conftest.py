"""Rasa, imported once for all tests of this folder, and a sign extractor trained on a few examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

EXAMPLES = {
    "chest_pain": [
        "somebody parked a lorry on my ribs",
        "a lorry is parked on my ribs",
        "like being under a lorry, my ribs are flattened",
    ],
    "fatigue": [
        "my batteries are flat all day",
        "I could sleep for a week and wake up empty",
        "every step feels like wading through mud",
    ],
}
NOTHING = ["the weather is lovely", "when is my next appointment", "thank you very much", "hello"]


@pytest.fixture(scope="session", autouse=True)
def _rasa() -> None:
    """Rasa takes 5 s to import: once, and not while tests are collected."""
    import rasa.engine.graph  # noqa: F401 — the import is the point


@pytest.fixture(scope="session")
def context() -> Any:
    from rasa.engine.graph import ExecutionContext, GraphSchema

    return ExecutionContext(GraphSchema({}), model_id="test", node_name="sign_extractor")


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A model storage and the extractor's place in it."""
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource

    folder: Path = tmp_path_factory.mktemp("model")
    return LocalModelStorage.create(folder), Resource("sign_extractor")


@pytest.fixture(scope="session")
def trained(stored: Any, context: Any) -> Any:
    """The sign extractor, trained as Rasa trains it."""
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from components.sign_extractor import SignExtractor

    examples = [
        Message.build(
            text,
            intent="report_symptom",
            entities=[{"entity": "sign", "value": sign, "start": 0, "end": len(text)}],
        )
        for sign, texts in EXAMPLES.items()
        for text in texts
    ]
    examples += [Message.build(text, intent="small_talk") for text in NOTHING]
    extractor = SignExtractor.create({}, *stored, context)
    assert extractor.train(TrainingData(examples)) == stored[1]
    return extractor
