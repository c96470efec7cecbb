"""What a browser may send: taken once and in order, or refused in a sentence; never kept in a log."""

from __future__ import annotations

import json
import threading
import time

import pytest

from bedside import store
from bedside.model import FlagState
from bedside.settings import read_clinic
from chat.bodies import MOST_CHARACTERS
from chat.sessions import COOKIE, Sessions
from tests.conftest import MARKER
from tests.keys import KEYS

pytestmark = pytest.mark.usefixtures("no_words_in_any_log")

BRUISES = "I have bruises all over my legs"


# Once, and in order


def test_a_message_sent_again_gets_the_same_answer_once(chat, patient):
    first = patient.write(BRUISES, "m1")
    assert patient.write(BRUISES, "m1") == first
    assert patient.write("other words", "m1") == first
    assert len(chat.rasa.received) == 1
    assert [row.sender for row in chat.rows("messages")] == ["patient"] + ["assistant"] * len(first)


def test_a_message_sent_four_times_at_once_gets_the_same_answer_once(chat, patient, at_once):
    results = at_once(*[lambda: patient.write(f"{BRUISES} {MARKER}", "m1")] * 4)
    assert all(each == results[0] for each in results) and isinstance(results[0], list)
    assert len(chat.rasa.received) == 1
    assert [row.sender for row in chat.rows("messages")].count("patient") == 1
    assert len(chat.flags()) == len(chat.rows("outbox")) == 1


def test_a_message_without_an_id_gets_one(patient):
    ids = {patient.send(BRUISES).json()["message_id"] for _ in range(2)}
    assert len(ids) == 2


def test_the_answer_names_the_message_it_answers(patient):
    assert patient.send(BRUISES, "m-1_A").json()["message_id"] == "m-1_A"


def test_two_patients_may_use_the_same_message_id(chat):
    one, other = chat.browser(), chat.browser()
    one.write("hello", "m1")
    assert "today" in other.write(BRUISES, "m1")[0]["text"]
    assert len(chat.rasa.received) == 2


def test_two_messages_of_one_conversation_are_answered_in_order(chat, patient):
    def slowly(request, write):
        time.sleep(0.2)
        chat.rasa.answer(request, write)

    chat.rasa.does = slowly
    first = threading.Thread(target=patient.write, args=("I am so tired",))
    first.start()
    chat.wait_until(lambda: chat.rasa.received)
    patient.write(BRUISES)
    first.join()
    assert [each["message"] for each in chat.rasa.received] == ["I am so tired", BRUISES]
    assert chat.rasa.most_at_once == 1
    lines = [line["text"] for line in patient.transcript()]
    assert lines.index("I am so tired") == 0 < 1 < lines.index(BRUISES)
    assert len(chat.flags()) == 1


def test_two_conversations_are_answered_side_by_side(chat, at_once):
    meeting = threading.Barrier(2)

    def together(request, write):
        meeting.wait(5)
        chat.rasa.answer(request, write)

    chat.rasa.does = together
    browsers = [chat.browser(), chat.browser()]
    results = at_once(*(lambda each=each: each.write(BRUISES) for each in browsers))
    assert all(isinstance(each, list) for each in results)
    assert chat.rasa.most_at_once == 2


def test_a_message_behind_one_whose_program_died_is_answered_in_time_by_the_floor(chat, patient):
    chat.hurry()
    (conversation,) = chat.rows("conversations")
    with chat.database.writing() as tx:
        store.receive(tx, conversation.id, "m0", "I am so tired", holder="dead", now=chat.clock())
    started = time.monotonic()
    assert "today" in patient.write(BRUISES)[0]["text"]
    assert time.monotonic() - started < 3
    assert chat.rasa.received == []
    assert [row.state for row in chat.rows("messages")][:2] == ["received", "answered"]
    assert chat.flag().unprocessed


# What is refused

