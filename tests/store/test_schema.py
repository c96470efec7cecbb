"""A database comes to this version's tables and back, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bedside import store
from bedside.model import Question, Report
from bedside.store import Database, DatabaseAway, audit, check_current, schema, tables


def tables_of(database):
    return set(sa.inspect(database.engine).get_table_names())


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


def test_audit_lines_from_before_there_was_a_chain_are_chained_as_they_stand(database, now):
    schema.migrate_back(database, "0002")
    told = [
        {"at": now + timedelta(microseconds=number), "clinic_id": "ab"[number % 3 == 0]}
        | {"actor": f"é{number}", "action": "tried", "subject": "x", "detail": {"b": 1, "a": ["é"]}}
        for number in range(2500)
    ]
    with database.writing() as tx:
        tx.execute(sa.table("audit", *(sa.column(c.name, c.type) for c in BEFORE)).insert(), told)
    before = lines(database, *BEFORE)
    schema.migrate(database)
    assert lines(database, *BEFORE) == before
    assert verified(database) == {"a": (1666, None), "b": (834, None)}
    chained = lines(database, *tables.audit.c)
    assert [line.number for line in chained if line.clinic_id == "b"] == list(range(1, 835))
    with database.writing() as tx:
        audit.note(tx, clinic_id="b", by="x", action="tried", subject="x", now=now)
    assert verified(database) == {"a": (1666, None), "b": (835, None)}


def test_the_chain_is_the_same_after_going_back_and_forth(database, now):
    for clinic_id in ("a", "b", "a"):
        with database.writing() as tx:
            for action in ("one", "two"):
                audit.note(tx, clinic_id=clinic_id, by="x", action=action, subject="x", now=now)
    before = lines(database, *tables.audit.c)
    schema.migrate_back(database, "0002")
    assert {column["name"] for column in sa.inspect(database.engine).get_columns("audit")} == {
        column.name for column in BEFORE
    }
    with database.writing() as tx:  # the migration takes its guards with it
        tx.execute(sa.text("UPDATE audit SET subject = 'x'"))
    schema.migrate(database)
    assert lines(database, *tables.audit.c) == before
    assert verified(database) == {"a": (4, None), "b": (2, None)}
    with pytest.raises(DatabaseAway), database.writing() as tx:
        tx.execute(sa.text("DELETE FROM audit"))


# The columns of the audit log before migration 0003.
BEFORE = [
    column for column in tables.audit.c if column.name not in ("number", "previous", "digest")
]


def lines(database, *columns):
    with database.reading() as tx:
        return tx.execute(sa.select(*columns).order_by(tables.audit.c.id)).all()


def verified(database):
    with database.reading() as tx:
        found = [store.verify_audit(tx, each) for each in store.audited_clinics(tx)]
    return {each.clinic_id: (each.number, each.fault) for each in found}


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
