"""The key that the records of the tests are sealed with."""

from __future__ import annotations

from pathlib import Path

from bedside.store import KeyRing
from bedside.store.opening import write_keys

SECRET = "not a secret: the key of the tests alone"
KEYS = KeyRing([SECRET.replace(" ", "-")])


def write_key(folder: Path) -> None:
    """Have programs whose `BEDSIDE_VAR` is this folder use the same key."""
    folder.mkdir(exist_ok=True)
    write_keys(folder / "key", [SECRET.replace(" ", "-")])
