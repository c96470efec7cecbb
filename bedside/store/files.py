"""Files and folders that survive a power cut, and folders of one's own."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


@contextmanager
def created(path: Path) -> Iterator[IO[bytes]]:
    """A new file for its owner alone, whose content is on the disk at the end; FileExistsError."""
    with open(path, "xb", opener=_private) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Have the folder's names on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def workshop(beside: Path, name: str) -> Iterator[Path]:
    """A folder for its owner alone, gone at the end. What a process of the same name left behind when it
    was killed goes at the beginning."""
    beside.mkdir(parents=True, exist_ok=True)
    for dead in beside.glob(f".{name}.*"):
        if dead.is_dir():
            with held(dead) as is_free:
                if is_free:
                    shutil.rmtree(dead)
    mine = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=beside))
    try:
        with held(mine):
            yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Whether nobody else holds the folder; if so, it is held meanwhile. A dead process holds nothing."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _private(name: Any, flags: int) -> int:
    return os.open(name, flags, 0o600)
