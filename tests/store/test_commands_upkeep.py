"""The commands that keep the record running: clinics, the programs' role, the spool, old reports."""

from __future__ import annotations

import dataclasses

import pytest

from bedside import store
from bedside.model import Reply, Urgency
from bedside.settings import ROOT
from bedside.store import Database, schema, tables
from bedside.store.commands import reassessing
from tests.conftest import MARKER
from tests.keys import KEYS

WORDS = f"I have bruises on my legs and {MARKER}"
ROLE = "bedside_programs_of_a_test"


# Clinics


@pytest.fixture
def second_clinic(tmp_path):
    text = (ROOT / "tests" / "clinic.yml").read_text(encoding="utf-8")
    path = tmp_path / "second.yml"
    path.write_text(text.replace("id: main", "id: second"), encoding="utf-8")
    return path


def test_a_second_clinic_is_added_once_and_noted_in_its_own_log(record, operate, second_clinic):
    code, said, _ = operate("add-clinic", str(second_clinic))
    assert code == 0 and "knows the clinic 'second' now" in said
    line = record.rows("audit")[-1]
    assert (line.clinic_id, line.number, line.action) == ("second", 1, "clinic.added")
    assert operate("add-clinic", str(second_clinic)) == (
        1,
        "",
        "There is a clinic 'second' already.\n",
    )


def test_a_file_that_describes_no_clinic_adds_none(record, operate, tmp_path):
    (tmp_path / "bad.yml").write_text("id: x\n")
    code, _, problem = operate("add-clinic", str(tmp_path / "bad.yml"))
    assert code == 1 and "lacks the key" in problem
    assert "No such file" in operate("add-clinic", str(tmp_path / "none.yml"))[2]
    assert [row.id for row in record.rows("clinics")] == ["main"]


# The programs' role


@pytest.fixture
def role(record):
    """A role that owns nothing; gives back its address."""
    if not record.is_postgresql:
        pytest.skip("SQLite has no roles")
    try:
        record.database.alone(f"CREATE ROLE {ROLE} LOGIN PASSWORD 'x'")
    except store.DatabaseAway as error:
        pytest.skip(f"this role may not make another: {error}")
    url = record.database.engine.url.set(username=ROLE, password="x")
    yield url.render_as_string(hide_password=False)
    record.database.alone(f"DROP OWNED BY {ROLE}", f"DROP ROLE {ROLE}")


def test_the_programs_role_runs_a_turn_and_changes_no_line_of_the_log(record, role, operate):
    code, said, problem = operate("grants", ROLE, "--do-it")
    assert (code, problem) == (0, "") and said.endswith("Given.\n")
    owner = record.database
    record.database = Database(role, KEYS)
    try:
        schema.migrate(record.database)  # as `make run` does: there is nothing to do
        record.tell(record.open(), "I have bruises on my legs")
        record.close(record.rows("conversations")[0].id)
        for statement in (
            "UPDATE audit SET actor = 'x'",
            "DELETE FROM audit",
            "TRUNCATE audit",
            "TRUNCATE audit_heads CASCADE",
            "DELETE FROM audit_heads",
            "UPDATE audit_heads SET number = 1",
            "ALTER TABLE audit DISABLE TRIGGER USER",
            "DROP TRIGGER audit_only_added ON audit",
            "DROP FUNCTION audit_refuses CASCADE",
            "CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN NULL; END'",
            "SET session_replication_role = replica",
            "DROP TABLE audit_heads",
            "UPDATE alembic_version SET version_num = '0002'",
            # A table of one's own does not stand before the real one.
            "CREATE TEMP TABLE audit AS SELECT clinic_id, 99 AS number, digest AS previous,"
            " digest FROM public.audit; UPDATE audit_heads SET number = number + 1",
        ):
            with pytest.raises(store.DatabaseAway), record.database.writing() as tx:
                tx.exec_driver_sql(statement)
    finally:
        record.database.engine.dispose()
        record.database = owner
    with owner.reading() as tx:
        assert store.verify_audit(tx, "main").fault is None


def test_what_a_role_had_beyond_is_taken_from_it(record, role, operate):
    record.database.alone(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}")
    assert operate("grants", ROLE, "--do-it")[0] == 0
    with pytest.raises(store.DatabaseAway), Database(role, KEYS).writing() as tx:
        tx.exec_driver_sql("DELETE FROM audit")


