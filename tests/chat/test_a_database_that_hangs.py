"""A database that neither answers nor refuses: patients hear in time, and nothing is recorded twice."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import event

from tests.conftest import MARKER

pytestmark = pytest.mark.usefixtures("no_words_in_any_log")

BRUISES = f"I have bruises all over my legs {MARKER}"
STROKE = f"my face is drooping on one side {MARKER}"
KEPT = "I have kept this message"
HANGS_AFTER = 0.3


class Hanging:
    """Statements of the chat that wait until the database goes on."""

    def __init__(self, chat, monkeypatch):
        self.goes_on = threading.Event()
        self.goes_on.set()
        app = chat.client.app
        self.engine = next(
            route.endpoint.__self__.database.engine
            for route in app.routes
            if hasattr(route, "endpoint")
        )
        event.listen(self.engine, "before_cursor_execute", self.wait)
        monkeypatch.setattr("chat.in_time.DATABASE_SECONDS", HANGS_AFTER)

    def wait(self, *_):
        self.goes_on.wait(20)


@pytest.fixture
def hanging(chat, monkeypatch):
    hanging = Hanging(chat, monkeypatch)
    yield hanging
    hanging.goes_on.set()


def patients_messages(chat):
    return [row.text for row in chat.rows("messages") if row.sender == "patient"]


def test_while_the_database_hangs_the_number_comes_first_and_the_message_is_kept(
    chat, patient, hanging
):
    hanging.goes_on.clear()
    began = time.monotonic()
    first, *_, kept = patient.write(STROKE)
    assert time.monotonic() - began < 2
    assert "999" in first["text"].split(". ")[0] and KEPT in kept["text"]


def test_what_was_kept_and_then_recorded_late_all_the_same_is_there_once(chat, patient, hanging):
    hanging.goes_on.clear()
    patient.write(BRUISES, "m1")
    hanging.goes_on.set()
    chat.wait_until(lambda: patients_messages(chat) == [BRUISES])
    chat.clock.advance(seconds=16)
    patient.write("none of these", "m2")
    assert patients_messages(chat) == [BRUISES, "none of these"]
    assert chat.spool.waiting() == []
    assert len(chat.flags()) == 1


def test_a_database_that_hangs_in_the_middle_of_a_turn_delays_the_advice_but_not_for_long(
    chat, patient, hanging
):
    def answers_and_hangs(request, write):
        hanging.goes_on.clear()

    chat.rasa.does = answers_and_hangs
    began = time.monotonic()
    advice, *_, unavailable = patient.write(STROKE)
    assert time.monotonic() - began < 3
    assert advice["urgency"] == "emergency" and "01632 960123" in unavailable["text"]


def test_many_patients_who_write_and_look_while_it_hangs_are_all_answered_in_time(
    chat, hanging, at_once
):
    browsers = [chat.browser() for _ in range(40)]
    hanging.goes_on.clear()
    waited = []

    def writes(browser):
        browser.transcript_status = browser.client.get("/api/messages").status_code
        began = time.monotonic()
        (*_, kept) = browser.write(BRUISES)
        waited.append(time.monotonic() - began)
        assert KEPT in kept["text"]

    results = at_once(*(lambda browser=browser: writes(browser) for browser in browsers))
    assert [each for each in results if each] == []
    assert {browser.transcript_status for browser in browsers} == {503}
    assert max(waited) < 6
