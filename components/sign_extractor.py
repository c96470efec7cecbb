"""Reads messages for Rasa: their intent and signs; a message with an emergency sign is an intent of its own.

Trains the heads on the intents and the `sign` spans of data/nlu and keeps them in Rasa's model storage.
The reading itself is bedside.language.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
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
from bedside.language import Classifier, Reader, nlp, shared_encoder
from bedside.language.assertion import AssertionFinder
from bedside.language.encoder import Vectors
from bedside.language.features import Place
from bedside.language.topics import meanings_of
from bedside.language.training import Example, Span, train
from bedside.language.weighing import FILE, Thresholds
from bedside.model import Assertion, Finding, Mention, Parsed, Urgency, as_json
from bedside.settings import Settings, read_clinic

HEADS = "heads.npz"
# What the questions of the knowledge mean: kept, so that a start need not find it out again.
QUESTIONS = "questions.npy"
EMERGENCY = "report_emergency"
POSSIBLE_EMERGENCY = "report_possible_emergency"
CRISIS = "report_crisis"


@DefaultV1Recipe.register(
    [
        DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER,
        DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR,
    ],
    is_trainable=True,
)
class SignExtractor(GraphComponent):
    """The intent, entities `sign` and `finding` with what decided each, `reply`, `language` and `topic`."""

    def __init__(
        self,
        model_storage: ModelStorage,
        resource: Resource,
        classifier: Classifier | None = None,
        questions: Vectors | None = None,
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._knowledge: Knowledge = load()
        self._clinic = read_clinic(Settings.from_environment().clinic_file)
        self._reader = Reader(self._knowledge, classifier, shared_encoder(), questions)

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
            classifier, questions = Classifier.load(folder / HEADS), np.load(folder / QUESTIONS)
        return cls(model_storage, resource, classifier, questions)

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy", "medspacy", "sklearn"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Knowledge and code, which Rasa's training cache cannot see."""
        digest = hashlib.sha256(load().version.encode())
        folder = Path(next(iter(bedside.language.__path__)))
        code = [*folder.rglob("*.py"), folder / FILE.name, Path(bedside.model.__file__)]
        for path in sorted(path for path in code if path.exists()):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Train the heads on the annotated messages, and on each annotated span by itself."""
        language = nlp.build()
        classifier = train(
            shared_encoder(),
            [example_of(message) for message in training_data.nlu_examples],
            language,
            AssertionFinder(language, self._knowledge.context),
            Thresholds.from_json(FILE.read_text(encoding="utf-8")),
        )
        with self._model_storage.write_to(self._resource) as folder:
            classifier.save(folder / HEADS)
            np.save(folder / QUESTIONS, meanings_of(self._knowledge.faq, shared_encoder()))
        self._reader = Reader(self._knowledge, classifier, shared_encoder())
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text:
                self._process(message, str(text))
        return messages

    def _process(self, message: Message, text: str) -> None:
        today = self._clinic.day(datetime.now(timezone.utc))
        parsed = self._reader.read(text, today=today)
        entities = [*(message.get(ENTITIES) or []), *_entities(parsed)]
        message.set(ENTITIES, entities, add_to_output=True)
        read = {"name": parsed.intent or None, "confidence": parsed.intent_confidence}
        speaks_first = self._emergency_intent(parsed)
        first = {"name": speaks_first, "confidence": 1.0} if speaks_first else read
        message.set(INTENT, first, add_to_output=True)
        ranking = [first, read] if speaks_first else [read]
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


def example_of(message: Message) -> Example:
    """A training message with its marked spans; `role` says how a sign is meant, where somebody knows."""
    return Example(
        text=str(message.get(TEXT) or ""),
        intent=str(message.get(INTENT) or ""),
        spans=tuple(
            _span(each) for each in message.get(ENTITIES) or [] if each["entity"] == "sign"
        ),
    )


def _span(entity: dict[str, Any]) -> Span:
    role = entity.get("role")
    place = Place(int(entity["start"]), int(entity["end"]))
    return Span(str(entity["value"]), place, Assertion(role) if role else None)


def _entities(parsed: Parsed) -> list[dict[str, Any]]:
    entities = [_sign_entity(mention) for mention in parsed.mentions]
    entities += [_finding_entity(finding) for finding in parsed.findings]
    whole = {"start": 0, "end": len(parsed.text), "extractor": "SignExtractor"}
    of_all = {"reply": parsed.reply, "language": parsed.language, "topic": parsed.topic}
    entities += [
        {"entity": name, "value": value, **whole} for name, value in of_all.items() if value
    ]
    return entities


def _sign_entity(mention: Mention) -> dict[str, Any]:
    return {
        "entity": "sign",
        "value": mention.sign,
        "role": mention.assertion.value,
        "extractor": "SignExtractor",
        **as_json(mention),
    }


def _finding_entity(finding: Finding) -> dict[str, Any]:
    return {"entity": "finding", "extractor": "SignExtractor", **as_json(finding)}
