"""Supervisor: its configuration, its start and its end.

What the programs are is the Procfile's business.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from launch.failure import Failure
from launch.leash import leash
from launch.stamps import ROOT

STOP_SECONDS = 10  # for a program to end by itself
STALE_SECONDS = 15  # for a Supervisor whose launcher was killed to end its programs

HEAD = """\
; Written by `make run` at each start; change the Procfile instead.
[supervisord]
nodaemon=true
silent=true
identifier=bedside
directory={root}
pidfile={var}/supervisord.pid
logfile={log}/supervisord.log
logfile_maxbytes=1MB
logfile_backups=1

; Members of one group are stopped together; without it one after the other, a second each.
[group:bedside]
programs={programs}
"""
# A program that ends within `startsecs` is started again after 1 s, 2 s, 3 s …; never given up.
PROGRAM = """
[program:{name}]
command={command}
directory={root}
autorestart=true
startsecs=1
startretries=1000000
stopwaitsecs={stop_seconds}
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile={log}/{name}.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where Supervisor and its programs write."""

    var: Path

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def configuration(self) -> Path:
        return self.var / "supervisord.conf"

    @property
    def pid(self) -> Path:
        return self.var / "supervisord.pid"

    @property
    def own_log(self) -> Path:
        return self.log / "supervisord.log"

    @property
    def own_errors(self) -> Path:
        return self.log / "supervisord.err"

    def log_of(self, program: str) -> Path:
        return self.log / f"{program}.log"


def configuration(programs: Sequence[str], procfile: Path, files: Files) -> str:
    names = {"root": _escaped(ROOT), "var": _escaped(files.var), "log": _escaped(files.log)}
    sections = (
        PROGRAM.format(
            name=name, command=_command(name, procfile), stop_seconds=STOP_SECONDS, **names
        )
        for name in programs
    )
    return HEAD.format(programs=",".join(programs), **names) + "".join(sections)


def start_supervisor(
    programs: Sequence[str], procfile: Path, files: Files, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C reaches the launcher alone and the end is orderly."""
    files.log.mkdir(parents=True, exist_ok=True)
    files.configuration.write_text(configuration(programs, procfile, files), encoding="utf-8")
    with files.own_errors.open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "launch.supervisord", "-c", str(files.configuration)],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            start_new_session=True,
            preexec_fn=leash(),
        )


def stop_supervisor(child: subprocess.Popen[bytes]) -> None:
    """Asked first; when it takes too long it is killed, and its programs end with it."""
    child.terminate()
    try:
        child.wait(timeout=STOP_SECONDS + 5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def check_none_is_left(files: Files) -> None:
    """Failure when a Supervisor of an earlier start stays; one that is ending is waited for."""
    deadline = time.monotonic() + STALE_SECONDS
    while (pid := _running_supervisor(files)) is not None:
        if time.monotonic() > deadline:
            raise Failure(
                f"The Supervisor of an earlier start still runs; stop it with `kill {pid}`."
            )
        time.sleep(0.3)


def _running_supervisor(files: Files) -> int | None:
    try:
        pid = int(files.pid.read_text())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid if "supervisord" in _command_line(pid) else None


def _command_line(pid: int) -> str:
    """What the process was started with; the number may by now belong to another program."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        said = subprocess.run(
            ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return said.stdout


def _command(name: str, procfile: Path) -> str:
    words = [sys.executable, "-m", "launch.program", name, str(procfile)]
    return _escaped(shlex.join(words))


def _escaped(value: Path | str) -> str:
    """Supervisor reads %(NAME)s in every value."""
    return str(value).replace("%", "%%")
