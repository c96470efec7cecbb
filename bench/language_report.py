"""`make bench-language`: every figure of the reading, written to its section of bench/results.md.

Over the test half: Bedside, the lexicon alone, and Rasa's reference pipeline where `make reference` has
trained it, side by side in one run; recall and precision of each sign; the cost; and the calibration
curve of the confidences as a picture, bench/calibration.png.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from bedside.knowledge import Knowledge, load
from bedside.settings import ROOT
from bench import language_figures as measures
from bench.figures import wilson
from bench.language import HEADS, Reads, figures, reader_of
from bench.language_cases import WRITTEN_ON, LanguageCase, language_cases
from bench.language_figures import Read
from bench.rasa_reference import HOW
from bench.results import write_section

CALIBRATION = ROOT / "bench" / "calibration.png"
REFERENCE = ROOT / "models" / "reference"
# A message of usual length, for the cost.
USUAL_WORDS = range(20, 31)
BINS = 8


def main() -> int:
    """Write the section and print it; 1 when no heads are trained."""
    if not HEADS.exists():
        print("There are no trained heads: `make train` trains them.", file=sys.stderr)
        return 1
    knowledge, cases = load(), language_cases("test")
    readers = {"Bedside": "bedside", "The lexicon and ConText, without heads": "lexicon"}
    for model in sorted((REFERENCE / "models").glob("*.tar.gz"))[-1:]:
        readers[f"Rasa's CountVectors and DIET, {(REFERENCE / HOW).read_text()}"] = str(model)
        readers["Bedside, heads of just those messages"] = str(REFERENCE / "heads.npz")
    parts = [
        f"## Language, {len(cases)} messages of the test half",
        f"Knowledge {knowledge.version}.",
    ]
    read: list[Read] = []
    for title, name in readers.items():
        print(f"{title} ...", file=sys.stderr, flush=True)
        reader = reader_of(name, knowledge)
        its = _read(reader, cases)
        parts += [f"### {title}", "\n".join(figures(its, knowledge))]
        if name != "lexicon" and name != "bedside":
            continue
        parts.append(_cost(reader, cases))
        read = read or its
    parts += ["### Bedside, by sign", _by_sign(read, knowledge)]
    parts += ["### Bedside, by intent", _by_intent(read)]
    draw_calibration(read)
    parts.append("![How sure Bedside was, and how often it was right.](calibration.png)")
    page = "\n\n".join(parts)
    write_section("language", page)
    print(page)
    return 0


def _read(reader: Reads, cases: Sequence[LanguageCase]) -> list[Read]:
    return [(case, reader.read(case.text, today=WRITTEN_ON)) for case in cases]


def _cost(reader: Reads, cases: Sequence[LanguageCase]) -> str:
    """What one message of usual length takes, on one thread, and the memory of this whole process so far."""
    usual = [case.text for case in cases if len(case.text.split()) in USUAL_WORDS]
    taken = []
    for text in usual:
        started = time.perf_counter()
        reader.read(
            text + " ", today=date.today()
        )  # the space keeps the encoder from remembering it
        taken.append((time.perf_counter() - started) * 1000)
    p50, p95 = np.percentile(taken, [50, 95])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    span = f"{USUAL_WORDS.start} to {USUAL_WORDS.stop - 1} words"
    return (
        f"One message of {span}: p50 {p50:.1f} ms, p95 {p95:.1f} ms ({memory:.0f} MiB peak so far)."
    )


def _by_sign(read: Sequence[Read], knowledge: Knowledge) -> str:
    rows = ["| sign | urgency | recall | precision |", "|---|---|---|---|"]
    for sign in sorted(knowledge.signs, key=lambda id_: (-knowledge.signs[id_].urgency, id_)):
        found = measures.recall(read, lambda id_, sign=sign: id_ == sign)  # type: ignore[misc]  # bound early
        right = measures.precision(read, lambda id_, sign=sign: id_ == sign)  # type: ignore[misc]  # the same
        numbers = f"{_interval(found)} | {_interval(right)}"
        rows.append(f"| {sign} | {knowledge.signs[sign].urgency.word} | {numbers} |")
    return "\n".join(rows)


def _interval(hits: measures.Hits) -> str:
    if not hits.of:
        return "-"
    low, high = wilson(hits.hits, hits.of)
    return f"{hits.hits} of {hits.of} ({low:.0%} to {high:.0%})"


def _by_intent(read: Sequence[Read]) -> str:
    _, _, f1 = measures.intents(read)
    rows = [f"| {intent} | {value:.2f} |" for intent, value in f1.items()]
    return "\n".join(["| intent | F1 |", "|---|---|", *rows])


def draw_calibration(read: Sequence[Read], path: Path = CALIBRATION) -> None:
    """How often a mention of each confidence really is about that sign, however it is meant."""
    from matplotlib.figure import Figure

    pairs = [
        (mention.confidence, mention.sign in {e for label in c.said.labels for e in label.entries})
        for c, parsed in read
        for mention in parsed.mentions
    ]
    pairs.sort()
    groups = [group for group in np.array_split(np.asarray(pairs, float), BINS) if len(group)]
    sure = [group[:, 0].mean() for group in groups]
    right = [group[:, 1].mean() for group in groups]
    ends = [wilson(int(group[:, 1].sum()), len(group)) for group in groups]
    off = np.abs(np.asarray(ends).T - np.asarray(right))
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], linestyle="--", color="#888888", label="perfectly calibrated")
    axes.errorbar(sure, right, yerr=off, marker="o", color="#005eb8", capsize=3, label="Bedside")
    axes.set(xlabel="how sure Bedside was", ylabel="share that was right", xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    sys.exit(main())
