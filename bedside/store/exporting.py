"""Everything that the record holds on one patient, and how a patient is found in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Row

from bedside.store import audit
from bedside.store.database import Transaction
from bedside.store.erasing import UnknownPatient
from bedside.store.tables import audit as lines
from bedside.store.tables import (
    conversations,
    flags,
    infusions,
    mentions,
    messages,
    patients,
    reports,
)

# The answer in which patients say who they are and how to reach them.
CONTACT = "contact"
# How the record works, not what it knows of anybody.
LEFT_OUT = frozenset({"invitation_sha256", "lease_holder", "lease_until"})
# Letters that are one with their mark.
WITHOUT_MARKS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
# Fewer digits are no telephone number.
FEWEST_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A patient who may be the one that was looked for. `last_at` is when something was written last."""

    id: str
    name: str | None
    conversations: int
    last_at: datetime | None


def find_patients(
    tx: Transaction, clinic_id: str, words: str, *, by: str, now: datetime
) -> list[Found]:
    """The clinic's patients whose name or contact holds `words`, as the clinic entered them or as they
    told it. The audit line says that somebody looked, not for whom."""
    told = _contacts_told(tx, clinic_id)
    people = tx.execute(select(patients).where(patients.c.clinic_id == clinic_id)).all()
    found = [
        _found(tx, row)
        for row in people
        if any(_holds(text, words) for text in (row.name, row.contact, *told.get(row.id, ())))
    ]
    audit.note(
        tx,
        clinic_id=clinic_id,
        by=by,
        action="patients.searched",
        subject=f"clinic:{clinic_id}",
        now=now,
        found=len(found),
    )
    return found


def conversations_of(tx: Transaction, patient_id: str) -> list[str]:
    """The ids of the patient's conversations, oldest first; UnknownPatient."""
    if tx.execute(select(patients.c.id).where(patients.c.id == patient_id)).first() is None:
        raise UnknownPatient(patient_id)
    wanted = select(conversations.c.id).where(conversations.c.patient_id == patient_id)
    return [row.id for row in tx.execute(wanted.order_by(conversations.c.opened_at))]


def dossier(tx: Transaction, patient_id: str, *, by: str, now: datetime) -> dict[str, Any]:
    """Everything on the patient, ready for JSON, with an audit line that it was taken out.
    UnknownPatient."""
    ids = conversations_of(tx, patient_id)
    patient = _rows(tx, patients, patients.c.id == patient_id)[0]
    flagged = _rows(tx, flags, flags.c.conversation_id.in_(ids))
    subjects = [f"patient:{patient_id}", *(f"conversation:{each}" for each in ids)]
    subjects += [f"flag:{flag['id']}" for flag in flagged]
    audit.note(
        tx,
        clinic_id=patient["clinic_id"],
        by=by,
        action="patient.exported",
        subject=f"patient:{patient_id}",
        now=now,
    )
    return {
        "patient": patient,
        "infusions": _rows(tx, infusions, infusions.c.patient_id == patient_id),
        "conversations": [_conversation(tx, each, flagged) for each in ids],
        "audit": _rows(tx, lines, lines.c.subject.in_(subjects)),
    }


def _conversation(tx: Transaction, id_: str, flagged: list[dict[str, Any]]) -> dict[str, Any]:
    (conversation,) = _rows(tx, conversations, conversations.c.id == id_)
    written = _rows(tx, messages, messages.c.conversation_id == id_)
    ids = [each["id"] for each in written]
    found = _by_message(_rows(tx, mentions, mentions.c.message_id.in_(ids)))
    led_to = _by_message(_rows(tx, reports, reports.c.message_id.in_(ids)))
    for each in written:
        each |= {"mentions": found.get(each["id"], []), "reports": led_to.get(each["id"], [])}
    of_it = [flag for flag in flagged if flag["conversation_id"] == id_]
    return conversation | {"messages": written, "flags": of_it}


def _rows(tx: Transaction, table: Any, where: Any) -> list[dict[str, Any]]:
    return [_as_dict(row) for row in tx.execute(select(table).where(where).order_by(table.c.id))]


def _as_dict(row: Row) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, (date, datetime)) else value
        for key, value in row._mapping.items()
        if key not in LEFT_OUT
    }


def _by_message(rows: Iterable[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    of: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        of.setdefault(row["message_id"], []).append(row)
    return of


def _contacts_told(tx: Transaction, clinic_id: str) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    wanted = select(conversations.c.patient_id, conversations.c.report)
    for row in tx.execute(wanted.where(conversations.c.clinic_id == clinic_id)):
        contact = row.report.get("answers", {}).get(CONTACT)
        if contact:
            told.setdefault(row.patient_id, []).append(contact)
    return told


def _found(tx: Transaction, row: Row) -> Found:
    number, last_at = tx.execute(
        select(func.count(conversations.c.id.distinct()), func.max(messages.c.at))
        .select_from(conversations)
        .outerjoin(messages, messages.c.conversation_id == conversations.c.id)
        .where(conversations.c.patient_id == row.id)
    ).one()
    return Found(id=row.id, name=row.name, conversations=number, last_at=last_at)


def _holds(text: str | None, words: str) -> bool:
    """Whether the text holds the words, or the telephone number, however either is written."""
    if not text:
        return False
    digits = re.sub(r"\D", "", words)
    is_number = len(digits) >= FEWEST_DIGITS and not re.search(r"[^\W\d_]", words)
    if is_number and digits in re.sub(r"\D", "", text):
        return True
    return _plain(words) in _plain(text)


def _plain(text: str) -> str:
    """The text as who has no such keys would type it: "luksza" for "Łuksza"."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(WITHOUT_MARKS))
    return " ".join("".join(each for each in parts if not unicodedata.combining(each)).split())
