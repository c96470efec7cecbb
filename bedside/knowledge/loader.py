"""From the knowledge files to one checked `Knowledge`; a file that is not whole is refused.

An error names the file, the entry and the key, so that whoever edits the files can mend it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml

from bedside.knowledge.entries import (
    Combination,
    Condition,
    ContextCues,
    FindingEntry,
    Knowledge,
    Region,
    Sign,
)
from bedside.model import Assertion, Source, Urgency

FOLDER = Path(__file__).parent
FILES = ("sources", "signs", "findings", "combinations", "regions", "words", "context")

T = TypeVar("T")


class KnowledgeError(Exception):
    """A knowledge file cannot be used; the message names file, entry and key."""


def load(folder: Path = FOLDER) -> Knowledge:
    """All knowledge of `folder`, checked; KnowledgeError for the first thing that is wrong."""
    raw = {name: _read(folder / f"{name}.yml") for name in FILES}
    files = {name: _Row(f"{name}.yml", "", _yaml(name, text)) for name, text in raw.items()}
    knowledge = Knowledge(
        version=hashlib.sha256(b"\0".join(raw[name] for name in FILES)).hexdigest()[:12],
        register=_register(files["sources"]),
        signs=_entries(files["signs"], _sign),
        findings=_entries(files["findings"], _finding),
        combinations=_entries(files["combinations"], _combination),
        regions=_entries(files["regions"], _region),
        words=_words(files["words"]),
        context=_context(files["context"]),
    )
    for problem in _dangling(knowledge):
        raise KnowledgeError(problem)
    return knowledge


class _Row:
    """A mapping of a file; every key must be taken, and taking a missing one is an error."""

    def __init__(self, file: str, path: str, data: Any) -> None:
        self.file, self.path = file, path
        if not isinstance(data, dict):
            raise KnowledgeError(f"{file}: {path or 'the file'} must be keys with values")
        self._left = dict(data)

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        if key not in self._left:
            if default is None:
                raise self.wrong(key, "is missing")
            return default
        value = self._left.pop(key)
        if not isinstance(value, kind):
            raise self.wrong(key, f"must be a {kind.__name__}")
        return value

    def texts(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        values = self.take(key, list, [] if optional else None)
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.wrong(key, "must be a list of words")
        return tuple(values)

    def rows(self, key: str) -> list[_Row]:
        values = self.take(key, list)
        return [_Row(self.file, f"{self.path}.{key}[{i}]", row) for i, row in enumerate(values)]

    def names(self) -> list[str]:
        return list(self._left)

    def items(self) -> Iterator[tuple[str, Any]]:
        while self._left:
            key = next(iter(self._left))
            yield str(key), self._left.pop(key)

    def done(self) -> None:
        for key in self._left:
            raise self.wrong(str(key), "is a key nobody knows")

    def wrong(self, key: str, what: str) -> KnowledgeError:
        return KnowledgeError(f"{self.file}: {self.path}{'.' if self.path else ''}{key} {what}")


class _OnceLoader(yaml.SafeLoader):
    """YAML in which a key written twice is an error: else the last would win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{key} is there twice")
        return super().construct_mapping(node, deep)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KnowledgeError(f"{path.name} cannot be read: {error.strerror}") from error


def _yaml(name: str, text: bytes) -> Any:
    try:
        return yaml.load(text, Loader=_OnceLoader)
    except yaml.YAMLError as error:
        raise KnowledgeError(f"{name}.yml: {' '.join(str(error).split())}") from error


def _entries(file: _Row, read: Callable[[str, _Row], T]) -> dict[str, T]:
    entries: dict[str, T] = {}
    for id_, data in file.items():
        row = _Row(file.file, id_, data)
        entries[id_] = read(id_, row)
        row.done()
    return entries


def _sign(id_: str, row: _Row) -> Sign:
    return Sign(
        id=id_,
        name=row.take("name", str),
        plain=row.take("plain", str),
        group=row.take("group", str),
        urgency=_urgency(row, "urgency"),
        why=row.take("why", str).strip(),
        gives=row.texts("gives", optional=True),
        lexicon=row.texts("lexicon"),
        senses=row.texts("senses", optional=True),
        sources=_sources(row),
        reviewed_by=_reviewer(row),
    )


def _finding(id_: str, row: _Row) -> FindingEntry:
    return FindingEntry(
        id=id_,
        name=row.take("name", str),
        question=row.take("question", str, ""),
        lexicon=row.texts("lexicon"),
        senses=row.texts("senses", optional=True),
        sources=_sources(row),
        reviewed_by=_reviewer(row),
    )


def _combination(id_: str, row: _Row) -> Combination:
    when = tuple(_condition(each) for each in row.rows("when"))
    if not when:
        raise row.wrong("when", "is empty: such a rule would always hold")
    return Combination(
        id=id_,
        when=when,
        to=_urgency(row, "to"),
        why=row.take("why", str).strip(),
        sources=_sources(row),
        reviewed_by=_reviewer(row),
    )


