"""Messages read by a trained Rasa model, without its servers: Bedside's own, or the reference pipeline."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bedside.model import (
    Assertion,
    Detail,
    FoundBy,
    Mention,
    Parsed,
    finding_from_json,
    mention_from_json,
)

OF_MENTION = frozenset(field.name for field in dataclasses.fields(Mention)) - {"sign"}


class RasaReading:
    """A Rasa model that reads one message after another."""

    def __init__(self, model: Path) -> None:
        from rasa.core.agent import Agent

        self._agent: Any = Agent.load(str(model))

    def read(self, text: str, *, today: date | None = None) -> Parsed:
        """What the model's pipeline says of `text`; it counts from its own today."""
        return parsed_from(text, asyncio.run(self._agent.parse_message(text)))


def parsed_from(text: str, said: Mapping[str, Any]) -> Parsed:
    """A Rasa parse as `Parsed`. A model that knows no assertions says that every sign is present."""
    entities: Sequence[Mapping[str, Any]] = said.get("entities") or ()
    return Parsed(
        text=text,
        intent=str((said.get("intent") or {}).get("name") or ""),
        mentions=tuple(
            _mention(text, each)
            for each in entities
            if each["entity"] not in ("finding", "detail", "reply", "language", "topic")
        ),
        findings=tuple(
            finding_from_json(
                {key: each[key] for key in each if key not in ("entity", "extractor")}
            )
            for each in entities
            if each["entity"] == "finding"
        ),
        details=tuple(
            Detail(**{field.name: each[field.name] for field in dataclasses.fields(Detail)})
            for each in entities
            if each["entity"] == "detail"
        ),
    )


def _mention(text: str, entity: Mapping[str, Any]) -> Mention:
    """A sign as Bedside's extractor writes it, or as the reference does: its label is the sign, its role
    the assertion."""
    if "assertion" in entity:
        return mention_from_json(
            {"sign": entity["value"], **{k: entity[k] for k in OF_MENTION & set(entity)}}
        )
    start, end = int(entity["start"]), int(entity["end"])
    return Mention(
        sign=str(entity["entity"]),
        text=text[start:end],
        start=start,
        end=end,
        assertion=Assertion(entity.get("role") or "present"),
        confidence=min(1.0, float(entity.get("confidence_entity", 1.0))),
        found_by=FoundBy.CLASSIFIER,
    )
