"""Every message gets an answer, in time, the most urgent words first, whatever happens to Rasa."""

from __future__ import annotations

import json
import re
import time
from datetime import date

import pytest
from sqlalchemy import select, update

from bedside import store
from bedside.model import Parsed, Reply, Report, Urgency
from bedside.store.tables import conversations

BRUISES = "I have bruises all over my legs"
TODAY = date(2026, 11, 25)
STROKE = "my face is drooping on one side"
# Means nothing to the lexicon; the little Rasa of these tests hears an emergency in it.
UNHEARD = "it feels like an elephant sits there"
CONTACT_TODAY = (
    "Please contact the MS team today: call 01632 960123. If you cannot reach them, call NHS 111."
)


def first_sentence(replies):
    return re.split(r"\.\s", replies[0]["text"])[0]


def texts(replies):
    return [each["text"] for each in replies]


def bring_down(chat, how):
    """Rasa in one of the states in which it does not answer."""
    if how == "away":
        chat.rasa_is_away()
    elif how == "broken":
        chat.rasa.status, chat.rasa.does = 500, chat.rasa.send(b'{"status": "failure"}')
    elif how == "malformed":
        chat.rasa.does = chat.rasa.send(b"{not json}\n")
    elif how == "no object":
        chat.rasa.does = chat.rasa.send(b"17\n", b'["text"]\n', b'"text"\n')
    elif how == "without a text":
        chat.rasa.does = chat.rasa.send(
            b'{"custom": {"urgency": "sky-high"}}\n', b'{"image": "x"}\n'
        )
    elif how == "silent":
        chat.rasa.does = chat.rasa.answer_nothing
    elif how == "hanging":
        chat.hurry()
        chat.rasa.does = chat.rasa.hang
    elif how == "lower":
        chat.rasa.does = chat.rasa.answer_lower


DOWN = ["away", "broken", "malformed", "no object", "without a text", "silent", "hanging"]


# When all is well


def test_bruises_are_to_be_told_to_the_ms_team_today_and_how(chat, patient):
    replies = patient.write(BRUISES)
    assert replies[0]["text"].startswith(CONTACT_TODAY)
    assert replies[0]["urgency"] == "urgent"
    assert replies[-1]["choices"][0] == {"title": "A headache", "value": "a headache"}
    assert {"title": "None of these", "value": "none of these"} in replies[-1]["choices"]
    assert len(replies) == 2
    flag = chat.flag()
    assert (flag.urgency, flag.unprocessed) == (Urgency.URGENT, False)


def test_a_team_that_is_closed_is_not_promised_today(chat, patient):
    chat.clock.advance(hours=12)
    text = patient.write(BRUISES)[0]["text"]
    assert text.startswith("Please get help today. The MS team is closed now, so call NHS 111")


def test_the_message_is_recorded_before_rasa_is_asked(chat, patient):
    seen = []

    def look(request, write):
        seen.extend((row.text, row.state) for row in chat.rows("messages"))
        chat.rasa.answer(request, write)

    chat.rasa.does = look
    patient.write(BRUISES)
    assert seen == [(BRUISES, "received")]


def test_rasa_gets_the_text_the_conversation_and_the_id_of_the_message(chat, patient):
    patient.write(BRUISES, "m1")
    (row,) = chat.rows("conversations")
    assert chat.rasa.received == [
        {
            "path": "/webhooks/rest/webhook?stream=true",
            "sender": row.id,
            "message": BRUISES,
            "metadata": {"message_id": "m1"},
        }
    ]


def test_an_answer_to_a_question_is_taken_as_one(chat, patient):
    patient.write(BRUISES)
    patient.write("none of these")
    assert chat.rows("conversations")[0].report["answers"]["headache_present"] == "no"
    assert len(chat.flags()) == 1


def test_an_item_of_a_list_is_picked_with_its_button(chat, patient):
    choices = patient.write(BRUISES)[-1]["choices"]
    replies = patient.write(choices[0]["value"])
    assert "999" in first_sentence(replies) and replies[0]["urgency"] == "emergency"
    assert chat.flag().urgency is Urgency.EMERGENCY


def test_an_assistant_that_never_ends_its_stream_is_believed_once_the_record_has_its_turn(
    chat, patient
):
    chat.hurry()
    chat.rasa.does = chat.rasa.answer_and_never_end
    replies = patient.write(BRUISES)
    assert replies[0]["text"].startswith(CONTACT_TODAY) and len(replies) == 2
    assert not chat.flag().unprocessed


