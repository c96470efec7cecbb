"""A console on a database of its own, a clock that stands still, and patients who have written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from starlette.testclient import TestClient

from bedside.dialogue import Floor
from bedside.knowledge import Knowledge, load
from bedside.model import Reply
from bedside.settings import ROOT, Settings, read_clinic
from bedside.store import (
    BY_ASSISTANT,
    Database,
    add_clinician,
    answer,
    ensure_clinic,
    flags,
    invite,
    lock,
    open_conversation,
    receive,
    take_up,
)
from bedside.store.tables import audit
from console.app import create_app
from tests.keys import KEYS, write_key

PASSWORD = "a long enough password"
# Cheaper than a real one, so that a hundred sign-ins take no minute.
HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


@dataclass
class Clock:
    now: datetime = datetime(2026, 3, 2, 14, 5, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Desk:
    """The record and the console in front of it, in the words of the tests."""

    settings: Settings
    database: Database
    knowledge: Knowledge
    floor: Floor
    clock: Clock

    def add_clinician(self, username: str, clinic_id: str = "main") -> str:
        with self.database.writing() as tx:
            return add_clinician(
                tx,
                clinic_id=clinic_id,
                username=username,
                name=f"Dr {username.title()}",
                password_hash=HASH,
                by="operator",
                now=self.clock(),
            )

    def invite(self, name: str, contact: str) -> str:
        with self.database.writing() as tx:
            return invite(
                tx, clinic_id="main", name=name, contact=contact, by="operator", now=self.clock()
            )

    def report(
        self,
        *texts: str,
        clinic_id: str = "main",
        by: str = BY_ASSISTANT,
        invitation: str | None = None,
    ) -> int:
        """A conversation of these messages, each answered; gives back its flag's id."""
        with self.database.writing() as tx:
            ensure_clinic(
                tx, replace(read_clinic(self.settings.clinic_file), id=clinic_id), now=self.clock()
            )
            conversation = open_conversation(
                tx, clinic_id=clinic_id, now=self.clock(), invitation=invitation
            )
            for number, text in enumerate(texts):
                self.write(tx, conversation.id, f"m{number}", text, by)
            return next(
                flag.id for flag in flags(tx, clinic_id) if flag.conversation_id == conversation.id
            )

    def write(self, tx: Any, conversation_id: str, message_id: str, text: str, by: str) -> None:
        received = receive(tx, conversation_id, message_id, text, holder="test", now=self.clock())
        conversation = lock(tx, conversation_id)
        clinic = read_clinic(self.settings.clinic_file)
        today = clinic.day(self.clock())
        parsed, turn = self.floor.take_up(conversation.report, text, conversation.pending, today)
        take_up(
            tx,
            conversation,
            received.message,
            parsed,
            turn,
            clinic=replace(clinic, id=conversation.clinic_id),
            by=by,
            knowledge_version=self.knowledge.version,
            model_version="lexicon",
            now=self.clock(),
        )
        reply = Reply(text=f"Reply to {message_id}")
        answer(tx, conversation_id, received.message, [reply], now=self.clock())

    def client(self) -> TestClient:
        """A browser that nobody has signed in with."""
        app = create_app(self.settings, self.clock)
        return TestClient(app, raise_server_exceptions=True, follow_redirects=False)

    def audit(self, action: str) -> list[Any]:
        with self.database.reading() as tx:
            return tx.execute(
                select(audit).where(audit.c.action == action).order_by(audit.c.id)
            ).all()


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="session")
def floor(knowledge: Knowledge) -> Floor:
    return Floor(knowledge)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environment(
        {"BEDSIDE_VAR": str(tmp_path), "BEDSIDE_CLINIC_FILE": str(ROOT / "clinic.yml")}
    )


@pytest.fixture
def desk(settings: Settings, migrated_file: Path, knowledge: Knowledge, floor: Floor) -> Desk:
    shutil.copy(migrated_file, settings.var)
    write_key(settings.var)
    desk = Desk(settings, Database(settings.database_url, KEYS), knowledge, floor, Clock())
    with desk.database.writing() as tx:
        ensure_clinic(tx, read_clinic(settings.clinic_file), now=desk.clock())
    desk.add_clinician("ada")
    return desk


@pytest.fixture
def token_of() -> Callable[[str], str]:
    """The form token that a page carries."""
    return lambda html: html.split('name="token" value="')[1].split('"')[0]


@pytest.fixture
def sign_in(token_of: Callable[[str], str]) -> Callable[..., Any]:
    """Fills in the sign-in form and posts it."""

    def fill_in(
        client: TestClient, username: str = "ada", password: str = PASSWORD, next_: str = "/"
    ) -> Any:
        page = client.get("/sign-in", params={"next": next_})
        given = {"username": username, "password": password, "next": next_}
        return client.post("/sign-in", data={**given, "token": token_of(page.text)})

    return fill_in


@pytest.fixture
def signed_in(desk: Desk, sign_in: Callable[..., Any]) -> Callable[..., TestClient]:
    """A browser with which this clinician is signed in."""

    def browser(username: str = "ada") -> TestClient:
        client = desk.client()
        assert sign_in(client, username).status_code == 303
        return client

    return browser


@pytest.fixture
def move(token_of: Callable[[str], str]) -> Callable[..., Any]:
    """Presses a button of the flag's page."""

    def press(client: TestClient, flag_id: int, to: str, **fields: str) -> Any:
        token = token_of(client.get(f"/flags/{flag_id}").text)
        return client.post(f"/flags/{flag_id}", data={"token": token, "to": to, **fields})

    return press
