"""A backup's one file: a tar with a manifest first, then the record, then the files of the spool.

Whoever reads one takes nothing on trust: only names that a backup has, only whole files with the digests
that the manifest names, and no path but the one given.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO

from bedside.store.files import created, sync

FORMAT = 1
MANIFEST = "manifest.json"
RECORD = "record"
SPOOL = "spool"
ALLOWED = re.compile(rf"{RECORD}|{SPOOL}/(?:aside/)?[0-9a-f][\w.-]{{0,199}}", re.ASCII)
# A manifest is a few thousand bytes; more is none.
LONGEST_MANIFEST = 64 * 1024 * 1024
AT_ONCE = 1024 * 1024


class NotABackup(Exception):
    """The file is none, is cut off, or was changed; the message is a sentence that says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds. `database` is the kind, `revision` its last migration, `keys` the ids of the
    keys that its values are sealed with, `heads` the number and digest that end each clinic's audit log."""

    made_at: str
    knowledge: str
    database: str
    server: str
    revision: str
    schema: str
    rows: Mapping[str, int]
    heads: Mapping[str, tuple[int, str]]
    keys: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT


def pack(folder: Path, manifest: Manifest, to: Path) -> Manifest:
    """Write the files of `folder` and their manifest into one new file, synced to the disk; gives back the
    manifest with the digests of the files."""
    names = sorted(_names(folder))
    whole = replace(manifest, files={name: digest(folder / name) for name in names})
    (folder / MANIFEST).write_text(json.dumps(asdict(whole), indent=2), encoding="utf-8")
    with created(to) as file, tarfile.open(fileobj=file, mode="w") as tar:
        for name in (MANIFEST, *names):
            tar.add(folder / name, arcname=name, filter=_nobody)
    return whole


def unpack(path: Path, folder: Path) -> Manifest:
    """Put a backup's files into an empty folder, checked against its manifest. NotABackup; OSError when
    the file or the folder cannot be used."""
    with _opened(path) as tar:
        members = iter(tar)
        manifest = _manifest(tar, next(members, None))
        found: dict[str, str] = {}
        for member in members:
            if member.name in found or not member.isreg() or not ALLOWED.fullmatch(member.name):
                raise NotABackup(f"it holds {member.name!r}, which no backup has")
            found[member.name] = _extract(tar, member, folder / member.name)
    missing = sorted(set(manifest.files) - set(found))
    if missing:
        raise NotABackup(f"it is cut off: {missing[0]} is missing")
    for name, value in found.items():
        if manifest.files.get(name) != value:
            raise NotABackup(f"{name} is not what was backed up")
    if RECORD not in found:
        raise NotABackup("it holds no record")
    return manifest


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with open(path, "rb") as file:
        return _copied(file, None)


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, mode="r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError, UnicodeError):
        raise NotABackup("it is cut off, or was never a backup") from None


def _manifest(tar: tarfile.TarFile, first: tarfile.TarInfo | None) -> Manifest:
    if first is None or first.name != MANIFEST or not first.isreg():
        raise NotABackup("it does not begin with a manifest")
    if first.size > LONGEST_MANIFEST:
        raise NotABackup("its manifest is too long")
    try:
        data = json.loads(_file(tar, first).read())
        known = data.get("format") == FORMAT
        heads = {clinic: (int(number), str(end)) for clinic, (number, end) in data["heads"].items()}
        manifest = Manifest(**{**data, "heads": heads, "keys": tuple(data["keys"])})
        dict(manifest.rows), dict(manifest.files)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise NotABackup("its manifest cannot be read") from None
    if not known:
        raise NotABackup(
            "it was made by another version of Bedside, in a format this one cannot read"
        )
    return manifest


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, to: Path) -> str:
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with created(to) as file:
        value = _copied(_file(tar, member), file)
        if file.tell() != member.size:
            raise NotABackup(f"it is cut off within {member.name}")
    sync(to.parent)
    return value


def _file(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(member)
    assert content is not None  # it is a regular file
    return content


def _copied(source: IO[bytes], to: IO[bytes] | None) -> str:
    hashed = hashlib.sha256()
    while piece := source.read(AT_ONCE):
        hashed.update(piece)
        if to is not None:
            to.write(piece)
    return hashed.hexdigest()


def _names(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(folder))


def _nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Who made the backup is nobody's business, and means nothing on another machine."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
