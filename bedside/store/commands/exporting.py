"""`find-patient` and `export`: who it is, and everything that the record holds on them."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from bedside.knowledge import load
from bedside.store import (
    UnknownPatient,
    check_current,
    dossier,
    find_patients,
    utc_now,
)
from bedside.store.commands.opening import OPERATOR, Commands, Record, Refused
from bedside.store.commands.reading_copy import reading_copy
from bedside.store.files import created


def add_to(commands: Commands) -> None:
    finding = commands.add_parser("find-patient", help="print the ids of patients of this name")
    finding.add_argument("words", metavar="NAME", help="a part of the name or the contact")
    finding.set_defaults(run=_find)
    exporting = commands.add_parser(
        "export", help="write all that is held on a patient to a folder"
    )
    exporting.add_argument("patient", metavar="PATIENT", help="the patient's id: see find-patient")
    exporting.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="a new folder")
    exporting.set_defaults(run=_export)


def _find(given: argparse.Namespace, record: Record) -> None:
    check_current(record.database)
    if not given.words.strip():
        raise Refused("A name or a contact to look for is needed")
    with record.database.writing() as tx:
        found = find_patients(tx, record.clinic.id, given.words, by=OPERATOR, now=utc_now())
    if not found:
        raise Refused("No patient of this clinic has such a name or contact")
    for each in found:
        last = (
            "nothing written" if each.last_at is None else f"last {each.last_at:%Y-%m-%d %H:%M} UTC"
        )
        many = f"{each.conversations} conversation{'' if each.conversations == 1 else 's'}"
        print(f"{each.id}  {each.name or '(no name)'}, {many}, {last}")


def _export(given: argparse.Namespace, record: Record) -> None:
    check_current(record.database)
    folder: Path = given.to
    if folder.exists():
        raise Refused(f"{folder} is there already: name a new folder")
    try:
        with record.database.writing() as tx:
            told = dossier(tx, given.patient, by=OPERATOR, now=utc_now())
            text = json.dumps(told, ensure_ascii=False, indent=2)
            pdf = reading_copy(told, load(), record.clinic, made_at=utc_now())
            _write(folder, {"patient.json": text.encode(), "patient.pdf": pdf})
    except UnknownPatient:
        raise Refused("The record knows no such patient: find-patient gives the id") from None
    print(f"Written: {folder / 'patient.json'} and {folder / 'patient.pdf'}")
    print(
        "Both hold what the patient told in plain words. Hand them over safely, then delete them."
    )


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """The files in a new folder, readable by their owner alone; or no folder at all."""
    try:
        folder.mkdir(mode=0o700, parents=True)
        for name, content in files.items():
            with created(folder / name) as file:
                file.write(content)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise Refused(f"{folder} cannot be written: {error.strerror}") from None
