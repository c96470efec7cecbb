"""A knowledge file as rows that know their line, so that an error can say where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from bedside.knowledge.entries import Atom, Condition
from bedside.knowledge.rules import read_atom, read_condition
from bedside.model import Source, Urgency

T = TypeVar("T")
NULL = "tag:yaml.org,2002:null"


class KnowledgeError(Exception):
    """A knowledge file cannot be used; the message names file, line, entry and key."""


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar of the file as written: `no` stays "no", and 38.0 stays "38.0". None for null."""

    value: str | None
    line: int


class Row:
    """The keys of one entry; every key must be taken, and taking a missing one is an error."""

    def __init__(self, file: str, path: str, line: int, data: dict[str, Any]) -> None:
        self.file, self.path, self.line = file, path, line
        self._left = dict(data)
        self._lines = {key: _line_of(value, line) for key, value in data.items()}

    def text(self, key: str, default: str | None = None) -> str:
        """The value of `key` as one line of text; `default` when the key may be missing."""
        value = self._take(key, Text, default)
        if isinstance(value, str):
            return value
        if value.value is None or not value.value.strip():
            raise self.wrong(key, "is empty")
        return " ".join(value.value.split())

    def texts(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        """The value of `key` as a list of texts."""
        return tuple(self.each(key, lambda text: text, optional=optional))

    def each(self, key: str, read: Callable[[str], T], *, optional: bool = False) -> Iterator[T]:
        """What `read` makes of every text in the list under `key`; its ValueError names the line."""
        for item in self._take(key, list, [] if optional else None):
            if not isinstance(item, Text) or not item.value:
                raise self.wrong(key, "must be a list of words", _line_of(item, self.line))
            try:
                yield read(item.value)
            except ValueError as error:
                raise self.wrong(key, f"cannot be read: {error}", item.line) from error

    def number(self, key: str, default: float | None = None) -> float | None:
        """The value of `key` as a number."""
        if key not in self._left:
            return default
        try:
            return float(self.text(key))
        except ValueError:
            raise self.wrong(key, "must be a number") from None

    def flag(self, key: str, default: bool | None = None) -> bool:
        """The value of `key`, true or false."""
        word = self.text(key, None if default is None else str(default).lower())
        if word not in ("true", "false"):
            raise self.wrong(key, "must be true or false")
        return word == "true"

    def rows(self, key: str, *, optional: bool = False) -> list[Row]:
        """The list of entries under `key`."""
        values = self._take(key, list, [] if optional else None)
        return [self._child(f"{key}[{i}]", value) for i, value in enumerate(values)]

    def row(self, key: str) -> Row:
        """The entry under `key`."""
        return self._child(key, self._take(key, dict, None))

    def children(self) -> Iterator[tuple[str, Row]]:
        """Every key with the entry under it."""
        while self._left:
            key = next(iter(self._left))
            yield key, self.row(key)

    def has(self, key: str) -> bool:
        """Whether `key` is there and was not taken yet."""
        return key in self._left

    def names(self) -> list[str]:
        """The keys that are left."""
        return list(self._left)

    def rest(self) -> dict[str, str]:
        """All keys that are left, each with one text."""
        return {key: self.text(key) for key in list(self._left)}

    def done(self) -> None:
        """KnowledgeError if a key was not taken."""
        for key in self._left:
            raise self.wrong(key, "is a key nobody knows")

    def urgency(self, key: str) -> Urgency:
        """The urgency named under `key`."""
        try:
            return Urgency.of(self.text(key))
        except ValueError as error:
            raise self.wrong(key, str(error)) from error

    def atoms(self, key: str) -> tuple[Atom, ...]:
        """The list of conditions without an `or` under `key`; none when it is missing."""
        return tuple(self.each(key, read_atom, optional=True))

    def conditions(self, key: str, *, optional: bool = False) -> tuple[Condition, ...]:
        """The conditions under `key`, of which there must be one unless `optional`."""
        conditions = tuple(self.each(key, read_condition, optional=optional))
        if not conditions and not optional:
            raise self.wrong(key, "is empty: such a rule would always hold")
        return conditions

    def condition(self, key: str) -> Condition | None:
        """The one condition under `key`; None when it is missing."""
        text = self.text(key, "")
        try:
            return read_condition(text) if text else None
        except ValueError as error:
            raise self.wrong(key, f"cannot be read: {error}") from error

    def sources(self, key: str = "sources", *, optional: bool = False) -> tuple[Source, ...]:
        """Source ids under `key`, each alone or with its locator; one at least unless `optional`."""
        found = tuple(map(self._source, self._take(key, list, [] if optional else None)))
        if not found and not optional:
            raise self.wrong(key, "is empty: every entry names where it comes from")
        return found

    def reviewer(self) -> str | None:
        """Null until a clinician signs; the key itself must be there."""
        value = self._take("reviewed_by", Text, None)
        return None if value is None else value.value

    def wrong(self, key: str, what: str, line: int | None = None) -> KnowledgeError:
        """The error to raise: file, line, the path to the key, and what is wrong with it."""
        where = line or self._lines.get(key, self.line)
        path = ".".join(filter(None, (self.path, key)))
        return KnowledgeError(f"{self.file}, line {where}: {path} {what}")

    def _source(self, item: Any) -> Source:
        if isinstance(item, Text) and item.value:
            return Source(id=item.value)
        if isinstance(item, dict) and len(item) == 1:
            [(id_, locator)] = item.items()
            if isinstance(locator, Text) and locator.value:
                return Source(id=id_, locator=locator.value)
        raise self.wrong("sources", "must be names, or names with a locator", _line_of(item, 0))

    def _take(self, key: str, kind: type[Any], default: Any) -> Any:
        if key not in self._left:
            if default is None:
                raise self.wrong(key, "is missing")
            return default
        value = self._left.pop(key)
        if not isinstance(value, kind):
            raise self.wrong(key, f"must be {_NAMES[kind]}")
        return value

    def _child(self, key: str, value: Any) -> Row:
        if not isinstance(value, dict):
            raise self.wrong(key, "must be keys with values", _line_of(value, self.line))
        path = ".".join(filter(None, (self.path, key)))
        line = self._lines.get(key, _line_of(value, self.line))
        return Row(self.file, path, line, value)


_NAMES = {Text: "a text", list: "a list", dict: "keys with values"}


class _Lined(dict[str, Any]):
    line = 0


def read_file(path: Path, text: bytes) -> Row:
    """The keys of the YAML file `path` with the content `text`; KnowledgeError when it is no such file."""
    try:
        node = yaml.compose(text.decode("utf-8"), Loader=yaml.CSafeLoader)
        data = _Lined() if node is None else _plain(node)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{path.as_posix()}: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise KnowledgeError(f"{path.as_posix()}, line 1: the file must be keys with values")
    return Row(path.as_posix(), "", 1, data)


def _plain(node: yaml.Node) -> Any:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return Text(None if node.tag == NULL else node.value, line)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each) for each in node.value]
    found = _Lined()
    found.line = line
    for key, value in node.value:
        if key.value in found:
            mark = key.start_mark
            raise yaml.constructor.ConstructorError(None, None, f"{key.value} is there twice", mark)
        found[key.value] = _plain(value)
    return found


def _line_of(value: Any, default: int) -> int:
    if isinstance(value, list):
        return _line_of(value[0], default) if value else default
    return getattr(value, "line", 0) or default
