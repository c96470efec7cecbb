"""The kinds of faults, and which of them comes when: drawn from a seed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from random import Random

from bench.faults.link import HANGS, REFUSES, SLOW, Link
from bench.faults.stage import FAKETIME, Stage
from launch.replicas import kind_of

SHORTEST, LONGEST = 1.0, 6.0
# A clock that was ahead delays what waits for a time by as much, once it is right again.
CLOCK_OFF = 45
SLOWED = ("rasa", "actions", "chat", "worker")


@dataclass(frozen=True, slots=True)
class Kind:
    """`happens` takes the seconds that the fault may last, and returns when it is over. `of_chat` says
    that the chat itself stands still meanwhile, so that no patient can be answered."""

    name: str
    happens: Callable[[float], None]
    of_chat: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One of them: how long nothing happens before it, and how long it may last."""

    kind: Kind
    pause: float
    seconds: float


def drawn(kinds: Sequence[Kind], count: int, seed: int) -> list[Fault]:
    """So many faults, each kind as often as any other, in random order."""
    random = Random(seed)
    chosen = [kinds[number % len(kinds)] for number in range(count)]
    random.shuffle(chosen)
    return [
        Fault(kind, random.uniform(0.0, 1.0), random.uniform(SHORTEST, LONGEST)) for kind in chosen
    ]


def kinds_on(stage: Stage) -> list[Kind]:
    """All that can happen on this stage."""
    return [
        *_of_programs(stage),
        *_of_links(stage),
        *_of_the_database(stage),
        *_of_the_machine(stage),
    ]


def missing_on(stage: Stage) -> list[str]:
    """Sentences about what cannot be tried here."""
    missing = []
    if not stage.has_own_disk:
        missing.append("No disk was filled: this user may not mount a small one.")
    if not FAKETIME:
        missing.append(
            "No clock was set: libfaketime is not installed (apt-get install libfaketime)."
        )
    return missing


def _of_programs(stage: Stage) -> Iterator[Kind]:
    for name in stage.programs:
        of_chat = kind_of(name) == "chat"
        yield Kind(f"{name} killed", _at_once(partial(stage.kill, name)), of_chat)
        hangs = _lasting(partial(stage.stopped, name))
        yield Kind(f"{name} stands still", hangs, of_chat)
    for name in (each for each in stage.programs if kind_of(each) in SLOWED):
        yield Kind(f"{name} slow", partial(stage.slow_down, name))


def _of_links(stage: Stage) -> Iterator[Kind]:
    for name, link in stage.links.items():
        for does in (REFUSES, HANGS, SLOW):
            yield Kind(f"{name}: {does}", _lasting(partial(link.that, does)))
        yield Kind(f"{name}: cut in the middle", _reset(link))


def _of_the_database(stage: Stage) -> Iterator[Kind]:
    postgres = stage.postgres
    if postgres is None:
        yield Kind("SQLite locked by another writer", _lasting(stage.database_is_locked))
        return

    def crashes(seconds: float) -> None:
        postgres.stop_at_once()
        time.sleep(seconds)
        postgres.start()

    yield Kind("PostgreSQL crashes", crashes)
    yield Kind("PostgreSQL's connections killed", _at_once(postgres.kill_backends))
    yield Kind("PostgreSQL stands still", _lasting(postgres.hangs))


def _of_the_machine(stage: Stage) -> Iterator[Kind]:
    if stage.has_own_disk:
        yield Kind("disk full", _lasting(stage.disk_is_full))
    if FAKETIME:
        for off in (CLOCK_OFF, -CLOCK_OFF):
            where = "ahead" if off > 0 else "behind"
            yield Kind(f"clock {where}", _lasting(partial(stage.clock_is_off, off)))


def _at_once(breaks: Callable[[], None]) -> Callable[[float], None]:
    def happens(_: float) -> None:
        breaks()

    return happens


def _lasting(begins: Callable[[], AbstractContextManager[None]]) -> Callable[[float], None]:
    def happens(seconds: float) -> None:
        with begins():
            time.sleep(seconds)

    return happens


def _reset(link: Link) -> Callable[[float], None]:
    """Several times, so that one of them comes in the middle of something."""

    def happens(seconds: float) -> None:
        for _ in range(10):
            link.reset()
            time.sleep(seconds / 10)

    return happens