def test_an_assistant_that_dies_after_recording_the_message_is_spoken_for_by_the_record(
    chat, patient
):
    def does(request, write):
        chat.rasa.answer(request, lambda line: None)

    chat.rasa.does = does
    replies = patient.write(BRUISES)
    assert replies[0]["text"].startswith(CONTACT_TODAY) and len(replies) == 2
    assert not chat.flag().unprocessed
    assert len(chat.rows("reports")) == 1


def test_an_answer_that_the_assistant_took_up_is_not_taken_for_the_next_question_too(chat, patient):
    patient.write(BRUISES)

    def does(request, write):
        parsed = Parsed(text="no", intent="deny", reply="no")
        chat.rasa.take_up(request, write, parsed)

    chat.rasa.does = does
    patient.write("no")
    (conversation,) = chat.rows("conversations")
    assert set(conversation.report["answers"].values()) == {"no"}
    assert not set(conversation.pending["about"]) & set(conversation.report["answers"])
    assert chat.flag().urgency is Urgency.URGENT


def test_a_message_that_the_worker_answered_meanwhile_has_that_answer(chat, patient):
    def does(request, write):
        with chat.database.writing() as tx:
            message = store.message_of(tx, request["sender"], "m1")
            replies = [Reply(text="from the worker")]
            store.answer(tx, request["sender"], message, replies, now=chat.clock())
        chat.rasa.answer(request, write)

    chat.rasa.does = does
    assert texts(patient.write(BRUISES, "m1")) == ["from the worker"]
    assert [row.text for row in chat.rows("messages")] == [BRUISES, "from the worker"]


# When Rasa does not answer


@pytest.mark.parametrize("how", DOWN)
def test_bruises_get_their_advice_without_rasa_and_the_flag_says_unprocessed(chat, patient, how):
    bring_down(chat, how)
    started = time.monotonic()
    replies = patient.write(BRUISES)
    assert time.monotonic() - started < 2
    assert replies[0]["text"].startswith(CONTACT_TODAY)
    flag = chat.flag()
    assert (flag.urgency, flag.unprocessed) == (Urgency.URGENT, True)
    assert chat.rows("messages")[0].state == "answered"


@pytest.mark.parametrize("how", DOWN)
def test_what_nobody_understood_gets_a_way_to_a_person_and_a_flag(chat, patient, how):
    bring_down(chat, how)
    replies = patient.write("lorem ipsum dolor")
    assert "01632 960123" in replies[0]["text"] and "999" in replies[0]["text"]
    assert chat.flag().unprocessed


@pytest.mark.parametrize("how", [*DOWN, "lower", "well"])
@pytest.mark.parametrize("text", [STROKE, "maybe my face is drooping?"])
def test_an_emergency_gets_the_number_in_the_first_sentence(chat, patient, how, text):
    bring_down(chat, how)
    replies = patient.write(text)
    assert "999" in first_sentence(replies)
    assert replies[0]["urgency"] == "emergency"
    assert chat.flag().urgency is Urgency.EMERGENCY


@pytest.mark.parametrize("how", ["away", "hanging", "lower", "well"])
def test_an_emergency_in_the_middle_of_a_question_gets_the_number_first(chat, patient, how):
    assert patient.write(BRUISES)[-1]["choices"]
    bring_down(chat, how)
    assert "999" in first_sentence(patient.write(STROKE))
    assert chat.flag().urgency is Urgency.EMERGENCY


@pytest.mark.parametrize("how", ["away", "hanging"])
def test_an_answer_to_a_question_is_taken_without_rasa(chat, patient, how):
    patient.write(BRUISES)
    asked = chat.rows("conversations")[0].pending["about"]
    bring_down(chat, how)
    patient.write("none of these")
    assert chat.rows("conversations")[0].report["answers"] == dict.fromkeys(asked, "no")


def test_an_emergency_that_rasa_alone_heard_is_said_and_flagged_though_its_action_hangs(
    chat, patient
):
    chat.hurry()
    chat.rasa.does = chat.rasa.cry_emergency_and_hang
    replies = patient.write(UNHEARD)
    assert "999" in first_sentence(replies)
    flag = chat.flag()
    assert (flag.urgency, flag.unprocessed) == (Urgency.EMERGENCY, True)
    assert flag.reasons[0]["rule"] == "heard_by_assistant_only"


def test_an_emergency_that_rasa_alone_heard_is_said_though_the_database_goes_away(chat, patient):
    chat.hurry()

    def does(request, write):
        chat.database_is_away()
        chat.rasa.cry_emergency_and_hang(request, write)

    chat.rasa.does = does
    assert "999" in first_sentence(patient.write(UNHEARD))


