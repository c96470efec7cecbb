"""Finds signs in messages for Rasa, and turns a message with an emergency sign into its own intent.

Trains the classifier's heads on the `sign` spans of data/nlu and keeps them in Rasa's model storage.
The reading itself is bedside.language.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

import bedside.language
import bedside.model
from bedside.knowledge import Knowledge, load
from bedside.language import Classifier, Example, Reader, shared_encoder, train
from bedside.model import Assertion, Finding, Mention, Parsed, Urgency, as_json

HEADS = "heads.npz"
EMERGENCY = "report_emergency"
POSSIBLE_EMERGENCY = "report_possible_emergency"
CRISIS = "report_crisis"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SignExtractor(GraphComponent):
    """Entities `sign`, `finding` and `reply`, each with what decided it."""

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, classifier: Classifier | None = None
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._knowledge: Knowledge = load()
        self._reader = Reader(self._knowledge, classifier, shared_encoder())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SignExtractor:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SignExtractor:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Classifier.load(folder / HEADS))

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy", "medspacy", "sklearn"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Knowledge and code, which Rasa's training cache cannot see."""
        digest = hashlib.sha256(load().version.encode())
        folder = Path(next(iter(bedside.language.__path__)))
        for path in sorted([*folder.glob("*.py"), Path(bedside.model.__file__)]):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Train the heads on the annotated messages, and on each annotated span by itself."""
        examples = [
            example
            for message in training_data.nlu_examples
            for example in _examples(message.get(TEXT) or "", message.get(ENTITIES) or [])
        ]
        classifier = train(shared_encoder(), examples)
        with self._model_storage.write_to(self._resource) as folder:
            classifier.save(folder / HEADS)
        self._reader = Reader(self._knowledge, classifier, shared_encoder())
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text:
                self._process(message, str(text))
        return messages

    def _process(self, message: Message, text: str) -> None:
        parsed = self._reader.read(text)
        entities = [*(message.get(ENTITIES) or []), *_entities(parsed)]
        message.set(ENTITIES, entities, add_to_output=True)
        intent = self._emergency_intent(parsed)
        if intent is not None:
            first = {"name": intent, "confidence": 1.0}
            ranking = [first, *(message.get(INTENT_RANKING_KEY) or [])]
            message.set(INTENT, first, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)

    def _emergency_intent(self, parsed: Parsed) -> str | None:
        """The intent that speaks first: a physical emergency, else a crisis, else a possible emergency."""
        emergencies = {
            (mention.assertion, self._knowledge.signs[mention.sign].crisis)
            for mention in parsed.mentions
            if self._knowledge.signs[mention.sign].urgency is Urgency.EMERGENCY
        }
        if (Assertion.PRESENT, False) in emergencies:
            return EMERGENCY
        if emergencies & {(Assertion.PRESENT, True), (Assertion.POSSIBLE, True)}:
            return CRISIS
        return POSSIBLE_EMERGENCY if (Assertion.POSSIBLE, False) in emergencies else None


def _examples(text: str, entities: list[dict[str, Any]]) -> list[Example]:
    """The whole message, and each annotated span alone: a clause is somewhere between the two."""
    signs = [entity for entity in entities if entity["entity"] == "sign"]
    whole = Example(text, frozenset(entity["value"] for entity in signs))
    spans = [
        Example(text[entity["start"] : entity["end"]], frozenset([entity["value"]]))
        for entity in signs
    ]
    return [whole, *spans]


def _entities(parsed: Parsed) -> list[dict[str, Any]]:
    entities = [_sign_entity(mention) for mention in parsed.mentions]
    entities += [_finding_entity(finding) for finding in parsed.findings]
    if parsed.reply is not None:
        whole = {"start": 0, "end": len(parsed.text), "extractor": "SignExtractor"}
        entities.append({"entity": "reply", "value": parsed.reply, **whole})
    return entities


def _sign_entity(mention: Mention) -> dict[str, Any]:
    return {
        "entity": "sign",
        "value": mention.sign,
        "extractor": "SignExtractor",
        **as_json(mention),
    }


def _finding_entity(finding: Finding) -> dict[str, Any]:
    return {"entity": "finding", "extractor": "SignExtractor", **as_json(finding)}
