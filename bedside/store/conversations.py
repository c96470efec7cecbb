"""Conversations and their messages: received, taken up, answered; each once, in order.

A message is `received` when it is stored, `taken_up` when its report is, `answered` when its replies
are. One message of a conversation is worked on at a time, under a lease that expires by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select, update

from bedside.model import CORRECTED, LAST_INFUSION, EarlierSign, Reply, Report, Urgency, as_json
from bedside.review import needs_flag
from bedside.store import audit, following_up, people
from bedside.store.database import Transaction
from bedside.store.indexing import index
from bedside.store.rows import (
    ANSWERED,
    ASSISTANT,
    PATIENT,
    RECEIVED,
    TAKEN_UP,
    Conversation,
    Message,
    choices_of,
    conversation_of,
    message_from,
    urgency_of,
)
from bedside.store.tables import conversations, flags, messages, patients, reports

# How far back a new conversation looks; bedside.facts counts a sign as recent for as long.
REMEMBERED = timedelta(days=14)
MOST_REMEMBERED = 50
# Without a flag that a clinician closes, a conversation ends when nothing was written for so long.
ENDS_AFTER = timedelta(hours=72)
# Longer than any turn may take (8 s), short enough that a killed program holds nobody up for long.
LEASE = timedelta(seconds=15)


class UnknownConversation(Exception):
    """There is no such conversation."""


class UnknownInvitation(Exception):
    """The one-time link is not known, or was used before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A stored message. `replies` are there when it was answered before; `leased` says whether the
    caller may work on it now."""

    conversation: Conversation
    message: Message
    replies: tuple[Reply, ...] | None
    leased: bool


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
    """Store the message, once, and take the lease if it is free. In a conversation that has ended, it
    begins the patient's next one. UnknownConversation when there is none."""
    conversation, message = place(tx, lock(tx, conversation_id), message_id, text, at=now)
    replies = replies_to(tx, conversation.id, message_id) if message.state == ANSWERED else None
    leased = replies is None and _leased(tx, conversation.id, message, holder, now)
    return Received(conversation=conversation, message=message, replies=replies, leased=leased)


def place(
    tx: Transaction, conversation: Conversation, message_id: str, text: str, *, at: datetime
) -> tuple[Conversation, Message]:
    """The message, stored once, and the conversation it is in: the patient's next one if this one has
    ended by then. The caller holds the lock."""
    message = message_of(tx, conversation.id, message_id)
    if message is None and (conversation.is_closed or _ends(tx, conversation, at)):
        conversation = _next(tx, conversation, at)
        message = message_of(tx, conversation.id, message_id)
    if message is None:
        message = _stored(tx, conversation, message_id, text, at)
    return conversation, message


def lock(tx: Transaction, conversation_id: str) -> Conversation:
    """The conversation, which nobody else changes until the transaction ends; UnknownConversation."""
    row = tx.execute(
        select(conversations).where(conversations.c.id == conversation_id).with_for_update()
    ).first()
    if row is None:
        raise UnknownConversation(conversation_id)
    return conversation_of(row)


def is_known(tx: Transaction, conversation_id: str) -> bool:
    """Whether there is such a conversation, ended or not."""
    row = tx.execute(select(conversations.c.id).where(conversations.c.id == conversation_id))
    return row.first() is not None


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


def release(tx: Transaction, conversation_id: str) -> None:
    """Free the conversation for its next message."""
    tx.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(lease_holder=None, lease_until=None)
    )


def message_of(tx: Transaction, conversation_id: str, message_id: str) -> Message | None:
    """The patient's message with this id in this conversation, or None."""
    row = tx.execute(
        select(messages).where(
            messages.c.conversation_id == conversation_id,
            messages.c.message_id == message_id,
            messages.c.position == 0,
        )
    ).first()
    return None if row is None else message_from(row)


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
        Reply(text=row.text, choices=choices_of(row.choices), urgency=urgency_of(row.urgency))
        for row in rows
    )


