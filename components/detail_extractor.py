"""Finds measured values in messages for Rasa: temperatures, durations, severities."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bedside.language import measures
from bedside.model import as_json


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DetailExtractor(GraphComponent):
    """Entities `detail` with kind, value in the unit that the kind names, and the words."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DetailExtractor:
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The code that reads, which Rasa's training cache cannot see."""
        return hashlib.sha256(Path(measures.__file__).read_bytes()).hexdigest()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text:
                found = [
                    {"entity": "detail", "extractor": "DetailExtractor", **as_json(detail)}
                    for detail in measures.measure(str(text))
                ]
                entities = [*(message.get(ENTITIES) or []), *found]
                message.set(ENTITIES, entities, add_to_output=True)
        return messages
