"""What the record gives out: conversations and messages as nouns, made from rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Row

from bedside.model import (
    Choice,
    Mention,
    Question,
    Report,
    Urgency,
    Utterance,
    mention_from_json,
    question_from_json,
    report_from_json,
)

PATIENT, ASSISTANT = "patient", "assistant"
RECEIVED, TAKEN_UP, ANSWERED = "received", "taken_up", "answered"
BY_ASSISTANT, BY_FLOOR = "assistant", "floor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What the next turn needs to know of a conversation."""

    id: str
    clinic_id: str
    patient_id: str
    urgency: Urgency | None
    report: Report
    pending: Question | None
    is_closed: bool = False
    # Its report cannot be opened any more, so that `report` is empty: a person has to look.
    is_damaged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A patient's message. `id` is the record's own, `message_id` the sender's."""

    id: int
    message_id: str
    text: str
    state: str
    at: datetime


def conversation_of(row: Row) -> Conversation:
    is_damaged = row.report.get("is_damaged", False)
    return Conversation(
        id=row.id,
        clinic_id=row.clinic_id,
        patient_id=row.patient_id,
        urgency=urgency_of(row.urgency),
        report=Report() if is_damaged else report_from_json(row.report),
        pending=None if row.pending is None else question_from_json(row.pending),
        is_closed=row.closed_at is not None,
        is_damaged=is_damaged,
    )


def message_from(row: Row) -> Message:
    return Message(id=row.id, message_id=row.message_id, text=row.text, state=row.state, at=row.at)


def mention_of(row: Row) -> Mention:
    data = dict(row._mapping)
    return mention_from_json({key: data[key] for key in Mention.__dataclass_fields__})


def utterance_of(data: dict[str, Any]) -> Utterance:
    return Utterance(
        response=data["response"],
        facts=data["facts"],
        choices=choices_of(data["choices"]),
        urgency=urgency_of(data["urgency"]),
    )


def choices_of(data: Sequence[dict[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(**each) for each in data)


def urgency_of(word: str | None) -> Urgency | None:
    return None if word is None else Urgency.of(word)
