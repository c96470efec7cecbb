"""Triage over cases: `python -m bench.triage < cases.jsonl` writes one answer a line.

A line in: {"id", "turns": ["…"], "days_since_last_infusion"?, "answers"?: {…}}. A line out: {"id", "urgency",
"signs", "reasons", "questions_asked"}. No date means that nobody told it; questions take their values from
`answers`, else the patient does not know. With `--signs` the messages count as read perfectly, which measures
triage alone; with `--report` the figures of the cases come out instead.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from bedside.knowledge import load
from bedside.language import Reader
from bench.figures import figures
from bench.playing import Case, CaseError, Played, case_from, play


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every line could be played, 1 when one could not; that line is answered with an error."""
    options = _options(arguments)
    knowledge = load()
    reader = Reader(knowledge)
    played: list[tuple[Case, Played]] = []
    failed = 0
    for line, data in _lines(sys.stdin):
        try:
            case = case_from(_object(data))
            done = play(case, knowledge, reader, from_signs=options.signs)
        except (CaseError, ValueError, TypeError, KeyError) as error:
            failed += 1
            print(json.dumps({"line": line, "error": f"cannot be played: {error}"}))
            continue
        played.append((case, done))
        if not options.report:
            print(json.dumps(_out(case, done)))
    if options.report:
        print(figures(played))
    return 1 if failed else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.triage", description=__doc__)
    parser.add_argument(
        "--signs", action="store_true", help="play from the signs, not from the text"
    )
    parser.add_argument("--report", action="store_true", help="figures instead of answers")
    return parser.parse_args(arguments)


def _lines(file: TextIO) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(file, start=1) if line.strip())


def _object(line: str) -> dict[str, Any]:
    data = json.loads(line)
    if not isinstance(data, dict):
        raise CaseError("a line is one JSON object")
    return data


def _out(case: Case, played: Played) -> dict[str, Any]:
    return {
        "id": case.id,
        "urgency": None if played.urgency is None else played.urgency.word,
        "signs": list(played.signs),
        "reasons": list(played.reasons),
        "questions_asked": played.questions_asked,
    }


if __name__ == "__main__":
    sys.exit(main())