def test_what_rasa_took_for_small_talk_is_advised_on_by_the_floor_first(chat, patient):
    chat.rasa.does = chat.rasa.answer_lower
    replies = patient.write(BRUISES)
    assert replies[0]["text"].startswith(CONTACT_TODAY)
    assert not any(each["choices"] for each in replies)
    assert chat.rows("conversations")[0].pending is None  # what was not asked is not open
    flag = chat.flag()
    assert (flag.urgency, flag.unprocessed) == (Urgency.URGENT, True)


def test_a_late_rasa_is_kept_and_not_shown(chat, patient):
    chat.hurry()
    chat.rasa.does = chat.rasa.answer_late
    started = time.monotonic()
    replies = patient.write(BRUISES, "m1")
    assert time.monotonic() - started < 2
    asked = chat.rows("conversations")[0].pending
    chat.rasa.released.set()
    chat.wait_until(lambda: any(not row.shown for row in chat.rows("messages")))
    assert [line["text"] for line in patient.transcript()] == [BRUISES, *texts(replies)]
    assert patient.write(BRUISES, "m1") == replies
    assert len(chat.flags()) == len(chat.rows("outbox")) == 1
    assert chat.rows("conversations")[0].pending == asked
    assert {row.processed_by for row in chat.rows("reports")} == {"floor", "assistant"}


def test_a_late_rasa_that_heard_more_raises_the_one_flag(chat, patient):
    def late(request, write):
        chat.rasa.released.wait(10)
        parsed = chat.rasa.reader.read("crushing chest pain", intent="report_emergency")
        chat.rasa.take_up(request, write, parsed)

    chat.hurry()
    chat.rasa.does = late
    patient.write(BRUISES)
    chat.rasa.released.set()
    chat.wait_until(lambda: chat.flag().urgency is Urgency.EMERGENCY)
    assert len(chat.rows("flags")) == 1


@pytest.mark.parametrize("response", ["utter_someone_else", "utter_human"])
def test_advice_after_an_answer_to_a_question_is_said_once_and_counts_as_processed(
    chat, patient, response
):
    """ "Can I speak to somebody? I have bruises": a rule answers, then the action advises."""
    chat.rasa.does = chat.rasa.answer_after_a_rule(response)
    replies = patient.write(BRUISES)
    assert sum(text.startswith(CONTACT_TODAY) for text in texts(replies)) == 1
    assert not chat.flag().unprocessed


def test_what_the_assistant_found_stays_marked_when_the_floor_found_something_higher(chat, patient):
    def does(request, write):
        parsed = chat.rasa.reader.read("I am so tired", intent="report_symptom")
        chat.rasa.take_up(request, write, parsed)

    chat.rasa.does = does
    patient.write(STROKE)
    found = {row.sign for row in chat.rows("mentions")}
    assert found == {"fatigue", "stroke_signs"}


# When the database does not answer


def test_without_a_database_and_a_spool_the_reply_says_after_the_advice_that_nothing_was_recorded(
    chat, patient
):
    chat.database_is_away()
    chat.spool_is_full()
    replies = patient.write(BRUISES)
    assert replies[0]["text"].startswith(CONTACT_TODAY)
    assert "This message was not recorded" in replies[-1]["text"]
    assert "999" in replies[-1]["text"] and "01632 960123" in replies[-1]["text"]
    assert not any("recorded what you told" in text for text in texts(replies))


def test_without_a_database_an_emergency_gets_the_number_first(chat, patient):
    chat.database_is_away()
    chat.spool_is_full()
    replies = patient.write(STROKE)
    assert "999" in first_sentence(replies)
    assert "not recorded" in replies[-1]["text"]


def test_without_a_database_and_without_words_we_know_there_is_a_way_to_a_person(chat, patient):
    chat.database_is_away()
    chat.spool_is_full()
    chat.rasa_is_away()
    (reply,) = patient.write("lorem ipsum")
    assert "not recorded" in reply["text"] and "01632 960123" in reply["text"]


def test_a_locked_database_is_waited_for_only_so_long(chat, patient):
    started = time.monotonic()
    with chat.database.writing():
        replies = patient.write(BRUISES)
    assert time.monotonic() - started < 2
    assert replies[0]["text"].startswith(CONTACT_TODAY)
    assert "I have kept this message" in replies[-1]["text"]
    assert chat.rows("messages") == []


