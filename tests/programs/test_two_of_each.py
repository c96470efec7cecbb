"""`make scale`: nine programs on one PostgreSQL; one of each kind dies, and patients notice nothing."""

from __future__ import annotations

import os
import re
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bedside.store import Database, schema, tables
from bench.launched import Launched, launched
from launch.replicas import TWO_OF_EACH
from tests.keys import KEYS, write_key
from tests.programs.running import wait_for, write_clinic
from tests.programs.talk import REPLY_WITHIN

BRUISES = "I have bruises on my legs"
STROKE = "my face is drooping"


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    url = os.environ.get("BEDSIDE_TEST_POSTGRES_URL")
    if not url:
        pytest.skip("BEDSIDE_TEST_POSTGRES_URL is not set, so two of each have no PostgreSQL")
    database = Database(url, KEYS)
    schema.migrate_back(database, "base")
    yield database
    schema.migrate_back(database, "base")
    database.engine.dispose()


@pytest.fixture(scope="module")
def two_of_each(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    folder = tmp_path_factory.mktemp("two")
    write_clinic(folder / "clinic.yml")
    write_key(folder)
    url = database.engine.url.render_as_string(hide_password=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEDSIDE_CLINIC_FILE", str(folder / "clinic.yml"))
        with launched("launch.scale", TWO_OF_EACH, folder, url) as running:
            yield running


class Patient:
    """A browser behind a proxy, which gives its messages to the chats in turn, and to the other one when
    the first refuses."""

    def __init__(self, chats: tuple[str, ...]) -> None:
        self.chats, self.browser = list(chats), httpx.Client(timeout=20, trust_env=False)
        assert self.browser.post(f"{chats[0]}/api/conversations", json={}).status_code == 201

    def says(self, text: str) -> list[dict[str, Any]]:
        message, started = {"text": text, "message_id": str(uuid.uuid4())}, time.monotonic()
        self.chats.reverse()
        try:
            answer = self.browser.post(f"{self.chats[0]}/api/messages", json=message)
        except httpx.TransportError:
            answer = self.browser.post(f"{self.chats[1]}/api/messages", json=message)
        assert time.monotonic() - started < REPLY_WITHIN
        replies: list[dict[str, Any]] = answer.json()["replies"]
        assert replies, "silence"
        return replies

    def transcript(self, chat: str) -> Any:
        return self.browser.get(f"{chat}/api/messages").json()["messages"]


def test_S3_S4_one_of_each_dies_and_the_conversation_goes_on_as_if_nothing_were(
    two_of_each: Launched, database: Database
) -> None:
    patient = Patient(two_of_each.chats)
    assert patient.says(BRUISES)[0]["urgency"] == "urgent"

    for victim in ("rasa-1", "actions-1", "worker-1", "chat-1"):
        kill(two_of_each, victim)
        for _ in two_of_each.chats:
            patient.says("no")
    replies = patient.says(STROKE)
    assert "999" in replies[0]["text"] and replies[0]["urgency"] == "emergency"

    wait_for(lambda: all_ready(two_of_each), 240, "all nine programs")
    assert patient.transcript(two_of_each.chats[0]) == patient.transcript(two_of_each.chats[1])
    assert {row.processed_by for row in rows(database, "reports")} == {"assistant"}
    assert [row.sender for row in rows(database, "messages")].count("patient") == 10
    (flag,) = rows(database, "flags")
    assert (flag.urgency, flag.unprocessed) == ("emergency", False)


def test_the_team_is_told_once_of_each_urgency(two_of_each: Launched, database: Database) -> None:
    """Without an address, the log of a worker is where it is told."""
    notifications = [row for row in rows(database, "outbox") if row.kind == "notify"]
    wait_for(lambda: len(told(two_of_each)) == len(notifications), 20, "the notifications")
    assert sorted(told(two_of_each)) == ["emergency", "urgent"]


def test_all_of_them_together_hold_few_connections(
    two_of_each: Launched, database: Database
) -> None:
    with database.reading() as tx:
        held = tx.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        ).scalar_one()
    assert held <= 42 + 1  # ours


def kill(running: Launched, name: str) -> None:
    spawned = re.findall(rf"spawned: '{name}' with pid (\d+)", running.files.own_log.read_text())
    os.kill(int(spawned[-1]), signal.SIGKILL)


def all_ready(running: Launched) -> bool:
    try:
        states = [httpx.get(f"{chat}/readyz", timeout=10).json() for chat in running.chats]
    except (httpx.TransportError, ValueError):
        return False
    return all(set(state.values()) == {"ok"} and "rasa-2" in state for state in states)


def told(running: Launched) -> list[str]:
    logs = "".join(path.read_text() for path in Path(running.files.log).glob("worker-*.log"))
    return re.findall(r"a report is waiting \((\w+)\)", logs)


def rows(database: Database, table: str) -> list[Any]:
    with database.reading() as tx:
        return list(tx.execute(select(tables.metadata.tables[table])).all())
