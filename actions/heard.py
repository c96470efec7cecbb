"""From what Rasa made of a message back to the core's `Parsed`. Decides nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from bedside.model import Detail, Finding, Mention, Parsed, finding_from_json, mention_from_json


def parsed_from(latest_message: Mapping[str, Any]) -> Parsed:
    """What the message said; entities of other extractors are left out."""
    entities = latest_message.get("entities") or []
    return Parsed(
        text=latest_message.get("text") or "",
        intent=(latest_message.get("intent") or {}).get("name") or "nlu_fallback",
        mentions=tuple(_mention(each) for each in entities if each["entity"] == "sign"),
        findings=tuple(_finding(each) for each in entities if each["entity"] == "finding"),
        details=tuple(_detail(each) for each in entities if each["entity"] == "detail"),
        reply=_of_all("reply", entities),
        language=_of_all("language", entities),
        topic=_of_all("topic", entities),
    )


def _of_all(name: str, entities: Sequence[Mapping[str, Any]]) -> str | None:
    """What an entity says of the message as a whole, if there is one of that name."""
    return next((str(each["value"]) for each in entities if each["entity"] == name), None)


def _mention(entity: Mapping[str, Any]) -> Mention:
    return mention_from_json(_fields(entity, Mention))


def _finding(entity: Mapping[str, Any]) -> Finding:
    return finding_from_json(_fields(entity, Finding))


def _detail(entity: Mapping[str, Any]) -> Detail:
    return Detail(**_fields(entity, Detail))


def _fields(entity: Mapping[str, Any], noun: type[Mention | Finding | Detail]) -> dict[str, Any]:
    return {field.name: entity[field.name] for field in dataclasses.fields(noun)}
