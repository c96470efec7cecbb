"""The audit log is a chain for each clinic, which grows at its end and nowhere else."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from sqlalchemy import select, text

from bedside import store
from bedside.settings import ROOT
from bedside.store import Database, DatabaseAway, audit, tables
from bedside.store import database as module
from bedside.store.audit import GENESIS, digest_of
from tests.keys import KEYS

ADDED_ONLY = "audit lines are added|an audit line follows"


def note(record, *words, clinic_id="main", by="operator"):
    with record.database.writing() as tx:
        note_in(tx, record, *words, clinic_id=clinic_id, by=by)


def note_in(tx, record, *words, clinic_id="main", by="operator"):
    for word in words:
        audit.note(
            tx,
            clinic_id=clinic_id,
            by=by,
            action="tried",
            subject=f"clinic:{clinic_id}",
            now=record.clock(),
            word=word,
        )


def lines(record, clinic_id="main"):
    with record.database.reading() as tx:
        wanted = select(tables.audit).where(tables.audit.c.clinic_id == clinic_id)
        return tx.execute(wanted.order_by(tables.audit.c.number)).all()


def fault(record, clinic_id="main"):
    with record.database.reading() as tx:
        return store.verify_audit(tx, clinic_id).fault


def test_each_line_has_the_next_number_and_the_digest_of_the_line_before_it(record):
    record.tell(record.open(), "I have bruises on my legs")
    note(record, "one", "two")
    told = lines(record)
    assert [row.number for row in told] == list(range(1, len(told) + 1))
    assert told[0].previous == GENESIS
    assert all(after.previous == before.digest for before, after in pairwise(told))
    assert all(row.digest == digest_of(row._mapping) for row in told)
    assert fault(record) is None


def test_a_digest_covers_all_that_a_line_says(now):
    line = {
        "clinic_id": "main",
        "number": 7,
        "at": now,
        "actor": "operator",
        "action": "tried",
        "subject": "clinic:main",
        "detail": {"b": 1, "a": ["é", None]},
        "previous": GENESIS,
    }
    # Never changes, or no log that was written before could be checked.
    canonical = (
        '["main",7,"2026-11-25T10:00:00.000000Z","operator","tried","clinic:main",'
        f'{{"a":["\\u00e9",null],"b":1}},"{GENESIS}"]'
    )
    assert digest_of(line) == hashlib.sha256(canonical.encode()).hexdigest()
    others = {
        "clinic_id": "other",
        "number": 8,
        "at": now + timedelta(microseconds=1),
        "actor": "operato",
        "action": "ried",
        "subject": "",
        "detail": {},
        "previous": "1" * 64,
    }
    assert len({digest_of(line | {key: other}) for key, other in others.items()}) == len(line)
    elsewhere = now.astimezone(timezone(timedelta(hours=5)))
    assert digest_of(line | {"at": elsewhere}) == digest_of(line)
    assert digest_of(line | {"detail": {"a": ["é", None], "b": 1}}) == digest_of(line)


@pytest.mark.parametrize(
    "detail", [{}, {"a": (1, 2.5)}, {"a": {10: "x", 9: "y"}}, {"é😀": "\u202e"}, {"a": 1e-9}]
)
def test_a_line_has_the_same_digest_when_it_is_read_again(record, detail):
    at = datetime(2026, 11, 25, 10, 0, 0, 1, tzinfo=timezone(timedelta(hours=-3)))
    with record.database.writing() as tx:
        audit.note(tx, clinic_id="main", by="é", action="a", subject="b", now=at, **detail)
    assert fault(record) is None


def test_each_clinic_has_a_chain_of_its_own(record):
    note(record, "one", clinic_id="main")
    with record.database.writing() as tx:
        note_in(tx, record, "two", clinic_id="other")
        note_in(tx, record, "three", clinic_id="main")
        note_in(tx, record, "four", clinic_id="other")
    assert [(row.number, row.detail["word"]) for row in lines(record)] == [(1, "one"), (2, "three")]
    assert [row.detail["word"] for row in lines(record, "other")] == ["two", "four"]
    assert fault(record) is None and fault(record, "other") is None


def test_a_transaction_that_is_undone_leaves_no_gap(record):
    note(record, "one")
    with pytest.raises(KeyError):
        undone(record)
    note(record, "three")
    assert [(row.number, row.detail["word"]) for row in lines(record)] == [(1, "one"), (2, "three")]
    assert fault(record) is None


def undone(record):
    with record.database.writing() as tx:
        note_in(tx, record, "two")
        raise KeyError


def test_a_transaction_that_only_reads_takes_no_line(record):
    with record.database.reading() as tx, pytest.raises(ValueError, match="only reads"):
        note_in(tx, record, "lost")


def test_all_lines_of_a_transaction_are_two_statements(record):
    note(record, "the first makes the head")
    with record.statements() as counted:
        note(record, "one", "two", "three")
    assert counted == {"statements": 2, "commits": 1}


def test_threads_that_write_at_once_keep_the_chain_whole(record, at_once):
    def write(word):
        for _ in range(12):
            note(record, word, word)
        return word

    assert at_once(*[lambda word=word: write(word) for word in "abc"]) == ["a", "b", "c"]
    assert [row.number for row in lines(record)] == list(range(1, 3 * 12 * 2 + 1))
    assert fault(record) is None


def test_transactions_that_begin_a_clinics_chain_at_once_make_one(record, at_once):
    at_once(*[lambda: note(record, "first", clinic_id="new")] * 4)
    assert [row.number for row in lines(record, "new")] == [1, 2, 3, 4]
    assert fault(record, "new") is None


WRITER = """
import sys
from bedside.store import Database, KeyRing, audit, utc_now

