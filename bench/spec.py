"""The tables of tests/spec/: what is reported, what else is known, and how urgent that must be.

A file is a title, the signs it is about, and one table, all in Markdown:

    # Bruises and bleeding
    Signs: unexplained_bruising, pinpoint_skin_spots

    | reported | and | last infusion | urgency |
    |---|---|---|---|
    | unexplained_bruising | headache_present = yes | | emergency |

`and` holds facts, separated by a semicolon. `last infusion` is a day, an interval (`0-3`, `125-`), `unknown`
when the patient was asked and does not know, or empty when nobody asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bedside.knowledge import Atom
from bedside.knowledge.rules import read_atom
from bedside.settings import ROOT

SPEC = ROOT / "tests" / "spec"
COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Topic:
    """A table's file and title, and the signs it is about."""

    file: str
    title: str
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; `line` is where it stands in the file."""

    file: str
    line: int
    signs: tuple[str, ...]
    facts: tuple[Atom, ...]
    infusion: str
    urgency: str


def topics(folder: Path = SPEC) -> dict[Topic, tuple[Row, ...]]:
    """Every table of `folder`, in the order of the files' names. ValueError for a line that is none."""
    return dict(_read(path) for path in sorted(folder.glob("*.md")))


def _read(path: Path) -> tuple[Topic, tuple[Row, ...]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    title = lines[0].removeprefix("# ")
    listed = next(
        (line.removeprefix("Signs: ") for line in lines if line.startswith("Signs: ")), ""
    )
    signs = tuple(each.strip() for each in listed.split(",") if each.strip())
    return Topic(path.name, title, signs), tuple(_rows(path.name, lines))


def _rows(file: str, lines: list[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if not line.startswith("|") or line.startswith(("|---", "| reported")):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != COLUMNS:
            raise ValueError(f"{file}, line {number}: a row has {COLUMNS} cells")
        reported, known, infusion, urgency = cells
        yield Row(
            file=file,
            line=number,
            signs=tuple(each.strip() for each in reported.split(",") if each.strip(" -")),
            facts=tuple(read_atom(each) for each in known.split(";") if each.strip()),
            infusion=infusion,
            urgency=urgency,
        )
