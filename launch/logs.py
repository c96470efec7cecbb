"""One log from many: each program's new lines with its name before them, and deaths in one line.

It changes no log.
"""

from __future__ import annotations

import itertools
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

COLOURS = (36, 33, 32, 35, 34)  # ANSI: cyan, yellow, green, magenta, blue
DIED = re.compile(r"exited: (?P<name>\S+) \((?P<how>.*?)(; (not )?expected)?\)")
STARTED = re.compile(r"spawned: '(?P<name>[^']+)' with pid \d+")
RUNNING = re.compile(r"success: (?P<name>\S+) entered RUNNING state")
NOT_STARTED = re.compile(r"spawnerr: (?P<why>.*)")


class Tail:
    """The lines added to a file since the last look; follows the file when it is rotated."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rest = b""
        self.file: BinaryIO | None = None
        if path.exists():
            self.file = path.open("rb")
            self.file.seek(0, os.SEEK_END)

    def new_lines(self) -> Iterator[str]:
        yield from self._lines()
        if self._was_rotated():
            self.close()
            self.file = self.path.open("rb")
            yield from self._lines()

    def close(self) -> None:
        if self.file:
            self.file.close()
            self.file = None

    def _lines(self) -> Iterator[str]:
        if self.file:
            *lines, self.rest = (self.rest + self.file.read()).split(b"\n")
            yield from (line.decode("utf-8", "replace").rstrip() for line in lines)

    def _was_rotated(self) -> bool:
        try:
            now = self.path.stat()
        except FileNotFoundError:
            return False
        return self.file is None or os.fstat(self.file.fileno()).st_ino != now.st_ino


class Lives:
    """Supervisor's own log, told in words; knows who runs and how often each one died."""

    def __init__(self) -> None:
        self.running: set[str] = set()
        self.deaths: Counter[str] = Counter()
        self._how: dict[str, str] = {}

    def tell(self, line: str) -> str | None:
        """What the operator should read of this line, if anything."""
        if died := DIED.search(line):
            self.running.discard(died["name"])
            self.deaths[died["name"]] += 1
            self._how[died["name"]] = died["how"]
        elif (started := STARTED.search(line)) and started["name"] in self._how:
            how = self._how.pop(started["name"])
            return f"{started['name']} died ({how}) and was started again"
        elif running := RUNNING.search(line):
            self.running.add(running["name"])
        elif failed := NOT_STARTED.search(line):
            return f"a program could not be started: {failed['why']}"
        return None


class Voice:
    """Prints a line with the program's name before it, each in its colour on a terminal."""

    def __init__(self, programs: Sequence[str]) -> None:
        self.width = max(len(name) for name in (*programs, "bedside")) + 1
        colours = itertools.cycle(COLOURS if sys.stdout.isatty() else ())
        self.colours = dict(zip(programs, colours, strict=False))

    def print(self, name: str, line: str) -> None:
        erase = "\r\033[K" if self.colours else ""  # a progress line may stand there
        print(erase + self.prefix(name) + line, flush=True)

    def prefix(self, name: str) -> str:
        text = f"{name:<{self.width}}| "
        return f"\033[{self.colours[name]}m{text}\033[0m" if name in self.colours else text
