"""One database, SQLite or PostgreSQL, and its transactions. Nothing here knows what is stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from bedside.store.sealing import KeyRing

T = TypeVar("T")

# How long a writer waits for another. A turn has 8 s in all.
BUSY_SECONDS = 3
# The most that one program opens on a server, each when it is first needed and then kept. A turn holds one
# for some milliseconds at a time, so a few are enough; seven programs of `make scale` stay below 42 of the
# 100 that PostgreSQL gives out.
CONNECTIONS = 6
# After how long a server gives up a writer that fell silent in mid-transaction: its machine was lost, and
# others wait for its locks.
SILENT_SECONDS = 10
# When a connection whose packets no longer arrive is given up, so that after a break in the network nobody
# waits for the minutes that the kernel would: 5 s for what was sent, or for silence while it was waited for.
LOST = {
    "tcp_user_timeout": 5000,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 2,
}


class DatabaseAway(Exception):
    """The database did not take the transaction; nothing of it was kept."""


class Transaction:
    """What is read and written together. Something may be kept to be written last of all."""

    def __init__(self, connection: Connection, *, writes: bool) -> None:
        self.connection = connection
        self._writes = writes
        self._last: dict[Callable[[Transaction, list[Any]], None], list[Any]] = {}

    def execute(self, statement: Any, *parameters: Any) -> Any:
        return self.connection.execute(statement, *parameters)

    def exec_driver_sql(self, statement: str, *parameters: Any) -> Any:
        return self.connection.exec_driver_sql(statement, *parameters)

    def at_the_end(self, write: Callable[[Transaction, list[T]], None], item: T) -> None:
        """Have `write` called once, just before the commit, with all the items that were given for it.
        ValueError where there will be no commit."""
        if not self._writes:
            raise ValueError("a transaction that only reads has no end to write at")
        self._last.setdefault(write, []).append(item)

    def write_last(self) -> None:
        for write, items in self._last.items():
            write(self, items)


class Database:
    """Gives out transactions: `reading()` and `writing()`. Made once a process."""

    def __init__(self, url: str, keys: KeyRing) -> None:
        self.engine = _engine(url)
        self.keys = self.engine.dialect.keys = keys  # where the types of sealed columns find them
        self._first: Callable[[Transaction], None] | None = None
        self._reading: dict[str, Any] = {"reads_only": True}
        if self.engine.dialect.name == "postgresql":
            # One state of the record for all statements of a reader, as SQLite gives it.
            self._reading["isolation_level"] = "REPEATABLE READ"

    def check_first(self, check: Callable[[Transaction], None]) -> None:
        """Have `check` see the database before it is written to, until it has once let a writer go on."""
        self._first = check

    @contextmanager
    def writing(self, *, remakes_tables: bool = False) -> Iterator[Transaction]:
        """A transaction that is committed at the end, or not at all. SQLite changes a table by making it
        again, which `remakes_tables` allows."""
        self.keys.refresh()  # else a program that runs while keys are rotated seals with the old one
        with _translated(), self.engine.connect() as connection:
            connection.execution_options(remakes_tables=remakes_tables)
            with connection.begin():
                transaction = Transaction(connection, writes=True)
                if self._first is not None:
                    self._first(transaction)
                    self._first = None
                yield transaction
                transaction.write_last()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that sees one state of the database and writes nothing."""
        with _translated(), self.engine.connect() as connection:
            connection.execution_options(**self._reading)
            with connection.begin():
                yield Transaction(connection, writes=False)

    def alone(self, *statements: str) -> list[Any]:
        """Run statements that no transaction may hold; gives back the rows of the last one."""
        with _translated():
            raw = self.engine.raw_connection()
        raw.detach()
        try:
            if self.engine.dialect.name != "sqlite":
                raw.dbapi_connection.autocommit = True
            cursor = raw.dbapi_connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
        except self.engine.dialect.dbapi.Error as error:
            raise DatabaseAway(str(error).strip().splitlines()[0]) from None
        finally:
            raw.close()


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        # The statement's parameters hold patients' words; only the driver's own sentence goes on.
        raise DatabaseAway(str(error.orig).strip().splitlines()[0]) from None
    except PoolExhausted:
        raise DatabaseAway("all connections to the database are in use") from None


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        waits = (
            f"-c lock_timeout={BUSY_SECONDS * 1000}"
            f" -c idle_in_transaction_session_timeout={SILENT_SECONDS * 1000}"
        )
        return create_engine(
            parsed,
            future=True,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=BUSY_SECONDS,
            pool_pre_ping=True,  # one more round trip, or the first turn after a restart would fail
            connect_args={"connect_timeout": BUSY_SECONDS, "options": waits, **LOST},
            hide_parameters=True,
        )
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed, future=True, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:
    """WAL lets readers and one writer work side by side. FULL: a message that was answered must survive a
    power cut too, at one fsync a commit; NORMAL would sync at checkpoints only, and lose the last ones."""
    connection.isolation_level = None
    _change_to_wal(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _change_to_wal(connection: Any) -> None:
    """Programs that open a new record at once get in each other's way here, and SQLite does not wait."""
    last = monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            # Before Python 3.11 only its words tell; a full disk is not waited for.
            if "locked" not in str(error) or monotonic() > last:
                raise
            sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: one that read first could not get it later."""
    options = connection.get_execution_options()
    if options.get("remakes_tables"):  # else the rows of a table that is made again lose theirs
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN" if options.get("reads_only") else "BEGIN IMMEDIATE")
