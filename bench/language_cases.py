"""The messages of bench/cases/language/: written by people who saw neither lexicon nor training data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bedside.model import Assertion
from bedside.settings import ROOT
from bench.annotated import Annotated, Label, annotated

CASES = ROOT / "bench" / "cases" / "language"
# "Since Tuesday" counts from here: a Thursday.
WRITTEN_ON = date(2026, 11, 26)
SAID = frozenset({Assertion.PRESENT, Assertion.POSSIBLE})
# The intent of a message whose only content is a sign that is denied, past, supposed or somebody else's.
NO_INTENT = "-"


@dataclass(frozen=True, slots=True)
class LanguageCase:
    """One message, what a careful reader finds in it, and its half: `development` or `test`."""

    id: str
    category: str
    intent: str
    said: Annotated
    half: str

    @property
    def text(self) -> str:
        return self.said.text

    @property
    def has_intent(self) -> bool:
        """Whether its intent can be told: a figure of speech is as well small talk as out of scope."""
        return self.intent != NO_INTENT and self.category != "figurative"

    @property
    def reported(self) -> tuple[Label, ...]:
        """The signs that must be heard as present or possible."""
        return tuple(
            each for each in self.said.labels if not each.is_optional and each.assertions <= SAID
        )

    @property
    def may_be_reported(self) -> frozenset[str]:
        """All signs that may fairly be heard as present or possible."""
        return frozenset(
            entry for each in self.said.labels if each.assertions & SAID for entry in each.entries
        )


def language_cases(half: str | None = None) -> list[LanguageCase]:
    """All cases, or those of one half; ValueError for a line that is none."""
    found = [case for path in sorted(CASES.glob("*.txt")) for case in _read(path)]
    return [case for case in found if half in (None, case.half)]


def _read(path: Path) -> Iterator[LanguageCase]:
    digest = SPLIT_BY[path.stem]
    rows = [row for row in path.read_text(encoding="utf-8").splitlines() if row.strip()]
    for number, row in enumerate((r for r in rows if not r.startswith("#")), start=1):
        category, intent, message = row.split(" | ", 2)
        id_ = f"{path.stem}-{number:03}"
        bit = hashlib.sha256(f"{digest} {number}".encode()).digest()[0] & 1
        half = "test" if bit else "development"
        yield LanguageCase(id_, category, intent, annotated(message), half)


# The sha256 of each file as it was first committed. With a case's number it decides its half, so that no
# hand chose it and a mended annotation does not move it.
SPLIT_BY: dict[str, str] = {
    "british_and_irish": "5308cf34f8e4fc011f11fdae68fe5d71cf6275f49acee3445a28305b5600b4a5",
    "dialogue": "8ba9b8b10eb6f937053026acf30d73fedd44e509548969b350106a7589b3acdc",
    "hard": "380d583f5cb6f8a78c0f3434e363231e83b680add080f2bf9a2b2e39971fefc1",
    "north_american": "a0da3683912781b82a6a35e76d1934193b8f176f94936fdc1bc2a0670df6440b",
    "second_language": "1b0de0cebadef9deeeefd7735891c47753db4182fb9a9f0b6ea2474907166dc9",
}
