"""An operator erases a patient, or what is old: it is gone everywhere, and the log says that it went."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from bedside import store
from bedside.model import Reply, Urgency
from bedside.store import erasing, tables
from tests.conftest import MARKER

WORDS = f"I have bruises on my legs and {MARKER}"


@pytest.fixture
def rosa(record):
    """An invited patient whose flag is closed; gives back her id."""
    with record.database.writing() as tx:
        secret = store.invite(
            tx, clinic_id="main", name=MARKER, contact=MARKER, by="operator", now=record.clock()
        )
    conversation_id = record.open(invitation=secret)
    record.tell(conversation_id, WORDS)
    emergency = Reply(text=f"Call 112, {MARKER}.", urgency=Urgency.EMERGENCY)
    late = record.receive(conversation_id, f"{MARKER} again")
    with record.database.writing() as tx:
        store.answer(tx, conversation_id, late.message, [emergency], now=record.clock())
    record.close(conversation_id)
    return record.conversation(conversation_id).patient_id


@pytest.fixture
def sam(record):
    """Somebody else, who stays; gives back the conversation."""
    conversation_id = record.open()
    record.tell(conversation_id, "My gums bleed")
    return conversation_id


def of_patient(record, patient_id):
    with record.database.reading() as tx:
        return store.conversations_of(tx, patient_id)


def rows_without_audit(record):
    kept = ("audit", "audit_heads")
    return {name: rows for name, rows in record.everything().items() if name not in kept}


def spooled(conversation_id, now, **values):
    told = {"message_id": uuid.uuid4().hex, "text": WORDS, "at": now, "replies": ()}
    return store.Spooled(conversation_id=conversation_id, **{**told, **values})


def test_every_table_is_erased_or_kept_for_a_reason():
    """Whoever adds a table decides which."""
    ids = ["some conversation"]
    of_a_person = {"infusions", "patients"}
    for table in tables.metadata.sorted_tables:
        belongs = erasing._belongs(table, ids) is not None
        assert belongs + (table.name in of_a_person) + (table.name in erasing.KEPT) == 1, table.name


def test_an_erased_patient_is_in_no_table_and_the_others_are_as_they_were(
    record, sam, operate, request
):
    before = rows_without_audit(record)
    patient = request.getfixturevalue("rosa")
    (conversation_id,) = of_patient(record, patient)
    code, told, problem = operate("erase", patient, "--yes")
    assert (code, problem) == (0, "")
    assert "messages 4" in told and "Backups made before now still hold it" in told
    after = rows_without_audit(record)
    after["clinicians"] = before["clinicians"]
    assert after == before
    erased = [line for line in record.rows("audit") if line.actor == "operator"][-2:]
    assert [(each.action, each.subject) for each in erased] == [
        ("conversation.erased", f"conversation:{conversation_id}"),
        ("patient.erased", f"patient:{patient}"),
    ]
    assert MARKER not in repr(record.rows("audit"))
    with record.database.reading() as tx:
        assert store.verify_audit(tx, "main").fault is None


def test_no_byte_of_an_erased_patient_is_left_in_the_files_of_sqlite(
    record, rosa, sam, operate, tmp_path
):
    if record.is_postgresql:
        pytest.skip("the server's files are not ours to read")
    sealed = record.database.alone(
        "SELECT text FROM messages WHERE conversation_id IN"
        f" (SELECT id FROM conversations WHERE patient_id = '{rosa}')"
        f" UNION SELECT name FROM patients WHERE id = '{rosa}'"
    )
    assert len(sealed) == 5 and all(each.encode() in files_of(tmp_path) for (each,) in sealed)
    assert operate("erase", rosa, "--yes")[0] == 0
    for (each,) in sealed:
        begin, end = each[:40], each[-40:]  # a page may have cut it in two
        assert begin.encode() not in files_of(tmp_path) and end.encode() not in files_of(tmp_path)


def files_of(folder):
    return b"".join(each.read_bytes() for each in folder.glob("bedside.db*"))


def test_an_erasure_asks_first_and_no_is_no(record, rosa, operate, monkeypatch):
    before = record.everything()
    for answer in ("no", "", "y"):
        monkeypatch.setattr("builtins.input", lambda prompt, answer=answer: answer)
        assert operate("erase", rosa)[0] == 1
    assert record.everything() == before
    monkeypatch.setattr("builtins.input", lambda prompt: "Yes")
    assert operate("erase", rosa)[0] == 0
    assert record.rows("messages") == []


def test_an_open_flag_stops_an_erasure_unless_it_is_meant(record, sam, operate):
    patient = record.conversation(sam).patient_id
    before = record.everything()
    code, _, problem = operate("erase", patient, "--yes")
    assert code == 1 and "has not closed this patient's flag yet" in problem
    assert record.everything() == before
    assert operate("erase", patient, "--yes", "--even-open")[0] == 0
    assert record.rows("flags") == [] == record.rows("outbox")


def test_a_message_that_nobody_has_seen_stops_an_erasure_unless_it_is_meant(
    record, rosa, operate, spool
):
    (conversation_id,) = of_patient(record, rosa)
    spool.keep(spooled(conversation_id, record.clock()))
    code, _, problem = operate("erase", rosa, "--yes")
    assert code == 1 and "nobody has seen yet" in problem
    assert operate("erase", rosa, "--yes", "--even-open")[0] == 0
    assert spool.waiting() == []


def test_the_patients_files_of_the_spool_go_too_those_set_aside_as_well(
    record, rosa, sam, operate, spool
):
    (conversation_id,) = of_patient(record, rosa)
    for each in (conversation_id, sam):
        spool.keep(spooled(each, record.clock()))
        spool.set_aside(*spool.waiting(each))
    spool.keep(spooled(sam, record.clock()))
    code, told, _ = operate("erase", rosa, "--yes")
    assert code == 0 and "Files of the spool removed: 1" in told
    assert len(list(spool.aside.iterdir())) == 1 == len(spool.waiting(sam))


def test_what_is_spooled_for_an_erased_conversation_is_erased_too(record, rosa, operate, spool):
    (conversation_id,) = of_patient(record, rosa)
    operate("erase", rosa, "--yes")
    spool.keep(spooled(conversation_id, record.clock()))
    assert operate("replay") == (0, "Messages of the spool that are in the record now: 0\n", "")
    assert spool.waiting() == [] and not spool.aside.exists()


def test_an_unknown_patient_is_not_erased(record, rosa, operate):
    before = record.everything()
    code, _, problem = operate("erase", "nobody", "--yes")
    assert code == 1 and "The record knows no such patient" in problem
    assert record.everything() == before


def test_erasing_again_finishes_what_was_cut_short(record, rosa, operate, spool):
    (conversation_id,) = of_patient(record, rosa)
    spool.keep(spooled(conversation_id, record.clock()))
    spool.set_aside(*spool.waiting())
    with record.database.writing() as tx:  # and the command dies here
        store.erase_patient(tx, rosa, by="operator", now=record.clock())
    audited = record.rows("audit")
    code, told, _ = operate("erase", rosa, "--yes")
    assert code == 0 and told.startswith("This patient was erased before.")
    assert list(spool.aside.iterdir()) == []
    assert record.rows("audit") == audited


def test_two_erasures_at_once_are_one(record, rosa, at_once):
    def erase():
        with record.database.writing() as tx:
            return store.erase_patient(tx, rosa, by="operator", now=record.clock())

    ends = at_once(erase, erase)
    assert {type(each) for each in ends} == {store.Erased, store.UnknownPatient}
    assert [line.action for line in record.rows("audit")].count("patient.erased") == 1


def test_an_erasure_that_fails_takes_nothing(record, rosa, monkeypatch):
    before = record.everything()
    monkeypatch.setattr(erasing, "_note", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError), record.database.writing() as tx:
        store.erase_patient(tx, rosa, by="operator", now=record.clock())
    assert record.everything() == before


# Who comes too late


def test_a_message_to_an_erased_conversation_is_refused(record, rosa, operate):
    (conversation_id,) = of_patient(record, rosa)
    operate("erase", rosa, "--yes")
    with pytest.raises(store.UnknownConversation):
        record.receive(conversation_id, WORDS)
    assert record.rows("messages") == []


def test_an_action_that_comes_late_brings_nothing_back(record, sam, operate):
    received = record.receive(sam, WORDS)
    operate("erase", received.conversation.patient_id, "--yes", "--even-open")
    before = record.everything()
    with pytest.raises(store.UnknownConversation):
        record.take_up(received)
    with pytest.raises(store.UnknownConversation), record.database.writing() as tx:
        store.record_failure(tx, sam, what="ValueError", now=record.clock())
    with pytest.raises(store.UnknownConversation), record.database.writing() as tx:
        store.acquire(tx, sam, received.message, holder="worker", now=record.clock())
    assert record.everything() == before


def test_a_message_and_an_erasure_at_once_leave_nothing_behind(record, rosa, at_once):
    (conversation_id,) = of_patient(record, rosa)

    def erase():
        with record.database.writing() as tx:
            return store.erase_patient(tx, rosa, by="operator", now=record.clock(), even_open=True)

    ends = at_once(*(lambda: record.receive(conversation_id, WORDS) for _ in range(3)), erase)
    assert isinstance(ends[-1], store.Erased)
    assert all(isinstance(each, (store.Received, store.UnknownConversation)) for each in ends[:-1])
    assert record.rows("messages") == [] == record.rows("conversations")


def test_the_ids_of_what_was_erased_are_never_given_again(record, sam, operate):
    """A clinician's open page must not act on somebody else's flag."""
    named = ("flags", "messages", "outbox")
    before = {each: {row.id for row in record.rows(each)} for each in named}
    operate("erase", record.conversation(sam).patient_id, "--yes", "--even-open")
    record.tell(record.open(), "I have bruises on my legs")
    for each in named:
        assert min(row.id for row in record.rows(each)) > max(before[each])


# By age


@pytest.fixture
def at(record, monkeypatch):
    """Moves the hour at which the commands believe to run."""

    def move(**span):
        later = record.clock() + timedelta(**span)
        monkeypatch.setattr("bedside.store.commands.erasing.utc_now", lambda: later)

    return move


def test_retention_lists_first_and_erases_only_when_told(record, rosa, sam, operate, at):
    (conversation_id,) = of_patient(record, rosa)
    before = record.everything()
    at(days=40)
    code, told, _ = operate("retention", "--older-than", "30")
    assert code == 0
    assert told.splitlines() == [
        "Conversations without a word for 30 days: 1",
        conversation_id,
        "Nothing was erased: --do-it erases them.",
    ]
    assert record.everything() == before
    code, told, _ = operate("retention", "--older-than", "30", "--do-it")
    assert code == 0
    assert f"Erased: conversation {conversation_id} of patient {rosa}" in told
    assert [row.id for row in record.rows("conversations")] == [sam]
    assert "patient.erased" in {line.action for line in record.rows("audit")}


def test_retention_takes_neither_what_is_young_nor_what_has_an_open_flag(
    record, rosa, sam, operate, at
):
    at(days=29)
    _, told, _ = operate("retention", "--older-than", "30", "--do-it")
    assert told.startswith("Conversations without a word for 30 days: 0")
    at(days=3000)
    operate("retention", "--older-than", "30", "--do-it")
    assert [row.id for row in record.rows("conversations")] == [sam]


def test_retention_by_status_leaves_what_has_not_ended(record, operate, at):
    conversation_id = record.open()
    record.tell(conversation_id, "hello")
    at(days=40)
    _, told, _ = operate("retention", "--older-than", "30", "--status", "closed")
    assert told.startswith("Conversations without a word for 30 days: 0")
    _, told, _ = operate("retention", "--older-than", "30", "--status", "any")
    assert told.startswith("Conversations without a word for 30 days: 1")


def test_a_patient_with_a_younger_conversation_stays(record, rosa, operate, at):
    (old,) = of_patient(record, rosa)
    record.clock.advance(days=20)
    record.tell(old, "My gums bleed now")
    at(days=15)
    code, told, _ = operate("retention", "--older-than", "30", "--do-it")
    assert code == 0 and f"Erased: conversation {old}" in told
    (young,) = of_patient(record, rosa)
    assert record.transcript(young)[0].message.text == "My gums bleed now"
    assert [row.name for row in record.rows("patients")] == [MARKER]


def test_who_writes_while_retention_runs_keeps_what_was_written(record, sam):
    record.close(sam)
    before = record.clock() + timedelta(days=1)
    record.clock.advance(days=2)
    with record.database.reading() as tx:
        assert store.old_conversations(tx, "main", before=before, closed_only=False) == [sam]
    received = record.receive(sam, "One more thing")
    with record.database.writing() as tx:
        store.erase_conversation(tx, sam, before=before, by="operator", now=record.clock())
    assert [row.conversation_id for row in record.rows("messages")] == [received.conversation.id]


@pytest.mark.parametrize("days", ["0", "-3", "soon", "1e9"])
def test_an_age_that_is_none_is_refused(operate, days, capsys):
    with pytest.raises(SystemExit):
        operate("retention", "--older-than", days)
    assert "a number of days from 1" in capsys.readouterr().err
