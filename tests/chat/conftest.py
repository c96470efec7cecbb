"""A patient's browser in front of chat, and behind it a little Rasa that does what a test tells it."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from starlette.testclient import TestClient

from actions.deployment import Deployment
from actions.taking_up import taken_up
from bedside import store
from bedside.dialogue import Floor
from bedside.knowledge import Knowledge, Responses, clinic_facts
from bedside.language import Reader
from bedside.model import Clinic, Parsed, Utterance
from bedside.settings import ROOT, Settings
from bedside.store import Database, tables
from chat.app import create_app
from tests.keys import KEYS, write_key

# Shorter than in chat/turns.py, and shorter still where a test waits for them to pass.
RASA_SECONDS, MOST_SECONDS, BUSY_SECONDS = 3.0, 4.0, 0.2
HURRIED_RASA_SECONDS, HURRIED_MOST_SECONDS = 0.25, 0.4


class LittleRasa:
    """Rasa's `rest` channel with ?stream=true, on a port of its own. `does` answers a request."""

    def __init__(self, here: Deployment, reader: Reader, responses: Responses, facts: Any) -> None:
        self.here, self.reader, self.responses, self.facts = here, reader, responses, facts
        self.received: list[dict[str, Any]] = []
        self.does: Callable[[dict[str, Any], Write], None] = self.answer
        self.status = 200
        self.released = threading.Event()
        self.working = self.most_at_once = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def asked(self) -> list[str]:
        """The messages that it was asked about; probes are none."""
        return [each["message"] for each in self.received if "message_id" in each["metadata"]]

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    # What Rasa may do

    def answer(self, request: dict[str, Any], write: Write) -> None:
        """What it does when all is well: the action records the message and says what it decided."""
        if request["metadata"].get("canary"):
            self.say(write, Utterance(response="utter_canary"))
        else:
            parsed = self.reader.read(request["message"], intent="report_symptom")
            self.take_up(request, write, parsed)

    def answer_lower(self, request: dict[str, Any], write: Write) -> None:
        """It takes the message for small talk, whatever it says."""
        self.take_up(request, write, Parsed(text=request["message"], intent="small_talk"))

    def answer_after_a_rule(self, response: str) -> Callable[[dict[str, Any], Write], None]:
        """A rule speaks first, then the action."""

        def does(request: dict[str, Any], write: Write) -> None:
            self.say(write, Utterance(response=response))
            self.answer(request, write)

        return does

    def cry_emergency_and_hang(self, request: dict[str, Any], write: Write) -> None:
        """A rule speaks, then the action hangs."""
        self.say(write, Utterance(response="utter_emergency"))
        self.released.wait(10)

    def hang(self, request: dict[str, Any], write: Write) -> None:
        self.released.wait(10)

    def answer_and_never_end(self, request: dict[str, Any], write: Write) -> None:
        self.answer(request, write)
        self.released.wait(10)

    def answer_late(self, request: dict[str, Any], write: Write) -> None:
        self.released.wait(10)
        self.answer(request, write)

    def answer_without_its_action(self, request: dict[str, Any], write: Write) -> None:
        """Its action server is away, so the rule speaks that is for that."""
        self.say(write, Utterance(response="utter_unavailable"))

    def answer_nothing(self, request: dict[str, Any], write: Write) -> None:
        """As after an exception within Rasa that ended the stream."""

    def send(self, *lines: bytes) -> Callable[[dict[str, Any], Write], None]:
        return lambda request, write: [write(line) for line in lines] and None

    def take_up(self, request: dict[str, Any], write: Write, parsed: Parsed) -> None:
        says = taken_up(
            self.here,
            request["sender"],
            request["metadata"]["message_id"],
            parsed,
            model_version="little",
        )
        for each in says:
            self.say(write, each)

    def say(self, write: Write, utterance: Utterance) -> None:
        """Two lines, as Rasa's channel makes them of a response with `custom`."""
        text = self.responses.say(utterance, self.facts()).text
        if utterance.choices:
            buttons = [{"title": each.title, "payload": each.value} for each in utterance.choices]
            write({"recipient_id": "x", "text": text, "buttons": buttons})
        else:
            for part in text.strip().split("\n\n"):
                write({"recipient_id": "x", "text": part})
        urgency = self.responses.urgencies.get(utterance.response)
        if urgency is not None:
            write({"recipient_id": "x", "custom": {"urgency": urgency.word}})


Write = Callable[[Any], None]


def _handler(rasa: LittleRasa) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            rasa.received.append({"path": self.path, **body})
            rasa.working += 1
            rasa.most_at_once = max(rasa.most_at_once, rasa.working)
            try:
                self.send_response(rasa.status)
                self.end_headers()
                rasa.does(body, self.write)
            finally:
                rasa.working -= 1

        def write(self, line: Any) -> None:
            data = line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n"
            self.wfile.write(data)
            self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Browser:
    """One patient's browser, with its cookies."""

    client: TestClient

    def open(self, **body: Any) -> Any:
        return self.client.post("/api/conversations", json=body)

    def send(self, text: str, message_id: str | None = None) -> Any:
        body = {"text": text} | ({"message_id": message_id} if message_id else {})
        return self.client.post("/api/messages", json=body)

    def write(self, text: str, message_id: str | None = None) -> list[dict[str, Any]]:
        """The replies to a message that is taken."""
        response = self.send(text, message_id)
        assert response.status_code == 200, response.text
        replies: list[dict[str, Any]] = response.json()["replies"]
        assert replies and all(each["text"].strip() for each in replies)
        return replies

    def post(self, body: bytes, content_type: str = "application/json") -> Any:
        return self.client.post(
            "/api/messages", content=body, headers={"content-type": content_type}
        )

    def transcript(self) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = self.client.get("/api/messages").json()["messages"]
        return lines


