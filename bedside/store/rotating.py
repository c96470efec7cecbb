"""Has every value sealed with the newest key, so that an older one can be forgotten.

Some rows at once, each time in a transaction of their own: programs work on meanwhile, and whoever is
killed goes on where it was. What cannot be opened is counted and left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Table, Text, column, or_, select, table

from bedside.store.columns import Sealed
from bedside.store.database import Database, Transaction
from bedside.store.sealing import Counted, KeyRing, Unreadable
from bedside.store.tables import keys, metadata

AT_ONCE = 200


def reseal(
    database: Database, tell: Callable[[str, int], None] = lambda name, done: None
) -> Counted:
    """Seal what older keys sealed with the newest; `readable` of it now is. `tell` hears how far a table
    is. A value that a program is just writing is left: `sealed_before` says whether there are such."""
    total = Counted()
    for each in _sealed_tables():
        counted = sum(_pages(database, each, _resealed), Counted())
        tell(each.name, counted.readable)
        total += counted
    return total


def sealed_before(database: Database) -> Counted:
    """What is sealed with an older key than the newest."""
    pages = (page for each in _sealed_tables() for page in _pages(database, each, _looked_at))
    return sum(pages, Counted())


def _sealed_tables() -> Iterator[Table]:
    """All but the keys' own: the proof of a key is sealed with that key."""
    for each in metadata.sorted_tables:
        if each is not keys and _places(each):
            yield each


def _places(of: Table) -> dict[str, str]:
    return {each.name: each.type.place for each in of.c if isinstance(each.type, Sealed)}


def _pages(
    database: Database, of: Table, work: Callable[[Transaction, Table, Any], Counted]
) -> Iterator[Counted]:
    """What `work` counts in each page of rows that hold a value of an older key."""
    names = list(_places(of))
    raw = table(of.name, column("id", of.c.id.type), *(column(name, Text) for name in names))
    last = None
    while True:
        with database.writing() as tx:
            newest = f"{database.keys.prefix}%"
            wanted = select(raw).where(or_(*(raw.c[name].notlike(newest) for name in names)))
            if last is not None:
                wanted = wanted.where(raw.c.id > last)
            wanted = wanted.order_by(raw.c.id).limit(AT_ONCE).with_for_update(skip_locked=True)
            rows = tx.execute(wanted).all()
            if not rows:
                return
            counted = sum((work(tx, raw, row) for row in rows), Counted())
        last = rows[-1].id
        yield counted


def _resealed(tx: Transaction, raw: Any, row: Any) -> Counted:
    ring: KeyRing = tx.connection.dialect.keys
    opened, counted = _opened(ring, raw, row)
    if opened:
        values = {name: ring.seal(text, f"{raw.name}.{name}") for name, text in opened.items()}
        tx.execute(raw.update().where(raw.c.id == row.id).values(values))
    return counted


def _looked_at(tx: Transaction, raw: Any, row: Any) -> Counted:
    return _opened(tx.connection.dialect.keys, raw, row)[1]


def _opened(ring: KeyRing, raw: Any, row: Any) -> tuple[dict[str, str], Counted]:
    """The row's values of older keys, open, and how many of them opened and did not."""
    opened, damaged = {}, 0
    for name, value in row._mapping.items():
        if name == "id" or value is None or value.startswith(ring.prefix):
            continue
        try:
            opened[name] = ring.open(value, f"{raw.name}.{name}")
        except Unreadable:
            damaged += 1
    return opened, Counted(len(opened), damaged)