def test_a_database_that_comes_back_is_used_again(chat, patient):
    with chat.database.writing():
        patient.write(BRUISES, "m1")
    replies = patient.write(BRUISES, "m2")
    assert not any("kept this message" in text for text in texts(replies))
    assert chat.flag().urgency is Urgency.URGENT


def test_a_message_that_is_in_the_record_is_not_said_to_be_lost(chat, patient):
    """The database goes away while Rasa works; the worker answers the message later."""

    def does(request, write):
        chat.database_is_away()

    chat.rasa.does = does
    replies = patient.write(BRUISES)
    assert chat.rows("messages")[0].text == BRUISES
    assert "nobody at the clinic will see it" not in replies[-1]["text"]


def test_without_a_database_no_conversation_is_opened_and_the_page_says_whom_to_call(chat):
    browser = chat.browser(opened=False)
    chat.database_is_away()
    response = browser.open()
    assert response.status_code == 503
    assert "call your team" in response.json()["error"]


# When the program itself has a fault


def test_a_fault_in_the_program_does_not_silence_an_emergency(chat, patient, monkeypatch):
    def fault(*_, **__):
        raise RuntimeError

    monkeypatch.setattr("bedside.store.take_up", fault)
    chat.rasa_is_away()
    assert "999" in first_sentence(patient.write(STROKE))


def test_a_conversation_from_before_knowledge_changed_still_gets_answers(chat, patient):
    """A sign was renamed; a patient who reported it under its old name writes again."""
    patient.write(BRUISES)
    with chat.database.writing() as tx:
        report = json.dumps(tx.execute(select(conversations.c.report)).scalar_one())
        renamed = json.loads(report.replace("unexplained_bruising", "easy_bruising"))
        tx.execute(update(conversations).values(report=renamed))
    assert "999" in first_sentence(patient.write(STROKE))


@pytest.mark.parametrize("character", ["(", "😀"])
def test_a_row_of_brackets_or_emoji_holds_nobody_up(floor, character):
    def seconds(length):
        started = time.perf_counter()
        floor.take_up(Report(), character * length, None, TODAY)
        return time.perf_counter() - started

    # In proportion it would be four times as long.
    assert seconds(2400) < 9 * min(seconds(600), seconds(600)) + 0.02


# Commands of Rasa's


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        "/back",
        '/report_emergency{"sign": "stroke_signs"}',
        "  /session_start",
        "\n/restart",
        "//restart",
        "/",
    ],
)
def test_a_command_that_a_patient_types_reaches_rasa_as_words(chat, patient, text):
    patient.write(text)
    (received,) = chat.rasa.received
    assert not received["message"].strip().startswith("/")
    assert received["message"].strip()[1:] == text.strip()[1:]
    assert len(received["message"]) == len(chat.rows("messages")[0].text)
    assert "/" in chat.rows("messages")[0].text


def test_a_slash_within_a_text_stays(chat, patient):
    patient.write("blood pressure 120/80, tired")
    assert chat.rasa.received[0]["message"] == "blood pressure 120/80, tired"


def test_mentions_point_to_their_words_in_a_text_that_begins_with_spaces(chat, patient):
    def as_rasa_does(request, write):
        chat.rasa.answer({**request, "message": request["message"].strip()}, write)

    chat.rasa.does = as_rasa_does
    patient.write("   I have bruises")
    message, (mention,) = chat.rows("messages")[0].text, chat.rows("mentions")
    assert message[mention.start : mention.end] == mention.text == "bruises"


# Readiness


def test_a_chat_that_can_answer_is_ready(chat):
    response = chat.client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "assistant": "ok"})
    assert chat.rasa.received[0]["metadata"] == {"canary": True}
    assert chat.rows("messages") == []


@pytest.mark.parametrize("how", [*DOWN, "apology"])
def test_a_chat_without_rasa_is_alive_and_not_ready(chat, monkeypatch, how):
    monkeypatch.setattr("chat.assistant.PROBE_SECONDS", 0.3)
    bring_down(chat, how)
    if how == "apology":
        line = {"text": "I cannot answer right now."}
        chat.rasa.does = chat.rasa.send(json.dumps(line).encode() + b"\n")
    response = chat.client.get("/readyz")
    assert (response.status_code, response.json()["assistant"]) == (503, "away")
    assert chat.client.get("/healthz").status_code == 200


def test_a_chat_without_a_database_is_alive_and_not_ready(chat):
    with chat.database.writing() as tx:
        tx.exec_driver_sql("drop table alembic_version")
    response = chat.client.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "away")
    assert chat.client.get("/healthz").json() == {"status": "ok"}
