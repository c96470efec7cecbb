"""`migrate`, `add-clinic` and `grants`: the database as this version and its programs need it."""

from __future__ import annotations

import argparse
from pathlib import Path

from bedside.knowledge import load
from bedside.knowledge.responses import region_of
from bedside.settings import read_clinic
from bedside.store import add_clinic, check_current, ensure_clinic, granting, schema, utc_now
from bedside.store.commands.opening import OPERATOR, Commands, Record, Refused


def add_to(commands: Commands) -> None:
    migrating = commands.add_parser("migrate", help="bring the database to this version's tables")
    migrating.set_defaults(run=_migrate)
    adding = commands.add_parser("add-clinic", help="have the clinic of another clinic.yml too")
    adding.add_argument("file", type=Path, metavar="FILE", help="like clinic.yml")
    adding.set_defaults(run=_add_clinic)
    granting = commands.add_parser(
        "grants", help="print what a PostgreSQL role needs to run the programs, and no more"
    )
    granting.add_argument("role", metavar="ROLE", help="a role that owns nothing")
    granting.add_argument("--do-it", action="store_true", help="give it what is otherwise printed")
    granting.set_defaults(run=_grants)


def _migrate(given: argparse.Namespace, record: Record) -> None:
    schema.migrate(record.database)
    with record.database.writing() as tx:
        ensure_clinic(tx, record.clinic, now=utc_now())
    record.settings.make_database_private()


def _add_clinic(given: argparse.Namespace, record: Record) -> None:
    check_current(record.database)
    clinic = read_clinic(given.file)
    region_of(clinic, load())
    with record.database.writing() as tx:
        if not add_clinic(tx, clinic, by=OPERATOR, now=utc_now()):
            raise Refused(f"There is a clinic {clinic.id!r} already")
    print(f"The record knows the clinic {clinic.id!r} now.")
    print("Programs and commands serve it when BEDSIDE_CLINIC_FILE names this file.")


def _grants(given: argparse.Namespace, record: Record) -> None:
    check_current(record.database)
    if record.database.engine.dialect.name == "sqlite":
        raise Refused("SQLite has no roles: who may write to its file may do anything with it")
    with record.database.writing() as tx:
        statements = granting.grants(tx, given.role)
        if given.do_it:
            unfit = granting.unfit(tx, given.role)
            if unfit is not None:
                raise Refused(unfit)
            for statement in statements:
                tx.exec_driver_sql(statement)
    print(*(f"{each};" for each in statements), sep="\n")
    print("Given." if given.do_it else "Nothing was given: --do-it gives it.")
