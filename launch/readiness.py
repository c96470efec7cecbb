"""Which programs are still starting, asked over HTTP on loopback.

Of an answer it reads only whether the program is ready.
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping

from launch.replicas import kind_of

ANSWER_SECONDS = 6  # the chat asks Rasa in turn, which may take 5
PAUSE_SECONDS = 0.4
# What the chat calls its parts, and what the operator knows them by.
PROGRAM_OF_PART = {"assistant": "rasa", "database": "the database"}
HEALTH = {"actions": "/health", "console": "/readyz"}
READY_WORDS = {"ok", "ready", "up", "true"}

# A proxy of the environment must not be asked for loopback.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def still_starting(ports: Mapping[str, int]) -> Iterator[str]:
    """Takes programs and their ports. Names in the operator's words; none when everything is ready."""
    for name, port in ports.items():
        address = f"http://127.0.0.1:{port}"
        if kind_of(name) == "chat":  # it asks every Rasa, so nobody else has to
            is_ready, said = _answer(f"{address}/readyz")
            yield from _parts_not_ready(said) or ([] if is_ready else [name])
        elif kind_of(name) in HEALTH and not _answer(address + HEALTH[kind_of(name)])[0]:
            yield name


class Watch(threading.Thread):
    """Asks again and again beside the log, until everything is ready or it is told to stop."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        super().__init__(daemon=True)
        self.ports = ports
        self.waiting_for: tuple[str, ...] = ("all programs",)
        self.stopped = threading.Event()

    def run(self) -> None:
        while self.waiting_for and not self.stopped.is_set():
            self.waiting_for = tuple(still_starting(self.ports))
            self.stopped.wait(PAUSE_SECONDS)


def _answer(url: str) -> tuple[bool, bytes]:
    """Whether it answered 200, and what it said."""
    try:
        with OPENER.open(url, timeout=ANSWER_SECONDS) as answer:
            return answer.status == 200, answer.read()
    except urllib.error.HTTPError as error:
        return False, error.read()
    except (OSError, ValueError):
        return False, b""


def _parts_not_ready(said: bytes) -> list[str]:
    try:
        parts: object = json.loads(said)
    except ValueError:
        return []
    if not isinstance(parts, dict):
        return []
    late = [part for part, state in parts.items() if str(state).lower() not in READY_WORDS]
    if any(kind_of(part) == "rasa" for part in late):  # it names them one by one
        late = [part for part in late if part != "assistant"]
    return [PROGRAM_OF_PART.get(part, part) for part in late]
