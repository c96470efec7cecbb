"""A conversation as a clinician or its patient reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bedside.model import Choice, Mention, Urgency
from bedside.store import audit
from bedside.store.database import Transaction
from bedside.store.rows import Message, choices_of, mention_of, message_from, urgency_of
from bedside.store.tables import conversations, mentions, messages, reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a transcript, as a clinician sees it. `report` is what the message led to."""

    message: Message
    sender: str
    choices: tuple[Choice, ...]
    urgency: Urgency | None
    shown: bool
    mentions: tuple[Mention, ...]
    report: dict[str, Any] | None


def transcript(tx: Transaction, conversation_id: str) -> list[Entry]:
    """All that was written in the conversation, oldest first."""
    found: dict[int, list[Mention]] = {}
    rows = tx.execute(
        select(mentions)
        .join(messages, mentions.c.message_id == messages.c.id)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(mentions.c.start)
    )
    for row in rows:
        found.setdefault(row.message_id, []).append(mention_of(row))
    led_to = _latest_reports(tx, conversation_id)
    lines = tx.execute(
        select(messages)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(messages.c.id)
    ).all()
    # A message's replies follow it, also when the next message came before they did.
    first = {row.message_id: row.id for row in lines if row.position == 0}
    lines.sort(key=lambda row: (first.get(row.message_id, row.id), row.position))
    return [
        Entry(
            message=message_from(row),
            sender=row.sender,
            choices=choices_of(row.choices),
            urgency=urgency_of(row.urgency),
            shown=row.shown,
            mentions=tuple(found.get(row.id, ())),
            report=led_to.get(row.id),
        )
        for row in lines
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """What a message led to at that time, with the versions that decided it."""

    processed_by: str
    report: dict[str, Any]
    urgency: str | None
    reasons: list[dict[str, Any]]
    knowledge_version: str
    at: datetime


def reports_of(tx: Transaction, conversation_id: str) -> list[ReportView]:
    """All reports of the conversation, oldest first."""
    rows = tx.execute(
        select(*(reports.c[name] for name in ReportView.__dataclass_fields__))
        .where(reports.c.conversation_id == conversation_id)
        .order_by(reports.c.id)
    )
    return [ReportView(**row._mapping) for row in rows]


def note_reassessed(tx: Transaction, conversation_id: str, *, by: str, now: datetime) -> None:
    """Note that `by` read the conversation's reports to assess them again."""
    clinic_id = tx.execute(
        select(conversations.c.clinic_id).where(conversations.c.id == conversation_id)
    ).scalar_one()
    audit.note(
        tx,
        clinic_id=clinic_id,
        by=by,
        action="reports.reassessed",
        subject=f"conversation:{conversation_id}",
        now=now,
    )


def _latest_reports(tx: Transaction, conversation_id: str) -> dict[int, dict[str, Any]]:
    rows = tx.execute(
        select(reports).where(reports.c.conversation_id == conversation_id).order_by(reports.c.id)
    )
    return {row.message_id: dict(row._mapping) for row in rows}
