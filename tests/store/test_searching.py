"""Clinicians find conversations by whole words; the database holds only keyed hashes of them."""

from __future__ import annotations

import pytest

from bedside import store
from bedside.store import schema
from bedside.store.indexing import reindex
from bedside.words import words_of
from tests.conftest import MARKER

BRUISES = f"I have bruises all over my legs since the {MARKER}"


def search(record, text, clinic_id="main"):
    with record.database.writing() as tx:
        found = store.search(tx, clinic_id, text, by="ada", now=record.clock())
    return None if found is None else [each.conversation_id for each in found]


@pytest.fixture
def told(record):
    conversation = record.open()
    record.tell(conversation, BRUISES)
    return conversation


@pytest.mark.parametrize(
    "words", ["bruises", "bruise", "BRUISES", "legs bruises", "my leg", f"{MARKER}, bruises!"]
)
def test_a_conversation_is_found_by_all_its_words_in_any_form_and_order(record, told, words):
    assert search(record, words) == [told]


@pytest.mark.parametrize("words", ["brui", "bruises arms", "contact", "nothing"])
def test_parts_of_words_other_words_and_replies_are_not_found(record, told, words):
    assert search(record, words) == []


@pytest.mark.parametrize("words", ["", " ", "?!", "a"])
def test_without_a_word_nothing_is_searched(record, told, words):
    assert search(record, words) is None


def test_words_of_several_messages_of_one_conversation_count_together(record, told):
    record.tell(told, "and my gums are bleeding")
    record.tell(record.open(), "my face is drooping and my gums hurt")
    assert search(record, "gums bruises") == [told]


def test_another_clinic_finds_nothing_and_has_other_hashes(record, told):
    assert search(record, "bruises", "other") == []


def test_a_search_is_in_the_audit_log_without_its_words(record, told):
    search(record, "bruises")
    line = record.rows("audit")[-1]
    assert (line.action, line.actor) == ("transcripts.searched", "clinician:ada")
    assert "bruise" not in str(line)


def test_the_index_holds_no_word(record, told):
    rows = record.rows("words")
    assert len(rows) == len(words_of(BRUISES))
    assert not any(word in str(row) for row in rows for word in words_of(BRUISES) if len(word) > 3)


def test_a_damaged_text_is_still_found_and_indexing_goes_on(record, told):
    with record.database.writing() as tx:
        tx.exec_driver_sql("update messages set text = 'v1.00000000.AAAA'")
        tx.exec_driver_sql("update words set key = 'older'")
    assert reindex(record.database) == 1
    assert search(record, "bruises") == [told]


def test_what_older_keys_hashed_is_hashed_anew(record, told):
    before = record.rows("words")
    with record.database.writing() as tx:
        tx.exec_driver_sql("update words set key = 'older'")
    assert reindex(record.database) == 1
    assert record.rows("words") == before
    assert reindex(record.database) == 0


def test_messages_from_before_there_was_a_search_are_found(record, told):
    before = record.rows("words")
    schema.migrate_back(record.database, "0005")
    schema.migrate(record.database)
    assert record.rows("words") == before
    assert search(record, "bruises") == [told]
