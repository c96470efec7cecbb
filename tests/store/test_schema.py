"""A database comes to this version's tables and back, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect

from bedside import store
from bedside.model import Question, Report
from bedside.store import Database, DatabaseAway, check_current, schema, tables


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


def test_a_conversation_from_before_reports_had_dates_is_still_read(database, clinic, now):
    with database.writing() as tx:
        store.ensure_clinic(tx, clinic, now=now)
        opened = store.open_conversation(tx, clinic_id=clinic.id, now=now)
    before = {"mentions": [], "findings": [], "details": [], "answers": {"fever": "no"}}
    asked = {"id": "fever", "about": "fever", "text": "Hot?", "choices": [], "attempt": 1}
    schema.migrate_back(database, "0001")
    with database.writing() as tx:
        tx.execute(tables.conversations.update().values(report=before, pending=asked))
    schema.migrate(database)
    with database.writing() as tx:
        conversation = store.lock(tx, opened.id)
    assert conversation.report == Report(answers={"fever": "no"})
    assert conversation.pending == Question(id="fever", about=("fever",), text="Hot?")


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
