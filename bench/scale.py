"""`make bench-scale`: does a turn cost more where there are two of each program? One of each and two of each
run side by side on one PostgreSQL, are talked to in turn, and the CPU of their programs is compared. The
figures go to bench/results.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles

import httpx
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from bench.launched import Launched, NotStarted, launched
from bench.results import write_section
from bench.turns import SAID
from launch.replicas import ONE_OF_EACH, TWO_OF_EACH

# design goal: CPU seconds a turn with two of each over those with one of each
GOAL = 1.1
PATIENTS_AT_ONCE = 4
TURNS_A_BLOCK = PATIENTS_AT_ONCE * len(SAID)
NO_SERVER = "BEDSIDE_TEST_POSTGRES_URL is not set: it names a PostgreSQL where this bench may make databases."


@dataclass(slots=True)
class Measured:
    """What the turns of one start cost: CPU seconds by kind of program for each block of turns, and
    seconds that each patient waited. `silent` counts the messages without a reply."""

    blocks: list[dict[str, float]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    silent: int = 0

    @property
    def turns(self) -> int:
        return len(self.waits)

    def cpu_a_turn(self, kind: str | None = None) -> float:
        """CPU seconds a turn, of one kind of program or of all."""
        used = (sum(each.values()) if kind is None else each.get(kind, 0.0) for each in self.blocks)
        return sum(used) / self.turns


def measure(one: Launched, two: Launched, blocks: int) -> tuple[Measured, Measured]:
    """`blocks` blocks of turns with each, one after the other: what else the machine does slows both.
    The first block of each warms up and is not counted."""
    measured = Measured(), Measured()
    for number in range(blocks + 1):
        for programs, so_far in zip((one, two), measured, strict=True):
            _block(programs, so_far if number else Measured())
        print(f"{number} of {blocks} blocks ...", file=sys.stderr, flush=True)
    return measured


def page(one: Measured, two: Measured) -> str:
    """Markdown: CPU of a turn by program and in all, what patients waited, the ratio beside the goal."""
    ratios = [
        sum(b.values()) / sum(a.values()) for a, b in zip(one.blocks, two.blocks, strict=True)
    ]
    ratio = two.cpu_a_turn() / one.cpu_a_turn()
    kinds = sorted({kind for each in one.blocks for kind in each})
    rows = [_row(f"CPU, {kind}", one.cpu_a_turn(kind), two.cpu_a_turn(kind)) for kind in kinds]
    rows.append(_row("**CPU, all programs**", one.cpu_a_turn(), two.cpu_a_turn()))
    rows += [
        _row(f"waited, {name}", *(quantiles(each.waits, n=100)[at] for each in (one, two)))
        for name, at in (("p50", 49), ("p95", 94))
    ]
    return "\n\n".join(
        [
            "## Two of each beside one of each",
            f"{one.turns} turns with one of each program and {two.turns} with two of each, in blocks of "
            f"{TURNS_A_BLOCK} in turn, {PATIENTS_AT_ONCE} patients at once, on one PostgreSQL. With two of "
            "each, a patient's messages go to the two chats in turn. CPU is user and system time of the "
            "programs, without the database server's.",
            f"CPU seconds a turn, two of each over one of each: **{ratio:.2f}** (blocks: median "
            f"{median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}). The goal is at most {GOAL}. "
            f"Without a reply: {one.silent + two.silent}.",
            "| of a turn | one of each | two of each | ratio |\n|---|---|---|---|\n"
            + "\n".join(rows),
        ]
    )


def _row(name: str, one: float, two: float) -> str:
    ratio = f"{two / one:.2f}" if one else "-"
    return f"| {name} | {one * 1000:.1f} ms | {two * 1000:.1f} ms | {ratio} |"


def _block(programs: Launched, measured: Measured) -> None:
    before = programs.cpu_seconds()
    with ThreadPoolExecutor(PATIENTS_AT_ONCE) as pool:
        waits = list(pool.map(_conversation, [programs.chats] * PATIENTS_AT_ONCE))
    after = programs.cpu_seconds()
    measured.blocks.append({kind: after[kind] - before[kind] for kind in after})
    heard = [seconds for each in waits for seconds in each]
    measured.silent += sum(seconds is None for seconds in heard)
    measured.waits += [seconds for seconds in heard if seconds is not None]


def _conversation(chats: Sequence[str]) -> list[float | None]:
    """Seconds until each reply, the chats taken in turn; None where there was no reply."""
    with httpx.Client(timeout=20, trust_env=False) as browser:
        browser.post(f"{chats[0]}/api/conversations", json={}).raise_for_status()
        return [_told(browser, chat, text) for text, chat in zip(SAID, cycle(chats), strict=False)]


def _told(browser: httpx.Client, chat: str, text: str) -> float | None:
    started = time.perf_counter()
    message = {"text": text, "message_id": str(uuid.uuid4())}
    answer = browser.post(f"{chat}/api/messages", json=message)
    seconds = time.perf_counter() - started
    return seconds if answer.is_success and answer.json()["replies"] else None


@contextmanager
def _own_database(server: str, name: str) -> Iterator[str]:
    """The address of an empty database on that server, which is gone at the end."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT", future=True)
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(drop)
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(drop)
        engine.dispose()


def _run(server: str, blocks: int) -> tuple[Measured, Measured]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

        def start(name: str, module: str, replicas: Mapping[str, int]) -> Launched:
            url = stack.enter_context(_own_database(server, f"bedside_bench_{name}"))
            return stack.enter_context(launched(module, replicas, folder / name, url))

        one = start("one", "launch.run", ONE_OF_EACH)
        return measure(one, start("two", "launch.scale", TWO_OF_EACH), blocks)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when it was measured, 1 and one sentence when the programs could not be started."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--blocks", type=int, default=6, help=f"of {TURNS_A_BLOCK} turns each")
    options = parser.parse_args(arguments)
    if options.blocks < 2:
        parser.error("at least two blocks can be compared")
    server = os.environ.get("BEDSIDE_TEST_POSTGRES_URL")
    if not server:
        print(NO_SERVER, file=sys.stderr)
        return 1
    try:
        text = page(*_run(server, options.blocks))
    except NotStarted as error:
        print(error, file=sys.stderr)
        return 1
    write_section("scale", text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
