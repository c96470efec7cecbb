"""`backup` and `restore`: the record and the spool in one file, and back from it."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bedside.knowledge import load
from bedside.settings import Settings
from bedside.store import (
    Database,
    DatabaseAway,
    KeyRing,
    Spool,
    archive,
    check_current,
    schema,
    snapshots,
    utc_now,
)
from bedside.store.archive import Manifest, NotABackup
from bedside.store.commands.opening import Commands, Record, Refused
from bedside.store.files import created, sync, workshop
from bedside.store.opening import has_key, place_of_key, read_keys
from bedside.store.snapshots import NotTaken, State

SECONDS_TO_ANSWER = 0.5


def add_to(commands: Commands) -> None:
    backing = commands.add_parser("backup", help="write the record and the spool to one new file")
    backing.add_argument("file", type=Path, metavar="FILE", help="a new file")
    backing.set_defaults(run=_backup)
    restoring = commands.add_parser("restore", help="put a backup into an empty database")
    restoring.add_argument("file", type=Path, metavar="FILE", help="what backup wrote")
    restoring.add_argument(
        "--into", metavar="URL", help="this database, not the deployment's; without the spool"
    )
    restoring.set_defaults(run=_restore)


# Backup


def _backup(given: argparse.Namespace, record: Record) -> None:
    check_current(record.database)
    file: Path = given.file.absolute()
    if file.exists():
        raise Refused(f"{file} is there already: name a new file")
    with _told("The backup was not made"), workshop(file.parent, f"{file.name}.unfinished") as shop:
        manifest = _packed(record, shop / "taken", shop / "whole")
        verified = _verified(shop / "whole", shop / "again", record.database)
        os.rename(shop / "whole", file)
        sync(file.parent)
    _note(record, record.database, "record.backed_up", file, manifest)
    _report(file, manifest)
    print(verified)
    print(
        f"The key is not in it: keep {place_of_key(record.settings)} elsewhere, apart from the backup. "
        f"Without key {', '.join(manifest.keys)} nobody can read what is in it."
    )


def _packed(record: Record, folder: Path, to: Path) -> Manifest:
    """The spool first: a message that is replayed meanwhile is in both, and a replay stores it once."""
    folder.mkdir(mode=0o700)
    _copy_spool(record.spool, folder / archive.SPOOL)
    state = snapshots.take(record.database, folder / archive.RECORD)
    manifest = Manifest(
        made_at=utc_now().isoformat(timespec="seconds"),
        knowledge=load().version,
        database=snapshots.kind(record.database),
        server=state.server,
        revision=state.revision,
        schema=state.schema,
        rows=state.rows,
        heads=state.heads,
        keys=state.keys,
    )
    whole = archive.pack(folder, manifest, to)
    shutil.rmtree(folder)
    return whole


def _copy_spool(spool: Spool, to: Path) -> None:
    for path in (*spool.waiting(), *spool.all_set_aside()):
        copy = to / path.relative_to(spool.folder)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, copy)
        except FileNotFoundError:  # in the record since
            continue


def _verified(whole: Path, again: Path, database: Database) -> str:
    """What a restore of the written file showed, in a sentence; Refused when it differs."""
    again.mkdir(mode=0o700)
    manifest = archive.unpack(whole, again)
    with snapshots.tried(again / archive.RECORD, database) as scratch:
        if scratch is None:
            return (
                "Not verified by a restore: this role may not make a scratch database. "
                "The file can be read to its end; that it can be restored was not tried."
            )
        _check(scratch, manifest, "The backup was not made: restored, it differs")
    return "Verified by a restore: every table has its rows, every audit log fits."


# Restore


def _restore(given: argparse.Namespace, record: Record) -> None:
    settings = record.settings
    url = given.into or settings.database_url
    with _told("Nothing was restored"), workshop(_home_of(url, settings), "restoring") as shop:
        manifest = archive.unpack(given.file, shop)
        keys = _keys(settings, manifest)
        with snapshots.opened(url, keys) as into:
            _refuse_unfit(into, manifest)
            if given.into is None:
                _refuse_running(settings)
            _refuse_used(into)
            left = _put_spool(settings, shop / archive.SPOOL, given.into is None)
            snapshots.put_back(shop / archive.RECORD, into)
            _check(into, manifest, "It was restored, but it differs from what was backed up")
            _note(record, into, "record.restored", given.file, manifest)
    if given.into is None:
        settings.make_database_private()
    _report(given.file, manifest)
    print("Every table has its rows, every audit log fits.")
    print(left)
    print(f"Who was erased after {manifest.made_at} is back: erase them again.")
    if manifest.revision != schema.newest():
        print("It is of an older version: migrate it before the programs start.")
    if manifest.database == snapshots.POSTGRESQL:
        print("Rights are not restored: give the programs' role its own again (grants).")


def _home_of(url: str, settings: Settings) -> Path:
    """Where the record's files are made ready: on the disk where they will be."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Refused("That is not the address of a database") from None
    if parsed.get_backend_name() == snapshots.SQLITE and parsed.database:
        return Path(parsed.database).absolute().parent
    return settings.var