JSON = "application/json"
NESTED = b'{"text": ' + b"[" * 20_000
BAD = [
    ("an empty body", b"", JSON, 422),
    ("an empty object", b"{}", JSON, 422),
    ("an empty text", b'{"text": ""}', JSON, 422),
    ("only white space", b'{"text": " \\n\\t "}', JSON, 422),
    ("only control characters", b'{"text": "\\u0000\\u0001\\u007f\\u0085"}', JSON, 422),
    ("no text", b'{"message_id": "m1"}', JSON, 422),
    ("a text that is null", b'{"text": null}', JSON, 422),
    ("a text that is a number", b'{"text": 17}', JSON, 422),
    ("a text that is a list", b'{"text": ["Zwetschgenkuchen"]}', JSON, 422),
    ("100,000 characters", json.dumps({"text": MARKER * 6250}).encode(), JSON, 413),
    ("a character too many", json.dumps({"text": "x" * (MOST_CHARACTERS + 1)}).encode(), JSON, 413),
    ("invalid JSON", b'{"text": "Zwetschgenkuchen', JSON, 400),
    ("invalid UTF-8", b'{"text": "Zwetschgenkuchen \xff\xfe"}', JSON, 400),
    ("UTF-16", '{"text": "Zwetschgenkuchen"}'.encode("utf-16"), JSON, 400),
    ("a JSON array", b'["Zwetschgenkuchen"]', JSON, 400),
    ("a JSON string", b'"Zwetschgenkuchen"', JSON, 400),
    ("null", b"null", JSON, 400),
    ("deep nesting", NESTED, JSON, 400),
    ("deep nesting, closed", NESTED + b"]" * 20_000 + b"}", JSON, 400),
    ("a form", b"text=Zwetschgenkuchen", "application/x-www-form-urlencoded", 415),
    ("plain text", b'{"text": "Zwetschgenkuchen"}', "text/plain", 415),
    ("no content type", b'{"text": "Zwetschgenkuchen"}', "", 415),
    ("an empty id", b'{"text": "Zwetschgenkuchen", "message_id": ""}', JSON, 422),
    ("an id that is a number", b'{"text": "Zwetschgenkuchen", "message_id": 1}', JSON, 422),
    ("an id with a slash", b'{"text": "Zwetschgenkuchen", "message_id": "../m"}', JSON, 422),
    ("an id with a line break", b'{"text": "Zwetschgenkuchen", "message_id": "m\\n"}', JSON, 422),
    ("an id in another script", '{"text": "x", "message_id": "ümlaut"}'.encode(), JSON, 422),
    ("an id of 65 letters", b'{"text": "x", "message_id": "' + b"m" * 65 + b'"}', JSON, 422),
]  # fmt: skip


def test_what_cannot_be_a_message_is_refused_in_a_sentence_and_not_stored(chat, patient):
    for case, body, content_type, status in BAD:
        response = patient.post(body, content_type)
        assert response.status_code == status, case
        assert set(response.json()) == {"error"}, case
        sentence = response.json()["error"]
        assert sentence[0].isupper() and sentence.endswith(".") and MARKER not in sentence, case
    assert chat.rows("messages") == [] and chat.rasa.received == []


def test_a_message_that_is_too_long_says_what_to_do_in_danger(patient):
    error = patient.send("my face is drooping " * 500).json()["error"]
    assert "not recorded" in error and "call your emergency number" in error


