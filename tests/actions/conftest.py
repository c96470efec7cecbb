"""The action server's one action, with a record of its own and what Rasa would hand it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions.deployment import Deployment
from actions.taking_up import ActionTakeUp
from bedside import store
from bedside.knowledge import Knowledge
from bedside.language import Reader
from bedside.model import Clinic, Parsed, as_json
from bedside.store import Database, tables
from tests.keys import KEYS


@dataclass
class Server:
    """The action server and the record behind it."""

    database: Database
    reader: Reader
    now: datetime
    conversation_id: str

    def receive(self, text: str, message_id: str = "m1") -> store.Received:
        with self.database.writing() as tx:
            return store.receive(
                tx, self.conversation_id, message_id, text, holder="chat", now=self.now
            )

    def tracker(
        self,
        text: str,
        *,
        intent: str = "report_symptom",
        metadata: dict[str, Any] | None = None,
        spoken: tuple[str, ...] = (),
        conversation_id: str | None = None,
    ) -> Tracker:
        """As Rasa sends it: this message only, since its tracker store forgets."""
        parsed = self.reader.read(text)
        given = {"message_id": "m1"} if metadata is None else metadata
        latest = {
            "text": text,
            "intent": {"name": intent, "confidence": 0.9},
            "entities": entities(parsed),
            "metadata": {**given, "model_id": "model-7", "assistant_id": "bedside"},
        }
        events: list[dict[str, Any]] = [
            {"event": "action", "name": "action_session_start"},
            {"event": "bot", "metadata": {"utter_action": "utter_before_the_message"}},
            {"event": "user", **latest},
            {"event": "slot", "name": "taken_up", "value": False},
        ]
        for name in spoken:
            events.append({"event": "action", "name": name, "metadata": {"model_id": "model-7"}})
            events.append({"event": "bot", "text": "…", "metadata": {"utter_action": name}})
        return Tracker(
            conversation_id or self.conversation_id, {}, latest, events, False, None, {}, None
        )

    def run(self, tracker: Tracker) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What the action says, and the events it gives back."""
        dispatcher = CollectingDispatcher()
        events = asyncio.run(ActionTakeUp().run(dispatcher, tracker, {}))
        return dispatcher.messages, events

    def rows(self, table: str) -> list[Any]:
        with self.database.reading() as tx:
            wanted = tables.metadata.tables[table]
            return tx.execute(select(wanted).order_by(*wanted.primary_key)).all()


def entities(parsed: Parsed) -> list[dict[str, Any]]:
    """As components/ writes them."""
    found: list[dict[str, Any]] = [
        {"entity": "sign", "value": each.sign, **as_json(each)} for each in parsed.mentions
    ]
    found += [{"entity": "finding", **as_json(each)} for each in parsed.findings]
    found += [{"entity": "detail", **as_json(each)} for each in parsed.details]
    for name in ("reply", "language", "topic"):
        if getattr(parsed, name):
            found.append({"entity": name, "value": getattr(parsed, name), "start": 0, "end": 0})
    return found


@pytest.fixture(scope="session")
def reader(knowledge: Knowledge) -> Reader:
    return Reader(knowledge)


@pytest.fixture
def server(
    tmp_path: Path,
    migrated_file: Path,
    knowledge: Knowledge,
    clinic: Clinic,
    reader: Reader,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> Server:
    shutil.copy(migrated_file, tmp_path)
    database = Database(f"sqlite:///{tmp_path / migrated_file.name}", KEYS)
    here = Deployment(database, knowledge, clinic)
    for module in ("actions.base", "actions.taking_up"):
        monkeypatch.setattr(f"{module}.deployment", lambda: here)
    with database.writing() as tx:
        store.ensure_clinic(tx, clinic, now=now)
        conversation_id = store.open_conversation(tx, clinic_id="main", now=now).id
    return Server(database, reader, now, conversation_id)


@pytest.fixture
def database_is_away(server: Server, tmp_path: Path) -> Callable[[], None]:
    def away() -> None:
        with server.database.writing() as tx:
            tx.exec_driver_sql("alter table conversations rename to elsewhere")

    return away
