"""Brings a database to the tables of this version, and says whether it has them."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bedside.store.database import Database, DatabaseAway, Transaction
from bedside.store.erasing import overwrite
from bedside.store.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"
# The migration that seals what was plain before.
SEALS = "0004"


def migrate(database: Database, to: str = "head") -> None:
    """Run the migrations up to `to`, all in one transaction."""
    with database.writing(remakes_tables=True) as tx:
        before = MigrationContext.configure(tx.connection).get_current_revision()
        command.upgrade(_config(tx.connection), to)
        _check_references(tx)
        after = MigrationContext.configure(tx.connection).get_current_revision()
    if before is not None and before < SEALS <= after:
        overwrite(database)  # else the pages that it freed keep what was plain


def migrate_back(database: Database, to: str) -> None:
    """Undo the migrations down to `to`; `base` undoes all."""
    with database.writing(remakes_tables=True) as tx:
        command.downgrade(_config(tx.connection), to)
        _check_references(tx)


def newest() -> str:
    """The last migration of this version."""
    return str(ScriptDirectory.from_config(_config(None)).get_current_head())


def knows(revision: str) -> bool:
    """Whether this version has the migration, so that it can come from there to the newest."""
    scripts = ScriptDirectory.from_config(_config(None)).walk_revisions()
    return revision in {script.revision for script in scripts}


def is_current(database: Database) -> bool:
    """Whether the database has the newest migration."""
    with database.reading() as tx:
        return bool(MigrationContext.configure(tx.connection).get_current_revision() == newest())


def check_current(database: Database) -> None:
    """DatabaseAway unless the database can be read and has the newest migration."""
    if not is_current(database):
        raise DatabaseAway("the database does not have this version's tables: migrate it first")


def differences(database: Database) -> list[object]:
    """Where the tables of a migrated database differ from those of tables.py; none if all is well."""
    with database.reading() as tx:
        ours = {"include_name": lambda name, kind, parents: not str(name).startswith("sqlite_")}
        return list(
            compare_metadata(MigrationContext.configure(tx.connection, opts=ours), metadata)
        )


def _check_references(tx: Transaction) -> None:
    """A table that SQLite made again must have kept its rows for those that name them."""
    if tx.connection.dialect.name != "sqlite":
        return
    if lost := tx.exec_driver_sql("PRAGMA foreign_key_check").all():
        raise DatabaseAway(f"the migration would lose what {len(lost)} rows refer to")


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
