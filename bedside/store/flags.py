"""Flags: one a conversation, raised in place, moved by clinicians as bedside.review allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import Row

from bedside.model import Clinic, FlagState, Urgency
from bedside.review import check_can_move, due_at, needs_flag
from bedside.store import audit, outbox
from bedside.store.database import Transaction
from bedside.store.indexing import holding
from bedside.store.tables import clinicians, conversations, patients, reports
from bedside.store.tables import flags as table


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagView:
    """A flag as the queue shows it. `reasons` are those of the latest report, highest first."""

    id: int
    conversation_id: str
    clinic_id: str
    urgency: Urgency
    state: FlagState
    unprocessed: bool
    raised_at: datetime
    due_at: datetime
    claimed_by: str | None
    claimed_by_name: str | None
    closed_reason: str | None
    patient_name: str | None
    patient_contact: str | None
    reasons: Sequence[dict[str, Any]]


def raise_flag(
    tx: Transaction,
    conversation_id: str,
    clinic: Clinic,
    urgency: Urgency | None,
    *,
    unprocessed: bool,
    by: str,
    since: datetime,
    now: datetime,
) -> None:
    """Flag the conversation if it needs it, raise the flag if it was lower, and have the team told.

    It is due by what the urgency promises, counted from `since`. The caller holds the conversation's
    lock, so that there is never a second flag. What nobody could process is urgent: a person has to
    read it.
    """
    if unprocessed:
        urgency = max(urgency or Urgency.URGENT, Urgency.URGENT)
    if urgency is None or not needs_flag(urgency):
        return
    flag = tx.execute(select(table).where(table.c.conversation_id == conversation_id)).first()
    is_closed = flag is not None and flag.state == FlagState.CLOSED.value
    if flag is None:
        _insert(tx, conversation_id, clinic, urgency, unprocessed, since)
    elif is_closed:
        _reopen(tx, flag, urgency, unprocessed, since, due_at(urgency, since, clinic))
    elif urgency > flag.urgency_rank or unprocessed > flag.unprocessed:
        highest = max(urgency, Urgency(flag.urgency_rank))
        _raise(tx, flag, highest, unprocessed, due_at(highest, since, clinic))
    if flag is None or is_closed or urgency > flag.urgency_rank:
        again = f":{now.isoformat()}" if is_closed else ""
        _tell(tx, conversation_id, clinic.id, urgency, by, now, again)


def flags(tx: Transaction, clinic_id: str, *, closed: bool = False) -> list[FlagView]:
    """The clinic's open flags (or its closed ones), most urgent and longest waiting first."""
    is_closed = table.c.state == FlagState.CLOSED.value
    rows = tx.execute(
        _views()
        .where(table.c.clinic_id == clinic_id, is_closed if closed else ~is_closed)
        .order_by(table.c.urgency_rank.desc(), table.c.raised_at)
        .limit(500)
    )
    return [_view(row) for row in rows]


def search(
    tx: Transaction, clinic_id: str, text: str, *, by: str, now: datetime
) -> list[FlagView] | None:
    """The clinic's flags, open and closed, newest first, of conversations in which the patient wrote all
    words of `text`; None when it holds no word. The audit line says that clinician `by` searched, not
    for what."""
    wanted = holding(tx, clinic_id, text)
    if wanted is None:
        return None
    rows = tx.execute(
        _views()
        .where(table.c.clinic_id == clinic_id, table.c.conversation_id.in_(wanted))
        .order_by(table.c.raised_at.desc())
        .limit(500)
    )
    found = [_view(row) for row in rows]
    audit.note(
        tx,
        clinic_id=clinic_id,
        by=f"clinician:{by}",
        action="transcripts.searched",
        subject=f"clinic:{clinic_id}",
        now=now,
        found=[each.id for each in found],
    )
    return found


def flag_of(tx: Transaction, clinic_id: str, flag_id: int) -> FlagView | None:
    """The clinic's flag with this id, or None; another clinic's flag is None too."""
    row = tx.execute(_views().where(table.c.clinic_id == clinic_id, table.c.id == flag_id)).first()
    return None if row is None else _view(row)


def move(
    tx: Transaction,
    flag: FlagView,
    to: FlagState,
    *,
    by: str,
    now: datetime,
    reason: str = "",
    take_over: bool = False,
) -> None:
    """Move the flag for clinician `by`; MoveRefused when it may not be. Closing ends the conversation."""
    current = tx.execute(select(table).where(table.c.id == flag.id).with_for_update()).one()
    state = FlagState(current.state)
    check_can_move(
        state, to, claimed_by=current.claimed_by, by=by, reason=reason, take_over=take_over
    )
    holder = None if to is FlagState.NEW else by
    values: dict[str, Any] = {"state": to.value, "claimed_by": holder}
    if to is FlagState.CLOSED:
        values["closed_reason"] = reason.strip()
        tx.execute(
            update(conversations)
            .where(conversations.c.id == flag.conversation_id)
            .values(closed_at=now, pending=None)
        )
    tx.execute(update(table).where(table.c.id == flag.id).values(values))
    audit.note(
        tx,
        clinic_id=flag.clinic_id,
        by=f"clinician:{by}",
        action="flag.taken_over" if take_over else f"flag.{to.value}",
        subject=f"flag:{flag.id}",
        now=now,
    )


