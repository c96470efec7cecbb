"""Which messages hold which words, for search: of each word only a keyed hash, another in each clinic.

Equal words of one clinic have equal hashes: docs/adr/0017 says what that gives away.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select

from bedside.store.columns import DAMAGED
from bedside.store.database import Database, Transaction
from bedside.store.sealing import KeyRing
from bedside.store.tables import conversations, messages
from bedside.store.tables import words as table
from bedside.words import words_of

AT_ONCE = 200
PURPOSE = "word index"


def index(tx: Transaction, message_id: int, clinic_id: str, text: str) -> None:
    """Have the message found by its words. The caller has just stored it."""
    rows = _rows(tx.connection.dialect.keys, message_id, clinic_id, text)
    if rows:
        tx.execute(table.insert(), rows)


def holding(tx: Transaction, clinic_id: str, text: str) -> Any | None:
    """A query for the ids of the clinic's conversations in which the patient wrote all these words, in
    whatever message; None when there is no word in the text."""
    ring: KeyRing = tx.connection.dialect.keys
    secrets = ring.derived(PURPOSE)
    wanted = None
    for word in sorted(words_of(text)):
        hashes = [_hash(secret, clinic_id, word) for secret in secrets]
        of_it = (
            select(messages.c.conversation_id)
            .join(table, table.c.message_id == messages.c.id)
            .where(table.c.clinic_id == clinic_id, table.c.hash.in_(hashes))
        )
        wanted = of_it if wanted is None else wanted.where(messages.c.conversation_id.in_(of_it))
    return wanted


def reindex(database: Database) -> int:
    """Hash with the newest key what older keys hashed; gives back how many messages."""
    last = done = 0
    while True:
        with database.writing() as tx:
            newest = database.keys.ids[0]
            old = (
                select(messages.c.id, messages.c.text, conversations.c.clinic_id)
                .join(conversations, conversations.c.id == messages.c.conversation_id)
                .where(messages.c.id > last)
                .where(messages.c.id.in_(select(table.c.message_id).where(table.c.key != newest)))
                .order_by(messages.c.id)
                .limit(AT_ONCE)
            )
            rows = tx.execute(old).all()
            if not rows:
                return done
            _replace(tx, [row for row in rows if row.text is not DAMAGED])
        last, done = rows[-1].id, done + len(rows)


def _replace(tx: Transaction, rows: Iterable[Any]) -> None:
    for row in rows:
        tx.execute(delete(table).where(table.c.message_id == row.id))
        index(tx, row.id, row.clinic_id, row.text)


def _rows(ring: KeyRing, message_id: int, clinic_id: str, text: str) -> list[dict[str, Any]]:
    secret, key = ring.derived(PURPOSE)[0], ring.ids[0]
    return [
        {"message_id": message_id, "clinic_id": clinic_id, "key": key}
        | {"hash": _hash(secret, clinic_id, word)}
        for word in sorted(words_of(text))
    ]


def _hash(secret: str, clinic_id: str, word: str) -> str:
    digest = hmac.digest(secret.encode(), f"{clinic_id}\0{word}".encode(), "sha256")
    return digest[:16].hex()
