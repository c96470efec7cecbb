"""While the database is away a message is kept, and the reply says so; when it is back, order holds."""

from __future__ import annotations

import errno
import time

import pytest

from bedside.model import Urgency
from chat.sessions import Sessions
from tests.conftest import MARKER
from tests.keys import KEYS

pytestmark = pytest.mark.usefixtures("no_words_in_any_log")

BRUISES = f"I have bruises all over my legs {MARKER}"
STROKE = f"my face is drooping on one side {MARKER}"
KEPT = "I have kept this message"


def texts(replies):
    return [each["text"] for each in replies]


def test_without_a_database_the_advice_comes_first_and_then_that_the_message_is_kept(chat, patient):
    chat.database_is_away()
    advice, kept = patient.write(BRUISES)
    assert advice["urgency"] == "urgent" and "01632 960123" in advice["text"]
    assert KEPT in kept["text"] and "Please do not wait for that" in kept["text"]
    for way in ("01632 960123", "NHS 111", "999"):
        assert way in kept["text"]
    assert not any("recorded" in text for text in texts([advice, kept]))


def test_without_a_database_an_emergency_gets_the_number_first_and_is_kept(chat, patient):
    chat.database_is_away()
    first, *_, kept = patient.write(STROKE)
    assert "999" in first["text"].split(". ")[0]
    assert KEPT in kept["text"]


def test_the_file_holds_the_message_its_time_and_what_was_replied(chat, patient):
    (conversation,) = chat.rows("conversations")
    chat.database_is_away()
    replies = patient.write(BRUISES, "m1")
    (path,) = chat.spool.waiting()
    kept = chat.spool.read(path)
    assert (kept.message_id, kept.text, kept.at) == ("m1", BRUISES, chat.clock())
    assert kept.conversation_id == conversation.id
    assert [reply.text for reply in kept.replies] == texts(replies)


def test_a_message_sent_again_meanwhile_is_kept_once_and_gets_the_same_answer(
    chat, patient, at_once
):
    chat.database_is_away()
    first = patient.write(BRUISES, "m1")
    chat.clock.advance(hours=12)  # the team has closed meanwhile
    results = at_once(*[lambda: patient.write(BRUISES, "m1")] * 3)
    assert results == [first] * 3
    assert len(chat.spool.waiting()) == 1


def test_a_message_sent_again_when_the_database_is_back_is_stored_once_with_the_same_answer(
    chat, patient
):
    chat.database_is_away()
    first = patient.write(BRUISES, "m1")
    chat.database_is_back()
    assert patient.write(BRUISES, "m1") == first
    assert [row.sender for row in chat.rows("messages")] == ["patient", "assistant", "assistant"]
    assert chat.spool.waiting() == []


def test_what_was_kept_comes_before_what_is_written_next(chat, patient):
    chat.database_is_away()
    patient.write(BRUISES, "m1")
    chat.clock.advance(minutes=1)
    patient.write("and I am so tired", "m2")
    chat.database_is_back()
    chat.clock.advance(minutes=1)
    patient.write("hello again", "m3")
    lines = [line for line in patient.transcript() if line["sender"] == "patient"]
    assert [line["text"] for line in lines] == [BRUISES, "and I am so tired", "hello again"]
    assert [line["at"][14:16] for line in lines] == ["00", "01", "02"]
    assert chat.flag().unprocessed
    assert {row.sign for row in chat.rows("mentions")} >= {"unexplained_bruising", "fatigue"}


def test_the_next_answer_knows_what_was_kept(chat, patient):
    """A headache by itself is no emergency; after the bruises it is one."""
    chat.database_is_away()
    patient.write(BRUISES)
    chat.database_is_back()
    replies = patient.write("I have a headache")
    assert "999" in replies[0]["text"] and chat.flag().urgency is Urgency.EMERGENCY


