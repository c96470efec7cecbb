"""The five programs as tests see them: how to stop, kill and wait for them, and who uses them."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import yaml

from bedside.model import Clinic
from bedside.settings import ROOT, WEEKDAYS, read_clinic
from bedside.store import Database
from bench.running import ALL_DAY, WORDS_OF, process_of
from chat.app import PROBE_SECONDS
from tests.worker.conftest import Telephone

STARTS_WITHIN = 120.0
PASSWORD = "a long enough password"


@dataclass
class Programs:
    """Running programs, and the ways a test looks at them."""

    launcher: subprocess.Popen[bytes]
    environment: dict[str, str]
    output: Path
    database: Database
    chat_url: str
    console_url: str
    telephone: Telephone = field(default_factory=Telephone)
    killed_at: float = float("-inf")

    @property
    def clinic(self) -> Clinic:
        return read_clinic(Path(self.environment["BEDSIDE_CLINIC_FILE"]))

    def pid_of(self, name: str) -> int | None:
        """The process of that program, found by its command and our own folder in its environment."""
        return process_of(name, self.environment["BEDSIDE_VAR"])

    def kill(self, name: str) -> int:
        """End the program at once, as a crash or the kernel would; gives back its process id."""
        pid = self._running(name)
        os.kill(pid, signal.SIGKILL)
        self.killed_at = time.monotonic()
        return pid

    def kill_all(self) -> None:
        """As when the power is cut; Supervisor starts them again."""
        for name in WORDS_OF:
            if self.pid_of(name) is not None:  # else it is being started already
                self.kill(name)

    @contextmanager
    def stopped(self, name: str) -> Iterator[None]:
        """The program hangs: it is there, takes connections, and answers nothing until the end."""
        pid = self._running(name)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def database_is_away(self) -> Iterator[None]:
        """Nobody else can write: somebody holds the lock for longer than a program waits."""
        path = self.environment["BEDSIDE_DATABASE_URL"].removeprefix("sqlite:///")
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            holder.execute("ROLLBACK")
            holder.close()

    @property
    def spooled(self) -> list[Path]:
        """The messages that wait for the database, and what was set aside of them."""
        return [path for path in self._spool.rglob("*") if path.is_file()]

    @contextmanager
    def spool_is_full(self) -> Iterator[None]:
        """Nothing can be kept: a file is where the folder should be."""
        elsewhere = self._spool.with_name("elsewhere")
        elsewhere.mkdir(exist_ok=True)
        if self._spool.exists():
            self._spool.rename(elsewhere)
        self._spool.write_text("no folder")
        try:
            yield
        finally:
            self._spool.unlink()
            elsewhere.rename(self._spool)

    @property
    def _spool(self) -> Path:
        return Path(self.environment["BEDSIDE_VAR"], "spool")

    def wait_until_ready(self) -> None:
        # The probe's answer is kept for a moment; one from before the kill says nothing.
        time.sleep(max(0.0, self.killed_at + PROBE_SECONDS + 0.5 - time.monotonic()))
        wait_for(self._is_ready, STARTS_WITHIN, "the programs to be ready")

    def patient(self, **body: Any) -> Patient:
        return Patient(self.chat_url, **body)

    def nurse(self) -> Nurse:
        return Nurse(self.console_url)

    def environment_of(self, name: str) -> dict[str, str]:
        pid = self.pid_of(name)
        entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        pairs = (entry.decode().partition("=") for entry in entries if entry)
        return {key: value for key, _, value in pairs}

    def all_output(self) -> str:
        """Whatever the programs wrote to their logs, and the launcher to its terminal."""
        logs = Path(self.environment["BEDSIDE_VAR"], "log").iterdir()
        return "\n".join(path.read_text(errors="replace") for path in (*logs, self.output))

    def _running(self, name: str) -> int:
        pid = self.pid_of(name)
        assert pid is not None, f"{name} does not run"
        return pid

    def _is_ready(self) -> bool:
        try:
            return all(
                httpx.get(f"{url}/readyz", timeout=10).status_code == 200
                for url in (self.chat_url, self.console_url)
            )
        except httpx.HTTPError:
            return False


class Patient:
    """Somebody with a browser: one cookie, one conversation."""

    def __init__(self, url: str, **body: Any) -> None:
        self.http = httpx.Client(base_url=url, timeout=20)
        opened = self.http.post("/api/conversations", json=body)
        assert opened.status_code == 201, opened.text
        self.conversation_id: str = opened.json()["conversation_id"]

    def sends(self, text: str, message_id: str | None = None) -> httpx.Response:
        body = {"text": text} | ({"message_id": message_id} if message_id else {})
        return self.http.post("/api/messages", json=body)

    def says(self, text: str) -> list[dict[str, Any]]:
        """The replies to `text`."""
        response = self.sends(text)
        assert response.status_code == 200, response.text
        replies: list[dict[str, Any]] = response.json()["replies"]
        assert replies, "silence"
        return replies

    def transcript(self) -> list[dict[str, Any]]:
        """What the page shows when it is loaded again."""
        lines: list[dict[str, Any]] = self.http.get("/api/messages").json()["messages"]
        return lines


class Nurse:
    """A clinician who has signed in to the console."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, follow_redirects=True, timeout=20)
        signing_in = {
            **self._hidden(self.http.get("/").text),
            "username": "nurse",
            "password": PASSWORD,
        }
        assert "Sign out" in self.http.post("/sign-in", data=signing_in).text

    def queue(self) -> str:
        return self.http.get("/").text

    def reads(self, flag_id: int) -> str:
        return self.http.get(f"/flags/{flag_id}").text

    def moves(self, flag_id: int, to: str, reason: str = "") -> None:
        form = {**self._hidden(self.reads(flag_id)), "to": to, "take_over": "", "reason": reason}
        moved = self.http.post(f"/flags/{flag_id}", data=form)
        assert moved.status_code == 200, moved.status_code

    @staticmethod
    def _hidden(page: str) -> dict[str, str]:
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def wait_for(is_so: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
        time.sleep(0.2)


def write_clinic(path: Path, **changes: Any) -> None:
    """The clinic of the tests, where it is about noon now and every day is open, with these changes."""
    clinic = yaml.safe_load((ROOT / "tests" / "clinic.yml").read_text(encoding="utf-8"))
    hours_behind = datetime.now(timezone.utc).hour - 12  # what the names of these zones count
    always = {
        "time_zone": f"Etc/GMT{hours_behind:+d}",
        "hours": dict.fromkeys(WEEKDAYS, ALL_DAY),
        "holidays": [],
    }
    path.write_text(yaml.safe_dump({**clinic, **always, **changes}), encoding="utf-8")
