"""Conversations and their messages: received, taken up, answered; each once, in order.

A message is `received` when it is stored, `taken_up` when its report is, `answered` when its replies
are. One message of a conversation is worked on at a time, under a lease that expires by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.engine import Row

from bedside.model import (
    Choice,
    Mention,
    Parsed,
    Question,
    Reply,
    Report,
    Turn,
    Urgency,
    Utterance,
    as_json,
    mention_from_json,
    question_from_json,
    report_from_json,
)
from bedside.store import audit, flags, people
from bedside.store.database import Transaction
from bedside.store.tables import conversations, mentions, messages, patients, reports

# Longer than any turn may take (8 s), short enough that a killed program holds nobody up for long.
LEASE = timedelta(seconds=15)
PATIENT, ASSISTANT = "patient", "assistant"
RECEIVED, TAKEN_UP, ANSWERED = "received", "taken_up", "answered"
BY_ASSISTANT, BY_FLOOR = "assistant", "floor"


class UnknownConversation(Exception):
    """There is no such conversation."""


class UnknownInvitation(Exception):
    """The one-time link is not known, or was used before."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A patient's message. `id` is the record's own, `message_id` the sender's."""

    id: int
    message_id: str
    text: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A stored message. `replies` are there when it was answered before; `leased` says whether the
    caller may work on it now."""

    conversation: Conversation
    message: Message
    replies: tuple[Reply, ...] | None
    leased: bool


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


def open_conversation(
    tx: Transaction, *, clinic_id: str, now: datetime, invitation: str | None = None
) -> Conversation:
    """A new conversation, of the invited patient or an anonymous one; UnknownInvitation."""
    if invitation is None:
        patient_id = people.add_patient(tx, clinic_id=clinic_id, now=now)
    else:
        patient_id = _redeemed(tx, invitation, now)
    return _opened(tx, clinic_id, patient_id, now)


def receive(
    tx: Transaction, conversation_id: str, message_id: str, text: str, *, holder: str, now: datetime
) -> Received:
    """Store the message, once, and take the lease if it is free. In a conversation that a clinician
    has closed, it begins the patient's next one. UnknownConversation when there is none."""
    conversation = lock(tx, conversation_id)
    message = message_of(tx, conversation.id, message_id)
    if message is None and conversation.is_closed:
        conversation = _next(tx, conversation, now)
        message = message_of(tx, conversation.id, message_id)
    if message is None:
        message = _stored(tx, conversation, message_id, text, now)
    replies = replies_to(tx, conversation.id, message_id) if message.state == ANSWERED else None
    leased = replies is None and _leased(tx, conversation.id, message, holder, now)
    return Received(conversation=conversation, message=message, replies=replies, leased=leased)


def lock(tx: Transaction, conversation_id: str) -> Conversation:
    """The conversation, which nobody else changes until the transaction ends; UnknownConversation."""
    row = tx.execute(
        select(conversations).where(conversations.c.id == conversation_id).with_for_update()
    ).first()
    if row is None:
        raise UnknownConversation(conversation_id)
    return _conversation(row)


def message_of(tx: Transaction, conversation_id: str, message_id: str) -> Message | None:
    """The patient's message with this id in this conversation, or None."""
    row = tx.execute(
        select(messages).where(
            messages.c.conversation_id == conversation_id,
            messages.c.message_id == message_id,
            messages.c.position == 0,
        )
    ).first()
    return None if row is None else _message(row)


def replies_to(tx: Transaction, conversation_id: str, message_id: str) -> tuple[Reply, ...]:
    """The replies that the patient was shown to this message, in order."""
    rows = tx.execute(
        select(messages)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.message_id == message_id,
            messages.c.sender == ASSISTANT,
            messages.c.shown.is_(True),
        )
        .order_by(messages.c.position)
    )
    return tuple(
        Reply(text=row.text, choices=_choices(row.choices), urgency=_urgency(row.urgency))
        for row in rows
    )


