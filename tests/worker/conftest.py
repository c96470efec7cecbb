"""A record with messages that were left behind, and a team's telephone that takes notifications."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from actions.deployment import Deployment
from actions.taking_up import taken_up
from bedside import store
from bedside.dialogue import Floor
from bedside.knowledge import Knowledge, Responses
from bedside.language import Reader
from bedside.model import Clinic, Reply
from bedside.store import Database, tables
from tests.keys import KEYS
from worker.notifying import Notifier
from worker.rounds import Rounds

CONSOLE = "http://127.0.0.1:8001"


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class Telephone:
    """Where Apprise sends notifications; `status` is what it answers."""

    def __init__(self) -> None:
        self.status = 200
        self.received: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(telephone: Telephone) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            telephone.received.append({"headers": dict(self.headers), **json.loads(body)})
            self.send_response(telephone.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


@dataclass
class Night:
    """The worker's surroundings, in the words of the tests."""

    database: Database
    knowledge: Knowledge
    responses: Responses
    clinic: Clinic
    reader: Reader
    floor: Floor
    clock: Clock
    spool: store.Spool

    def worker(self, *urls: str, notifier: Any = None) -> Rounds:
        return Rounds(
            self.database,
            self.knowledge,
            self.responses,
            self.clinic,
            notifier or Notifier(urls, CONSOLE),
            self.floor,
            self.spool,
            self.clock,
        )

    def receive(self, text: str, conversation_id: str | None = None) -> store.Received:
        """A message that chat has stored, in a new conversation unless one is given."""
        with self.database.writing() as tx:
            conversation_id = (
                conversation_id
                or store.open_conversation(tx, clinic_id="main", now=self.clock()).id
            )
            message_id = f"m{len(text)}"
            return store.receive(
                tx, conversation_id, message_id, text, holder="chat", now=self.clock()
            )

    def spools(self, text: str, conversation_id: str | None = None) -> store.Spooled:
        """A message that chat has kept while the database was away; a new conversation unless given."""
        with self.database.writing() as tx:
            conversation_id = (
                conversation_id
                or store.open_conversation(tx, clinic_id="main", now=self.clock()).id
            )
        return self.spool.keep(
            store.Spooled(
                conversation_id=conversation_id,
                message_id=f"s{len(text)}",
                text=text,
                at=self.clock(),
                replies=(Reply(text="I have kept this message."),),
            )
        )

    def take_up(self, received: store.Received, intent: str = "report_symptom") -> None:
        """What the action makes of it."""
        taken_up(
            Deployment(self.database, self.knowledge, self.clinic),
            received.conversation.id,
            received.message.message_id,
            self.reader.read(received.message.text, intent=intent),
            model_version="test",
        )

    def answer(self, received: store.Received) -> None:
        with self.database.writing() as tx:
            replies = [Reply(text="Thank you.")]
            store.answer(tx, received.conversation.id, received.message, replies, now=self.clock())

    def report(self, text: str) -> store.Received:
        received = self.receive(text)
        self.take_up(received)
        self.answer(received)
        return received

    def replies(self, received: store.Received) -> list[Reply]:
        with self.database.reading() as tx:
            return list(store.replies_to(tx, received.conversation.id, received.message.message_id))

    def flag(self, received: store.Received) -> store.FlagView | None:
        with self.database.reading() as tx:
            found = [
                each
                for each in store.flags(tx, "main")
                if each.conversation_id == received.conversation.id
            ]
            assert len(found) < 2
            return found[0] if found else None

    def rows(self, table: str) -> list[Any]:
        with self.database.reading() as tx:
            wanted = tables.metadata.tables[table]
            return tx.execute(select(wanted).order_by(*wanted.primary_key)).all()


@pytest.fixture(scope="session")
def floor(knowledge: Knowledge) -> Floor:
    return Floor(knowledge)


@pytest.fixture(scope="session")
def reader(knowledge: Knowledge) -> Reader:
    return Reader(knowledge)


@pytest.fixture
def night(
    database: Database,
    knowledge: Knowledge,
    responses: Responses,
    clinic: Clinic,
    reader: Reader,
    floor: Floor,
    now: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Night:
    clock = Clock(now)
    monkeypatch.setattr("bedside.store.utc_now", clock)  # the action's clock
    with database.writing() as tx:
        store.ensure_clinic(tx, clinic, now=now)
    spool = store.Spool(tmp_path / "spool", KEYS)
    return Night(database, knowledge, responses, clinic, reader, floor, clock, spool)


@pytest.fixture
def telephone() -> Iterator[Telephone]:
    telephone = Telephone()
    yield telephone
    telephone.stop()


@pytest.fixture
def at_once() -> Callable[..., None]:
    """Runs the calls in threads that start together."""

    def run(*calls: Callable[[], Any]) -> None:
        threads = [threading.Thread(target=call, daemon=True) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)

    return run
