"""`rotate-key`: a new key, everything sealed with it, and at last the old one forgotten."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bedside.store import check_current, open_spool, utc_now
from bedside.store.commands.opening import Commands, Record, Refused
from bedside.store.files import held
from bedside.store.indexing import reindex
from bedside.store.keys import forget_others, keys_of, register
from bedside.store.opening import new_key, place_of_key, read_keys, write_keys
from bedside.store.rotating import reseal, sealed_before
from bedside.store.sealing import Counted


def add_to(commands: Commands) -> None:
    rotating = commands.add_parser(
        "rotate-key", help="seal everything with a new key, while the programs run"
    )
    rotating.add_argument(
        "--forget-old", action="store_true", help="take out the old keys, once nothing needs them"
    )
    rotating.set_defaults(run=_rotate)


def _rotate(given: argparse.Namespace, record: Record) -> None:
    check_current(record.database)
    with _alone(record.settings.var):
        if given.forget_old:
            _forget_old(record)
        else:
            _seal_anew(record)


def _seal_anew(record: Record) -> None:
    """Add a key, unless an earlier rotation was cut short: then go on with it."""
    newest = record.database.keys.ids[0]
    if newest in keys_of(record.database) and not _before(record).readable:
        _add_key(record)
    newest = record.database.keys.ids[0]
    with record.database.writing() as tx:
        if register(tx, record.database.keys, now=utc_now()):
            record.note(tx, "key.added", f"key:{newest}")
    print(f"Sealing with key {newest}.")
    counted = reseal(record.database, tell=lambda name, done: print(f"  {name}: {done}"))
    counted += open_spool(record.settings).reseal()  # opened now: it knows the new key
    print(f"  words of messages: {reindex(record.database)}")
    left = _before(record).readable
    print(f"Values that are sealed with it now and were not: {counted.readable}.")
    _tell_damaged(counted.damaged)
    if left:
        raise Refused(f"{left} values were being written meanwhile: call rotate-key again")
    print("Copy the key file to where you keep it, then call: rotate-key --forget-old")


def _add_key(record: Record) -> None:
    settings, before = record.settings, record.database.keys.ids
    if settings.keys:
        raise Refused(
            "The keys are in BEDSIDE_KEY: put a new one before the others there "
            "(64 random digits, 0 to 9 and a to f), start the programs again, and call this again"
        )
    write_keys(settings.key_file, [new_key(), *read_keys(settings)])
    record.database.keys.refresh()
    if record.database.keys.ids[1:] != before:
        raise Refused(f"Somebody else has changed {place_of_key(settings)} just now: look at it")


def _forget_old(record: Record) -> None:
    newest, *old = record.database.keys.ids
    if not old:
        raise Refused(f"There is one key, {newest}, and nothing to forget")
    left = _before(record)
    if left.readable or newest not in keys_of(record.database):
        raise Refused(
            f"{left.readable} values are still sealed with an older key: call rotate-key first"
        )
    reindex(record.database)  # an interrupted rotation may have left it to do
    with record.database.writing() as tx:
        forget_others(tx, newest)
        for each in old:
            record.note(tx, "key.forgotten", f"key:{each}")
    if record.settings.keys:
        print(f"Nothing needs any key but {newest}: take the others out of BEDSIDE_KEY.")
    else:
        write_keys(record.settings.key_file, read_keys(record.settings)[:1])
        print(f"The only key is {newest} now.")
    _tell_damaged(left.damaged)


def _before(record: Record) -> Counted:
    return sealed_before(record.database) + open_spool(record.settings).sealed_before()


def _tell_damaged(damaged: int) -> None:
    if damaged:
        print(f"Values that no key here opens, left as they are: {damaged}.")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two who add a key at once would lose one; Refused while another rotates."""
    with held(folder) as is_free:
        if not is_free:
            raise Refused("Another rotate-key is running")
        yield