def take_up(
    tx: Transaction,
    conversation: Conversation,
    message: Message,
    parsed: Parsed,
    turn: Turn,
    *,
    by: str,
    knowledge_version: str,
    model_version: str,
    now: datetime,
) -> None:
    """Write what the message led to: mentions, report with reasons, flag, audit, outbox.

    The caller holds the lock. A turn by the floor marks the flag as not processed by the assistant.
    """
    late = message.state == ANSWERED
    urgency = max(
        (each for each in (conversation.urgency, turn.assessment.urgency) if each), default=None
    )
    _write_mentions(tx, message, parsed.mentions, by)
    tx.execute(
        reports.insert().values(
            conversation_id=conversation.id,
            message_id=message.id,
            processed_by=by,
            report=as_json(turn.report),
            urgency=None if turn.assessment.urgency is None else turn.assessment.urgency.word,
            reasons=as_json(turn.assessment.reasons),
            advice=as_json(turn.says),
            knowledge_version=knowledge_version,
            model_version=model_version,
            at=now,
        )
    )
    values: dict[str, Any] = {
        "report": as_json(turn.report),
        "urgency": None if urgency is None else urgency.word,
    }
    if not late:  # what was not shown was not asked
        values["pending"] = None if turn.question is None else as_json(turn.question)
    tx.execute(update(conversations).where(conversations.c.id == conversation.id).values(values))
    if message.state == RECEIVED:
        tx.execute(update(messages).where(messages.c.id == message.id).values(state=TAKEN_UP))
    audit.note(
        tx,
        clinic_id=conversation.clinic_id,
        by=by,
        action="message.taken_up",
        subject=f"conversation:{conversation.id}",
        now=now,
        message=message.id,
        urgency=None if urgency is None else urgency.word,
    )
    flags.raise_flag(
        tx,
        conversation.id,
        conversation.clinic_id,
        urgency,
        unprocessed=by == BY_FLOOR,
        by=by,
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
    return () if row is None else tuple(_utterance(each) for each in row.advice)


def answer(
    tx: Transaction,
    conversation_id: str,
    message: Message,
    replies: Sequence[Reply],
    *,
    now: datetime,
    shown: bool = True,
) -> None:
    """Store the replies; those that come too late are kept, not shown. Frees the conversation."""
    last = tx.execute(
        select(func.max(messages.c.position)).where(
            messages.c.conversation_id == conversation_id,
            messages.c.message_id == message.message_id,
        )
    ).scalar_one()
    rows = [
        _row(conversation_id, message.message_id, last + number, ASSISTANT, reply.text, now)
        | {
            "choices": as_json(reply.choices),
            "urgency": None if reply.urgency is None else reply.urgency.word,
            "state": ANSWERED,
            "shown": shown,
        }
        for number, reply in enumerate(replies, start=1)
    ]
    if rows:
        tx.execute(messages.insert(), rows)
    if shown:
        tx.execute(update(messages).where(messages.c.id == message.id).values(state=ANSWERED))
        release(tx, conversation_id)


def release(tx: Transaction, conversation_id: str) -> None:
    """Free the conversation for its next message."""
    tx.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(lease_holder=None, lease_until=None)
    )


def left_behind(tx: Transaction, *, before: datetime, most: int = 20) -> list[tuple[str, Message]]:
    """Messages from before that time that nobody answered, oldest first, with their conversations."""
    rows = tx.execute(
        select(messages)
        .where(messages.c.state.in_((RECEIVED, TAKEN_UP)), messages.c.at < before)
        .order_by(messages.c.id)
        .limit(most)
    )
    return [(row.conversation_id, _message(row)) for row in rows]


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
        found.setdefault(row.message_id, []).append(_mention(row))
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
            message=_message(row),
            sender=row.sender,
            choices=_choices(row.choices),
            urgency=_urgency(row.urgency),
            shown=row.shown,
            mentions=tuple(found.get(row.id, ())),
            report=led_to.get(row.id),
        )
        for row in lines
    ]


def _latest_reports(tx: Transaction, conversation_id: str) -> dict[int, dict[str, Any]]:
    rows = tx.execute(
        select(reports).where(reports.c.conversation_id == conversation_id).order_by(reports.c.id)
    )
    return {row.message_id: dict(row._mapping) for row in rows}


def _redeemed(tx: Transaction, invitation: str, now: datetime) -> str:
    row = tx.execute(
        update(patients)
        .where(
            patients.c.invitation_sha256 == people.digest(invitation),
            patients.c.invitation_used_at.is_(None),
        )
        .values(invitation_used_at=now)
    )
    if row.rowcount != 1:
        raise UnknownInvitation()
    found = tx.execute(
        select(patients.c.id).where(patients.c.invitation_sha256 == people.digest(invitation))
    )
    return str(found.scalar_one())


