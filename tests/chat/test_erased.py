"""A patient is erased while a message is on its way: nothing comes back, and the page says so."""

from __future__ import annotations

from bedside import store
from bedside.model import Utterance
from chat.app import NO_CONVERSATION
from tests.conftest import MARKER

SAID = Utterance(response="utter_unavailable")
BRUISES = f"I have bruises on my legs and {MARKER}"


def erase(chat):
    (patient,) = chat.rows("patients")
    with chat.database.writing() as tx:
        store.erase_patient(tx, patient.id, by="operator", now=chat.clock(), even_open=True)


def nothing_is_left(chat):
    tables = ("patients", "conversations", "messages", "mentions", "reports", "flags", "outbox")
    return all(chat.rows(each) == [] for each in tables) and chat.spool.waiting() == []


def test_who_writes_after_an_erasure_reads_that_the_conversation_is_not_open(
    chat, patient, no_words_in_any_log
):
    patient.write(BRUISES)
    erase(chat)
    response = patient.send(BRUISES)
    assert (response.status_code, response.json()["error"]) == (404, NO_CONVERSATION)
    assert nothing_is_left(chat)
    assert patient.client.get("/api/messages").status_code == 404
    assert patient.open().status_code == 201
    assert patient.write(BRUISES)


def test_a_message_that_rasa_works_on_goes_with_the_patient(chat, patient, no_words_in_any_log):
    def erased_meanwhile(request, write):
        erase(chat)
        chat.rasa.say(write, SAID)

    chat.rasa.does = erased_meanwhile
    response = patient.send(BRUISES)
    assert (response.status_code, response.json()["error"]) == (404, NO_CONVERSATION)
    assert nothing_is_left(chat)


def test_what_rasa_says_too_late_is_let_go(chat, patient, caplog):
    chat.hurry()

    def late(request, write):
        chat.rasa.released.wait(10)
        chat.rasa.say(write, SAID)

    chat.rasa.does = late
    patient.write(BRUISES)
    erase(chat)
    chat.rasa.released.set()
    chat.wait_until(lambda: "their conversation was erased" in caplog.text)
    assert nothing_is_left(chat)
