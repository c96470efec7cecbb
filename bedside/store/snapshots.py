"""One state of a database as a file, and back: SQLite by its backup API, PostgreSQL by pg_dump.

Programs go on writing while it is made. What is restored goes into an empty database only.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import column, func, inspect, select, table, text
from sqlalchemy.engine import URL

from bedside.store import schema
from bedside.store.database import Database, DatabaseAway, Transaction
from bedside.store.files import sync
from bedside.store.sealing import KeyRing
from bedside.store.tables import audit_heads
from bedside.store.verifying import audited_clinics, verify_audit

SQLITE, POSTGRESQL = "sqlite", "postgresql"
# Rows in any of these are somebody's record.
OF_SOMEBODY = ("patients", "clinicians", "conversations", "messages", "audit")


class NotTaken(Exception):
    """The snapshot could not be taken or put back; the message is a sentence without a patient's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a database holds: its server's version, its last migration, the rows of each table, the ends
    of the audit logs, and the ids of the keys."""

    server: str
    revision: str
    schema: str
    rows: dict[str, int]
    heads: dict[str, tuple[int, str]]
    keys: tuple[str, ...]


def take(database: Database, to: Path) -> State:
    """Write one state of the database to a file, and say what it holds."""
    if kind(database) == POSTGRESQL:
        return _dump(database, to)
    _copy_sqlite(database, to)
    with opened(_sqlite_url(to), database.keys) as copy, copy.reading() as tx:
        return state_of(tx)


def put_back(snapshot: Path, into: Database) -> None:
    """Make an empty database what the snapshot holds, all of it or nothing."""
    if kind(into) == POSTGRESQL:
        _restore(snapshot, into)
    else:
        _replace_sqlite(snapshot, into)


def kind(database: Database) -> str:
    return str(database.engine.dialect.name)


def state_of(tx: Transaction) -> State:
    """What the database holds, counted in one transaction."""
    names = sorted(inspect(tx.connection).get_table_names())
    known = {name: _count(tx, name) for name in names if not name.startswith("sqlite_")}
    rows = tx.execute(select(audit_heads)).all()
    is_sealed = "keys" in known
    ids = select(column("id")).select_from(table("keys")).order_by(column("id"))
    server = tx.connection.dialect.server_version_info or ()
    return State(
        server=".".join(map(str, server)),
        revision=str(tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one()),
        schema=schema_of(tx),
        rows=known,
        heads={row.clinic_id: (row.number, row.digest) for row in rows},
        keys=tuple(row.id for row in tx.execute(ids)) if is_sealed else (),
    )


def schema_of(tx: Transaction) -> str:
    """The schema of PostgreSQL that the tables are in; SQLite has one only."""
    if tx.connection.dialect.name == SQLITE:
        return "main"
    return str(tx.execute(text("SELECT current_schema()")).scalar_one())


def faults(tx: Transaction, expected: State) -> Iterator[str]:
    """Where a restored database differs from what was backed up, and what does not fit in its audit logs."""
    found = state_of(tx)
    for name in sorted(set(found.rows) | set(expected.rows)):
        if found.rows.get(name) != expected.rows.get(name):
            yield f"{name} has {found.rows.get(name)} rows, not {expected.rows.get(name)}"
    if found.heads != expected.heads:
        yield "the audit log does not end where it did"
    for clinic_id in audited_clinics(tx):
        fault = verify_audit(tx, clinic_id).fault
        if fault is not None:
            yield f"the audit log of clinic {clinic_id}: {fault}"


def is_empty(database: Database) -> bool:
    """Whether the database holds nobody's record: no tables, or nothing in them yet."""
    with database.reading() as tx:
        names = set(inspect(tx.connection).get_table_names())
        return not any(_count(tx, name) for name in OF_SOMEBODY if name in names)


def others_at(database: Database) -> int:
    """How many connections others hold to a PostgreSQL database. SQLite does not tell: 0."""
    if kind(database) == SQLITE:
        return 0
    with database.reading() as tx:
        others = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return int(tx.execute(others).scalar_one())


