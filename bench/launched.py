"""All programs of one start, on a record, ports and a folder of their own, and the CPU that they use."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bedside.settings import ROOT, Settings
from launch.replicas import PORTS_APART, names_of, ports_of
from launch.supervisor import Files

READY_SECONDS = 300
KINDS = ("chat", "console", "rasa", "actions")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class NotStarted(Exception):
    """The programs could not be started; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Launched:
    """Programs that run. `chats` are the addresses of the chats."""

    files: Files
    chats: tuple[str, ...]

    def cpu_seconds(self) -> dict[str, float]:
        """Kind of program to the CPU seconds that all of that kind have used since they started; what
        Supervisor and the launcher use is left out."""
        parents = _parents()
        supervisor = int(self.files.pid.read_text())
        used: dict[str, float] = {}
        for pid in (pid for pid, parent in parents.items() if parent == supervisor):
            kind = _kind_of(pid)
            used[kind] = used.get(kind, 0.0) + _cpu_of(pid, parents)
        return used


@contextmanager
def launched(
    module: str, replicas: Mapping[str, int], folder: Path, database_url: str
) -> Iterator[Launched]:
    """Start `module`, `launch.run` or `launch.scale`, wait until all of it answers, and stop it at the
    end; NotStarted."""
    environment = {
        **os.environ,
        **{
            f"BEDSIDE_{kind.upper()}_PORT": str(port)
            for kind, port in free_ports_of_kinds().items()
        },
        "BEDSIDE_VAR": str(folder),
        "BEDSIDE_KEY_FILE": str(folder / "key"),
        "BEDSIDE_DATABASE_URL": database_url,
        "BEDSIDE_NOTIFY_URLS": "",
        "BEDSIDE_RASA_URLS": "",
    }
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / "output"
    with output.open("wb") as written:
        child = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env=environment,
            stdout=written,
            stderr=written,
        )
    try:
        _wait_until_ready(child, output)
        settings = Settings.from_environment(environment)
        ports = ports_of(names_of(["chat"], replicas), settings).values()
        chats = tuple(f"http://127.0.0.1:{port}" for port in ports)
        yield Launched(Files(var=settings.var), chats)
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(timeout=60)


def _wait_until_ready(child: subprocess.Popen[bytes], output: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while "is running" not in (said := output.read_text(errors="replace")):
        if child.poll() is not None or time.monotonic() > until:
            last = (said.strip().splitlines() or ["it said nothing"])[-1]
            raise NotStarted(f"The programs were not ready: {last}")
        time.sleep(0.5)


def free_ports_of_kinds() -> dict[str, int]:
    """A port for each kind, with the one for its second free too. They are held until all are found."""
    with ExitStack() as held:
        return {kind: _pair(held) for kind in KINDS}


def _pair(held: ExitStack) -> int:
    while True:
        first, second = (held.enter_context(socket.socket()) for _ in range(2))
        first.bind(("127.0.0.1", 0))
        port = int(first.getsockname()[1])
        with suppress(OSError, OverflowError):
            second.bind(("127.0.0.1", port + PORTS_APART))
            return port


def _parents() -> dict[int, int]:
    """Each process and its parent."""
    found: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            found[int(folder.name)] = int(fields[1])
    return found


def _cpu_of(pid: int, parents: Mapping[int, int]) -> float:
    """CPU seconds of a process, in user and in system mode, with its children, ended ones too."""
    fields = _stat(pid)
    own = sum(map(int, fields[11:15])) / TICKS_A_SECOND if fields else 0.0
    return own + sum(_cpu_of(child, parents) for child, parent in parents.items() if parent == pid)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/pid/stat from the state on; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def _kind_of(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    words = {"rasa": "rasa run", "chat": "chat.app", "console": "console.app"}
    words |= {"actions": "-m actions", "worker": "-m worker"}
    return next((kind for kind, word in words.items() if word in command), "another")
