"""A database comes to this version's tables and back, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bedside import store
from bedside.model import Question, Report
from bedside.store import Database, DatabaseAway, audit, check_current, schema, tables
from bedside.store.sealing import Unreadable
from tests.keys import KEYS


def tables_of(database):
    names = sa.inspect(database.engine).get_table_names()
    return {name for name in names if not name.startswith("sqlite_")}


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
        plain = [sa.column(name, sa.JSON()) for name in ("report", "pending")]
        tx.execute(sa.table("conversations", *plain).update().values(report=before, pending=asked))
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
    database = Database(f"sqlite:///{tmp_path / 'new' / 'bedside.db'}", KEYS)
    assert not schema.is_current(database)
    with pytest.raises(DatabaseAway):
        check_current(database)


def test_a_file_that_is_no_database_is_away(tmp_path: Path):
    path = tmp_path / "bedside.db"
    path.write_text("this is no database " * 100)
    with pytest.raises(DatabaseAway):
        check_current(Database(f"sqlite:///{path}", KEYS))


# What is sealed since migration 0004

WORDS = "bruises since the Zwetschgenkuchen"
# Which values hold words, in a row of each table as version 0003 kept it.
PLAIN = {
    "clinics": {"id": "main", "team": "t"},
    "patients": {"id": "p", "clinic_id": "main", "name": WORDS, "contact": None},
    "clinicians": {"id": "n", "clinic_id": "main", "username": "ada", "name": WORDS}
    | {"password_hash": "-"},
    "conversations": {"id": "c", "clinic_id": "main", "patient_id": "p"}
    | {"report": {"words": WORDS}, "pending": None},
    "messages": {"conversation_id": "c", "position": 0, "sender": "patient", "text": WORDS}
    | {"choices": [{"title": "é"}], "state": "answered", "shown": True},
    "mentions": {"message_id": 1, "sign": "s", "start": 0, "end": 1, "text": WORDS, "cue": None}
    | {"assertion": "present", "confidence": 1.0, "found_by": "lexicon"},
    "reports": {"conversation_id": "c", "message_id": 1, "processed_by": "floor"}
    | {"report": {"words": WORDS}, "reasons": [{"words": WORDS}], "advice": []}
    | {"knowledge_version": "1", "model_version": "1"},
    "flags": {"conversation_id": "c", "clinic_id": "main", "urgency": "urgent", "urgency_rank": 3}
    | {"state": "closed", "unprocessed": False, "closed_reason": WORDS},
}
TIMES = ("created_at", "opened_at", "at", "raised_at", "due_at")
MANY = 1202  # more than the migration takes at once


@pytest.fixture
def plain(database, now):
    """A database of version 0003 with a patient's words in it."""
    schema.migrate_back(database, "0003")
    reflected = sa.MetaData()
    reflected.reflect(database.engine)
    with database.writing() as tx:
        for name, row in PLAIN.items():
            table = reflected.tables[name]
            times = {each: now.replace(tzinfo=None) for each in TIMES if each in table.c}
            more = [{}]
            if name == "messages":
                more = [{"id": each, "message_id": f"m{each}"} for each in range(1, MANY + 1)]
            tx.execute(table.insert(), [row | times | each for each in more])
    assert WORDS in stored(database, "messages") and WORDS in stored(database, "flags")
    return database


def test_what_was_plain_before_is_sealed_and_nothing_of_it_stays(plain, tmp_path):
    schema.migrate(plain)
    assert schema.differences(plain) == []
    assert not any(WORDS in stored(plain, name) for name in PLAIN)
    for path in tmp_path.glob("bedside.db*"):
        assert b"Zwetschgenkuchen" not in path.read_bytes()
    for name, row in PLAIN.items():
        found = opened(plain, name)
        assert len(found) == (MANY if name == "messages" else 1)
        assert all({key: each[key] for key in row} == row for each in found)


def test_what_is_sealed_is_plain_again_after_going_back(plain):
    before = {name: stored(plain, name) for name in PLAIN}
    schema.migrate(plain)
    schema.migrate_back(plain, "0003")
    assert {name: stored(plain, name) for name in PLAIN} == before
    assert "keys" not in tables_of(plain)
    schema.migrate(plain)
    assert opened(plain, "patients")[0]["name"] == WORDS


def test_a_value_that_does_not_open_stops_going_back_and_nothing_is_lost(plain):
    schema.migrate(plain)
    with plain.writing() as tx:
        tx.execute(sa.text("UPDATE messages SET text = 'v1.x.x' WHERE message_id = 'm7'"))
    before = stored(plain, "messages")
    with pytest.raises(Unreadable):
        schema.migrate_back(plain, "0003")
    assert stored(plain, "messages") == before
    assert schema.is_current(plain)


def stored(database, name):
    """The table as it lies in the database, in words."""
    reflected = sa.Table(name, sa.MetaData(), autoload_with=database.engine)
    with database.reading() as tx:
        return str(tx.execute(sa.select(reflected).order_by(reflected.c.id)).all())


def opened(database, name):
    with database.reading() as tx:
        return tx.execute(sa.select(tables.metadata.tables[name])).mappings().all()
