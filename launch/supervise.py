"""Starts the programs under Supervisor, shows one log, and stops them all when asked.

It never decides what they do.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from bedside.settings import Settings
from launch.failure import Failure
from launch.logs import Lives, Tail, Voice
from launch.procfile import read_procfile, words_of
from launch.readiness import Watch
from launch.replicas import environment_of, kind_of, names_of, ports_of
from launch.stamps import shown
from launch.steps import Progress, last_line, last_lines
from launch.supervisor import Files, check_none_is_left, start_supervisor, stop_supervisor

READY_SECONDS = 30  # for each program: they load side by side, on few cores
LOOK_SECONDS = 0.2
DEATHS_TOO_MANY = 3  # before everything is ready; later a program is restarted for ever
SHOWN_LINES = 15
RASA_HAS_NO_MODEL = "Could not load model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to run, how many of each kind, where, and what to do once everything is ready."""

    settings: Settings
    procfile: Path
    replicas: Mapping[str, int]
    environment: Mapping[str, str]
    when_ready: Callable[[], None]

    @property
    def files(self) -> Files:
        return Files(var=self.settings.var)


def supervise(plan: Plan) -> int:
    """0 once it was asked to stop, which is the good end; Failure says why it could not go on."""
    programs = _checked_programs(plan)
    asked = StopAsked()
    log = Log(plan.files, programs)
    child = start_supervisor(programs, plan.procfile, plan.files, plan.environment)
    try:
        _wait_until_ready(plan, child, log, asked)
        while not asked:
            _look(child, log)
        print("\nStopping ...", flush=True)
    finally:
        stop_supervisor(child)
    print("Stopped.", flush=True)
    return 0


@contextmanager
def alone(files: Files) -> Iterator[None]:
    """Held as long as this start runs; Failure when another one of the same folder runs."""
    files.var.mkdir(parents=True, exist_ok=True)
    with (files.var / "launch.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Failure(
                f"Bedside already runs from this folder as process {lock.read()}; stop it first."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        check_none_is_left(files)
        yield


class StopAsked:
    """True once Ctrl-C, SIGTERM or a closed terminal asked for the end."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGINT, self._remember)
        signal.signal(signal.SIGTERM, self._remember)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asked to live on
            signal.signal(signal.SIGHUP, self._remember)

    def __bool__(self) -> bool:
        return self.asked

    def _remember(self, _signum: int, _frame: FrameType | None) -> None:
        self.asked = True


class Log:
    """The logs of all programs, followed together."""

    def __init__(self, files: Files, programs: Sequence[str]) -> None:
        self.files = files
        self.voice = Voice(programs)
        self.lives = Lives()
        self.rasa_has_no_model = False
        self.own = Tail(files.own_log)
        self.tails = {name: Tail(files.log_of(name)) for name in programs}

    def show(self) -> None:
        for name, tail in self.tails.items():
            for line in tail.new_lines():
                self.rasa_has_no_model |= RASA_HAS_NO_MODEL in line
                self.voice.print(name, line)
        for line in self.own.new_lines():
            if told := self.lives.tell(line):
                self.voice.print("bedside", told)


def _checked_programs(plan: Plan) -> list[str]:
    commands = read_procfile(plan.procfile)
    programs = names_of(list(commands), plan.replicas)
    for name in programs:
        words_of(commands[kind_of(name)], environment_of(name, plan.environment))
    return programs


def _wait_until_ready(
    plan: Plan, child: subprocess.Popen[bytes], log: Log, asked: StopAsked
) -> None:
    progress = Progress("Starting the programs")
    watch = Watch(ports_of(list(log.tails), plan.settings))
    watch.start()
    try:
        while (late := _late(watch, log)) and not asked:
            progress.tick("waiting for " + ", ".join(late))
            _look(child, log)
            _check_progress(progress.seconds, late, log)
    finally:
        watch.stopped.set()
        progress.clear()
    if not asked:
        progress.done()
        plan.when_ready()


def _late(watch: Watch, log: Log) -> list[str]:
    """What does not answer yet, and what Supervisor does not see running."""
    return sorted(set(watch.waiting_for) | (log.tails.keys() - log.lives.running))


def _check_progress(seconds: int, late: Sequence[str], log: Log) -> None:
    if log.rasa_has_no_model:
        raise Failure(
            "Rasa could not load the model; delete it from the models folder and start again."
        )
    for name, count in log.lives.deaths.items():
        if count >= DEATHS_TOO_MANY:
            lines = last_lines(log.files.log_of(name), SHOWN_LINES)
            raise Failure(
                f"{name} died {count} times while starting; its last lines are above.", lines
            )
    if seconds > READY_SECONDS * len(log.tails):
        names = ", ".join(late)
        raise Failure(
            f"Not ready after {seconds} s: {names}; the logs are in {shown(log.files.log)}."
        )


def _look(child: subprocess.Popen[bytes], log: Log) -> None:
    """One look at everything; Failure when Supervisor itself is gone."""
    time.sleep(LOOK_SECONDS)
    log.show()
    if child.poll() is not None:
        reason = last_line(log.files.own_errors) or "it was killed"
        raise Failure(f"Supervisor ended, and the programs with it: {reason}.")
