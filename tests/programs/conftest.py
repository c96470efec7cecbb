"""The five programs, really started by the launcher: free ports, a folder and a record of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bedside.settings import ROOT
from bedside.store import Database
from chat.app import PROBE_SECONDS

STARTS_WITHIN = 120.0
PASSWORD = "a long enough password"
WORDS_OF = {
    "rasa": "rasa run",
    "actions": "-m actions",
    "chat": "chat.app:create_app",
    "console": "console.app:create_app",
    "worker": "-m worker",
}


@dataclass
class Programs:
    """Running programs, and the ways a test looks at them."""

    launcher: subprocess.Popen[bytes]
    environment: dict[str, str]
    output: Path
    database: Database
    chat_url: str
    console_url: str
    killed_at: float = float("-inf")

    def pid_of(self, name: str) -> int | None:
        """The process of that program, found by its command and our own folder in its environment."""
        ours = f"BEDSIDE_VAR={self.environment['BEDSIDE_VAR']}".encode()
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and self._is(folder, WORDS_OF[name], ours):
                return int(folder.name)
        return None

    def kill(self, name: str) -> int:
        """End the program at once, as a crash or the kernel would; gives back its process id."""
        pid = self.pid_of(name)
        assert pid is not None, f"{name} does not run"
        os.kill(pid, signal.SIGKILL)
        self.killed_at = time.monotonic()
        return pid

    def wait_until_ready(self) -> None:
        # The probe's answer is kept for a moment; one from before the kill says nothing.
        time.sleep(max(0.0, self.killed_at + PROBE_SECONDS + 0.5 - time.monotonic()))
        wait_for(self._is_ready, STARTS_WITHIN, "the programs to be ready")

    def patient(self) -> Patient:
        return Patient(self.chat_url)

    def environment_of(self, name: str) -> dict[str, str]:
        pid = self.pid_of(name)
        entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        pairs = (entry.decode().partition("=") for entry in entries if entry)
        return {key: value for key, _, value in pairs}

    def _is_ready(self) -> bool:
        try:
            return all(
                httpx.get(f"{url}/readyz", timeout=10).status_code == 200
                for url in (self.chat_url, self.console_url)
            )
        except httpx.HTTPError:
            return False

    @staticmethod
    def _is(process: Path, words: str, ours: bytes) -> bool:
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            return words in command and ours in (process / "environ").read_bytes().split(b"\0")
        except OSError:
            return False


class Patient:
    """Somebody with a browser: one cookie, one conversation."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=20)
        opened = self.http.post("/api/conversations", json={})
        assert opened.status_code == 201, opened.text
        self.conversation_id: str = opened.json()["conversation_id"]

    def says(self, text: str) -> list[dict[str, Any]]:
        """The replies to `text`."""
        response = self.http.post("/api/messages", json={"text": text})
        assert response.status_code == 200, response.text
        replies: list[dict[str, Any]] = response.json()["replies"]
        assert replies, "silence"
        return replies


def wait_for(is_so: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
        time.sleep(0.2)


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    folder = tmp_path_factory.mktemp("bedside")
    ports = free_ports()
    environment = {
        **os.environ,
        "BEDSIDE_VAR": str(folder / "var"),
        "BEDSIDE_DATABASE_URL": f"sqlite:///{folder / 'var' / 'bedside.db'}",
        "BEDSIDE_CLINIC_FILE": str(ROOT / "tests" / "clinic.yml"),
        **{f"BEDSIDE_{name}_PORT": str(port) for name, port in ports.items()},
    }
    output = folder / "output"
    with output.open("wb") as written:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "launch.run"],
            cwd=ROOT,
            env=environment,
            stdout=written,
            stderr=written,
        )
    running = Programs(
        launcher=launcher,
        environment=environment,
        output=output,
        database=Database(environment["BEDSIDE_DATABASE_URL"]),
        chat_url=f"http://127.0.0.1:{ports['CHAT']}",
        console_url=f"http://127.0.0.1:{ports['CONSOLE']}",
    )
    try:
        wait_for(lambda: "is running" in _said(launcher, output), STARTS_WITHIN, "the banner")
        _add_clinician(environment)
        yield running
    finally:
        launcher.send_signal(signal.SIGINT)
        launcher.wait(timeout=60)


@pytest.fixture
def ready(programs: Programs) -> Programs:
    """All five programs up, whatever an earlier test did to them."""
    programs.wait_until_ready()
    return programs


def free_ports() -> dict[str, int]:
    probes = {name: socket.socket() for name in ("CHAT", "CONSOLE", "RASA", "ACTIONS")}
    for probe in probes.values():
        probe.bind(("127.0.0.1", 0))
    ports = {name: int(probe.getsockname()[1]) for name, probe in probes.items()}
    for probe in probes.values():
        probe.close()
    return ports


def _said(launcher: subprocess.Popen[bytes], output: Path) -> str:
    said = output.read_text(errors="replace")
    assert launcher.poll() is None, f"the launcher ended:\n{said[-3000:]}"
    return said


def _add_clinician(environment: dict[str, str]) -> None:
    command = "-m bedside.store add-clinician --username nurse --name Nurse --password-stdin"
    subprocess.run(
        [sys.executable, *command.split()],
        cwd=ROOT,
        env=environment,
        input=PASSWORD.encode() + b"\n",
        check=True,
        capture_output=True,
    )