@dataclass
class Chat:
    """Chat with all that stands around it."""

    client: TestClient
    rasas: list[LittleRasa]
    database: Database
    settings: Settings
    clock: Clock
    monkeypatch: pytest.MonkeyPatch

    @property
    def rasa(self) -> LittleRasa:
        """The only one, or the first of several."""
        return self.rasas[0]

    def hurry(self) -> None:
        """Give Rasa little time, in a test that will see it pass."""
        self.monkeypatch.setattr("chat.turns.RASA_SECONDS", HURRIED_RASA_SECONDS)
        self.monkeypatch.setattr("chat.turns.MOST_SECONDS", HURRIED_MOST_SECONDS)

    def browser(self, *, opened: bool = True, base_url: str = "http://testserver") -> Browser:
        """Another patient's browser, at the same chat."""
        client = TestClient(self.client.app, base_url=base_url)
        client.portal = self.client.portal
        browser = Browser(client)
        if opened:
            assert browser.open().status_code == 201
        return browser

    def rasa_is_away(self) -> None:
        self.rasa.stop()

    def database_is_away(self) -> None:
        with self.database.writing() as tx:
            tx.execute(text("alter table conversations rename to elsewhere"))

    def database_is_back(self) -> None:
        with self.database.writing() as tx:
            tx.execute(text("alter table elsewhere rename to conversations"))

    @property
    def spool(self) -> store.Spool:
        return store.Spool(self.settings.spool, KEYS)

    def spool_is_full(self) -> None:
        """Nothing can be kept where the folder should be."""
        self.settings.spool.write_text("no folder")

    def rows(self, table: str) -> list[Any]:
        with self.database.reading() as tx:
            wanted = tables.metadata.tables[table]
            return tx.execute(select(wanted).order_by(*wanted.primary_key)).all()

    def flags(self) -> list[store.FlagView]:
        with self.database.reading() as tx:
            return store.flags(tx, "main")

    def flag(self) -> store.FlagView:
        (flag,) = self.flags()
        return flag

    def wait_until(self, holds: Callable[[], bool], seconds: float = 5) -> None:
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until, "it never came to that"
            time.sleep(0.01)


@pytest.fixture(scope="session")
def floor(knowledge: Knowledge) -> Floor:
    return Floor(knowledge)


@pytest.fixture(scope="session")
def reader(knowledge: Knowledge) -> Reader:
    return Reader(knowledge)


@pytest.fixture
def make_chat(
    tmp_path: Path,
    migrated_file: Path,
    knowledge: Knowledge,
    responses: Responses,
    clinic: Clinic,
    floor: Floor,
    reader: Reader,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Chat]]:
    monkeypatch.setattr("chat.turns.RASA_SECONDS", RASA_SECONDS)
    monkeypatch.setattr("chat.turns.MOST_SECONDS", MOST_SECONDS)
    monkeypatch.setattr("bedside.store.database.BUSY_SECONDS", BUSY_SECONDS)
    # Made once for all tests: they take half a second.
    monkeypatch.setattr("chat.app.Floor", lambda knowledge, heads: floor)
    monkeypatch.setattr("chat.app.load", lambda: knowledge)
    shutil.copy(migrated_file, tmp_path)
    write_key(tmp_path)
    with ExitStack() as stack:

        def make(clinic_file: str = "tests/clinic.yml", replicas: int = 1) -> Chat:
            clock = Clock(now)
            database = Database(f"sqlite:///{tmp_path / 'bedside.db'}", KEYS)
            here = Deployment(database, knowledge, clinic)
            rasas = [
                LittleRasa(
                    here, reader, responses, lambda: clinic_facts(clinic, knowledge, clock())
                )
                for _ in range(replicas)
            ]
            settings = Settings.from_environment(
                {
                    "BEDSIDE_VAR": str(tmp_path),
                    "BEDSIDE_CLINIC_FILE": str(ROOT / clinic_file),
                    "BEDSIDE_RASA_URLS": " ".join(each.url for each in rasas),
                }
            )
            client = stack.enter_context(TestClient(create_app(settings, clock)))
            for each in rasas:
                stack.callback(each.stop)
            return Chat(client, rasas, database, settings, clock, monkeypatch)

        yield make


@pytest.fixture
def chat(make_chat: Callable[..., Chat]) -> Chat:
    return make_chat()


@pytest.fixture
def patient(chat: Chat) -> Browser:
    """A patient who has just opened the page."""
    return chat.browser()


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