database = Database(sys.argv[1], KeyRing(["no line of the log is sealed"]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    with database.writing() as tx:
        for _ in range(1 + number % 3):
            audit.note(tx, clinic_id="main", by=sys.argv[2], action="tried", subject="x", now=utc_now())
"""


def test_two_programs_that_write_at_once_keep_the_chain_whole(record, database_url):
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, database_url, name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for program in programs:
        program.stdout.readline()
    for program in programs:
        program.stdin.write("go\n")
        program.stdin.flush()
    for program in programs:
        program.communicate(timeout=30)
    assert [program.returncode for program in programs] == [0, 0]
    written = [row.actor for row in lines(record)]
    assert written.count("one") == written.count("two") == len(written) / 2 == 49
    assert fault(record) is None


def test_who_has_noted_something_holds_up_nobody_until_the_end(record):
    if not record.is_postgresql:
        pytest.skip("SQLite has one writer at a time")
    with record.database.writing() as tx:
        note_in(tx, record, "noted first, written last")
        note(record, "noted last, written first")
    assert [row.detail["word"].split()[1] for row in lines(record)] == ["last,", "first,"]
    assert fault(record) is None


def test_a_writer_that_was_lost_with_the_head_holds_up_nobody_for_long(record, monkeypatch):
    """A machine that vanishes closes no connection; one that is killed does."""
    if not record.is_postgresql:
        pytest.skip("a file's lock ends with its process")
    note(record, "one")
    monkeypatch.setattr(module, "SILENT_SECONDS", 1)
    lost = Database(database_url_of(record.database), KEYS)

    def hold():
        with lost.writing() as tx:
            audit._locked_head(tx, "main")
            note(record, "two")  # waits for three seconds at most
            tx.execute(text("SELECT 1"))

    with pytest.raises(DatabaseAway):
        hold()
    lost.engine.dispose()
    assert [row.detail["word"] for row in lines(record)] == ["one", "two"]


def test_no_two_wait_for_each_others_conversation_and_line(record):
    """One has noted and then wants a conversation; the other has the conversation and then notes."""
    if not record.is_postgresql:
        pytest.skip("SQLite has one writer at a time")
    conversation_id = record.open()
    ended = []

    def one():
        with record.database.writing() as tx:
            note_in(tx, record, "one")
            store.lock(tx, conversation_id)
        ended.append("one")

    thread = threading.Thread(target=one, daemon=True)
    with record.database.writing() as tx:
        store.lock(tx, conversation_id)
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        note_in(tx, record, "two")
    ended.append("two")
    thread.join(5)
    assert sorted(ended) == ["one", "two"]
    assert fault(record) is None


LINE = """INSERT INTO audit (at, clinic_id, actor, action, subject, detail, number, previous, digest)
    VALUES ('2026-11-25 10:00:00', 'main', 'x', 'x', 'x', '{}', """


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'nobody'",
        "UPDATE audit SET detail = '{}' WHERE number = 1",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE number = 2",
        f"{LINE} 7, '{GENESIS}', '{GENESIS}')",
        f"{LINE} 3, '{GENESIS}', '{GENESIS}')",
        f"{LINE} 2, '{GENESIS}', '{GENESIS}')",
        "DELETE FROM audit_heads",
        "UPDATE audit_heads SET number = 1",
        "UPDATE audit_heads SET number = 3",
        f"UPDATE audit_heads SET digest = '{GENESIS}'",
        "UPDATE audit_heads SET clinic_id = 'other'",
        f"INSERT INTO audit_heads VALUES ('other', 3, '{GENESIS}')",
    ],
)
def test_the_database_refuses_what_is_not_a_line_after_the_last(record, statement):
    note(record, "one", "two")
    before = record.everything()
    with pytest.raises(DatabaseAway), record.database.writing() as tx:
        tx.exec_driver_sql(statement)
    assert record.everything() == before
    note(record, "three")
    assert fault(record) is None


@pytest.mark.parametrize("table", ["audit", "audit_heads"])
def test_postgresql_refuses_to_empty_the_log(record, table):
    if not record.is_postgresql:
        pytest.skip("SQLite has no TRUNCATE")
    note(record, "one")
    with pytest.raises(DatabaseAway, match=ADDED_ONLY), record.database.writing() as tx:
        tx.execute(text(f"TRUNCATE {table}"))
    assert len(lines(record)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        LINE.replace("INSERT", "INSERT OR REPLACE") + f"1, '{GENESIS}', '{GENESIS}')",
        "INSERT OR REPLACE INTO audit SELECT id, at, clinic_id, 'x', action, subject, detail,"
        " number + 1, digest, digest FROM audit WHERE number = 2",
        f"INSERT OR REPLACE INTO audit_heads VALUES ('main', 0, '{GENESIS}')",
        "UPDATE OR REPLACE audit SET number = 2 WHERE number = 1",
    ],
)
def test_sqlite_refuses_to_put_a_line_in_the_place_of_another(record, statement):
    if record.is_postgresql:
        pytest.skip("PostgreSQL has no REPLACE")
    note(record, "one", "two")
    before = record.everything()
    with pytest.raises(DatabaseAway, match=ADDED_ONLY), record.database.writing() as tx:
        tx.exec_driver_sql(statement)
    assert record.everything() == before


def test_postgresql_refuses_to_put_a_line_in_the_place_of_another(record):
    if not record.is_postgresql:
        pytest.skip("for PostgreSQL's ON CONFLICT")
    note(record, "one", "two")
    replaced = f"{LINE} 2, 'x', 'x') ON CONFLICT (clinic_id, number) DO UPDATE SET actor = 'x'"
    with pytest.raises(DatabaseAway, match=ADDED_ONLY), record.database.writing() as tx:
        tx.exec_driver_sql(replaced)


def database_url_of(database):
    return database.engine.url.render_as_string(hide_password=False)


@pytest.fixture
def database_url(database):
    return database_url_of(database)
