"""What a message leads to, written in one transaction: mentions, report, flag, audit line, outbox."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bedside.model import Clinic, Mention, Parsed, Turn, Urgency, Utterance, as_json
from bedside.store import audit
from bedside.store.conversations import lock
from bedside.store.database import Transaction
from bedside.store.flags import raise_flag
from bedside.store.rows import (
    ANSWERED,
    BY_ASSISTANT,
    BY_FLOOR,
    RECEIVED,
    TAKEN_UP,
    Conversation,
    Message,
    utterance_of,
)
from bedside.store.tables import conversations, mentions, messages, reports


def take_up(
    tx: Transaction,
    conversation: Conversation,
    message: Message,
    parsed: Parsed,
    turn: Turn,
    *,
    clinic: Clinic,
    by: str,
    knowledge_version: str,
    model_version: str,
    now: datetime,
) -> None:
    """Write what the message led to: mentions, report with reasons, flag, audit, outbox.

    The caller holds the lock. A turn by the floor, or after a report that was damaged, marks the flag as
    not processed by the assistant: a person has to look. The report and the flag count from when the
    patient wrote, however much later that is taken up.
    """
    reached = (conversation.urgency, turn.assessment.urgency)
    urgency = max((each for each in reached if each), default=None)
    _write_mentions(tx, message, parsed.mentions, by)
    _insert_report(
        tx,
        conversation,
        message,
        turn,
        processed_by=by,
        knowledge_version=knowledge_version,
        model_version=model_version,
        at=message.at,
    )
    _update_conversation(tx, conversation, message, turn, urgency)
    audit.note(
        tx,
        clinic_id=conversation.clinic_id,
        by=by,
        action="message.taken_up",
        subject=f"conversation:{conversation.id}",
        now=now,
        message=message.id,
        urgency=_word(urgency),
    )
    raise_flag(
        tx,
        conversation.id,
        clinic,
        urgency,
        unprocessed=by == BY_FLOOR or conversation.is_damaged,
        by=by,
        since=message.at,
        now=now,
    )


def taken_up_by(tx: Transaction, message: Message) -> set[str]:
    """Who has taken the message up: the assistant, the floor, both or nobody."""
    rows = tx.execute(select(reports.c.processed_by).where(reports.c.message_id == message.id))
    return {row.processed_by for row in rows}


def advice_for(tx: Transaction, message: Message) -> tuple[Utterance, ...]:
    """What was decided to say to the message, latest decision; empty when it was not taken up."""
    row = tx.execute(
        select(reports.c.advice)
        .where(reports.c.message_id == message.id)
        .order_by(reports.c.id.desc())
    ).first()
    return () if row is None else tuple(utterance_of(each) for each in row.advice)


def record_failure(tx: Transaction, conversation_id: str, *, what: str, now: datetime) -> None:
    """Note that a program failed on a message of this conversation; `what` holds no patient's words."""
    conversation = lock(tx, conversation_id)
    audit.note(
        tx,
        clinic_id=conversation.clinic_id,
        by=BY_ASSISTANT,
        action="action.failed",
        subject=f"conversation:{conversation_id}",
        now=now,
        what=what,
    )


def _insert_report(
    tx: Transaction, conversation: Conversation, message: Message, turn: Turn, **how: Any
) -> None:
    tx.execute(
        reports.insert().values(
            conversation_id=conversation.id,
            message_id=message.id,
            report=as_json(turn.report),
            urgency=_word(turn.assessment.urgency),
            reasons=as_json(turn.assessment.reasons),
            advice=as_json(turn.says),
            **how,
        )
    )


def _update_conversation(
    tx: Transaction,
    conversation: Conversation,
    message: Message,
    turn: Turn,
    urgency: Urgency | None,
) -> None:
    values: dict[str, Any] = {"report": as_json(turn.report), "urgency": _word(urgency)}
    if message.state != ANSWERED:  # a late turn's question was not shown, so it was not asked
        values["pending"] = None if turn.question is None else as_json(turn.question)
    tx.execute(update(conversations).where(conversations.c.id == conversation.id).values(values))
    if message.state == RECEIVED:
        tx.execute(update(messages).where(messages.c.id == message.id).values(state=TAKEN_UP))


def _word(urgency: Urgency | None) -> str | None:
    return None if urgency is None else urgency.word


def _write_mentions(tx: Transaction, message: Message, found: Iterable[Mention], by: str) -> None:
    """The assistant's reading takes the place of the floor's; the floor's adds what is not there."""
    of_it = mentions.c.message_id == message.id
    known: set[tuple[str, int]] = set()
    if by == BY_ASSISTANT:
        tx.execute(delete(mentions).where(of_it))
    else:
        rows = tx.execute(select(mentions.c.sign, mentions.c.start).where(of_it))
        known = {(row.sign, row.start) for row in rows}
    new = [
        {"message_id": message.id, **as_json(mention)}
        for mention in found
        if (mention.sign, mention.start) not in known
    ]
    if new:
        tx.execute(mentions.insert(), new)
