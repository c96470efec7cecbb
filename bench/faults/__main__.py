"""`make bench-faults`: the programs, many patients, and a fault every few seconds.

Exit 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine

from bench.faults.comparing import broken, notifications, settled
from bench.faults.kinds import Fault, drawn, kinds_on, missing_on
from bench.faults.patients import REPLY_WITHIN, Patients, Sent, StandStill, Talk
from bench.faults.stage import Stage
from bench.results import write_section
from launch.replicas import ONE_OF_EACH, TWO_OF_EACH

FAULTS = 200
PATIENTS = 6
BACK_WITHIN = 15.0
# After so long nobody waits for a normal reply any longer.
GIVEN_UP = 60.0
PROBE_SECONDS = 0.25
GREETING = "hello"


@dataclass(frozen=True)
class Happened:
    """A fault that was: when its turn came, and the seconds to a normal reply once it was over."""

    kind: str
    at: float
    back: float


@dataclass
class Run:
    """What happened, and what was measured and broken."""

    database: str
    two_of_each: bool
    seed: int
    happened: list[Happened] = field(default_factory=list)
    waits: dict[str, float] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)
    missing: Sequence[str] = ()

    @property
    def is_good(self) -> bool:
        return not any(self.broken.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every promise was kept, 1 when one was not."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is stopped then too
    with tempfile.TemporaryDirectory(prefix="bedside-faults-") as folder:
        replicas = TWO_OF_EACH if options.two_of_each else ONE_OF_EACH
        stage = Stage(Path(folder), options.database, replicas)
        try:
            run = _held(stage, options)
        finally:
            stage.close()
    page = _page(run)
    print(page)
    if options.faults >= FAULTS:
        write_section(_section(run), page, target=f"bench-faults{_variables(run)}")
    return 0 if run.is_good else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--faults", type=int, default=FAULTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--two-of-each", action="store_true", help="as make scale; needs --database postgres"
    )
    options = parser.parse_args(arguments)
    if options.two_of_each and options.database == "sqlite":
        parser.error("two of each need PostgreSQL")
    return options


def _held(stage: Stage, options: argparse.Namespace) -> Run:
    run, stands_still = Run(options.database, options.two_of_each, options.seed), StandStill()
    stage.wait_until_ready()
    visitor = Talk(stage.chat_urls, stands_still)
    normal = _heard(visitor)
    patients = Patients(stage.chat_urls, stands_still, PATIENTS, options.seed)
    faults = drawn(kinds_on(stage), options.faults, options.seed)
    for number, fault in enumerate(faults, start=1):
        _tell(number, len(faults), fault, patients)
        at = time.monotonic()
        time.sleep(fault.pause)
        with stands_still.during(fault.kind.of_chat):
            fault.kind.happens(fault.seconds)
            back = _back(stage, visitor, normal)
        run.happened.append(Happened(fault.kind.name, at, back))
    patients.stop()
    _compare(run, stage, [visitor, *patients.talks], patients)
    return run


def _back(stage: Stage, visitor: Talk, normal: list[str]) -> float:
    """The seconds until somebody who says hello hears what is said to that when all is well, and all
    programs run."""
    started = time.monotonic()
    while time.monotonic() - started < GIVEN_UP:
        if _heard(visitor) == normal and stage.is_up():
            break
        time.sleep(PROBE_SECONDS)
    return time.monotonic() - started


def _heard(visitor: Talk) -> list[str]:
    return [reply["text"] for reply in visitor.writes(GREETING).replies]


def _compare(run: Run, stage: Stage, talks: list[Talk], patients: Patients) -> None:
    engine, spool = create_engine(stage.record_url, future=True), stage.var / "spool"
    settled(engine, spool)
    run.broken = broken(talks, engine, spool)
    run.broken["patients who gave up"] = len(patients.failures)
    slow = sum(each.back > BACK_WITHIN for each in run.happened)
    run.broken[f"normal replies later than {BACK_WITHIN:g} s after a fault"] = slow
    sent = [each for talk in talks for each in talk.sent]
    run.waits = _waits(run.happened, sent)
    due = notifications(engine)
    run.measures = {
        "load of the machine over the last 15 minutes, and its cores": (
            f"{os.getloadavg()[2]:.1f}, {os.cpu_count()}"
        ),
        "messages": f"{len(sent)} in {len(talks)} conversations",
        "sent more than once": str(sum(each.tries > 1 for each in sent)),
        "told that they were not recorded": str(sum(each.was_told_not_recorded for each in sent)),
        "longest wait for a reply": f"{max(each.waited for each in sent):.1f} s (promised: {REPLY_WITHIN:g})",
        "longest time to a normal reply after a fault": (
            f"{max(each.back for each in run.happened):.1f} s (promised: {BACK_WITHIN:g})"
        ),
        "notifications": f"{due}, and {max(0, stage.telephone.rang - due)} told twice",
    }
    run.missing = missing_on(stage)
    engine.dispose()


def _waits(happened: Sequence[Happened], sent: Sequence[Sent]) -> dict[str, float]:
    """By kind of fault, how long somebody waited at the most for the reply to what was written while it
    lasted and until the next."""
    begins = [each.at for each in happened]
    waits: dict[str, float] = defaultdict(float)
    for each in sent:
        last = bisect(begins, each.at) - 1
        if last >= 0:
            waits[happened[last].kind] = max(waits[happened[last].kind], each.waited)
    return waits


def _page(run: Run) -> str:
    kinds: dict[str, list[float]] = defaultdict(list)
    for each in run.happened:
        kinds[each.kind].append(each.back)
    lines = [f"## {len(run.happened)} faults on {_name(run)}, seed {run.seed}", ""]
    lines += ["| promise broken | times |", "|---|---|"]
    lines += [f"| {what} | {times} |" for what, times in run.broken.items()]
    lines += ["", "| measure | |", "|---|---|"]
    lines += [f"| {what} | {value} |" for what, value in run.measures.items()]
    lines += [
        "",
        "| fault | times | longest wait for a reply | longest time to a normal reply after it |",
    ]
    lines += ["|---|---|---|---|"]
    lines += [
        f"| {kind} | {len(back)} | {run.waits.get(kind, 0.0):.1f} s | {max(back):.1f} s |"
        for kind, back in sorted(kinds.items())
    ]
    return "\n".join([*lines, *(f"\n{sentence}" for sentence in run.missing)])


def _section(run: Run) -> str:
    return "faults-two-of-each" if run.two_of_each else f"faults-{run.database}"


def _variables(run: Run) -> str:
    """What `make` is given for this run beside the target."""
    with_it = "" if run.database == "sqlite" else f" DATABASE={run.database}"
    return f"{with_it} TWO=1" if run.two_of_each else with_it


def _name(run: Run) -> str:
    name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[run.database]
    return f"{name}, two of each program" if run.two_of_each else name


def _tell(number: int, of: int, fault: Fault, patients: Patients) -> None:
    """Where the run is, on standard error."""
    print(
        f"{number} of {of}: {fault.kind.name}, {fault.seconds:.1f} s; "
        f"{patients.messages} messages so far",
        file=sys.stderr,
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