def test_grants_are_only_printed_unless_asked(record, role, operate):
    code, said, _ = operate("grants", ROLE)
    assert code == 0 and f'GRANT SELECT, INSERT ON "public".audit TO "{ROLE}";' in said
    with pytest.raises(store.DatabaseAway), Database(role, KEYS).reading() as tx:
        tx.execute(tables.audit.select())


def test_a_role_that_could_lift_the_guards_is_refused(record, operate):
    if not record.is_postgresql:
        assert "SQLite has no roles" in operate("grants", ROLE)[2]
        return
    owner = record.database.engine.url.username
    code, _, problem = operate("grants", owner, "--do-it")
    assert code == 1 and ("superuser" in problem or "owns the tables" in problem)
    assert "make it first" in operate("grants", 'nobody"; DROP TABLE audit', "--do-it")[2]
    assert schema.is_current(record.database)


# The spool


def spooled(conversation_id, now, **values):
    told = {"message_id": "m1", "text": WORDS, "at": now, "replies": ()}
    return store.Spooled(conversation_id=conversation_id, **{**told, **values})


def test_the_spool_is_listed_without_words_and_a_file_is_shown_with_an_audit_line(
    record, operate, spool
):
    conversation_id = record.open()
    spool.keep(spooled("gone", record.clock()))
    spool.set_aside(*spool.waiting())
    spool.keep(spooled(conversation_id, record.clock()))
    code, said, _ = operate("show-spooled")
    assert code == 0 and MARKER not in said
    assert f"waiting, sent 2026-11-25 10:00 UTC, conversation {conversation_id}" in said
    assert "Files of the spool: 2, of them set aside: 1" in said
    (aside,) = spool.aside.iterdir()
    code, said, _ = operate("show-spooled", aside.name)
    assert code == 0 and f"Patient: {WORDS}" in said
    line = record.rows("audit")[-1]
    assert (line.action, line.subject) == ("message.shown", "conversation:gone")
    assert MARKER not in repr(line)


def test_a_file_that_is_not_whole_or_not_there_is_not_shown(record, operate, spool):
    spool.keep(spooled("gone", record.clock()))
    (path,) = spool.waiting()
    path.write_text("half a")
    assert "holds no whole message" in operate("show-spooled")[1]
    assert "holds no whole message" in operate("show-spooled", path.name)[2]
    assert "The spool has no file" in operate("show-spooled", "../key")[2]


def test_an_empty_spool_is_listed_as_empty(operate):
    assert operate("show-spooled")[1] == "Files of the spool: 0, of them set aside: 0\n"


# Old reports


def test_old_reports_give_the_same_again(record, operate):
    conversation_id = record.open()
    record.tell(conversation_id, WORDS)
    record.tell(conversation_id, "no fever, but my gums bleed")
    code, said, _ = operate("reassess", conversation_id)
    assert code == 0
    assert said.splitlines() == ["2026-11-25 10:00 UTC, by the assistant: same"] * 2
    line = record.rows("audit")[-1]
    assert (line.action, line.subject) == (
        "reports.reassessed",
        f"conversation:{conversation_id}",
    )
    assert operate("reassess", "nobody")[0] == 1


def test_a_report_that_todays_knowledge_sees_otherwise_names_both_versions(
    record, operate, monkeypatch, knowledge
):
    conversation_id = record.open()
    record.tell(conversation_id, "My gums bleed")
    altered = without(knowledge, record.rows("mentions")[0].sign)
    monkeypatch.setattr(reassessing, "load", lambda: altered)
    code, said, _ = operate("reassess", conversation_id)
    assert code == 0
    lines = said.splitlines()
    assert lines[0].endswith("differs")
    assert lines[1] == f"  knowledge {knowledge.version} → altered"
    assert lines[2].startswith("  urgency urgent → ")


def without(knowledge, sign):
    """The knowledge as a later version that no longer has the sign."""
    signs = {name: entry for name, entry in knowledge.signs.items() if name != sign}
    return dataclasses.replace(knowledge, signs=signs, version="altered")


def test_what_only_the_patient_was_told_is_no_difference(record, operate, spool):
    """The reason of a replayed message that was told as more urgent than the record makes of it."""
    conversation_id = record.open()
    reply = Reply(text="Call 112.", urgency=Urgency.EMERGENCY)
    spool.keep(spooled(conversation_id, record.clock(), text="hello", replies=(reply,)))
    operate("replay")
    assert record.conversation(conversation_id).urgency.word == "emergency"
    assert operate("reassess", conversation_id)[1].rstrip().endswith("by the floor: same")