ODD = [
    ("only emoji", "🤕🩸😀"),
    ("a text of the greatest length", ("bruises " * (MOST_CHARACTERS // 8))[:-1] + "."),
    ("a lone surrogate", f"bruises \ud800 {MARKER}"),
    ("NUL and control characters", f"bruises\x00 \x1b[31m\x07 {MARKER}"),
    ("right to left", "لدي كدمات \u202e"),
    ("mark-up", "<script>alert(1)</script> bruises"),
    ("a formula", "=cmd|' /C calc'!A0 bruises"),
    ("a template", "{emergency_number} {0} %s ${x} bruises"),
    ("SQL", "'; drop table messages; --"),
    ("only a combining mark", "\u0301"),
    ("only an invisible character", "\u200b"),
]


@pytest.mark.parametrize("rasa_is", ["well", "away"])
def test_any_text_gets_a_kind_reply_and_is_stored_once(chat, patient, rasa_is):
    if rasa_is == "away":
        chat.rasa_is_away()
    for number, (case, text) in enumerate(ODD):
        # As a browser writes it: a lone surrogate is an escape.
        body = json.dumps({"text": text, "message_id": f"m{number}"}).encode()
        response = patient.post(body)
        assert response.status_code == 200, case
        assert response.json()["replies"][0]["text"], case
    stored = [row.text for row in chat.rows("messages") if row.sender == "patient"]
    assert len(stored) == len(ODD)
    for (case, text), kept in zip(ODD, stored, strict=True):
        assert len(kept) == len(text), case
        assert not any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for letter in kept), case


def test_a_line_break_is_kept(chat, patient):
    patient.write("tired\nand bruises")
    assert chat.rows("messages")[0].text == "tired\nand bruises"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/conversations", 405),
        ("PUT", "/api/messages", 405),
        ("DELETE", "/api/messages", 405),
        ("POST", "/", 405),
        ("GET", "/api/nothing", 404),
        ("GET", "/static/nothing.js", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/%2e%2e/app.py", 404),
        ("GET", "/api/conversations/1/messages", 404),
    ],
)
def test_a_wrong_address_is_answered_in_a_sentence(chat, patient, method, path, status):
    response = patient.client.request(method, path)
    assert response.status_code == status
    assert response.json()["error"].endswith(".")


# Whose conversation it is


def test_without_a_cookie_there_is_no_conversation(chat):
    browser = chat.browser(opened=False)
    for response in (browser.send(BRUISES), browser.client.get("/api/messages")):
        assert response.status_code == 401
        assert "reload the page" in response.json()["error"]
    assert chat.rows("messages") == []


@pytest.mark.parametrize(
    "forged", ["x", "ImEi.x.y", "a" * 5000, "", "é".encode().decode("latin-1")]
)
def test_a_forged_cookie_opens_nothing(chat, patient, forged):
    patient.write(BRUISES)
    (conversation,) = chat.rows("conversations")
    stranger = chat.browser(opened=False)
    for value in (forged, conversation.id, f"{conversation.id}.x.y"):
        headers = {"cookie": f"{COOKIE}={value}".encode("latin-1", "replace")}
        response = stranger.client.get("/api/messages", headers=headers)
        assert response.status_code == 401


def test_a_cookie_signed_with_another_key_opens_nothing(chat, patient):
    (conversation,) = chat.rows("conversations")
    value = Sessions(["another key"])._serializer.dumps(conversation.id)
    stranger = chat.browser(opened=False)
    stranger.client.cookies.set(COOKIE, value)
    assert stranger.send(BRUISES).status_code == 401


def test_a_cookie_is_good_for_a_month_and_not_longer(chat, patient, monkeypatch):
    month, now = 30 * 24 * 3600, time.time()
    monkeypatch.setattr("time.time", lambda: now + month - 60)
    assert patient.client.get("/api/messages").status_code == 200
    monkeypatch.setattr("time.time", lambda: now + month + 60)
    assert patient.client.get("/api/messages").status_code == 401


def test_a_cookie_that_was_made_while_the_clock_was_ahead_is_good_once_it_is_set_back(
    chat, monkeypatch
):
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr("time.time", lambda: now + 3600)
        patient = chat.browser()
    assert patient.write(BRUISES)


def test_a_conversation_that_does_not_exist_takes_no_message(chat):
    stranger = chat.browser(opened=False)
    keys = KEYS.derived("chat sessions")
    stranger.client.cookies.set(COOKIE, Sessions(keys)._serializer.dumps("none such"))
    response = stranger.send(BRUISES)
    assert response.status_code == 404
    assert "reload the page" in response.json()["error"]
    # The page opens a new one when it is reloaded.
    assert stranger.client.get("/api/messages").status_code == 404
    assert chat.rows("messages") == []


def test_another_browser_never_sees_the_conversation(chat, patient):
    patient.write(f"{BRUISES} {MARKER}")
    stranger = chat.browser()
    assert stranger.transcript() == []
    assert MARKER not in stranger.client.get("/api/messages").text
    assert len(patient.transcript()) > 1


@pytest.mark.parametrize(
    ("base_url", "secure"), [("http://testserver", False), ("https://testserver", True)]
)
def test_the_cookie_is_for_this_program_alone_and_ends_with_the_session(chat, base_url, secure):
    cookie = chat.browser(opened=False, base_url=base_url).open().headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert ("secure" in cookie) is secure
    assert "max-age" not in cookie and "expires" not in cookie and "domain" not in cookie


def test_the_transcript_shows_what_was_said_and_with_which_choices(chat, patient):
    replies = patient.write(BRUISES, "m1")
    lines = patient.transcript()
    assert [line["sender"] for line in lines] == ["patient"] + ["assistant"] * len(replies)
    assert [line["text"] for line in lines[1:]] == [reply["text"] for reply in replies]
    assert [line["choices"] for line in lines[1:]] == [reply["choices"] for reply in replies]
    assert lines[1]["urgency"] == "urgent" and "urgency" not in lines[0]
    assert {line["message_id"] for line in lines} == {"m1"}
    assert lines[0]["at"] == "2026-11-25T10:00:00+00:00"


# Opening and closing


def test_a_conversation_is_opened_with_an_empty_body_too(chat):
    browser = chat.browser(opened=False)
    response = browser.client.post("/api/conversations", headers={"content-type": JSON})
    assert response.status_code == 201
    assert response.json()["conversation_id"] == chat.rows("conversations")[0].id


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"clinic": "main"}, 201),
        ({"clinic": None, "invitation": None}, 201),
        ({"clinic": "elsewhere"}, 404),
        ({"clinic": 1}, 422),
        ({"invitation": "forged"}, 404),
        ({"invitation": ""}, 404),
        ({"invitation": "x" * 201}, 422),
        ({"invitation": ["x"]}, 422),
        pytest.param(
            {"invitation": "\ud800"},
            404,
        ),
    ],
)
def test_what_opens_a_conversation_is_checked(chat, body, status):
    response = chat.client.post(
        "/api/conversations", content=json.dumps(body), headers={"content-type": JSON}
    )
    assert response.status_code == status
    assert len(chat.rows("conversations")) == (status == 201)


