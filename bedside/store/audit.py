"""The audit log: who did what to what. Every write of the store takes `by` and adds its line here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bedside.store.database import Transaction
from bedside.store.tables import audit


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
    tx.execute(
        audit.insert().values(
            at=now, clinic_id=clinic_id, actor=by, action=action, subject=subject, detail=detail
        )
    )