def answer(
    tx: Transaction,
    conversation_id: str,
    message: Message,
    replies: Sequence[Reply],
    *,
    now: datetime,
    shown: bool = True,
) -> None:
    """Store the replies; those that come too late are kept, not shown. Frees the conversation, and waits
    for a word of the patient who was told an emergency."""
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
        if any(reply.urgency is Urgency.EMERGENCY for reply in replies):
            following_up.expect_a_word(tx, conversation_id, now=now)


def left_behind(tx: Transaction, *, before: datetime, most: int = 20) -> list[tuple[str, Message]]:
    """Messages from before that time that nobody answered, oldest first, with their conversations."""
    rows = tx.execute(
        select(messages)
        .where(messages.c.state.in_((RECEIVED, TAKEN_UP)), messages.c.at < before)
        .order_by(messages.c.id)
        .limit(most)
    )
    return [(row.conversation_id, message_from(row)) for row in rows]


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
    id_, report = str(uuid.uuid4()), _first_report(tx, patient_id, now)
    tx.execute(
        conversations.insert().values(
            id=id_,
            clinic_id=clinic_id,
            patient_id=patient_id,
            report=as_json(report),
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
        report=report,
        pending=None,
    )


def _first_report(tx: Transaction, patient_id: str, now: datetime) -> Report:
    """What a new conversation knows of the patient's earlier ones: the signs of the last two weeks with
    the urgency they were given, those aside that were called wrong, and when the last infusion was."""
    told = tx.execute(
        select(reports.c.report, reports.c.reasons, reports.c.at)
        .join(conversations, conversations.c.id == reports.c.conversation_id)
        .where(conversations.c.patient_id == patient_id, reports.c.at >= now - REMEMBERED)
        .order_by(reports.c.id.desc())
        .limit(MOST_REMEMBERED)
    ).all()
    signs: dict[str, EarlierSign] = {}
    for row in reversed(told):
        days_ago = (now - row.at) / timedelta(days=1)
        for mention in row.report["mentions"]:
            if mention["cue"] == CORRECTED:
                signs.pop(mention["sign"], None)
        for reason in row.reasons:
            if reason["rule"] == f"sign:{reason['sign']}":
                urgency = Urgency.of(reason["urgency"])
                signs[reason["sign"]] = EarlierSign(
                    sign=reason["sign"], urgency=urgency, days_ago=round(days_ago, 1)
                )
    dates = [row.report["answers"].get(LAST_INFUSION) for row in told]
    known = next((date for date in dates if date and "/" in date), None)
    return Report(answers={LAST_INFUSION: known} if known else {}, earlier=tuple(signs.values()))


def _ends(tx: Transaction, conversation: Conversation, now: datetime) -> bool:
    """Whether the conversation has no flag and was silent for so long that it ends now."""
    if conversation.urgency is not None and needs_flag(conversation.urgency):
        return False
    flagged = select(flags.c.id).where(flags.c.conversation_id == conversation.id).exists()
    last = tx.execute(
        select(func.max(messages.c.at)).where(
            messages.c.conversation_id == conversation.id, ~flagged
        )
    ).scalar_one()
    if last is None or last > now - ENDS_AFTER:
        return False
    ended = update(conversations).where(conversations.c.id == conversation.id)
    tx.execute(ended.values(closed_at=now, pending=None))
    audit.note(
        tx,
        clinic_id=conversation.clinic_id,
        by=f"patient:{conversation.patient_id}",
        action="conversation.ended",
        subject=f"conversation:{conversation.id}",
        now=now,
    )
    return True


def _next(tx: Transaction, conversation: Conversation, now: datetime) -> Conversation:
    """The patient's conversation that follows the ended one, locked as well."""
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
        return conversation_of(row)
    return _opened(tx, conversation.clinic_id, conversation.patient_id, now)


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


def _stored(
    tx: Transaction, conversation: Conversation, message_id: str, text: str, now: datetime
) -> Message:
    values = _row(conversation.id, message_id, 0, PATIENT, text, now)
    id_ = tx.execute(messages.insert().values(values)).inserted_primary_key[0]
    index(tx, id_, conversation.clinic_id, text)
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
