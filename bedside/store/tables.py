"""The tables. One place says what is kept and what of it is sealed; migrations/ says how a database comes
to have them."""

from __future__ import annotations

import json

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bedside.model import Reason, Report, Urgency, as_json
from bedside.store.columns import DAMAGED, Sealed, SealedJSON, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# What stands in the place of JSON that cannot be opened: nothing, or what sends a person to look.
NOTHING = "[]"
DAMAGED_REPORT = json.dumps({**as_json(Report()), "is_damaged": True})
DAMAGED_REASONS = json.dumps(
    as_json(
        [Reason(rule="damaged", sign="", words="", urgency=Urgency.URGENT, why=DAMAGED, sources=())]
    )
)

# The keys that values of this record are sealed with: not the keys, but what tells whether one is here.
keys = Table(
    "keys",
    metadata,
    Column("id", String(8), primary_key=True),
    Column("proof", Sealed("keys.proof"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

clinics = Table(
    "clinics",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("team", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

clinicians = Table(
    "clinicians",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("clinic_id", ForeignKey("clinics.id"), nullable=False),
    Column("username", String(80), nullable=False, unique=True),
    Column("name", Sealed("clinicians.name"), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# A patient is enrolled by a one-time link, of which only a digest is kept, or stays anonymous.
patients = Table(
    "patients",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("clinic_id", ForeignKey("clinics.id"), nullable=False),
    Column("name", Sealed("patients.name")),
    Column("contact", Sealed("patients.contact")),
    Column("invitation_sha256", String(64), unique=True),
    Column("invitation_used_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
)

infusions = Table(
    "infusions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient_id", ForeignKey("patients.id"), nullable=False, index=True),
    Column("course", Integer, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# `urgency` is the highest the conversation has seen; `pending` the question that is open.
conversations = Table(
    "conversations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("clinic_id", ForeignKey("clinics.id"), nullable=False),
    Column("patient_id", ForeignKey("patients.id"), nullable=False, index=True),
    Column("urgency", String(12)),
    Column("report", SealedJSON("conversations.report", DAMAGED_REPORT), nullable=False),
    Column("pending", SealedJSON("conversations.pending", "null")),
    Column("lease_holder", String(36)),
    Column("lease_until", UtcDateTime),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
)

# A page or a program may hold the id of a message, a flag or a notification while its patient is erased,
# so that SQLite too must give none of these ids twice (`sqlite_autoincrement`).

# Patients' messages and the replies to them. `message_id` comes from the patient's browser and is
# unique within its conversation; a reply carries the `message_id` that it answers.
messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("message_id", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("sender", String(12), nullable=False),
    Column("text", Sealed("messages.text"), nullable=False),
    Column("choices", SealedJSON("messages.choices", NOTHING), nullable=False),
    Column("urgency", String(12)),
    Column("state", String(12), nullable=False),
    Column("shown", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation_id", "message_id", "position"),
    Index("ix_messages_state_at", "state", "at"),
    sqlite_autoincrement=True,
)

# Keyed hashes of the words of patients' messages, and the key's id: bedside/store/indexing.py.
words = Table(
    "words",
    metadata,
    Column("message_id", ForeignKey("messages.id"), primary_key=True),
    Column("hash", String(32), primary_key=True),
    Column("clinic_id", ForeignKey("clinics.id"), nullable=False),
    Column("key", String(8), nullable=False),
    Index("ix_words_clinic_id_hash", "clinic_id", "hash"),
)

# The signs found in a message: where in its text, and what decided.
mentions = Table(
    "mentions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", ForeignKey("messages.id"), nullable=False, index=True),
    Column("sign", String(80), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Sealed("mentions.text"), nullable=False),
    Column("assertion", String(20), nullable=False),
    Column("cue", Sealed("mentions.cue")),
    Column("confidence", Float, nullable=False),
    Column("found_by", String(20), nullable=False),
    Column("days_ago", Float),
)

# What each message led to, with all that is needed to see why and to decide it again.
reports = Table(
    "reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("message_id", ForeignKey("messages.id"), nullable=False, index=True),
    Column("processed_by", String(12), nullable=False),
    Column("report", SealedJSON("reports.report", DAMAGED_REPORT), nullable=False),
    Column("urgency", String(12)),
    Column("reasons", SealedJSON("reports.reasons", DAMAGED_REASONS), nullable=False),
    Column("advice", SealedJSON("reports.advice", NOTHING), nullable=False),
    Column("knowledge_version", String(40), nullable=False),
    Column("model_version", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

flags = Table(
    "flags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, unique=True),
    Column("clinic_id", ForeignKey("clinics.id"), nullable=False),
    Column("urgency", String(12), nullable=False),
    Column("urgency_rank", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("unprocessed", Boolean, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("claimed_by", ForeignKey("clinicians.id")),
    Column("closed_reason", Sealed("flags.closed_reason")),
    Index("ix_flags_queue", "clinic_id", "state", "urgency_rank", "raised_at"),
    sqlite_autoincrement=True,
)

# Who did what to what. Never holds a patient's words. A clinic's lines are numbered from 1, and each
# holds the digest of the one before: bedside/store/audit.py. Triggers let lines be added only.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("clinic_id", String(40), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(80), nullable=False, index=True),
    Column("detail", JSON, nullable=False),
    Column("number", Integer, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    UniqueConstraint("clinic_id", "number"),
)

# The last line of each clinic's audit log. A trigger moves it on with each line that is added.
audit_heads = Table(
    "audit_heads",
    metadata,
    Column("clinic_id", String(40), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
)

# Work for the worker, written in the transaction that makes it necessary. `key` makes it once.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(120), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("claimed_until", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("delivered_at", UtcDateTime),
    Index("ix_outbox_open", "delivered_at", "due_at"),
    sqlite_autoincrement=True,
)