def _condition(row: _Row) -> Condition:
    values = dict(row.items())
    if len(values) != 1 or not set(values) <= {"sign", "group", "finding"}:
        raise row.wrong("", "must name one sign, group or finding")
    return Condition(**{key: str(value) for key, value in values.items()})


def _region(id_: str, row: _Row) -> Region:
    return Region(
        id=id_,
        emergency=row.take("emergency", str),
        health_line=row.take("health_line", str),
        verified=row.take("verified", bool),
        sources=_sources(row),
    )


def _sources(row: _Row) -> tuple[Source, ...]:
    sources = []
    for each in row.rows("sources"):
        sources.append(Source(id=each.take("id", str), locator=each.take("locator", str, "")))
        each.done()
    if not sources:
        raise row.wrong("sources", "is empty: every entry names where it comes from")
    return tuple(sources)


def _urgency(row: _Row, key: str) -> Urgency:
    try:
        return Urgency.of(row.take(key, str))
    except ValueError as error:
        raise row.wrong(key, str(error)) from error


def _reviewer(row: _Row) -> str | None:
    """Null until a clinician signs; the key itself must be there."""
    reviewer = row.take("reviewed_by", object)
    if reviewer is not None and not isinstance(reviewer, str):
        raise row.wrong("reviewed_by", "must be null or a name")
    return reviewer


def _register(file: _Row) -> dict[str, str]:
    register = {}
    for id_, data in file.items():
        row = _Row(file.file, id_, data)
        if row.take("kind", str) not in ("document", "page", "recalled"):
            raise row.wrong("kind", "must be document, page or recalled")
        register[id_] = row.take("title", str)
        row.done()
    return register


def _words(file: _Row) -> dict[str, tuple[str, ...]]:
    return {name: file.texts(name) for name in file.names()}


def _context(file: _Row) -> ContextCues:
    cues: dict[tuple[Assertion, str], tuple[str, ...]] = {}
    ends, pseudo = file.texts("ends"), file.texts("pseudo")
    for name, data in file.items():
        row = _Row(file.file, name, data)
        if name not in {assertion.value for assertion in Assertion}:
            raise file.wrong(name, "is no assertion")
        for direction in ("forward", "backward"):
            cues[Assertion(name), direction] = row.texts(direction, optional=True)
        forward, backward = (cues[Assertion(name), each] for each in ("forward", "backward"))
        for cue in set(forward) & set(backward):  # ConText would keep one of the two in silence
            raise row.wrong("backward", f"has {cue!r}, which is in forward too")
        row.done()
    return ContextCues(cues=cues, ends=ends, pseudo=pseudo)


def _dangling(knowledge: Knowledge) -> Iterator[str]:
    """Names that point to nothing."""
    groups = {sign.group for sign in knowledge.signs.values()}
    yield from _unknown_words(knowledge)
    for file, entry, source in _all_sources(knowledge):
        if source.id not in knowledge.register:
            yield f"{file}: {entry}.sources names {source.id}, which sources.yml does not have"
    for sign in knowledge.signs.values():
        for finding in sign.gives:
            yield from _missing("signs.yml", f"{sign.id}.gives", finding, knowledge.findings)
    for rule in knowledge.combinations.values():
        for condition in rule.when:
            place = f"{rule.id}.when"
            if condition.sign:
                yield from _missing("combinations.yml", place, condition.sign, knowledge.signs)
            if condition.group:
                yield from _missing("combinations.yml", place, condition.group, groups)
            if condition.finding:
                yield from _missing(
                    "combinations.yml", place, condition.finding, knowledge.findings
                )


def _unknown_words(knowledge: Knowledge) -> Iterator[str]:
    files: Mapping[str, Mapping[str, Sign | FindingEntry]] = {
        "signs.yml": knowledge.signs,
        "findings.yml": knowledge.findings,
    }
    for file, entries in files.items():
        for entry in entries.values():
            for name in re.findall(r"<(\w+)>", " ".join((*entry.lexicon, *entry.senses))):
                yield from _missing(file, f"{entry.id}.lexicon", name, knowledge.words)


def _missing(file: str, place: str, name: str, among: Collection[str]) -> Iterator[str]:
    if name not in among:
        yield f"{file}: {place} names {name}, which does not exist"


def _all_sources(knowledge: Knowledge) -> Iterator[tuple[str, str, Source]]:
    kinds: Mapping[str, Mapping[str, Any]] = {
        "signs.yml": knowledge.signs,
        "findings.yml": knowledge.findings,
        "combinations.yml": knowledge.combinations,
        "regions.yml": knowledge.regions,
    }
    for file, entries in kinds.items():
        for id_, entry in entries.items():
            for source in entry.sources:
                yield file, id_, source
