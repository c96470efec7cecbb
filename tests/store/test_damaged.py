"""A value that cannot be opened any more takes no page and no turn with it, and a person looks."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bedside import store
from bedside.model import Urgency
from bedside.store.columns import DAMAGED
from tests.conftest import MARKER

BRUISES = f"I have bruises all over my legs since the {MARKER}"
SEALED = [
    ("messages", "text"),
    ("messages", "choices"),
    ("mentions", "text"),
    ("patients", "name"),
    ("patients", "contact"),
    ("conversations", "report"),
    ("conversations", "pending"),
    ("reports", "report"),
    ("reports", "reasons"),
    ("reports", "advice"),
    ("flags", "closed_reason"),
    ("clinicians", "name"),
]
BROKEN = ["v1.00000000.AAAA", "no sealed value", "", "v1.é"]


@pytest.fixture
def told(record):
    """A patient whom the clinic knows has reported bruises, and is asked a question."""
    with record.database.writing() as tx:
        secret = store.invite(
            tx, clinic_id="main", name="Ann", contact="1", by="operator", now=record.clock()
        )
    conversation = record.open(secret)
    record.tell(conversation, BRUISES)
    return conversation


def damage(record, table, column, value=BROKEN[0]):
    with record.database.writing() as tx:
        tx.execute(text(f"UPDATE {table} SET {column} = :value"), {"value": value})


@pytest.mark.parametrize(("table", "column"), SEALED)
def test_whatever_is_damaged_the_transcript_the_queue_and_the_next_turn_go_on(
    record, told, table, column, no_words_in_any_log
):
    damage(record, table, column)
    assert len(record.transcript(told)) == 2
    assert record.flag(told).urgency is Urgency.URGENT
    record.tell(told, "my face is drooping")
    assert record.flag(told).urgency is Urgency.EMERGENCY
    with record.database.writing() as tx:
        patient = record.rows("patients")[0].id
        store.find_patients(tx, "main", "Ann", by="operator", now=record.clock())
        assert store.dossier(tx, patient, by="operator", now=record.clock())
    record.close(told)
    assert record.receive(told, BRUISES).conversation.id != told


@pytest.mark.parametrize("broken", BROKEN)
def test_a_sentence_stands_where_a_text_was(record, told, broken, caplog):
    damage(record, "messages", "text", broken)
    assert [entry.message.text for entry in record.transcript(told)] == [DAMAGED] * 2
    assert "a value of messages.text cannot be read" in caplog.text


def test_a_name_that_is_damaged_is_a_sentence_in_the_queue(record, told):
    damage(record, "patients", "name")
    damage(record, "reports", "reasons")
    flag = record.flag(told)
    assert flag.patient_name == DAMAGED
    assert [reason["why"] for reason in flag.reasons] == [DAMAGED]


def test_a_report_that_is_damaged_does_not_block_the_patient_and_a_person_looks(record):
    conversation = record.open()
    record.tell(conversation, "hello")
    damage(record, "conversations", "report")
    record.tell(conversation, "hello again")
    flag = record.flag(conversation)
    assert flag.unprocessed and flag.urgency is Urgency.URGENT
    assert not record.conversation(conversation).is_damaged
    record.tell(conversation, BRUISES)
    assert record.conversation(conversation).report.mentions


def test_the_urgency_does_not_go_down_when_the_report_is_damaged(record):
    conversation = record.open()
    record.tell(conversation, "my face is drooping")
    damage(record, "conversations", "report")
    record.tell(conversation, "hello")
    assert record.conversation(conversation).urgency is Urgency.EMERGENCY
    assert record.flag(conversation).urgency is Urgency.EMERGENCY
