"""Rasa, imported once for all tests of this folder, and a sign extractor with the trained heads."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bedside.knowledge import load
from bedside.language import shared_encoder
from bedside.language.topics import meanings_of
from bedside.settings import Settings

HEADS = Settings.from_environment().heads


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
    """The sign extractor as Rasa loads it, with the heads that `make train` made."""
    from components.sign_extractor import HEADS as NAME
    from components.sign_extractor import QUESTIONS, SignExtractor

    storage, resource = stored
    with storage.write_to(resource) as folder:
        shutil.copyfile(HEADS, folder / NAME)
        np.save(folder / QUESTIONS, meanings_of(load().faq, shared_encoder()))
    return SignExtractor.load({}, storage, resource, context)
