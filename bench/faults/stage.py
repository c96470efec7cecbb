"""The programs with everything around them that a fault can reach: links, disk, clock, database."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from bedside.settings import ROOT
from bench.faults.link import Link
from bench.faults.postgres import Postgres
from bench.launched import free_ports_of_kinds
from bench.running import WORDS_OF, Telephone, process_of, write_open_clinic
from launch.replicas import PORTS_APART, names_of

STARTS_WITHIN = 180.0
DISK = "96m"
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
# Of a program that is slow: how long it stands still, and how long it runs then.
STANDS, RUNS = 0.2, 0.1


class Stage:
    """Starts the programs at once, as many of each as `replicas` says; `close` ends all of it."""

    def __init__(self, folder: Path, database: str, replicas: Mapping[str, int]) -> None:
        self._replicas = replicas
        self.programs = names_of(list(WORDS_OF), replicas)
        self.folder, self.var = folder, folder / "var"
        self.var.mkdir()
        self.has_own_disk = _mounted(self.var)
        self.telephone = Telephone()
        self.postgres = Postgres(folder) if database == "postgres" else None
        port = free_ports_of_kinds()
        self.links = {"chat to rasa": Link(port["rasa"])}
        if (
            not replicas
        ):  # the second Rasa has actions of its own, which this would lead to the first
            self.links["rasa to actions"] = Link(port["actions"])
        url = self.record_url
        if self.postgres:
            self.links["programs to PostgreSQL"] = link = Link(self.postgres.port)
            url = url.replace(str(self.postgres.port), str(link.port))
        self.chat_urls = _urls(port["chat"], replicas.get("chat", 1))
        self.console_url = f"http://127.0.0.1:{port['console']}"
        _, *other_rasa = _urls(port["rasa"], replicas.get("rasa", 1))
        self.clock = folder / "clock"
        self.clock.write_text("+0")
        write_open_clinic(folder / "clinic.yml")
        environment = {
            "BEDSIDE_VAR": str(self.var),
            "BEDSIDE_DATABASE_URL": url,
            "BEDSIDE_CLINIC_FILE": str(folder / "clinic.yml"),
            "BEDSIDE_NOTIFY_URLS": self.telephone.url,
            **{f"BEDSIDE_{kind.upper()}_PORT": str(number) for kind, number in port.items()},
            "BEDSIDE_RASA_URLS": " ".join(
                [f"http://127.0.0.1:{self.links['chat to rasa'].port}", *other_rasa]
            ),
        }
        self._launcher = self._launch(environment)

    @property
    def record_url(self) -> str:
        """The database itself, past every link."""
        return self.postgres.url if self.postgres else f"sqlite:///{self.var / 'bedside.db'}"

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while not self.is_up():
            if self._launcher.poll() is not None or time.monotonic() > deadline:
                output = (self.folder / "output").read_text(errors="replace")
                raise RuntimeError(f"the programs did not start:\n{output[-2000:]}")
            time.sleep(0.3)

    def is_up(self) -> bool:
        """Whether all programs run, and chat and console say that they are ready."""
        if not all(process_of(name, str(self.var)) for name in self.programs):
            return False
        try:
            urls = (*self.chat_urls, self.console_url)
            return all(httpx.get(f"{url}/readyz", timeout=8).status_code == 200 for url in urls)
        except httpx.HTTPError:
            return False

    def close(self) -> None:
        self._launcher.send_signal(signal.SIGINT)
        self._launcher.wait(timeout=60)
        if self.postgres:
            self.postgres.stop_at_once()
        if self.has_own_disk:
            subprocess.run(["umount", "--lazy", str(self.var)], check=False)

    # What can be done to it

    def kill(self, program: str) -> None:
        self._signal(program, signal.SIGKILL)

    @contextmanager
    def stopped(self, program: str) -> Iterator[None]:
        self._signal(program, signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(program, signal.SIGCONT)

    def slow_down(self, program: str, seconds: float) -> None:
        """It runs a third of the time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with self.stopped(program):
                time.sleep(STANDS)
            time.sleep(RUNS)

    @contextmanager
    def database_is_locked(self) -> Iterator[None]:
        """Another writer holds SQLite's lock."""
        holder = sqlite3.connect(self.var / "bedside.db", isolation_level=None, timeout=5)
        holder.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            holder.execute("ROLLBACK")
            holder.close()

    @contextmanager
    def disk_is_full(self) -> Iterator[None]:
        """No room for the record of SQLite, for the spool and for the logs."""
        filler = self.var / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        try:
            yield
        finally:
            filler.unlink()

    @contextmanager
    def clock_is_off(self, seconds: int) -> Iterator[None]:
        """All programs' clocks are ahead, or behind when negative; the monotonic clock goes on."""
        self.clock.write_text(f"{seconds:+d}")
        try:
            yield
        finally:
            self.clock.write_text("+0")

    def _signal(self, program: str, number: int) -> None:
        pid = process_of(program, str(self.var))
        if pid is not None:  # else it is just being started again
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _launch(self, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        procfile = self.folder / "Procfile"
        procfile.write_text("".join(f"{line}\n" for line in self._commands()), encoding="utf-8")
        with (self.folder / "output").open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "bench.faults.programs", str(procfile)]
                + ["two"] * bool(self._replicas),
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=output,
                stderr=output,
            )

    def _commands(self) -> Iterator[str]:
        """The project's own, with a clock that can be set, and Rasa calling the actions over the link."""
        clock = ""
        if FAKETIME:
            clock = (
                f"LD_PRELOAD={FAKETIME} FAKETIME_TIMESTAMP_FILE={self.clock}"
                # The last: else Python's threads wait by spinning, and every program is many times slower.
                " DONT_FAKE_MONOTONIC=1 FAKETIME_CACHE_DURATION=1 FAKETIME_FORCE_MONOTONIC_FIX=0"
            )
        for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines():
            name, colon, command = line.partition(":")
            if not colon or name not in WORDS_OF:
                continue
            link = self.links.get("rasa to actions")
            port = f" BEDSIDE_ACTIONS_PORT={link.port}" if link and name == "rasa" else ""
            yield f"{name}: env {clock}{port} {command.strip()}"


def _urls(first: int, count: int) -> list[str]:
    return [f"http://127.0.0.1:{first + number * PORTS_APART}" for number in range(count)]


def _mounted(folder: Path) -> bool:
    """Whether the folder could be given a small disk of its own."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "bedside-faults", str(folder)]
    return subprocess.run(mount, capture_output=True, check=False).returncode == 0
