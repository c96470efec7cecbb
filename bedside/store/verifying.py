"""Whether a clinic's audit log is as it was written. Reads only, line after line, and mends nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import String, Text, cast, select, type_coerce, union

from bedside.store.audit import GENESIS, digest_of
from bedside.store.database import Transaction
from bedside.store.tables import audit, audit_heads, clinics

AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A clinic's audit log up to its end, or up to the first line that does not fit: `fault` says why.
    `kept` says whether the digest that was asked for is that of a line so far."""

    clinic_id: str
    number: int
    digest: str
    kept: bool
    fault: str | None = None


def audited_clinics(tx: Transaction) -> list[str]:
    """The clinics that have an audit log, or ought to have one."""
    columns = (clinics.c.id, audit_heads.c.clinic_id, audit.c.clinic_id)
    return sorted(row[0] for row in tx.execute(union(*(select(column) for column in columns))))


def verify_audit(tx: Transaction, clinic_id: str, *, kept: str | None = None) -> Verified:
    """Walk along the clinic's lines; `kept` is a digest that was printed earlier."""
    number, digest, found = 0, GENESIS, kept == GENESIS
    for row in tx.execute(_lines(clinic_id)):
        fault = _fault(row._mapping, number, digest)
        if fault is not None:
            return Verified(
                clinic_id=clinic_id, number=number, digest=digest, kept=found, fault=fault
            )
        number, digest = row.number, row.digest
        found = found or digest == kept
    fault = _fault_of_head(tx, clinic_id, number, digest)
    return Verified(clinic_id=clinic_id, number=number, digest=digest, kept=found, fault=fault)


def _lines(clinic_id: str) -> Any:
    """Times and details as the database holds them: one that cannot be read must not end the walk."""
    columns = [column for column in audit.c if column.name not in ("at", "detail")]
    return (
        select(
            *columns,
            type_coerce(audit.c.at, String).label("at"),
            cast(audit.c.detail, Text).label("detail"),
        )
        .where(audit.c.clinic_id == clinic_id)
        .order_by(audit.c.number, audit.c.id)
        .execution_options(yield_per=AT_ONCE)
    )


def _fault(line: Mapping[str, Any], last: int, digest: str) -> str | None:
    """Why the line does not follow the one numbered `last`, in a sentence; None if it does."""
    due = last + 1
    if line["number"] != due:
        return _misnumbered(line["number"], last)
    fits, follows = _fits(line), line["previous"] == digest
    if fits and follows:
        return None
    if follows:
        return f"line {due} was changed after it was written: it does not fit its digest"
    if fits:
        return (
            f"line {due} does not follow line {last}: one of them was put in or written again later"
        )
    return f"line {due} is out of order: it was moved or put in, or another stood in its place"


def _misnumbered(number: Any, last: int) -> str:
    if not isinstance(number, int) or number <= last:
        return f"a line was put in after line {last}: it has the number {number}"
    return f"{_lines_named(last + 1, number - 1)} missing: the next one is line {number}"


def _fits(line: Mapping[str, Any]) -> bool:
    try:
        return bool(line["digest"] == digest_of(_read(line)))
    except (ValueError, TypeError, AttributeError):
        return False  # a time or a detail that is none


def _read(line: Mapping[str, Any]) -> dict[str, Any]:
    at = line["at"]
    utc = (datetime.fromisoformat(at) if isinstance(at, str) else at).replace(tzinfo=timezone.utc)
    return {**line, "at": utc, "detail": json.loads(line["detail"])}


def _fault_of_head(tx: Transaction, clinic_id: str, last: int, digest: str) -> str | None:
    """Why the log does not end where its head says, in a sentence; None if it does."""
    head = tx.execute(select(audit_heads).where(audit_heads.c.clinic_id == clinic_id)).first()
    if head is None:
        return (
            f"its head is missing, so nothing says that line {last} is the last" if last else None
        )
    if (head.number, head.digest) == (last, digest):
        return None
    if isinstance(head.number, int) and head.number > last:
        return f"{_lines_named(last + 1, head.number)} missing: the end was cut off"
    if head.number == last:
        return f"its head was changed: it does not hold the digest of line {last}"
    return f"its head was changed: it names line {head.number} as the last, and that is line {last}"


def _lines_named(first: int, last: int) -> str:
    return f"line {first} is" if first == last else f"lines {first} to {last} are"
