"""`make bench-triage`: all figures of triage, written to their section of bench/results.md.

Agreement on the cases of bench/cases/, from the signs (triage alone) and from the text (the lexicon
without the classifier), and what assessing and loading cost on this machine.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bedside.knowledge import Kind, Knowledge, load
from bedside.language import Reader
from bedside.model import YES, Assertion, Finding, Mention, Report
from bedside.questions import next_question
from bedside.settings import ROOT
from bedside.triage import assess
from bench.figures import figures
from bench.playing import Case, case_from, play
from bench.results import write_section

CASES = ROOT / "bench" / "cases"
RUNS = 500


def main() -> int:
    """Write the page and print it."""
    knowledge = load()
    reader = Reader(knowledge)
    parts = [
        f"Knowledge {knowledge.version}; Python {platform.python_version()}, one thread.",
    ]
    for path in sorted(CASES.glob("triage_*.jsonl")):
        for from_signs in (True, False):
            how = "from the signs" if from_signs else "from the text, by the lexicon alone"
            print(f"{path.stem}, {how} ...", file=sys.stderr)
            cases = _cases(path)
            played = [
                (case, play(case, knowledge, reader, from_signs=from_signs)) for case in cases
            ]
            parts += [f"## {path.stem}, {how}", figures(played)]
    parts += ["## Cost", *_costs(knowledge, reader)]
    page = "\n\n".join(parts)
    write_section("triage", page)
    print(page)
    return 0


def _cases(path: Path) -> list[Case]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [case_from(json.loads(line)) for line in lines if line.strip()]


def _costs(knowledge: Knowledge, reader: Reader) -> list[str]:
    reports = {
        "one sign": _report(knowledge, signs=1, facts=0),
        "seven signs, ten facts": _report(knowledge, signs=7, facts=10),
        "every sign and every fact": _report(knowledge, signs=10_000, facts=10_000),
    }
    rows = [
        f"| {name} | {doing.__name__} | {p50:.3f} | {p99:.3f} |"
        for name, report in reports.items()
        for doing in (assess, next_question)
        for p50, p99 in [_timed(partial(doing, report, knowledge))]
    ]
    load_p50, load_p99 = _timed(load, runs=20)
    table = ["| report | what | p50 ms | p99 ms |", "|---|---|---|---|", *rows]
    return [
        "\n".join(table),
        f"Loading all knowledge: p50 {load_p50:.0f} ms, p99 {load_p99:.0f} ms.",
    ]


def _report(knowledge: Knowledge, *, signs: int, facts: int) -> Report:
    """A report with the first so many signs and yes/no facts, all present."""
    told = [each for each in knowledge.questions.values() if each.kind is Kind.YES_NO]
    return Report(
        mentions=tuple(
            Mention(sign=sign, text=sign, start=0, end=1, assertion=Assertion.PRESENT)
            for sign in list(knowledge.signs)[:signs]
        ),
        findings=tuple(
            Finding(finding=e.id, value=e.worse or YES, text=e.id, assertion=Assertion.PRESENT)
            for e in told[:facts]
        ),
    )


def _timed(call: Callable[[], object], *, runs: int = RUNS) -> tuple[float, float]:
    """Median and 99th percentile of a call, in milliseconds."""
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.99)]


if __name__ == "__main__":
    sys.exit(main())
