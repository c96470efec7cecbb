"""Erasing a patient, or conversations that are old: all that was told goes, and that it went stays.

Every table is either erased by what its rows belong to, or named in `KEPT`. The caller commits; then the
bytes are still in the database's files until `overwrite` has written them anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, false, func, or_, select
from sqlalchemy.sql import ColumnElement

from bedside.model import FlagState
from bedside.store import audit
from bedside.store.database import Database, DatabaseAway, Transaction
from bedside.store.tables import audit as lines
from bedside.store.tables import (
    conversations,
    flags,
    infusions,
    messages,
    metadata,
    outbox,
    patients,
)

ERASED = "patient.erased"
CONVERSATION_ERASED = "conversation.erased"
# Nothing in them is a patient's: who reviews, what was done by whom, and how the database is kept.
KEPT = frozenset({"audit", "audit_heads", "clinicians", "clinics", "keys"})


class UnknownPatient(Exception):
    """There is no such patient."""


class StillFlagged(Exception):
    """A clinician has not closed the patient's flag yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """Who was erased: the conversations that went, and how many rows of each table."""

    patient_id: str
    clinic_id: str
    conversations: tuple[str, ...]
    rows: dict[str, int]


def erase_patient(
    tx: Transaction, patient_id: str, *, by: str, now: datetime, even_open: bool = False
) -> Erased:
    """Take the patient out of every table. UnknownPatient; StillFlagged unless `even_open`."""
    ids = _locked(tx, patient_id)
    if not even_open and _open_flags(tx, ids):
        raise StillFlagged(patient_id)
    clinic_id = _clinic_of(tx, patient_id)
    rows = _erase(tx, ids) | _erase_person(tx, patient_id)
    erased = Erased(patient_id=patient_id, clinic_id=clinic_id, conversations=tuple(ids), rows=rows)
    _note(tx, erased, by=by, now=now)
    audit.note(
        tx,
        clinic_id=clinic_id,
        by=by,
        action=ERASED,
        subject=f"patient:{patient_id}",
        now=now,
        conversations=ids,
    )
    return erased


def erased_before(tx: Transaction, patient_id: str) -> tuple[str, ...] | None:
    """The conversations of a patient who was erased earlier; None when nobody was by this id."""
    row = tx.execute(
        select(lines.c.detail)
        .where(lines.c.subject == f"patient:{patient_id}", lines.c.action == ERASED)
        .order_by(lines.c.id.desc())
    ).first()
    return None if row is None else tuple(row.detail["conversations"])


def was_erased(tx: Transaction, conversation_id: str) -> bool:
    """Whether the conversation was in this record, and was erased."""
    row = tx.execute(
        select(lines.c.id).where(
            lines.c.subject == f"conversation:{conversation_id}",
            lines.c.action == CONVERSATION_ERASED,
        )
    ).first()
    return row is not None


def old_conversations(
    tx: Transaction, clinic_id: str, *, before: datetime, closed_only: bool
) -> list[str]:
    """The clinic's conversations in which nothing was written since `before`, oldest first; those whose
    flag is open are never among them."""
    latest = func.coalesce(func.max(messages.c.at), conversations.c.opened_at)
    flagged = select(flags.c.id).where(
        flags.c.conversation_id == conversations.c.id, flags.c.state != FlagState.CLOSED.value
    )
    wanted = (
        select(conversations.c.id)
        .outerjoin(messages, messages.c.conversation_id == conversations.c.id)
        .where(conversations.c.clinic_id == clinic_id, ~flagged.exists())
        .group_by(conversations.c.id, conversations.c.opened_at)
        .having(latest < before)
        .order_by(conversations.c.opened_at)
    )
    if closed_only:
        wanted = wanted.where(conversations.c.closed_at.is_not(None))
    return [row.id for row in tx.execute(wanted)]


def erase_conversation(
    tx: Transaction, conversation_id: str, *, before: datetime, by: str, now: datetime
) -> Erased | None:
    """Erase a conversation in which nothing was written since `before`, and its patient too if that was
    the last one. None where it is not to be erased any more."""
    found = select(conversations.c.patient_id).where(conversations.c.id == conversation_id)
    patient_id = tx.execute(found).scalar()
    if patient_id is None:
        return None
    ids = _locked(tx, patient_id)
    if conversation_id not in ids or not _is_old(tx, conversation_id, before):
        return None
    if ids == [conversation_id]:
        return erase_patient(tx, patient_id, by=by, now=now)
    erased = Erased(
        patient_id=patient_id,
        clinic_id=_clinic_of(tx, patient_id),
        conversations=(conversation_id,),
        rows=_erase(tx, [conversation_id]),
    )
    _note(tx, erased, by=by, now=now)
    return erased


