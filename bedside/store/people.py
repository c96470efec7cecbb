"""Clinics, the clinicians who review, and the patients who write."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bedside.model import Clinic
from bedside.store import audit
from bedside.store.database import Transaction
from bedside.store.tables import clinicians, clinics, patients


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinician:
    """One who may review. The password is kept as an argon2 hash only."""

    id: str
    clinic_id: str
    username: str
    name: str
    password_hash: str


def ensure_clinic(tx: Transaction, clinic: Clinic, *, now: datetime) -> None:
    """Have a row for the clinic of clinic.yml."""
    if tx.execute(select(clinics.c.id).where(clinics.c.id == clinic.id)).first() is None:
        tx.execute(clinics.insert().values(id=clinic.id, team=clinic.team, created_at=now))


def add_clinic(tx: Transaction, clinic: Clinic, *, by: str, now: datetime) -> bool:
    """Have a row for another clinic, with an audit line; False when there is one already."""
    if tx.execute(select(clinics.c.id).where(clinics.c.id == clinic.id)).first() is not None:
        return False
    ensure_clinic(tx, clinic, now=now)
    audit.note(
        tx,
        clinic_id=clinic.id,
        by=by,
        action="clinic.added",
        subject=f"clinic:{clinic.id}",
        now=now,
    )
    return True


def add_clinician(
    tx: Transaction,
    *,
    clinic_id: str,
    username: str,
    name: str,
    password_hash: str,
    by: str,
    now: datetime,
) -> str:
    """Add a clinician and give back the id; ValueError when the username is taken."""
    if clinician(tx, username=username) is not None:
        raise ValueError(f"there is a clinician {username!r} already")
    id_ = str(uuid.uuid4())
    tx.execute(
        clinicians.insert().values(
            id=id_,
            clinic_id=clinic_id,
            username=username,
            name=name,
            password_hash=password_hash,
            created_at=now,
        )
    )
    audit.note(
        tx,
        clinic_id=clinic_id,
        by=by,
        action="clinician.added",
        subject=f"clinician:{id_}",
        now=now,
    )
    return id_


def clinician(
    tx: Transaction, *, username: str | None = None, id: str | None = None
) -> Clinician | None:
    """The clinician with this username or id, or None."""
    wanted = clinicians.c.username == username if id is None else clinicians.c.id == id
    row = tx.execute(select(clinicians).where(wanted)).first()
    if row is None:
        return None
    return Clinician(
        id=row.id,
        clinic_id=row.clinic_id,
        username=row.username,
        name=row.name,
        password_hash=row.password_hash,
    )


def note_sign_in(
    tx: Transaction, *, clinic_id: str, by: str, succeeded: bool, now: datetime
) -> None:
    """Record that somebody signed in, or tried to."""
    action = "signed_in" if succeeded else "sign_in.refused"
    audit.note(tx, clinic_id=clinic_id, by=by, action=action, subject="console", now=now)


def add_patient(tx: Transaction, *, clinic_id: str, now: datetime) -> str:
    """A new anonymous patient's id."""
    id_ = str(uuid.uuid4())
    tx.execute(patients.insert().values(id=id_, clinic_id=clinic_id, created_at=now))
    return id_


def invite(
    tx: Transaction, *, clinic_id: str, name: str, contact: str, by: str, now: datetime
) -> str:
    """Enrol a patient; gives back the secret of the one-time link, which is kept nowhere."""
    id_, secret = str(uuid.uuid4()), secrets.token_urlsafe(24)
    tx.execute(
        patients.insert().values(
            id=id_,
            clinic_id=clinic_id,
            name=name,
            contact=contact,
            invitation_sha256=digest(secret),
            created_at=now,
        )
    )
    audit.note(
        tx, clinic_id=clinic_id, by=by, action="patient.invited", subject=f"patient:{id_}", now=now
    )
    return secret


def digest(secret: str) -> str:
    """What is kept of an invitation: it cannot be turned back into the link."""
    return hashlib.sha256(secret.encode()).hexdigest()
