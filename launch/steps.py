"""Runs one long command, showing what is done and for how long; its output goes to a log file.

Standard library only, Python 3.8.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from launch.failure import Failure
from launch.leash import leash
from launch.stamps import ROOT, shown

REPORT_SECONDS = 10  # between two plain lines, where there is no terminal to redraw
SIGN_OF_NO_PYTHON = "python-build-standalone"  # where uv downloads it from
SIGNS_OF_NO_NETWORK = (
    "dns error",
    "name or service not known",
    "name resolution",
    "enotfound",
    "eai_again",
    "network is unreachable",
    "connection refused",
    "econnrefused",
    "etimedout",
    "error sending request",
    "failed to establish a new connection",
    "tunnel connection failed",
)


@dataclass(frozen=True)  # slots and kw_only need Python 3.10
class Step:
    """What to run, what to call it, and how to say that it failed; a command without a `problem` ends
    with a whole sentence of its own."""

    title: str
    problem: str
    command: Sequence[str]
    log: Path


def run_step(step: Step, environment: Mapping[str, str]) -> None:
    """Run it to its end; Failure says what went wrong. An interrupt ends the command too."""
    progress = Progress(step.title)
    child = _start(step, environment)
    try:
        while _is_running(child):
            progress.tick(last_line(step.log))
    except BaseException:
        _end(child)
        progress.clear()
        raise
    progress.clear()
    if child.returncode:
        raise Failure(_sentence(step))
    progress.done()


class Progress:
    """One line on a terminal, redrawn; plain lines now and then elsewhere."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.started = self.reported = time.monotonic()
        self.redraws = sys.stdout.isatty()
        if not self.redraws:
            print(f"{title} ...", flush=True)

    @property
    def seconds(self) -> int:
        return round(time.monotonic() - self.started)

    def tick(self, detail: str) -> None:
        if self.redraws:
            line = f"{self.title} ... {self.seconds} s  {detail}"
            print("\r\033[K" + line[: _width() - 1], end="", flush=True)
        elif time.monotonic() - self.reported >= REPORT_SECONDS:
            self.reported = time.monotonic()
            print(f"  {self.seconds} s  {detail}".rstrip(), flush=True)

    def clear(self) -> None:
        if self.redraws:
            print("\r\033[K", end="", flush=True)

    def done(self) -> None:
        print(f"{self.title}: done in {self.seconds} s", flush=True)


def last_line(log: Path) -> str:
    """The last line that says something; progress bars end theirs with a carriage return."""
    lines = last_lines(log, 1)
    return lines[0].split("\r")[-1].strip() if lines else ""


def last_lines(log: Path, count: int) -> tuple[str, ...]:
    """The last lines that are not empty, read from the end of the file."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 16_384))
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ()
    return tuple(line.rstrip() for line in text.split("\n") if line.strip())[-count:]


def _start(step: Step, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    step.log.parent.mkdir(parents=True, exist_ok=True)
    with step.log.open("wb") as log:
        return subprocess.Popen(
            list(step.command),
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=leash(),
        )


def _is_running(child: subprocess.Popen[bytes]) -> bool:
    try:
        child.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        return True
    return False


def _end(child: subprocess.Popen[bytes]) -> None:
    """Its own session is its own group, so this reaches whatever it started."""
    for signum in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, signum)
            child.wait(timeout=5)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _sentence(step: Step) -> str:
    if not step.problem:
        return last_line(step.log) or f"{step.title}: it ended without a word."
    output = "\n".join(last_lines(step.log, 60)).lower()
    if SIGN_OF_NO_PYTHON in output:
        reason = "none is here and none could be downloaded; install Python 3.10 and start again"
    elif any(sign in output for sign in SIGNS_OF_NO_NETWORK):
        reason = "a server on the internet cannot be reached; check the network and start again"
    else:
        reason = last_line(step.log).rstrip(".") or "it ended without a word"
    return f"{step.problem}: {reason} (the whole output is in {shown(step.log)})."


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except OSError:
        return 80
