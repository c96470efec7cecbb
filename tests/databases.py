"""The databases that tests run on: made once, then copied or emptied, which takes a tenth of the time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bedside.store import Database, DatabaseAway, schema, tables
from tests.keys import KEYS

POSTGRES = "BEDSIDE_TEST_POSTGRES_URL"


def give_each_worker_its_own() -> None:
    """Where several processes test at once, each has a database of its own on the server."""
    url, worker = os.environ.get(POSTGRES), os.environ.get("PYTEST_XDIST_WORKER")
    if not url or not worker:
        return
    shared = make_url(url)
    own = shared.set(database=f"{shared.database}_{worker}")
    server = Database(url, KEYS)
    try:
        if not server.alone(f"SELECT 1 FROM pg_database WHERE datname = '{own.database}'"):
            server.alone(f'CREATE DATABASE "{own.database}"')
    except DatabaseAway as error:
        pytest.exit(f"{POSTGRES} cannot be shared by several test processes: {error}", 1)
    finally:
        server.engine.dispose()
    os.environ[POSTGRES] = own.render_as_string(hide_password=False)


def migrated_and_empty(url: str) -> Database:
    """The database with the tables of this version and nothing in them."""
    database = Database(url, KEYS)
    if not schema.is_current(database):
        schema.migrate_back(database, "base")
        schema.migrate(database)
    empty(database)
    return database


def empty(database: Database) -> None:
    with without_guards(database) as tx:
        for table in reversed(tables.metadata.sorted_tables):
            tx.execute(table.delete())


@contextmanager
def without_guards(database: Database) -> Iterator[Any]:
    """A transaction in which the audit log can be changed: what the owner of the database can do."""
    with database.writing() as tx:
        if database.engine.dialect.name == "postgresql":
            for table in ("audit", "audit_heads"):
                tx.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            yield tx
            for table in ("audit", "audit_heads"):
                tx.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
            return
        triggers = tx.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for trigger in triggers:
            tx.execute(text(f"DROP TRIGGER {trigger.name}"))
        yield tx
        for trigger in triggers:
            tx.exec_driver_sql(trigger.sql)