def _keys(settings: Settings, manifest: Manifest) -> KeyRing:
    """The deployment's keys, which must open the backup; none is made for it."""
    ring = KeyRing(read_keys(settings) if has_key(settings) else ())
    missing = [each for each in manifest.keys if each not in ring.ids]
    if missing:
        raise Refused(
            f"Nothing was restored: the backup is sealed with key {', '.join(missing)}, which is not in "
            f"{place_of_key(settings)}. Put that key there first"
        )
    return ring


def _refuse_unfit(into: Database, manifest: Manifest) -> None:
    if snapshots.kind(into) != manifest.database:
        raise Refused(
            f"Nothing was restored: the backup is of {manifest.database}, "
            f"and this database is {snapshots.kind(into)}"
        )
    if not schema.knows(manifest.revision):
        raise Refused("Nothing was restored: the backup was made by a newer version of Bedside")
    with into.reading() as tx:
        name = snapshots.schema_of(tx)
    if name != manifest.schema:
        raise Refused(
            f"Nothing was restored: the backup is of the schema {manifest.schema}, and this is {name}"
        )


def _refuse_running(settings: Settings) -> None:
    for port in (settings.chat_port, settings.console_port, settings.actions_port):
        with socket.socket() as probe:
            probe.settimeout(SECONDS_TO_ANSWER)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise Refused(
                    f"Nothing was restored: a program answers at port {port}. Stop the programs first"
                )


def _refuse_used(into: Database) -> None:
    others = snapshots.others_at(into)
    if others:
        raise Refused(
            f"Nothing was restored: {others} others are connected to the database. Stop the programs first"
        )
    if not snapshots.is_empty(into):
        raise Refused(
            "Nothing was restored: the database is not empty. Move it away, or name another with --into"
        )


def _put_spool(settings: Settings, files: Path, wanted: bool) -> str:
    """Put the backup's files where the spool is, before the record; so who dies in between can begin
    again. Gives back a sentence."""
    names = sorted(str(each.relative_to(files)) for each in files.rglob("*") if each.is_file())
    if not wanted:
        return f"Files of the spool that were left out: {len(names)}"
    there = {str(each.relative_to(settings.spool)) for each in settings.spool.rglob("*.json*")}
    if there - set(names):
        raise Refused(
            f"Nothing was restored: {settings.spool} holds messages that are not in the backup. "
            "Move them away first; put back later, they are replayed"
        )
    for name in names:
        to = settings.spool / name
        to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = to.with_name(f".{to.name}")
        unfinished.unlink(missing_ok=True)  # of a restore that was killed
        with created(unfinished) as file:
            file.write((files / name).read_bytes())
        os.replace(unfinished, to)
        sync(to.parent)
    return f"Files of the spool that were restored: {len(names)}"


# Both


@contextmanager
def _told(what: str) -> Iterator[None]:
    """What went wrong, as a sentence that begins with `what`."""
    try:
        yield
    except (NotABackup, NotTaken) as error:
        raise Refused(f"{what}: {error}") from None
    except DatabaseAway as error:
        raise Refused(f"{what}: the database cannot be used: {error}") from None
    except OSError as error:
        raise Refused(f"{what}: {error.strerror or error}") from None


def _check(database: Database, manifest: Manifest, what: str) -> None:
    expected = State(
        server=manifest.server,
        revision=manifest.revision,
        schema=manifest.schema,
        rows=dict(manifest.rows),
        heads=dict(manifest.heads),
        keys=manifest.keys,
    )
    with database.reading() as tx:
        found = list(snapshots.faults(tx, expected))
    if found:
        raise Refused(f"{what}: {'; '.join(found)}")


def _note(record: Record, database: Database, action: str, file: Path, manifest: Manifest) -> None:
    with database.writing() as tx:
        sha256 = archive.digest(file)
        subject = f"clinic:{record.clinic.id}"
        record.note(tx, action, subject, made_at=manifest.made_at, sha256=sha256)


def _report(file: Path, manifest: Manifest) -> None:
    rows = ", ".join(f"{name} {number}" for name, number in sorted(manifest.rows.items()) if number)
    spooled = sum(name.startswith(f"{archive.SPOOL}/") for name in manifest.files)
    print(f"Backup: {file}, of {manifest.made_at} ({manifest.database} {manifest.server})")
    print(f"Rows: {rows}. Files of the spool: {spooled}.")
    for clinic_id, (number, digest) in sorted(manifest.heads.items()):
        print(f"Audit log of clinic {clinic_id}: {number} lines, digest of the last {digest}")
