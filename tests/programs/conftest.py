"""The five programs, really started by the launcher: free ports, a folder and a record of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bedside.knowledge import Knowledge
from bedside.settings import ROOT
from bedside.store import Database
from bench.running import free_ports
from tests.keys import KEYS, write_key
from tests.programs.running import PASSWORD, STARTS_WITHIN, Programs, wait_for, write_clinic
from tests.programs.talk import Start, TalkOverHttp
from tests.worker.conftest import Telephone


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    folder = tmp_path_factory.mktemp("bedside")
    kinds = ("CHAT", "CONSOLE", "RASA", "ACTIONS")
    ports, telephone = dict(zip(kinds, free_ports(4), strict=True)), Telephone()
    write_clinic(folder / "clinic.yml")
    write_key(folder / "var")
    environment = {
        **os.environ,
        "BEDSIDE_VAR": str(folder / "var"),
        "BEDSIDE_DATABASE_URL": f"sqlite:///{folder / 'var' / 'bedside.db'}",
        "BEDSIDE_CLINIC_FILE": str(folder / "clinic.yml"),
        "BEDSIDE_NOTIFY_URLS": telephone.url,
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
        database=Database(environment["BEDSIDE_DATABASE_URL"], KEYS),
        chat_url=f"http://127.0.0.1:{ports['CHAT']}",
        console_url=f"http://127.0.0.1:{ports['CONSOLE']}",
        telephone=telephone,
    )
    try:
        wait_for(lambda: "is running" in _said(launcher, output), STARTS_WITHIN, "the banner")
        _add_clinician(environment)
        yield running
    finally:
        launcher.send_signal(signal.SIGINT)
        launcher.wait(timeout=60)
        telephone.stop()


@pytest.fixture
def ready(programs: Programs) -> Programs:
    """All five programs up, whatever an earlier test did to them."""
    programs.wait_until_ready()
    return programs


@pytest.fixture
def start(ready: Programs, knowledge: Knowledge) -> Iterator[Start]:
    """Opens a conversation with the running programs: `start(name="Ann Smith")`."""
    talks: list[TalkOverHttp] = []

    def started(name: str | None = None) -> TalkOverHttp:
        talks.append(TalkOverHttp(ready, knowledge, name))
        return talks[-1]

    yield started
    for talk in talks:
        talk.patient.http.close()


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