def _opened(tx: Transaction, clinic_id: str, patient_id: str, now: datetime) -> Conversation:
    id_ = str(uuid.uuid4())
    tx.execute(
        conversations.insert().values(
            id=id_,
            clinic_id=clinic_id,
            patient_id=patient_id,
            report=as_json(Report()),
            opened_at=now,
        )
    )
    audit.note(
        tx,
        clinic_id=clinic_id,
        by=f"patient:{patient_id}",
        action="conversation.opened",
        subject=f"conversation:{id_}",
        now=now,
    )
    return Conversation(
        id=id_,
        clinic_id=clinic_id,
        patient_id=patient_id,
        urgency=None,
        report=Report(),
        pending=None,
    )


def _next(tx: Transaction, conversation: Conversation, now: datetime) -> Conversation:
    """The patient's conversation that follows the closed one, locked as well."""
    row = tx.execute(
        select(conversations)
        .where(
            conversations.c.patient_id == conversation.patient_id,
            conversations.c.closed_at.is_(None),
        )
        .order_by(conversations.c.opened_at.desc())
        .with_for_update()
    ).first()
    if row is not None:
        return _conversation(row)
    return _opened(tx, conversation.clinic_id, conversation.patient_id, now)


def _stored(
    tx: Transaction, conversation: Conversation, message_id: str, text: str, now: datetime
) -> Message:
    values = _row(conversation.id, message_id, 0, PATIENT, text, now)
    id_ = tx.execute(messages.insert().values(values)).inserted_primary_key[0]
    return Message(id=id_, message_id=message_id, text=text, state=RECEIVED, at=now)


def _row(
    conversation_id: str, message_id: str, position: int, sender: str, text: str, now: datetime
) -> dict[str, Any]:
    return {
        "conversation_id": conversation_id,
        "message_id": message_id,
        "position": position,
        "sender": sender,
        "text": text,
        "choices": [],
        "state": RECEIVED,
        "shown": True,
        "at": now,
    }


def acquire(
    tx: Transaction, conversation_id: str, message: Message, *, holder: str, now: datetime
) -> Received:
    """Try again for the lease on a message that was received before."""
    conversation = lock(tx, conversation_id)
    current = message_of(tx, conversation_id, message.message_id) or message
    replies = None
    if current.state == ANSWERED:
        replies = replies_to(tx, conversation_id, message.message_id)
    leased = replies is None and _leased(tx, conversation_id, current, holder, now)
    return Received(conversation=conversation, message=current, replies=replies, leased=leased)


def _leased(
    tx: Transaction, conversation_id: str, message: Message, holder: str, now: datetime
) -> bool:
    """Take the lease if it is free and no earlier message is still being worked on."""
    row = tx.execute(
        select(conversations.c.lease_holder, conversations.c.lease_until).where(
            conversations.c.id == conversation_id
        )
    ).one()
    if row.lease_until is not None and row.lease_until > now and row.lease_holder != holder:
        return False
    earlier = tx.execute(
        select(messages.c.id).where(
            and_(
                messages.c.conversation_id == conversation_id,
                messages.c.position == 0,
                messages.c.state != ANSWERED,
                messages.c.id < message.id,
                messages.c.at > now - LEASE,
            )
        )
    ).first()
    if earlier is not None:
        return False
    tx.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(lease_holder=holder, lease_until=now + LEASE)
    )
    return True


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


def _conversation(row: Row) -> Conversation:
    return Conversation(
        id=row.id,
        clinic_id=row.clinic_id,
        patient_id=row.patient_id,
        urgency=_urgency(row.urgency),
        report=report_from_json(row.report),
        pending=None if row.pending is None else question_from_json(row.pending),
        is_closed=row.closed_at is not None,
    )


def _message(row: Row) -> Message:
    return Message(id=row.id, message_id=row.message_id, text=row.text, state=row.state, at=row.at)


def _mention(row: Row) -> Mention:
    data = dict(row._mapping)
    return mention_from_json({key: data[key] for key in Mention.__dataclass_fields__})


def _utterance(data: dict[str, Any]) -> Utterance:
    return Utterance(
        response=data["response"],
        facts=data["facts"],
        choices=_choices(data["choices"]),
        urgency=_urgency(data["urgency"]),
    )


def _choices(data: Sequence[dict[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(**each) for each in data)


def _urgency(word: str | None) -> Urgency | None:
    return None if word is None else Urgency.of(word)
