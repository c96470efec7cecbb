"""`erase` and `retention`: what was told goes, everywhere; the audit log keeps that it went."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import timedelta

from bedside.store import (
    DatabaseAway,
    Erased,
    StillFlagged,
    UnknownPatient,
    check_current,
    conversations_of,
    erase_conversation,
    erase_patient,
    erased_before,
    old_conversations,
    overwrite,
    utc_now,
)
from bedside.store.commands.opening import OPERATOR, Commands, Record, Refused, asked, days

BACKUPS = (
    "Backups made before now still hold it, until you delete them; "
    "whoever restores one has to erase again."
)


def add_to(commands: Commands) -> None:
    erasing = commands.add_parser("erase", help="remove all that a patient told, everywhere")
    erasing.add_argument("patient", metavar="PATIENT", help="the patient's id: see find-patient")
    erasing.add_argument("--yes", action="store_true", help="do not ask before")
    erasing.add_argument(
        "--even-open", action="store_true", help="also while a clinician has not closed the flag"
    )
    erasing.set_defaults(run=_erase)
    keeping = commands.add_parser(
        "retention", help="list conversations that are old; with --do-it, erase them"
    )
    keeping.add_argument("--older-than", type=days, required=True, metavar="DAYS")
    keeping.add_argument(
        "--status",
        choices=("closed", "any"),
        default="any",
        help="closed: ended ones alone; any: all but those with an open flag",
    )
    keeping.add_argument("--do-it", action="store_true", help="erase what is otherwise listed")
    keeping.set_defaults(run=_retention)


def _erase(given: argparse.Namespace, record: Record) -> None:
    check_current(record.database)
    if not given.even_open:
        _refuse_unread(given.patient, record)
    if not given.yes:
        _confirm(given.patient)
    try:
        with record.database.writing() as tx:
            erased = erase_patient(
                tx, given.patient, by=OPERATOR, now=utc_now(), even_open=given.even_open
            )
    except UnknownPatient:
        _erase_rest(given.patient, record)
        return
    except StillFlagged:
        raise Refused(
            "A clinician has not closed this patient's flag yet, so nothing was erased; "
            "--even-open erases all the same"
        ) from None
    _tell(erased.rows)
    _clean(record, erased.conversations)


def _refuse_unread(patient_id: str, record: Record) -> None:
    """What waits in the spool, nobody has seen yet: it may be an emergency."""
    spool = record.spool
    try:
        with record.database.reading() as tx:
            ids = conversations_of(tx, patient_id)
    except UnknownPatient:
        return
    if any(spool.waiting(each) for each in ids):
        raise Refused(
            "The spool holds messages of this patient that nobody has seen yet, so nothing was erased: "
            "replay puts them into the record; --even-open erases all the same"
        )


def _erase_rest(patient_id: str, record: Record) -> None:
    """A patient who was erased before: an erasure that was cut short is brought to its end."""
    with record.database.reading() as tx:
        gone = erased_before(tx, patient_id)
    if gone is None:
        raise Refused("The record knows no such patient: find-patient gives the id")
    print("This patient was erased before.")
    _clean(record, gone)


def _retention(given: argparse.Namespace, record: Record) -> None:
    check_current(record.database)
    before = utc_now() - timedelta(days=given.older_than)
    with record.database.reading() as tx:
        old = old_conversations(
            tx, record.clinic.id, before=before, closed_only=given.status == "closed"
        )
    print(f"Conversations without a word for {given.older_than} days: {len(old)}")
    if not given.do_it:
        print(*old, "Nothing was erased: --do-it erases them.", sep="\n")
        return
    gone = []
    spool = record.spool
    for each in old:
        if spool.waiting(each):  # written a moment ago: replay comes first
            continue
        with record.database.writing() as tx:
            erased = erase_conversation(tx, each, before=before, by=OPERATOR, now=utc_now())
        if erased is not None:
            print(f"Erased: conversation {each} of patient {erased.patient_id}")
            gone.append(erased)
    _tell(_sum(gone))
    _clean(record, [each for erased in gone for each in erased.conversations])


def _confirm(patient_id: str) -> None:
    told = asked(f"All that patient {patient_id} told will be gone for good. Erase? (yes/no) ")
    if told.casefold() != "yes":
        raise Refused("Nothing was erased")


def _sum(gone: list[Erased]) -> dict[str, int]:
    rows: Counter[str] = Counter()
    for each in gone:
        rows.update(each.rows)
    return rows


def _tell(rows: dict[str, int]) -> None:
    counts = ", ".join(f"{name} {number}" for name, number in sorted(rows.items()) if number)
    print(f"Rows removed: {counts or 'none'}")


def _clean(record: Record, conversation_ids: list[str] | tuple[str, ...]) -> None:
    """Remove the conversations' spool files, and what the database's files still hold of them."""
    files = record.spool.erase(conversation_ids)
    print(f"Files of the spool removed: {files}")
    try:
        overwrite(record.database)
    except DatabaseAway as error:
        raise Refused(
            "It is erased, but the database's files may still hold bytes of it, since they could not "
            f"be written anew ({error}): stop the programs and say the same again"
        ) from None
    print(BACKUPS)
