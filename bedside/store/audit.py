"""The audit log: who did what to what. Every write of the store takes `by` and adds its line here.

A clinic's lines are numbered, and each holds a digest over itself and the digest before it, so that
nobody changes, removes or puts in a line unseen (`bedside.store.verifying`). A transaction's lines are
written together, just before its commit: the wait for the clinic's other writers is the last one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import select, text

from bedside.store.database import Transaction
from bedside.store.tables import audit, audit_heads

# What stands before the first line.
GENESIS = "0" * 64


def note(
    tx: Transaction,
    *,
    clinic_id: str,
    by: str,
    action: str,
    subject: str,
    now: datetime,
    **detail: Any,
) -> None:
    """Add a line. `by` is `clinician:<id>`, `patient:<id>` or a program; `detail` never holds a
    patient's words."""
    line = {
        "at": now,
        "clinic_id": clinic_id,
        "actor": by,
        "action": action,
        "subject": subject,
        # As it will be read again, so that its digest is the same then.
        "detail": json.loads(json.dumps(detail, allow_nan=False)),
    }
    tx.at_the_end(_append, line)


def digest_of(line: Mapping[str, Any]) -> str:
    """SHA-256 over what a line says, its clinic, its number and the digest before it."""
    at = line["at"].astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds")
    said = [line[key] for key in ("actor", "action", "subject", "detail", "previous")]
    canonical = json.dumps(
        [line["clinic_id"], line["number"], f"{at}Z", *said], sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _append(tx: Transaction, lines: Sequence[dict[str, Any]]) -> None:
    # Clinics in one order for everybody: two transactions never wait for each other.
    for clinic_id in sorted({line["clinic_id"] for line in lines}):
        of_it = [line for line in lines if line["clinic_id"] == clinic_id]
        number, previous = _locked_head(tx, clinic_id)
        tx.execute(audit.insert(), list(_chained(of_it, number, previous)))


def _chained(lines: Sequence[dict[str, Any]], last: int, previous: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=last + 1):
        chained = line | {"number": number, "previous": previous}
        previous = digest_of(chained)
        yield chained | {"digest": previous}


def _locked_head(tx: Transaction, clinic_id: str) -> tuple[int, str]:
    """Number and digest of the clinic's last line, which stays the last one until the commit."""
    wanted = (
        select(audit_heads.c.number, audit_heads.c.digest)
        .where(audit_heads.c.clinic_id == clinic_id)
        .with_for_update()
    )
    head = tx.execute(wanted).first()
    if head is None:
        begin = "INSERT INTO audit_heads VALUES (:clinic_id, 0, :genesis) ON CONFLICT DO NOTHING"
        tx.execute(text(begin), {"clinic_id": clinic_id, "genesis": GENESIS})
        head = tx.execute(wanted).one()
    return head.number, head.digest
