"""Figures of a triage run, each share with its 95 % interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt
from statistics import mean, median

from bedside.model import Urgency
from bench.playing import Case, Played

NORMAL_95 = 1.959964
NOTHING = -1


def figures(played: Sequence[tuple[Case, Played]]) -> str:
    """Markdown: exact agreement, under- and over-triage, emergency recall, questions, all differences."""
    rows = [(case, done, _rank(case.expected), _height(done)) for case, done in played]
    emergencies = [row for row in rows if row[2] == Urgency.EMERGENCY]
    lines = [
        "| measure | cases | share | 95 % interval |",
        "|---|---|---|---|",
        share("exact agreement", sum(want == got for *_, want, got in rows), len(rows)),
        share("strict under-triage", sum(got < want for *_, want, got in rows), len(rows)),
        share("over-triage", sum(got > want for *_, want, got in rows), len(rows)),
        share(
            "emergency recall", sum(got == want for *_, want, got in emergencies), len(emergencies)
        ),
    ]
    for urgency in sorted({want for *_, want, _ in rows}, reverse=True):
        of_it = [(want, got) for *_, want, got in rows if want == urgency]
        lines.append(share(f"exact: {_word(urgency)}", sum(w == g for w, g in of_it), len(of_it)))
    asked = [done.questions_asked for _, done, *_ in rows]
    if asked:
        middle = f"mean {mean(asked):.2f}, median {median(asked):g}, most {max(asked)}"
        lines += ["", f"Questions asked: {middle}."]
    return "\n".join([*lines, *_differences(rows)])


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson's score interval); 0 to 1 when there are no cases.

    >>> [round(each, 3) for each in wilson(0, 100)]
    [0.0, 0.037]
    """
    if not of:
        return 0.0, 1.0
    share, z2 = hits / of, NORMAL_95**2
    middle = share + z2 / (2 * of)
    spread = NORMAL_95 * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    scale = 1 + z2 / of
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def share(name: str, hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    share = f"{hits / of:.1%}" if of else "-"
    return f"| {name} | {hits} of {of} | {share} | {low:.1%} to {high:.1%} |"


def _rank(expected: str | None) -> int:
    return NOTHING if expected is None else Urgency.of(expected)


def _height(played: Played) -> int:
    return NOTHING if played.urgency is None else played.urgency


def _word(rank: int) -> str:
    return "nothing reported" if rank == NOTHING else Urgency(rank).word


def _differences(rows: Iterable[tuple[Case, Played, int, int]]) -> list[str]:
    found = [
        f"| {case.id} | {_word(want)} | {_word(got)} | {', '.join(done.reasons[:3]) or '-'} |"
        for case, done, want, got in rows
        if want != got
    ]
    if not found:
        return []
    head = ["", "| case | expected | got | by |", "|---|---|---|---|"]
    return [*head, *found]
