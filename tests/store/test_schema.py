"""A database comes to this version's tables and back, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect

from bedside.store import Database, DatabaseAway, check_current, schema


def tables_of(database):
    return set(inspect(database.engine).get_table_names())


def test_the_migrations_make_the_tables_of_this_version(database):
    assert schema.differences(database) == []
    assert schema.is_current(database)
    check_current(database)


def test_the_migrations_go_back_and_forth(database):
    schema.migrate_back(database, "base")
    assert tables_of(database) <= {"alembic_version"}
    with pytest.raises(DatabaseAway, match="migrate it first"):
        check_current(database)
    schema.migrate(database)
    assert schema.differences(database) == []


def test_migrating_again_changes_nothing(database):
    before = tables_of(database)
    schema.migrate(database)
    assert tables_of(database) == before


def test_a_database_without_tables_is_not_current(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'new' / 'bedside.db'}")
    assert not schema.is_current(database)
    with pytest.raises(DatabaseAway):
        check_current(database)


def test_a_file_that_is_no_database_is_away(tmp_path: Path):
    path = tmp_path / "bedside.db"
    path.write_text("this is no database " * 100)
    with pytest.raises(DatabaseAway):
        check_current(Database(f"sqlite:///{path}"))
