"""The spool: a folder that keeps patients' messages while the database is away, one file for each.

A file is whole or not there: it is written under another name, synced, renamed, and its folder synced.
It is removed only once its message is in the record (`bedside.store.replaying`). A file's name tells
nothing about a patient, so that a log may hold it.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bedside.model import Reply, as_json, reply_from_json
from bedside.store.files import created, sync
from bedside.store.sealing import Counted, KeyRing, Unreadable

# No writing takes so long: who began this file died before it had its name.
UNFINISHED_SECONDS = 60
ENDING = ".json"
# What a sealed file was sealed for.
PLACE = "spool"


class NotWhole(Exception):
    """The file holds no message that can be read. What it says quotes nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """A message as it was sent, and what was replied to it without the record."""

    conversation_id: str
    message_id: str
    text: str
    at: datetime
    replies: tuple[Reply, ...]

    def __post_init__(self) -> None:
        words = (self.conversation_id, self.message_id, self.text)
        # What a database would refuse must not look as if the database were away.
        if not all(isinstance(each, str) and each and "\0" not in each for each in words):
            raise ValueError("a spooled message needs a conversation, an id and a text")
        if len(self.message_id) > 64 or self.at.tzinfo is None:
            raise ValueError("a spooled message needs a short id and a time with its zone")


class Spool:
    """The files of one folder, sealed with the newest of the keys."""

    def __init__(self, folder: Path, keys: KeyRing) -> None:
        self.folder = folder
        self._keys = keys

    def keep(self, message: Spooled) -> Spooled:
        """The message as it is kept now, through a power cut too: as it was the first time, if it was
        sent before. OSError when it cannot be kept."""
        path = self.folder / _name(message)
        try:
            return self.read(path)
        except (FileNotFoundError, NotWhole):
            pass
        _make(self.folder)
        self._keys.refresh()
        self._replace(path, _as_json(message))
        return message

    def waiting(self, conversation_id: str | None = None) -> list[Path]:
        """The files of all messages, or of one conversation's, in no order. Only looks at their names."""
        begins = "" if conversation_id is None else _digest(conversation_id)
        try:
            with os.scandir(self.folder) as entries:
                return [Path(each) for each in entries if each.name.startswith(begins) if _is(each)]
        except FileNotFoundError:
            return []

    @property
    def aside(self) -> Path:
        return self.folder / "aside"

    def all_set_aside(self) -> list[Path]:
        """The files that were set aside."""
        return sorted(self.aside.iterdir()) if self.aside.is_dir() else []

    def erase(self, conversation_ids: Iterable[str]) -> int:
        """Remove the files of these conversations, those set aside too; gives back how many. An unfinished
        one goes too."""
        begins = tuple(_digest(each) for each in conversation_ids)
        found = [
            path
            for folder in (self.folder, self.aside)
            if folder.is_dir()
            for path in folder.iterdir()
            if begins and path.name.startswith(begins)
        ]
        for path in found:
            path.unlink(missing_ok=True)
        for folder in {path.parent for path in found}:
            sync(folder)
        return len(found)

    def read(self, path: Path) -> Spooled:
        """The message in that file; NotWhole when it holds none, FileNotFoundError when it is gone."""
        content = path.read_bytes()
        try:
            data = json.loads(self._opened(content.decode("ascii")))
            at = datetime.fromisoformat(data["at"])
            replies = tuple(reply_from_json(each) for each in data["replies"])
            return Spooled(**{**data, "at": at, "replies": replies})
        except (ValueError, KeyError, TypeError, AttributeError):
            raise NotWhole(path.name) from None

    def _opened(self, content: str) -> str:
        # A file from before files were sealed is plain JSON, and is read as it is.
        return content if content.startswith("{") else self._keys.open(content, PLACE)

    def reseal(self) -> Counted:
        """Seal what older keys sealed, or none, with the newest: `readable` files now are."""
        total = Counted()
        for path, content in self._older():
            counted = self._opens(content)
            if counted.readable:
                self._replace(path, self._opened(content))
            total += counted
        return total

    def sealed_before(self) -> Counted:
        """The files that are sealed with an older key than the newest, or with none."""
        return sum((self._opens(content) for _, content in self._older()), Counted())

    def _older(self) -> Iterator[tuple[Path, str]]:
        for folder in (self.folder, self.aside):
            for path in sorted(folder.glob("*")):
                if path.is_file():
                    content = path.read_text(encoding="ascii", errors="replace")
                    if not content.startswith(self._keys.prefix):
                        yield path, content

    def _opens(self, content: str) -> Counted:
        try:
            self._opened(content)
        except Unreadable:
            return Counted(damaged=1)
        return Counted(readable=1)

    def _replace(self, path: Path, text: str) -> None:
        """Have the text in the file, sealed: whole or as it was."""
        unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
        try:
            with created(unfinished) as file:
                file.write(self._keys.seal(text, PLACE).encode("ascii"))
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        sync(path.parent)

    def remove(self, path: Path) -> None:
        """Let go of a message that is in the record."""
        path.unlink(missing_ok=True)

    def set_aside(self, path: Path) -> None:
        """Move the file to the folder `aside`, for an operator. It stays there until its conversation is
        erased, and is taken again when it is moved back."""
        aside = self.aside
        _make(aside)
        os.replace(path, aside / f"{path.name}.{uuid.uuid4().hex}")
        sync(aside)
        sync(self.folder)


def _name(message: Spooled) -> str:
    return f"{_digest(message.conversation_id)}-{_digest(message.message_id)}{ENDING}"


def _digest(id_: str) -> str:
    return hashlib.sha256(id_.encode()).hexdigest()[:32]


def _is(entry: os.DirEntry[str]) -> bool:
    """Whether it is a message's file, and nobody is writing it just now."""
    try:
        return entry.is_file(follow_symlinks=False) and (
            entry.name.endswith(ENDING) or time.time() - entry.stat().st_mtime > UNFINISHED_SECONDS
        )
    except FileNotFoundError:  # renamed or removed since
        return False


def _as_json(message: Spooled) -> str:
    return json.dumps({**as_json(message), "at": message.at.isoformat()})


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync(folder.parent)