def overwrite(database: Database) -> None:
    """Write the database's files anew, so that what was erased is in none of them. DatabaseAway when
    others use it for too long; it can be called again."""
    if database.engine.dialect.name == "sqlite":
        database.alone("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM")
        (checkpoint,) = database.alone("PRAGMA wal_checkpoint(TRUNCATE)")
        if checkpoint[0]:
            raise DatabaseAway("a program is reading it")
    else:
        # The audit log never held a patient's words, and may be long.
        logs = {"audit", "audit_heads"}
        names = [table.name for table in metadata.sorted_tables if table.name not in logs]
        database.alone(*(f"VACUUM (FULL) {name}" for name in names))


def _locked(tx: Transaction, patient_id: str) -> list[str]:
    """The patient's conversations, which nobody else writes to or adds to until the transaction ends.

    Conversations first, as everybody locks them, then the patient; then what was opened meanwhile.
    """
    of_them = select(conversations.c.id).where(conversations.c.patient_id == patient_id)
    in_order = of_them.order_by(conversations.c.id).with_for_update()
    tx.execute(in_order).all()
    person = select(patients.c.id).where(patients.c.id == patient_id).with_for_update()
    if tx.execute(person).first() is None:
        raise UnknownPatient(patient_id)
    return [row.id for row in tx.execute(in_order)]


def _clinic_of(tx: Transaction, patient_id: str) -> str:
    wanted = select(patients.c.clinic_id).where(patients.c.id == patient_id)
    return str(tx.execute(wanted).scalar_one())


def _open_flags(tx: Transaction, ids: Sequence[str]) -> bool:
    is_open = flags.c.state != FlagState.CLOSED.value
    wanted = select(flags.c.id).where(flags.c.conversation_id.in_(ids), is_open)
    return tx.execute(wanted).first() is not None


def _is_old(tx: Transaction, conversation_id: str, before: datetime) -> bool:
    newer = select(messages.c.id).where(
        messages.c.conversation_id == conversation_id, messages.c.at >= before
    )
    return tx.execute(newer).first() is None and not _open_flags(tx, [conversation_id])


def _erase(tx: Transaction, ids: Sequence[str]) -> dict[str, int]:
    """Remove all that belongs to the conversations, what refers to it first."""
    if tx.connection.dialect.name == "sqlite":
        # What is removed is overwritten, not only unlinked.
        tx.exec_driver_sql("PRAGMA secure_delete=ON")
    rows = {}
    for table in reversed(metadata.sorted_tables):
        belongs = _belongs(table, ids)
        if belongs is not None:
            rows[table.name] = tx.execute(delete(table).where(belongs)).rowcount
    return rows


def _belongs(table: Any, ids: Sequence[str]) -> ColumnElement[bool] | None:
    """Which rows of the table belong to the conversations; None where rows never do."""
    if table.name in KEPT:
        return None
    if table is conversations:
        return conversations.c.id.in_(ids)
    if table is outbox:
        return or_(false(), *(outbox.c.key.contains(each, autoescape=True) for each in ids))
    if "conversation_id" in table.c:
        return table.c.conversation_id.in_(ids)
    if "message_id" in table.c:
        theirs = select(messages.c.id).where(messages.c.conversation_id.in_(ids))
        return table.c.message_id.in_(theirs)
    return None


def _erase_person(tx: Transaction, patient_id: str) -> dict[str, int]:
    told = tx.execute(delete(infusions).where(infusions.c.patient_id == patient_id))
    gone = tx.execute(delete(patients).where(patients.c.id == patient_id))
    return {infusions.name: told.rowcount, patients.name: gone.rowcount}


def _note(tx: Transaction, erased: Erased, *, by: str, now: datetime) -> None:
    """A line for each conversation: a program that comes too late finds out why it is gone."""
    for each in erased.conversations:
        audit.note(
            tx,
            clinic_id=erased.clinic_id,
            by=by,
            action=CONVERSATION_ERASED,
            subject=f"conversation:{each}",
            now=now,
            patient=erased.patient_id,
        )
