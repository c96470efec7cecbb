"""Messages annotated in the text itself, and what their marks say.

    No <persistent_fever absent>fever</> but my <nose_gum_or_mouth_bleeding>gums bleed</>

A mark names a sign, or a fact's value (`fluids_kept_down=no`), and its assertion, `present` when none stands
there. `a|b` allows either, of signs and of assertions; a comma adds another mark for the same words; `?`
after a name says that it may be heard or not. `<=temperature_c 38.9>102F</>` is a measured value. Marks may
stand inside each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bedside.model import YES, Assertion

MARK = re.compile(r"<(?P<closes>/?)(?P<body>[^<>]*)>")
# A patient's own "<3" or "BP < 90" is no mark.
OPENS = re.compile(r"=?[a-z]")


@dataclass(frozen=True, slots=True)
class Label:
    """What a text says of one sign or of one fact's value, and where. Any of `entries` is right."""

    entries: tuple[str, ...]
    assertions: frozenset[Assertion]
    start: int
    end: int
    is_optional: bool = False

    @property
    def entry(self) -> str:
        return self.entries[0]

    @property
    def fact(self) -> tuple[str, str]:
        """The fact and its value, when the label is no sign's."""
        name, _, value = self.entry.partition("=")
        return name, value or YES


@dataclass(frozen=True, slots=True)
class Measured:
    """A value that the text tells, in the unit that `kind` names."""

    kind: str
    value: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Annotated:
    """A text without its marks, and what they say, with offsets into it."""

    text: str
    labels: tuple[Label, ...]
    measured: tuple[Measured, ...] = ()


def annotated(line: str) -> Annotated:
    """What the marks of `line` say; ValueError when they do not fit together."""
    text, at = "", 0
    opened: list[tuple[str, int]] = []
    labels: list[Label] = []
    measured: list[Measured] = []
    for mark in MARK.finditer(line):
        if not mark["closes"] and not OPENS.match(mark["body"]):
            continue
        text, at = text + line[at : mark.start()], mark.end()
        if not mark["closes"]:
            opened.append((mark["body"], len(text)))
        elif not opened:
            raise ValueError(f"a mark is closed that was not opened: {line!r}")
        elif opened[-1][0].startswith("="):
            body, start = opened.pop()
            kind, value = body[1:].split()
            measured.append(Measured(kind, float(value), start, len(text)))
        else:
            body, start = opened.pop()
            labels += _labels(body, start, len(text))
    if opened:
        raise ValueError(f"a mark is not closed: {line!r}")
    by_place = sorted(labels, key=lambda label: (label.start, label.end))
    return Annotated(text + line[at:], tuple(by_place), tuple(measured))


def _labels(body: str, start: int, end: int) -> Iterator[Label]:
    for part in body.split(","):
        names, _, assertions = part.strip().partition(" ")
        yield Label(
            entries=tuple(name.rstrip("?") for name in names.split("|")),
            assertions=frozenset(
                Assertion(each) for each in (assertions.strip() or "present").split("|")
            ),
            start=start,
            end=end,
            is_optional="?" in names,
        )
