"""`migrate`: the database as this version needs it."""

from __future__ import annotations

import argparse

from bedside.store import ensure_clinic, schema, utc_now
from bedside.store.commands.opening import Commands, Record


def add_to(commands: Commands) -> None:
    migrating = commands.add_parser("migrate", help="bring the database to this version's tables")
    migrating.set_defaults(run=_migrate)


def _migrate(given: argparse.Namespace, record: Record) -> None:
    schema.migrate(record.database)
    with record.database.writing() as tx:
        ensure_clinic(tx, record.clinic, now=utc_now())
    record.settings.make_database_private()
