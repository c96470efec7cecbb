"""The record of every conversation: what was said, found, advised, flagged and done. Only this
package knows SQLAlchemy.

Functions take the transaction they belong to, so that whoever calls decides what is committed
together; they give back nouns of `bedside.model` or the small views defined beside them.
"""

from bedside.store.conversations import (
    Received,
    UnknownConversation,
    UnknownInvitation,
    acquire,
    answer,
    is_known,
    left_behind,
    lock,
    message_of,
    open_conversation,
    receive,
    release,
    replies_to,
)
from bedside.store.database import Database, DatabaseAway, Transaction, utc_now
from bedside.store.erasing import (
    Erased,
    StillFlagged,
    UnknownPatient,
    erase_conversation,
    erase_patient,
    erased_before,
    old_conversations,
    overwrite,
    was_erased,
)
from bedside.store.exporting import Found, conversations_of, dossier, find_patients
from bedside.store.flags import FlagView, flag_of, flags, move, note_queue_read, note_read, search
from bedside.store.following_up import follow_up, is_silent, perhaps_silent
from bedside.store.opening import open_keys, open_record, open_spool
from bedside.store.outbox import Delivery, claim, delivered, failed
from bedside.store.people import (
    Clinician,
    add_clinic,
    add_clinician,
    clinician,
    ensure_clinic,
    invite,
    note_sign_in,
)
from bedside.store.replaying import Replayed, Replayer
from bedside.store.rows import (
    ANSWERED,
    BY_ASSISTANT,
    BY_FLOOR,
    PATIENT,
    RECEIVED,
    Conversation,
    Message,
)
from bedside.store.schema import check_current
from bedside.store.sealing import KeyRing
from bedside.store.spool import Spool, Spooled
from bedside.store.taking_up import advice_for, record_failure, take_up, taken_up_by
from bedside.store.transcripts import Entry, ReportView, note_reassessed, reports_of, transcript
from bedside.store.verifying import Verified, audited_clinics, verify_audit

__all__ = [
    "add_clinic",
    "ReportView",
    "note_reassessed",
    "reports_of",
    "Found",
    "conversations_of",
    "dossier",
    "find_patients",
    "is_known",
    "was_erased",
    "overwrite",
    "old_conversations",
    "erased_before",
    "erase_patient",
    "erase_conversation",
    "UnknownPatient",
    "StillFlagged",
    "Erased",
    "ANSWERED",
    "BY_ASSISTANT",
    "BY_FLOOR",
    "PATIENT",
    "RECEIVED",
    "Clinician",
    "Conversation",
    "Database",
    "DatabaseAway",
    "Delivery",
    "Entry",
    "FlagView",
    "KeyRing",
    "Message",
    "Received",
    "Replayed",
    "Replayer",
    "Spool",
    "Spooled",
    "Transaction",
    "UnknownConversation",
    "UnknownInvitation",
    "Verified",
    "acquire",
    "add_clinician",
    "advice_for",
    "answer",
    "audited_clinics",
    "check_current",
    "claim",
    "clinician",
    "delivered",
    "ensure_clinic",
    "failed",
    "flag_of",
    "flags",
    "follow_up",
    "invite",
    "is_silent",
    "left_behind",
    "lock",
    "message_of",
    "move",
    "note_queue_read",
    "note_read",
    "note_sign_in",
    "open_conversation",
    "open_keys",
    "open_record",
    "open_spool",
    "perhaps_silent",
    "receive",
    "record_failure",
    "release",
    "replies_to",
    "search",
    "take_up",
    "taken_up_by",
    "transcript",
    "utc_now",
    "verify_audit",
]