def note_read(tx: Transaction, flag: FlagView, *, by: str, now: datetime) -> None:
    """Note in the audit log that clinician `by` read the flag's transcript."""
    audit.note(
        tx,
        clinic_id=flag.clinic_id,
        by=f"clinician:{by}",
        action="transcript.read",
        subject=f"conversation:{flag.conversation_id}",
        now=now,
    )


def note_queue_read(tx: Transaction, clinic_id: str, *, by: str, now: datetime) -> None:
    """Note that clinician `by` saw the clinic's queue: names and what was reported."""
    audit.note(
        tx,
        clinic_id=clinic_id,
        by=f"clinician:{by}",
        action="queue.read",
        subject=f"clinic:{clinic_id}",
        now=now,
    )


def _insert(
    tx: Transaction,
    conversation_id: str,
    clinic: Clinic,
    urgency: Urgency,
    unprocessed: bool,
    since: datetime,
) -> None:
    tx.execute(
        table.insert().values(
            conversation_id=conversation_id,
            clinic_id=clinic.id,
            urgency=urgency.word,
            urgency_rank=int(urgency),
            state=FlagState.NEW.value,
            unprocessed=unprocessed,
            raised_at=since,
            due_at=due_at(urgency, since, clinic),
        )
    )


def _raise(tx: Transaction, flag: Row, highest: Urgency, unprocessed: bool, due: datetime) -> None:
    tx.execute(
        update(table)
        .where(table.c.id == flag.id)
        .values(
            urgency=highest.word,
            urgency_rank=int(highest),
            unprocessed=flag.unprocessed or unprocessed,
            due_at=min(flag.due_at, due),
        )
    )


def _reopen(
    tx: Transaction, flag: Row, urgency: Urgency, unprocessed: bool, since: datetime, due: datetime
) -> None:
    """A message that was on its way while the flag was closed: nobody has seen it yet."""
    tx.execute(
        update(table)
        .where(table.c.id == flag.id)
        .values(
            urgency=urgency.word,
            urgency_rank=int(urgency),
            state=FlagState.NEW.value,
            claimed_by=None,
            closed_reason=None,
            unprocessed=unprocessed,
            raised_at=since,
            due_at=due,
        )
    )
    tx.execute(
        update(conversations)
        .where(conversations.c.id == flag.conversation_id)
        .values(closed_at=None)
    )


def _tell(
    tx: Transaction,
    conversation_id: str,
    clinic_id: str,
    urgency: Urgency,
    by: str,
    now: datetime,
    again: str,
) -> None:
    """The audit line and the notification; the notification says how urgent, never what. `again`
    tells a flag that was opened again from its first time."""
    audit.note(
        tx,
        clinic_id=clinic_id,
        by=by,
        action="flag.raised",
        subject=f"conversation:{conversation_id}",
        now=now,
        urgency=urgency.word,
    )
    outbox.put(
        tx,
        key=f"flag:{conversation_id}:{urgency.word}{again}",
        kind=outbox.NOTIFY,
        payload={"clinic": clinic_id, "urgency": urgency.word},
        now=now,
    )


def _views() -> Any:
    latest = (
        select(reports.c.conversation_id, func.max(reports.c.id).label("id"))
        .group_by(reports.c.conversation_id)
        .subquery()
    )
    return (
        select(
            table,
            patients.c.name.label("patient_name"),
            patients.c.contact.label("patient_contact"),
            clinicians.c.name.label("claimed_by_name"),
            reports.c.reasons,
        )
        .join(conversations, conversations.c.id == table.c.conversation_id)
        .join(patients, patients.c.id == conversations.c.patient_id)
        .outerjoin(clinicians, clinicians.c.id == table.c.claimed_by)
        .outerjoin(latest, latest.c.conversation_id == table.c.conversation_id)
        .outerjoin(reports, reports.c.id == latest.c.id)
    )


def _view(row: Row) -> FlagView:
    return FlagView(
        id=row.id,
        conversation_id=row.conversation_id,
        clinic_id=row.clinic_id,
        urgency=Urgency.of(row.urgency),
        state=FlagState(row.state),
        unprocessed=row.unprocessed,
        raised_at=row.raised_at,
        due_at=row.due_at,
        claimed_by=row.claimed_by,
        claimed_by_name=row.claimed_by_name,
        closed_reason=row.closed_reason,
        patient_name=row.patient_name,
        patient_contact=row.patient_contact,
        reasons=row.reasons or (),
    )
