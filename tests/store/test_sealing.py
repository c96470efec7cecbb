"""What tells of a patient is sealed wherever it lies, and opens only in its place with its key."""

from __future__ import annotations

import base64

import pytest
import sqlalchemy as sa

from bedside import store
from bedside.model import Reply
from bedside.store import KeyRing, Spool, Spooled
from bedside.store.sealing import Unreadable
from tests.conftest import MARKER
from tests.keys import KEYS

NAME, NUMBER = "Wilhelmina Zwetschge", "01632 960123"
REPORTED = f"I have bruises all over my legs since the {MARKER}, and my name is {NAME}"
ONE, OTHER = "one key " * 5, "other key " * 5


def a_patient_writes(record):
    """All that can tell of a patient comes into the record: words, name, number, reasons, a closing."""
    with record.database.writing() as tx:
        secret = store.invite(
            tx, clinic_id="main", name=NAME, contact=NUMBER, by="operator", now=record.clock()
        )
    conversation_id = record.open(secret)
    received = record.receive(conversation_id, REPORTED)
    record.take_up(received)
    record.answer(received, f"I noted: “{REPORTED}”")
    record.close(conversation_id)
    return conversation_id


def bytes_of(record, tmp_path):
    """All that lies in the database's files, or in a dump of the server."""
    if not record.is_postgresql:
        files = list(tmp_path.glob("bedside.db*"))
        assert any(path.name.endswith("-wal") for path in files)
        return b"".join(path.read_bytes() for path in files)
    with record.database.reading() as tx:
        dumps = [
            tx.execute(sa.text(f'SELECT CAST(t AS text) FROM "{name}" AS t')).scalars().all()
            for name in sa.inspect(tx.connection).get_table_names()
        ]
    return "\n".join(line for lines in dumps for line in lines).encode()


def test_no_word_name_or_number_of_a_patient_lies_in_the_database(record, tmp_path):
    with record.database.reading():  # while somebody reads, SQLite's WAL stays
        conversation_id = a_patient_writes(record)
        holds = bytes_of(record, tmp_path)
    assert conversation_id.encode() in holds  # it was looked at
    for secret in (MARKER, "bruises all over", NAME, NUMBER, "Dr Ada", "spoke to her"):
        assert secret.encode() not in holds
    assert record.transcript(conversation_id)[0].message.text == REPORTED
    flag = record.flag(conversation_id)
    assert (flag.patient_name, flag.patient_contact) == (NAME, NUMBER)
    assert (flag.claimed_by_name, flag.closed_reason) == ("Dr Ada", "spoke to her")


def test_no_word_of_a_patient_lies_in_the_spool(tmp_path, now):
    spool = Spool(tmp_path, KEYS)
    sent = Spooled(
        conversation_id="c1", message_id="m1", text=REPORTED, at=now, replies=(Reply(text=NAME),)
    )
    spool.keep(sent)
    (path,) = spool.waiting()
    assert MARKER.encode() not in path.read_bytes() and NAME.encode() not in path.read_bytes()
    assert spool.read(path) == sent


def test_the_same_words_are_never_sealed_alike():
    assert KEYS.seal(REPORTED, "messages.text") != KEYS.seal(REPORTED, "messages.text")


@pytest.mark.parametrize("text", ["", "a", "é 😀 \0", "x" * 100_000])
def test_what_is_sealed_opens_as_it_was(text):
    assert KEYS.open(KEYS.seal(text, "messages.text"), "messages.text") == text


def test_a_value_that_was_moved_to_another_column_does_not_open():
    sealed = KEYS.seal(NAME, "patients.name")
    with pytest.raises(Unreadable, match="moved"):
        KEYS.open(sealed, "messages.text")


def test_a_value_does_not_open_with_any_bit_changed():
    version, id_, body = KEYS.seal("short", "messages.text").split(".")
    raw = base64.urlsafe_b64decode(body)
    for bit in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        flipped = base64.urlsafe_b64encode(bytes(changed)).decode()
        with pytest.raises(Unreadable):
            KEYS.open(f"{version}.{id_}.{flipped}", "messages.text")


@pytest.mark.parametrize(
    "broken", ["", "plain words", "v1", "v1..", "v1.12345678.", "v2.a.b", "v1.é.é", "v1.a.b.c", 17]
)
def test_what_was_never_sealed_does_not_open(broken):
    with pytest.raises(Unreadable):
        KEYS.open(broken, "messages.text")


def test_a_value_of_another_key_does_not_open_and_the_reason_names_the_key():
    sealed = KeyRing([OTHER]).seal(NAME, "patients.name")
    with pytest.raises(Unreadable, match=KeyRing([OTHER]).ids[0]) as refused:
        KeyRing([ONE]).open(sealed, "patients.name")
    assert NAME not in str(refused.value) and OTHER not in str(refused.value)


def test_the_newest_key_seals_and_all_open():
    old, ring = KeyRing([ONE]), KeyRing([OTHER, ONE])
    assert ring.open(old.seal("x", "p.q"), "p.q") == "x"
    sealed = ring.seal("x", "p.q")
    assert KeyRing([OTHER]).open(sealed, "p.q") == "x"
    with pytest.raises(Unreadable):
        old.open(sealed, "p.q")


def test_a_key_that_came_while_the_program_runs_is_found():
    kept = [ONE]
    ring = KeyRing(kept, reread=lambda: kept)
    sealed = KeyRing([OTHER, ONE]).seal("x", "p.q")
    kept.insert(0, OTHER)
    assert ring.open(sealed, "p.q") == "x"
    assert ring.ids[0] == KeyRing([OTHER]).ids[0]


def test_keys_that_cannot_be_read_any_more_are_kept():
    ring = KeyRing([ONE], reread=lambda: ())
    ring.refresh()
    assert ring.open(KeyRing([ONE]).seal("x", "p.q"), "p.q") == "x"


def test_each_purpose_has_a_secret_of_its_own():
    ring = KeyRing([ONE, OTHER])
    chat, console = ring.derived("chat sessions"), ring.derived("console sessions")
    assert len({*chat, *console}) == 4
    assert chat == (
        *KeyRing([ONE]).derived("chat sessions"),
        *KeyRing([OTHER]).derived("chat sessions"),
    )
