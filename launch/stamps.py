"""Whether an installation still fits the files it was made from; decided by digest, never by date.

Standard library only, Python 3.8.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def digest_of(files: Iterable[Path], root: Path = ROOT) -> str:
    """One digest over names and contents, the same on every machine."""
    total = hashlib.sha256()
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(root).as_posix()} {content}\n".encode())
    return total.hexdigest()


def shown(path: Path) -> str:
    """The path as an operator in the project's folder would write it."""
    return str(path.relative_to(ROOT) if ROOT in path.parents else path)


def is_stamped(stamp: Path, digest: str) -> bool:
    try:
        return stamp.read_text(encoding="ascii") == digest
    except (OSError, UnicodeDecodeError):
        return False


def put_stamp(stamp: Path, digest: str) -> None:
    stamp.write_text(digest, encoding="ascii")