@contextmanager
def tried(snapshot: Path, like: Database) -> Iterator[Database | None]:
    """A scratch database that the snapshot is restored into, gone at the end; None where PostgreSQL does
    not let us make one."""
    if kind(like) == SQLITE:
        with opened(_sqlite_url(snapshot), like.keys) as copy:
            with copy.reading() as tx:
                told = tx.exec_driver_sql("PRAGMA integrity_check").scalar_one()
            if told != "ok":
                raise NotTaken(f"SQLite finds it damaged: {told}")
            yield copy
        return
    with _scratch(like) as scratch:
        if scratch is not None:
            _restore(snapshot, scratch)
        else:
            _run(like.engine.url, "pg_restore", f"--file={os.devnull}", str(snapshot))
        yield scratch


@contextmanager
def opened(url: str, keys: KeyRing) -> Iterator[Database]:
    """A database that is let go of at the end."""
    database = Database(url, keys)
    try:
        yield database
    finally:
        database.engine.dispose()


def _count(tx: Transaction, name: str) -> int:
    return int(tx.execute(select(func.count()).select_from(table(name))).scalar_one())


# SQLite


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def _copy_sqlite(database: Database, to: Path) -> None:
    source = database.engine.raw_connection()
    try:
        to.touch(mode=0o600)
        copy = sqlite3.connect(to)
        try:
            source.dbapi_connection.backup(copy)
        finally:
            copy.close()
    except sqlite3.Error as error:
        raise NotTaken(str(error)) from None
    finally:
        source.close()


def _replace_sqlite(snapshot: Path, into: Database) -> None:
    """The snapshot takes the file's name. Who has the old file open would write to a file without one."""
    path = Path(into.engine.url.database)
    if path.exists():
        raw = into.engine.raw_connection()
        try:
            # Only who is alone may do this; it also empties the write-ahead log.
            raw.dbapi_connection.execute("PRAGMA journal_mode=DELETE").fetchall()
        except sqlite3.Error as error:
            raise NotTaken(f"somebody uses it: {error}") from None
        finally:
            raw.close()
    os.chmod(snapshot, 0o600)
    os.replace(snapshot, path)
    sync(path.parent)


# PostgreSQL


def _dump(database: Database, to: Path) -> State:
    """pg_dump sees the very state that is counted here, however much is written meanwhile."""
    with database.reading() as tx:
        tx.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        state = state_of(tx)
        shared = tx.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        options = ["--format=custom", f"--schema={state.schema}", f"--snapshot={shared}"]
        to.touch(mode=0o600)
        _run(
            database.engine.url,
            "pg_dump",
            *options,
            f"--file={to}",
            _address_of(database.engine.url),
        )
    return state


def _restore(snapshot: Path, into: Database) -> None:
    with into.reading() as tx:
        name = schema_of(tx)
        has_tables = bool(inspect(tx.connection).get_table_names())
    if has_tables:
        schema.migrate_back(into, "base")
        with into.writing() as tx:
            tx.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    into.engine.dispose()
    options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    _run(
        into.engine.url,
        "pg_restore",
        *options,
        f"--schema={name}",
        _address_of(into.engine.url),
        str(snapshot),
    )


@contextmanager
def _scratch(like: Database) -> Iterator[Database | None]:
    url = like.engine.url
    begins = f"{url.database}_check_"
    mine = f"{begins}{uuid.uuid4().hex[:12]}"
    with like.reading() as tx:
        name = schema_of(tx)
        named = text("SELECT datname FROM pg_database WHERE starts_with(datname, :begins)")
        left = [row.datname for row in tx.execute(named, {"begins": begins})]
    try:
        for dead in left:  # of a check that was killed; one that is in use stays
            like.alone(f'DROP DATABASE IF EXISTS "{dead}"')
        like.alone(f'CREATE DATABASE "{mine}" TEMPLATE template0')
    except DatabaseAway:
        yield None
        return
    try:
        with opened(_whole(url.set(database=mine)), like.keys) as scratch:
            with scratch.writing() as tx:
                tx.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{name}"')
            yield scratch
    finally:
        like.alone(f'DROP DATABASE IF EXISTS "{mine}" WITH (FORCE)')


def _run(url: URL, program: str, *options: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, where no list of processes
    shows it. NotTaken with its first line when it fails."""
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    try:
        done = subprocess.run(
            [program, *options], env=environment, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise NotTaken(f"{program} is not installed; Debian has it in postgresql-client") from None
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["it was killed"]
        raise NotTaken(lines[0])


def _address_of(url: URL) -> str:
    """The database as PostgreSQL's programs take it, without the password."""
    return f"--dbname={_whole(url._replace(drivername='postgresql', password=None))}"


def _whole(url: URL) -> str:
    return str(url.render_as_string(hide_password=False))
