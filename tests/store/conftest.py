"""A record with a clinic, a clock that stands still, and a patient who writes to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from bedside import store
from bedside.dialogue import take_up
from bedside.knowledge import Knowledge
from bedside.language import Reader
from bedside.model import Clinic, FlagState, Parsed, Reply
from bedside.store import Database, tables
from bedside.store import __main__ as commands
from tests.databases import without_guards
from tests.keys import KEYS, write_key


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Record:
    """What the shells do with the record, in the words of the tests."""

    database: Database
    knowledge: Knowledge
    reader: Reader
    clock: Clock
    clinic: Clinic
    counter: Iterator[int] = field(default_factory=lambda: iter(range(1, 1000)))

    @property
    def is_postgresql(self) -> bool:
        return bool(self.database.engine.dialect.name == "postgresql")

    def open(self, invitation: str | None = None) -> str:
        with self.database.writing() as tx:
            return store.open_conversation(
                tx, clinic_id="main", now=self.clock(), invitation=invitation
            ).id

    def receive(
        self, conversation_id: str, text: str, message_id: str | None = None, holder: str = "chat"
    ) -> store.Received:
        with self.database.writing() as tx:
            return store.receive(
                tx,
                conversation_id,
                message_id or f"m{next(self.counter)}",
                text,
                holder=holder,
                now=self.clock(),
            )

    def take_up(
        self,
        received: store.Received,
        by: str = store.BY_ASSISTANT,
        parsed: Parsed | None = None,
    ) -> None:
        """What the action does, in one transaction."""
        with self.database.writing() as tx:
            self.take_up_in(tx, received, by, parsed)

    def take_up_in(
        self,
        tx: Any,
        received: store.Received,
        by: str = store.BY_ASSISTANT,
        parsed: Parsed | None = None,
    ) -> None:
        conversation = store.lock(tx, received.conversation.id)
        message = store.message_of(tx, conversation.id, received.message.message_id)
        assert message is not None
        parsed = parsed or self.reader.read(message.text, intent="report_symptom")
        today = self.clinic.day(self.clock())
        store.take_up(
            tx,
            conversation,
            message,
            parsed,
            take_up(conversation.report, parsed, conversation.pending, self.knowledge, today),
            clinic=self.clinic,
            by=by,
            knowledge_version=self.knowledge.version,
            model_version="test-model",
            now=self.clock(),
        )

    def answer(self, received: store.Received, *texts: str, shown: bool = True) -> None:
        replies = [Reply(text=text) for text in texts or ("Thank you.",)]
        with self.database.writing() as tx:
            store.answer(
                tx,
                received.conversation.id,
                received.message,
                replies,
                now=self.clock(),
                shown=shown,
            )

    def tell(self, conversation_id: str, text: str, by: str = store.BY_ASSISTANT) -> store.Received:
        """A whole turn: received, taken up, answered."""
        received = self.receive(conversation_id, text)
        self.take_up(received, by)
        self.answer(received)
        return received

    def close(self, conversation_id: str) -> None:
        """A clinician claims the conversation's flag and closes it."""
        with self.database.writing() as tx:
            clinician = store.clinician(tx, username="ada")
            by = (
                clinician.id
                if clinician
                else store.add_clinician(
                    tx,
                    clinic_id="main",
                    username="ada",
                    name="Dr Ada",
                    password_hash="-",
                    by="operator",
                    now=self.clock(),
                )
            )
            flag = self.flag_in(tx, conversation_id)
            store.move(tx, flag, FlagState.CLAIMED, by=by, now=self.clock())
            store.move(tx, flag, FlagState.CLOSED, by=by, now=self.clock(), reason="spoke to her")

    def flag_in(self, tx: Any, conversation_id: str) -> store.FlagView:
        (flag,) = (
            each
            for closed in (False, True)
            for each in store.flags(tx, "main", closed=closed)
            if each.conversation_id == conversation_id
        )
        return flag

    def flag(self, conversation_id: str) -> store.FlagView:
        with self.database.reading() as tx:
            return self.flag_in(tx, conversation_id)

    def conversation(self, conversation_id: str) -> store.Conversation:
        with self.database.writing() as tx:
            return store.lock(tx, conversation_id)

    def transcript(self, conversation_id: str) -> list[store.Entry]:
        with self.database.reading() as tx:
            return store.transcript(tx, conversation_id)

    def rows(self, table: str) -> list[Any]:
        with self.database.reading() as tx:
            wanted = tables.metadata.tables[table]
            return tx.execute(select(wanted).order_by(*wanted.primary_key)).all()

    def everything(self) -> dict[str, list[Any]]:
        return {name: self.rows(name) for name in tables.metadata.tables}

    def tamper(self, *statements: str) -> None:
        """What the owner of the database does to the audit log."""
        with without_guards(self.database) as tx:
            for statement in statements:
                tx.exec_driver_sql(statement)

    @contextmanager
    def statements(self) -> Iterator[dict[str, int]]:
        """Counts what is sent to the database meanwhile."""
        counted = {"statements": 0, "commits": 0}

        def executed(*_: Any) -> None:
            counted["statements"] += 1

        def committed(*_: Any) -> None:
            counted["commits"] += 1

        # PRAGMA and BEGIN of SQLite do not pass here, so both databases count alike.
        listeners = (("before_execute", executed), ("commit", committed))
        for name, listener in listeners:
            event.listen(self.database.engine, name, listener)
        try:
            yield counted
        finally:
            for name, listener in listeners:
                event.remove(self.database.engine, name, listener)


@pytest.fixture(scope="session")
def reader(knowledge: Knowledge) -> Reader:
    return Reader(knowledge)


@pytest.fixture
def record(
    database: Database, knowledge: Knowledge, reader: Reader, clinic: Clinic, now: datetime
) -> Record:
    with database.writing() as tx:
        store.ensure_clinic(tx, clinic, now=now)
    return Record(database, knowledge, reader, Clock(now), clinic)


@pytest.fixture
def operate(
    record: Record, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> Callable[..., tuple[int, str, str]]:
    """`python -m bedside.store …` for this record; gives back the exit code and what was printed."""
    url = record.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("BEDSIDE_DATABASE_URL", url)
    monkeypatch.setenv("BEDSIDE_VAR", str(tmp_path))
    write_key(tmp_path)
    monkeypatch.setenv("BEDSIDE_MODELS", str(tmp_path / "no models"))
    monkeypatch.setenv("BEDSIDE_CLINIC_FILE", "tests/clinic.yml")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = commands.main(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def spool(tmp_path: Path) -> store.Spool:
    """The spool of the same deployment."""
    return store.Spool(tmp_path / "spool", KEYS)


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Runs the calls in threads that start together; gives back what each returned or raised."""

    def run(*calls: Callable[[], Any]) -> list[Any]:
        results: list[Any] = [None] * len(calls)
        start = threading.Barrier(len(calls))

        def one(number: int, call: Callable[[], Any]) -> None:
            start.wait()
            try:
                results[number] = call()
            except Exception as error:  # the test looks at it
                results[number] = error

        threads = [
            threading.Thread(target=one, args=(number, call), daemon=True)
            for number, call in enumerate(calls)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        return results

    return run
