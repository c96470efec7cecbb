"""Several Rasa, and several chat backends: one that is away is not noticed, and nothing is done twice."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from bedside.model import Urgency
from bedside.store.database import BUSY_SECONDS
from chat.app import create_app
from tests.chat.conftest import Browser, Chat, LittleRasa

BRUISES = "I have bruises all over my legs"
STROKE = "my face is drooping on one side"
CONTACT_TODAY = "Please contact the MS team today"
DOWN = ["refuses", "answers 500", "breaks off", "is silent", "hangs", "has no action server"]


@pytest.fixture
def chat(make_chat: Callable[..., Chat], monkeypatch: pytest.MonkeyPatch) -> Chat:
    """Chat in front of two Rasa, the first of which gets the first message."""
    monkeypatch.setattr("chat.assistant.SLOW_SECONDS", 0.4)
    monkeypatch.setattr("chat.assistant.PROBE_SECONDS", 0.3)
    return make_chat(replicas=2)


def bring_down(rasa: LittleRasa, how: str) -> None:
    if how == "refuses":
        rasa.stop()
    elif how == "answers 500":
        rasa.status, rasa.does = 500, rasa.answer_nothing
    elif how == "breaks off":
        rasa.does = rasa.send(b'{"text": "half a l')
    elif how == "is silent":
        rasa.does = rasa.answer_nothing
    elif how == "hangs":
        rasa.does = rasa.hang
    elif how == "has no action server":
        rasa.does = rasa.answer_without_its_action


def test_patients_are_spread_over_both(chat: Chat) -> None:
    patient = chat.browser()
    for answer in (BRUISES, "no", "no", "no"):
        patient.write(answer)
    assert [len(rasa.asked) for rasa in chat.rasas] == [2, 2]


@pytest.mark.parametrize("how", DOWN)
def test_when_one_is_down_the_other_answers_as_if_nothing_were(chat: Chat, how: str) -> None:
    bring_down(chat.rasas[0], how)
    patient, started = chat.browser(), time.monotonic()
    replies = patient.write(BRUISES)
    assert time.monotonic() - started < 2
    assert replies[0]["text"].startswith(CONTACT_TODAY) and len(replies) == 2
    assert not chat.flag().unprocessed
    assert [row.processed_by for row in chat.rows("reports")] == ["assistant"]


@pytest.mark.parametrize("how", DOWN)
def test_when_both_are_down_the_floor_answers(chat: Chat, how: str) -> None:
    chat.hurry()
    for rasa in chat.rasas:
        bring_down(rasa, how)
    replies = chat.browser().write(BRUISES)
    assert replies[0]["text"].startswith(CONTACT_TODAY)
    assert chat.flag().unprocessed


def test_an_emergency_does_not_wait_for_another_when_the_first_hangs(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.turns.EMERGENCY_SECONDS", 0.5)
    bring_down(chat.rasas[0], "hangs")
    patient, started = chat.browser(), time.monotonic()
    replies = patient.write(STROKE)
    assert time.monotonic() - started < 1
    assert "999" in replies[0]["text"] and replies[0]["urgency"] == "emergency"
    assert chat.rasas[1].asked == []


def test_an_emergency_is_taken_up_by_the_other_when_the_first_refuses(chat: Chat) -> None:
    bring_down(chat.rasas[0], "refuses")
    replies = chat.browser().write(STROKE)
    assert "999" in replies[0]["text"]
    flag = chat.flag()
    assert (flag.urgency, flag.unprocessed) == (Urgency.EMERGENCY, False)


def test_a_message_that_both_took_up_is_in_the_record_once_and_told_once(chat: Chat) -> None:
    """The first records the message and then hangs, so the second is asked for the same."""
    first, second = chat.rasas
    first.does = lambda request, write: (
        first.answer(request, lambda line: None),
        first.hang(request, write),
    )[-1]
    patient = chat.browser()
    replies = patient.write(BRUISES, "m1")
    assert first.asked == second.asked == [BRUISES]
    assert replies[0]["text"].startswith(CONTACT_TODAY) and len(replies) == 2
    assert len(chat.rows("reports")) == len(chat.flags()) == len(chat.rows("outbox")) == 1
    assert patient.write("none of these")  # the question was asked once, and is answered once
    assert chat.rows("conversations")[0].report["answers"]["headache_present"] == "no"


def test_a_slow_one_that_takes_the_message_up_after_the_other_changes_nothing(chat: Chat) -> None:
    first, second = chat.rasas
    first.does = first.answer_late
    patient = chat.browser()
    replies = patient.write(BRUISES, "m1")
    before = chat.rows("messages"), chat.rows("reports"), chat.rows("conversations")
    first.released.set()
    chat.wait_until(lambda: first.working == 0)
    assert (chat.rows("messages"), chat.rows("reports"), chat.rows("conversations")) == before
    assert patient.write(BRUISES, "m1") == replies
    assert second.asked == [BRUISES]


def test_the_one_that_ends_first_is_believed_though_it_was_slow(chat: Chat) -> None:
    first, second = chat.rasas
    first.does = lambda request, write: (time.sleep(0.8), first.answer(request, write))[-1]
    second.does = second.hang
    replies = chat.browser().write(BRUISES)
    assert replies[0]["text"].startswith(CONTACT_TODAY)
    assert not chat.flag().unprocessed


def test_a_failed_one_is_left_aside_and_taken_back_once_it_answers_a_probe(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.assistant.ASIDE_SECONDS", 0.05)
    first, second = chat.rasas
    bring_down(first, "answers 500")
    patient = chat.browser()
    for text in (BRUISES, "no", "no"):
        patient.write(text)
    assert len(first.asked) == 1 and len(second.asked) == 3
    probes = len(first.received)
    chat.wait_until(lambda: len(first.received) > probes + 1)
    assert len(first.asked) == 1  # probed, and no patient waited for it

    first.status, first.does = 200, first.answer
    chat.wait_until(lambda: patient.write("no") and len(first.asked) > 1)


def test_an_only_one_is_asked_again_each_time(make_chat: Callable[..., Chat]) -> None:
    chat = make_chat()
    chat.rasa.status = 500
    patient = chat.browser()
    patient.write(BRUISES)
    chat.rasa.status = 200
    patient.write("none of these")
    assert chat.rasa.asked == [BRUISES, "none of these"]
    assert chat.rows("reports")[-1].processed_by == "assistant"


def test_no_word_of_a_patient_is_logged_when_one_fails(
    chat: Chat, no_words_in_any_log: None
) -> None:
    bring_down(chat.rasas[0], "answers 500")
    chat.browser().write("Zwetschgenkuchen and bruises")


# Readiness


def test_with_one_away_chat_is_ready_and_says_which_one_is_not(chat: Chat) -> None:
    bring_down(chat.rasas[1], "refuses")
    response = chat.client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "database": "ok",
        "assistant": "ok",
        "rasa-1": "ok",
        "rasa-2": "away",
    }


def test_with_both_away_chat_is_not_ready(chat: Chat) -> None:
    bring_down(chat.rasas[0], "hangs")
    bring_down(chat.rasas[1], "refuses")
    response = chat.client.get("/readyz")
    assert (response.status_code, response.json()["assistant"]) == (503, "away")


# Several chat backends


def test_a_browser_that_is_moved_to_another_backend_goes_on_with_its_conversation(
    chat: Chat,
) -> None:
    here = chat.browser()
    here.write(BRUISES, "m1")
    with TestClient(create_app(chat.settings, chat.clock)) as client:
        client.cookies = here.client.cookies
        there = Browser(client)
        assert there.transcript() == here.transcript() != []
        there.write("none of these")
        assert there.write(BRUISES, "m1") == here.write(BRUISES, "m1")
        here.write("I have a headache")
        assert there.transcript() == here.transcript()
    assert len(chat.rows("conversations")) == len(chat.flags()) == 1
    assert chat.rows("conversations")[0].report["answers"]["headache_present"] == "no"


def test_two_messages_of_one_conversation_at_two_backends_are_answered_in_order(
    make_chat: Callable[..., Chat],
    at_once: Callable[..., list[object]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As in earnest: six turns wait for each other's writing.
    monkeypatch.setattr("bedside.store.database.BUSY_SECONDS", BUSY_SECONDS)
    chat = make_chat(replicas=2)
    here = chat.browser()
    with TestClient(create_app(chat.settings, chat.clock)) as client:
        client.cookies = here.client.cookies
        there = Browser(client)
        got = at_once(
            *[
                lambda browser=browser, n=n: browser.write(f"I have a rash {n}", f"m{n}")
                for n in range(3)
                for browser in (here, there)
            ]
        )
    assert got[0::2] == got[1::2]  # each message was sent to both, and answered once
    senders = [row.sender for row in chat.rows("messages")]
    assert senders.count("patient") == 3
    assert len(chat.rows("reports")) == 3
