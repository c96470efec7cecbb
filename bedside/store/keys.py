"""Which keys the record is sealed with: their ids and a proof, never a key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, inspect, select

from bedside.store.columns import Damaged
from bedside.store.database import Database, Transaction
from bedside.store.sealing import KeyRing
from bedside.store.tables import keys as table

PROOF = "This key opens the record."


def keys_of(database: Database) -> dict[str, bool]:
    """The ids of the keys that the record is sealed with, and whether each is on the database's ring;
    none for a record from before values were sealed, or of no tables."""
    with database.reading() as tx:
        return keys_in(tx)


def keys_in(tx: Transaction) -> dict[str, bool]:
    """The same, as the transaction sees it."""
    if not inspect(tx.connection).has_table(table.name):
        return {}
    return {
        row.id: not isinstance(row.proof, Damaged)
        for row in tx.execute(select(table).order_by(table.c.created_at))
    }


def register(tx: Transaction, ring: KeyRing, *, now: datetime) -> bool:
    """Have the record know the newest key; whether it did not know it before."""
    newest = ring.ids[0]
    if tx.execute(select(table.c.id).where(table.c.id == newest)).first() is not None:
        return False
    tx.execute(table.insert().values(id=newest, proof=PROOF, created_at=now))
    return True


def forget_others(tx: Transaction, newest: str) -> None:
    """Have the record need no key but this one."""
    tx.execute(delete(table).where(table.c.id != newest))
