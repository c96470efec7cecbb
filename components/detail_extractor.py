"""Finds measured values in messages for Rasa: temperatures, durations, severities."""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bedside.language import measures
from bedside.model import Clinic, as_json
from bedside.settings import Settings, read_clinic


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DetailExtractor(GraphComponent):
    """Entities `detail` with kind, value in the unit that the kind names, and the words."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DetailExtractor:
        return cls(read_clinic(Settings.from_environment().clinic_file))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The code that reads, which Rasa's training cache cannot see."""
        modules = sorted(Path(measures.__file__).parent.glob("*.py"))
        return hashlib.sha256(b"".join(module.read_bytes() for module in modules)).hexdigest()

    def process(self, messages: list[Message]) -> list[Message]:
        today = self._clinic.day(datetime.now(timezone.utc))
        for message in messages:
            text = message.get(TEXT)
            if text:
                found = [
                    {"entity": "detail", "extractor": "DetailExtractor", **as_json(detail)}
                    for detail in measures.measure(str(text), today)
                ]
                entities = [*(message.get(ENTITIES) or []), *found]
                message.set(ENTITIES, entities, add_to_output=True)
        return messages
