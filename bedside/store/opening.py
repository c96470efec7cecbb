"""From the settings to the record, the spool and the keys that open both.

The key is in a file, or in the environment where the deployment keeps its secrets there. Several lines
are several keys, newest first. The file is made at the first start, and never when there is something
that another key sealed: a new key would open none of it.
"""

from __future__ import annotations

import logging
import os
import secrets
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from bedside.settings import Settings, SettingsError
from bedside.store.database import Database, DatabaseAway, Transaction
from bedside.store.files import created, sync
from bedside.store.keys import keys_in, keys_of
from bedside.store.sealing import KeyRing
from bedside.store.spool import Spool

logger = logging.getLogger(__name__)

SHORTEST_KEY = 32


def open_record(settings: Settings) -> Database:
    """The record with its keys; SettingsError when it is sealed with a key that is not there. A database
    that is away is opened all the same: it may come back."""
    database = Database(settings.database_url, open_keys(settings))
    try:
        missing = _missing(keys_of(database))
    except DatabaseAway as error:
        logger.error("the record's keys are checked when the database is back: %s", error)
        database.check_first(_check_keys)
        missing = ""
    if missing:
        raise SettingsError(
            f"the record is sealed with key {missing}, which is not in {place_of_key(settings)}: "
            "put that key back."
        )
    return database


def open_spool(settings: Settings) -> Spool:
    """The spool with its keys; SettingsError as for the record."""
    return Spool(settings.spool, open_keys(settings))


def open_keys(settings: Settings) -> KeyRing:
    """The deployment's keys, made if this is its first start; SettingsError when they cannot be used."""
    # Asked again at the end: another program may just be making the first start of all.
    if not has_key(settings) and _is_sealed(settings) and not has_key(settings):
        raise SettingsError(
            f"there are data, and the key that opens them is not in {place_of_key(settings)}: "
            "put it back."
        )
    if not has_key(settings):
        _make_key(settings.key_file)

    def reread() -> Sequence[str]:
        try:
            return read_keys(settings)
        except (OSError, SettingsError):
            logger.error("the key file cannot be read any more; the keys read before are used")
            return ()

    return KeyRing(read_keys(settings), reread=reread)


def read_keys(settings: Settings) -> tuple[str, ...]:
    """The secrets, newest first; SettingsError when one cannot be a key, or others may read them."""
    place = place_of_key(settings)
    if settings.keys:
        found = settings.keys
    else:
        if stat.S_IMODE(settings.key_file.stat().st_mode) & 0o077:
            raise SettingsError(f"others than its owner may read {place}: take that right away.")
        found = tuple(settings.key_file.read_text(encoding="utf-8").split())
    if not found or any(len(each) < SHORTEST_KEY for each in found):
        raise SettingsError(
            f"{place} holds a key of fewer than {SHORTEST_KEY} characters, or none."
        )
    return found


def write_keys(path: Path, keys: Sequence[str]) -> None:
    """Have these keys in the file, through a power cut too: the old ones or the new ones, whole."""
    mine = _written(path, keys)
    os.replace(mine, path)
    sync(path.parent)


def new_key() -> str:
    return secrets.token_hex(32)


def place_of_key(settings: Settings) -> str:
    """What a sentence calls the place of the keys."""
    return "BEDSIDE_KEY" if settings.keys else f"the key file {settings.key_file}"


def _missing(keys: Mapping[str, bool]) -> str:
    """The keys that the ring lacks, for a sentence; empty when it opens all."""
    return ", ".join(id_ for id_, opens in keys.items() if not opens)


def _check_keys(tx: Transaction) -> None:
    """DatabaseAway when the record is sealed with a key that is not there: nothing may be written to it
    with another."""
    if missing := _missing(keys_in(tx)):
        raise DatabaseAway(
            f"it is sealed with key {missing}, which is not there: put that key back"
        )


def has_key(settings: Settings) -> bool:
    """Whether the deployment has a key, in its file or in the environment."""
    return bool(settings.keys) or settings.key_file.exists()


def _spooled(settings: Settings) -> bool:
    return bool(Spool(settings.spool, KeyRing(())).waiting())


def _is_sealed(settings: Settings) -> bool:
    """Whether the record or the spool holds what a key that is gone may have sealed."""
    if _spooled(settings):
        return True
    database = Database(settings.database_url, KeyRing(()))
    try:
        return bool(keys_of(database))
    except DatabaseAway as error:
        raise SettingsError(
            f"there is no key in {place_of_key(settings)}, and the database does not say whether it "
            f"needs one: {error}."
        ) from error
    finally:
        database.engine.dispose()


def _make_key(path: Path) -> None:
    """Two programs may start at once: each writes its own file and the first link wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = _written(path, [new_key()])
    try:
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink()
    sync(path.parent)


def _written(path: Path, keys: Sequence[str]) -> Path:
    mine = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with created(mine) as file:
        file.write("".join(f"{key}\n" for key in keys).encode("ascii"))
    return mine
