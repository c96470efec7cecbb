"""How well messages are read: `python -m bench.language` over one half of bench/cases/language/.

`--half test` (the default) or `development`; `--reader` says who reads: `bedside` (lexicon, heads, ConText,
as trained by `make train`), `lexicon` (without heads), or the path of other heads or of a Rasa
model. `--errors` lists every
case that is misread; look only at those of the development half, or the test half is none any more.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from bedside.knowledge import Knowledge, load
from bedside.language import Classifier, Reader, shared_encoder
from bedside.model import Assertion, Parsed, Urgency
from bedside.settings import Settings
from bench import language_figures as measures
from bench.figures import share
from bench.language_cases import WRITTEN_ON, language_cases
from bench.language_figures import Read

HEADS = Settings.from_environment().heads
P, PS = Assertion.PRESENT, Assertion.POSSIBLE


class Reads(Protocol):
    """Who reads a message."""

    def read(self, text: str, *, today: date | None = None) -> Parsed: ...


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    knowledge = load()
    reader = reader_of(options.reader, knowledge)
    read = [
        (case, reader.read(case.text, today=WRITTEN_ON)) for case in language_cases(options.half)
    ]
    print("\n".join(figures(read, knowledge)))
    if options.errors:
        for kind in (measures.errors(read), measures.wrong_details(read)):
            print("\n" + "\n".join(f"{id_}: {what}\n    {text}" for id_, what, text in kind))
    return 0


def reader_of(name: str, knowledge: Knowledge) -> Reads:
    """The reader that `--reader` names."""
    if name == "lexicon":
        return Reader(knowledge)
    if name == "bedside":
        return Reader(knowledge, Classifier.load(HEADS), shared_encoder())
    if name.endswith(".npz"):
        return Reader(knowledge, Classifier.load(Path(name)), shared_encoder())
    from bench.rasa_reading import RasaReading

    return RasaReading(Path(name))


def figures(read: Sequence[Read], knowledge: Knowledge) -> list[str]:
    """A table of all figures of one reader."""
    high = measures.is_high(knowledge)
    told, got = measures.details(read)
    right, f1, _ = measures.intents(read)
    alarmed, asked = measures.alarms(read)
    absent = {Assertion.ABSENT}
    other = {Assertion.SOMEONE_ELSE, Assertion.HISTORICAL}
    rows = {
        "recall, emergency and urgent signs": measures.recall(read, high),
        "recall, all signs": measures.recall(read, lambda _: True),
        **{
            f"recall, {urgency.word}": measures.recall(read, _of(urgency, knowledge))
            for urgency in sorted(Urgency, reverse=True)[:4]
        },
        "precision, all signs": measures.precision(read, lambda _: True),
        **{
            f"precision, {urgency.word}": measures.precision(read, _of(urgency, knowledge))
            for urgency in sorted(Urgency, reverse=True)[:4]
        },
        "absent taken as present": measures.taken_as(read, absent, {P}),
        "absent taken as present or possible": measures.taken_as(read, absent, {P, PS}),
        "someone else's or historical taken as present": measures.taken_as(read, other, {P}),
        "hypothetical taken as present": measures.taken_as(read, {Assertion.HYPOTHETICAL}, {P}),
        "false alarms, of messages without a report": alarmed,
        "only asked about, of messages without a report": asked,
        "details told that were read": told,
        "details read that were told": got,
        "intent right": right,
    }
    return [
        "| measure | of | share | 95 % interval |",
        "|---|---|---|---|",
        *(share(name, hits.hits, hits.of) for name, hits in rows.items()),
        f"| mean F1 of intents |  | {f1:.3f} |  |",
        "",
        "| the mark says | " + " | ".join(a.value for a in Assertion) + " | not heard |",
        "|---|" + "---|" * (len(Assertion) + 1),
        *_confusion(read),
    ]


def _of(urgency: Urgency, knowledge: Knowledge) -> Callable[[str], bool]:
    return lambda sign: knowledge.signs[sign].urgency is urgency


def _confusion(read: Sequence[Read]) -> list[str]:
    table = measures.assertions(read)
    columns = [*(each.value for each in Assertion), "not heard"]
    return [
        f"| {meant.value} | " + " | ".join(str(table[meant][each]) for each in columns) + " |"
        for meant in Assertion
    ]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.language", description=__doc__)
    parser.add_argument("--half", choices=("test", "development"), default="test")
    parser.add_argument(
        "--reader", default="bedside", help="bedside, lexicon, heads or a Rasa model"
    )
    parser.add_argument("--errors", action="store_true", help="list what was misread")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