def test_an_invitation_makes_the_patient_known_to_the_clinic(chat):
    secret = invite(chat)
    patient = chat.browser(opened=False)
    assert patient.open(invitation=secret).status_code == 201
    patient.write(BRUISES)
    assert (chat.flag().patient_name, chat.flag().patient_contact) == ("Rosa", "020 7946 0000")
    assert "was used before" in chat.browser(opened=False).open(invitation=secret).json()["error"]


def test_after_the_clinician_closed_the_next_message_begins_a_new_conversation(chat, patient):
    patient.write(BRUISES)
    old = patient.client.cookies[COOKIE]
    close(chat)
    response = patient.send("my nose bleeds too")
    assert response.status_code == 200 and "set-cookie" in response.headers
    assert patient.client.cookies[COOKIE] != old
    assert patient.transcript()[0]["text"] == "my nose bleeds too"
    assert len({row.patient_id for row in chat.rows("conversations")}) == 1
    assert [flag.state.value for flag in chat.flags()] == ["new"]


def test_an_open_conversation_keeps_its_cookie(patient):
    assert "set-cookie" not in patient.send(BRUISES).headers


# The log


@pytest.mark.parametrize("rasa_is", ["well", "away", "broken", "talking"])
def test_no_word_of_a_patient_is_logged(chat, patient, caplog, rasa_is):
    if rasa_is == "away":
        chat.rasa_is_away()
    elif rasa_is == "broken":
        chat.rasa.status = 500
    elif rasa_is == "talking":
        chat.rasa.does = chat.rasa.send(f'{{"text": "{MARKER}\n'.encode())
    patient.write(f"{BRUISES} {MARKER}")
    chat.database_is_away()
    patient.write(f"my face is drooping {MARKER}")
    assert caplog.records


def test_no_word_of_a_patient_is_logged_when_the_program_fails(chat, patient, monkeypatch, caplog):
    def fault(*args, **_):
        raise RuntimeError(MARKER)

    monkeypatch.setattr("bedside.store.answer", fault)
    response = patient.send(f"{BRUISES} {MARKER}")
    assert response.status_code == 200 and MARKER not in response.text
    advised, *_, last = response.json()["replies"]
    assert advised["urgency"] == "urgent" and "do not wait for me" in last["text"]
    assert "RuntimeError" in caplog.text


def invite(chat):
    with chat.database.writing() as tx:
        store.ensure_clinic(tx, clinic_of(chat), now=chat.clock())
        return store.invite(
            tx,
            clinic_id="main",
            name="Rosa",
            contact="020 7946 0000",
            by="operator",
            now=chat.clock(),
        )


def close(chat):
    flag = chat.flag()
    with chat.database.writing() as tx:
        by = store.add_clinician(
            tx,
            clinic_id="main",
            username="ada",
            name="Ada",
            password_hash="-",
            by="operator",
            now=chat.clock(),
        )
        store.move(tx, flag, FlagState.CLAIMED, by=by, now=chat.clock())
        store.move(tx, flag, FlagState.CLOSED, by=by, now=chat.clock(), reason="spoke to her")


def clinic_of(chat):
    return read_clinic(chat.settings.clinic_file)
