"""Silence after an emergency: who was told to call and then writes nothing is written to once more.

Each conversation has one clock, a row of the outbox. Telling an emergency sets it, messages of the
patient move it on, and the follow-up, a clinician or a day ends it. The follow-up, its audit line and
the end of the clock are one transaction, under the conversation's lock: so there is one, whoever dies.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from bedside.model import FlagState, Question, Reply, Urgency, as_json
from bedside.store import audit, outbox
from bedside.store.database import Transaction
from bedside.store.rows import ANSWERED, ASSISTANT, Conversation
from bedside.store.tables import conversations, flags, messages
from bedside.store.tables import outbox as table

# Proposals, to be set by a clinician: after how long a silence, how often in a conversation, and how
# long after the emergency was told it is too late to write.
FOLLOW_UP_AFTER = timedelta(minutes=10)
MOST_FOLLOW_UPS = 3
LATEST = timedelta(hours=24)

KIND = "follow_up"


def expect_a_word(tx: Transaction, conversation_id: str, *, now: datetime) -> None:
    """Set the conversation's clock: the patient was just told an emergency. The caller holds the lock."""
    key = _key(conversation_id)
    payload = {"conversation": conversation_id, "told_at": now.isoformat()}
    outbox.put(tx, key=key, kind=KIND, payload=payload, now=now)
    # A clock that has run is set again; its attempts count the follow-ups.
    tx.execute(
        update(table)
        .where(table.c.key == key, table.c.attempts < MOST_FOLLOW_UPS)
        .values(due_at=now + FOLLOW_UP_AFTER, delivered_at=None, payload=payload)
    )


def perhaps_silent(tx: Transaction, *, now: datetime, most: int = 20) -> list[str]:
    """Conversations whose clock has run out, longest ago first; `is_silent` says if it still counts."""
    rows = tx.execute(
        select(table.c.payload)
        .where(table.c.delivered_at.is_(None), table.c.due_at <= now, table.c.kind == KIND)
        .order_by(table.c.due_at)
        .limit(most)
    )
    return [row.payload["conversation"] for row in rows]


def is_silent(tx: Transaction, conversation: Conversation, *, now: datetime) -> bool:
    """Whether to write to the patient now. If not, the clock is moved on or stopped. The caller holds
    the lock."""
    clock = tx.execute(select(table).where(table.c.key == _key(conversation.id))).first()
    if clock is None or clock.delivered_at is not None or clock.due_at > now:
        return False
    told_at = datetime.fromisoformat(clock.payload["told_at"])
    if now - told_at > LATEST or not _nobody_sees_to(tx, conversation):
        _set(tx, conversation.id, delivered_at=now)
        return False
    silent_at = _last_written_at(tx, conversation.id) + FOLLOW_UP_AFTER
    if silent_at > now:
        _set(tx, conversation.id, due_at=silent_at)
        return False
    return True


def follow_up(
    tx: Transaction,
    conversation: Conversation,
    reply: Reply,
    *,
    asks: Question | None,
    by: str,
    now: datetime,
) -> None:
    """Write `reply` into the conversation, with its audit line, and stop the clock. The caller holds the
    lock and has asked `is_silent`.

    `asks` takes the place of the open question: a "no" to what this asks must not answer another.
    """
    _set(tx, conversation.id, delivered_at=now, attempts=table.c.attempts + 1)
    number = tx.execute(
        select(table.c.attempts).where(table.c.key == _key(conversation.id))
    ).scalar_one()
    tx.execute(messages.insert().values(_line(conversation.id, number, reply, now)))
    tx.execute(
        update(conversations)
        .where(conversations.c.id == conversation.id)
        .values(pending=None if asks is None else as_json(asks))
    )
    audit.note(
        tx,
        clinic_id=conversation.clinic_id,
        by=by,
        action="conversation.followed_up",
        subject=f"conversation:{conversation.id}",
        now=now,
        number=number,
    )


def _key(conversation_id: str) -> str:
    return f"follow_up:{conversation_id}"


def _set(tx: Transaction, conversation_id: str, **values: Any) -> None:
    tx.execute(update(table).where(table.c.key == _key(conversation_id)).values(values))


def _nobody_sees_to(tx: Transaction, conversation: Conversation) -> bool:
    """Whether the emergency is open and no clinician has taken it up."""
    state = tx.execute(
        select(flags.c.state).where(flags.c.conversation_id == conversation.id)
    ).scalar()
    is_open = conversation.urgency is Urgency.EMERGENCY and not conversation.is_closed
    return is_open and state in (None, FlagState.NEW.value)


def _last_written_at(tx: Transaction, conversation_id: str) -> datetime:
    """When the patient or Bedside wrote last; replies that were not shown do not count."""
    last: datetime = tx.execute(
        select(func.max(messages.c.at)).where(
            messages.c.conversation_id == conversation_id, messages.c.shown.is_(True)
        )
    ).scalar_one()
    return last


def _line(conversation_id: str, number: int, reply: Reply, now: datetime) -> dict[str, Any]:
    """A line of the transcript that answers no message. No id of a browser holds a colon; and a page that
    shows two conversations, one after the other, tells their follow-ups apart."""
    return {
        "conversation_id": conversation_id,
        "message_id": f"follow-up:{number}:{conversation_id}",
        "position": 1,
        "sender": ASSISTANT,
        "text": reply.text,
        "choices": as_json(reply.choices),
        "urgency": None if reply.urgency is None else reply.urgency.word,
        "state": ANSWERED,
        "shown": True,
        "at": now,
    }
