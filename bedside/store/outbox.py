"""Work that must happen after a commit, kept as rows until the worker has done it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from bedside.store.database import Transaction
from bedside.store.tables import outbox

NOTIFY = "notify"
CLAIM_FOR = timedelta(seconds=60)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing to deliver. `payload` holds no health content."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    attempts: int


def put(tx: Transaction, *, key: str, kind: str, payload: Mapping[str, Any], now: datetime) -> None:
    """Add the work named `key`, unless it is there already."""
    if tx.execute(select(outbox.c.id).where(outbox.c.key == key)).first() is None:
        tx.execute(
            outbox.insert().values(
                key=key, kind=kind, payload=dict(payload), due_at=now, attempts=0
            )
        )


def claim(tx: Transaction, *, now: datetime, most: int = 20) -> list[Delivery]:
    """Due notifications that no other worker has; one comes back when it is not reported done in time."""
    unclaimed = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until < now)
    rows = tx.execute(
        select(outbox)
        .where(
            outbox.c.delivered_at.is_(None),
            outbox.c.due_at <= now,
            outbox.c.kind == NOTIFY,
            unclaimed,
        )
        .order_by(outbox.c.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    tx.execute(
        update(outbox)
        .where(outbox.c.id.in_([row.id for row in rows]))
        .values(claimed_until=now + CLAIM_FOR, attempts=outbox.c.attempts + 1)
    )
    return [
        Delivery(id=row.id, kind=row.kind, payload=row.payload, attempts=row.attempts + 1)
        for row in rows
    ]


def delivered(tx: Transaction, delivery: Delivery, *, now: datetime) -> None:
    """The work is done and never comes back."""
    tx.execute(update(outbox).where(outbox.c.id == delivery.id).values(delivered_at=now))


def failed(tx: Transaction, delivery: Delivery, *, now: datetime) -> None:
    """Try again later, each time after twice as long."""
    wait = min(timedelta(seconds=5 * 2 ** min(delivery.attempts, 12)), LONGEST_WAIT)
    tx.execute(
        update(outbox)
        .where(outbox.c.id == delivery.id)
        .values(claimed_until=None, due_at=now + wait)
    )