def test_a_no_after_the_outage_answers_no_question_that_nobody_saw(chat, patient):
    chat.database_is_away()
    patient.write(BRUISES)
    chat.database_is_back()
    chat.rasa_is_away()
    patient.write("no")
    (conversation,) = chat.rows("conversations")
    assert "no" not in conversation.report["answers"].values()


def test_the_messages_of_others_are_left_to_the_worker(chat, patient):
    other = chat.browser()
    chat.database_is_away()
    patient.write(BRUISES)
    chat.database_is_back()
    other.write("hello")
    assert len(chat.spool.waiting()) == 1
    assert patient.transcript() == []


def test_a_message_that_cannot_be_replayed_does_not_keep_the_next_one_back(
    chat, patient, monkeypatch
):
    chat.database_is_away()
    patient.write(BRUISES, "m1")
    (path,) = chat.spool.waiting()
    path.write_bytes(b"{")
    chat.database_is_back()
    assert "999" in patient.write(STROKE)[0]["text"]
    assert [row.message_id for row in chat.rows("messages") if row.sender == "patient"] != []
    assert [each.name[: len(path.name)] for each in (path.parent / "aside").iterdir()] == [
        path.name
    ]


def test_a_spool_that_cannot_be_read_keeps_nobody_from_being_answered(
    chat, patient, monkeypatch, caplog
):
    def refuses(*_):
        raise PermissionError(MARKER)

    monkeypatch.setattr("bedside.store.Spool.waiting", refuses)
    assert patient.write(BRUISES)[0]["urgency"] == "urgent"
    assert chat.rows("messages")[0].text == BRUISES
    assert "the spool cannot be read: PermissionError" in caplog.text


@pytest.mark.parametrize("fault", ["disk full", "no folder", "a fault of the program"])
def test_what_cannot_even_be_kept_is_said_to_be_not_recorded(
    chat, patient, monkeypatch, caplog, fault
):
    def fails(*_):
        raise RuntimeError(MARKER) if fault != "disk full" else OSError(errno.ENOSPC, MARKER)

    chat.database_is_away()
    if fault == "no folder":
        chat.spool_is_full()
    else:
        monkeypatch.setattr("bedside.store.spool.created", fails)
    advice, last = patient.write(BRUISES)
    assert advice["urgency"] == "urgent"
    assert "This message was not recorded" in last["text"] and KEPT not in last["text"]
    assert "nor kept" in caplog.text


def test_a_database_that_is_busy_for_too_long_is_waited_for_once(chat, patient):
    """With a message in the spool too: its replay is the first to wait."""
    with chat.database.writing():
        patient.write(BRUISES, "m1")
        started = time.monotonic()
        patient.write("and I am so tired", "m2")
        assert time.monotonic() - started < 1
    assert len(chat.spool.waiting()) == 2


def test_without_a_database_nobody_is_told_that_a_conversation_can_be_opened_or_shown(
    chat, patient
):
    newcomer = chat.browser(opened=False)
    chat.database_is_away()
    with chat.database.writing() as tx:
        tx.exec_driver_sql("drop table messages")
    for response in (newcomer.open(), patient.client.get("/api/messages")):
        assert response.status_code == 503
        sentence = response.json()["error"]
        assert "cannot open or show a conversation" in sentence and "call your team" in sentence
    assert newcomer.send(BRUISES).status_code == 401
    assert chat.spool.waiting() == []


def test_a_kept_message_of_a_conversation_that_the_record_has_lost_does_not_vanish(chat):
    """Another database is in the place of the one that knew it; the cookie is good."""
    stranger = chat.browser(opened=False)
    keys = KEYS.derived("chat sessions")
    stranger.client.cookies.set("bedside_chat", Sessions(keys)._serializer.dumps("none such"))
    chat.database_is_away()
    stranger.write(BRUISES, "m1")
    chat.database_is_back()
    assert stranger.send("hello", "m2").status_code == 404
    (aside,) = (chat.settings.spool / "aside").iterdir()
    assert chat.spool.read(aside).text == BRUISES
