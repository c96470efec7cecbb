"""The faults are drawn from a seed, a link breaks as it is told, and nothing broken goes unseen."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter

import pytest

from bedside.model import Urgency
from bench.faults.comparing import of_talk
from bench.faults.kinds import Kind, drawn
from bench.faults.link import HANGS, REFUSES, Link
from bench.faults.patients import Sent, StandStill

KINDS = [Kind(name, lambda _: None) for name in ("killed", "slow", "disk full")]
STROKE = "my face is drooping on one side"


def test_the_same_seed_draws_the_same_faults_and_each_kind_as_often():
    one, other = drawn(KINDS, 30, 1), drawn(KINDS, 30, 1)
    assert one == other != drawn(KINDS, 30, 2)
    assert set(Counter(fault.kind.name for fault in one).values()) == {10}


def sent(**changes):
    reply = {"text": "Call 999 now.", "urgency": "emergency"}
    return Sent("m1", STROKE, Urgency.EMERGENCY, **{"replies": [reply], "waited": 0.1, **changes})


ASKED = {"message_id": "m1", "sender": "patient", "text": STROKE}
ANSWERED = {"message_id": "m1", "sender": "assistant", "text": "Call 999 now."}


def found(message, *lines):
    return {what for what, times in of_talk([message], lines).items() if times}


def test_a_message_that_is_stored_and_answered_once_breaks_no_promise():
    assert found(sent(), ASKED, ANSWERED) == set()


@pytest.mark.parametrize(
    ("message", "lines", "broken"),
    [
        (sent(), [], "messages lost"),
        (sent(), [ASKED, ASKED, ANSWERED], "messages stored twice"),
        (sent(), [ASKED, ANSWERED, ANSWERED], "messages answered twice"),
        (sent(), [ASKED], "messages stored and not answered"),
        (sent(waited=9.0), [ASKED, ANSWERED], "patients left in silence"),
        (
            sent(replies=[{"text": "Hello."}]),
            [ASKED, ANSWERED],
            "urgency told below what the words call for",
        ),
    ],
)
def test_what_breaks_a_promise_is_found_by_name(message, lines, broken):
    assert found(message, *lines) == {broken}


def test_a_message_that_the_patient_was_told_is_not_recorded_is_not_lost():
    reply = {"text": "Call 999. This message was not recorded.", "urgency": "emergency"}
    assert found(sent(replies=[reply])) == set()


def test_the_time_in_which_the_chat_itself_stood_still_is_known():
    still, before = StandStill(), time.monotonic()
    with still.during(True):
        time.sleep(0.1)
    with still.during(False):
        time.sleep(0.1)
    assert 0.1 <= still.within(before, time.monotonic()) < 0.19


@pytest.fixture
def echo():
    """A server that says everything back."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve(connection):
        while data := connection.recv(100):
            connection.sendall(data)

    def accept():
        while True:
            connection, _ = server.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return Link(server.getsockname()[1])


@pytest.fixture
def caller(echo):
    with socket.create_connection(("127.0.0.1", echo.port), timeout=2) as caller:
        yield caller


def says(caller, word):
    caller.sendall(word)
    return caller.recv(100)


def test_a_link_passes_on_what_is_said(caller):
    assert says(caller, b"hello") == b"hello"


def test_a_link_that_hangs_says_nothing_and_goes_on_where_it_was(echo, caller):
    assert says(caller, b"hello") == b"hello"
    caller.settimeout(0.2)
    with echo.that(HANGS), pytest.raises(TimeoutError):
        says(caller, b"again")
    caller.settimeout(2)
    assert caller.recv(100) == b"again"


def test_a_link_that_refuses_cuts_who_is_connected_and_takes_nobody(echo, caller):
    assert says(caller, b"hello") == b"hello"
    with echo.that(REFUSES):
        assert is_cut(caller)
        assert is_cut_at_once(echo)


def is_cut(caller):
    try:
        return caller.recv(100) == b""
    except ConnectionError:
        return True


def is_cut_at_once(link):
    try:
        with socket.create_connection(("127.0.0.1", link.port), timeout=2) as late:
            return is_cut(late)
    except ConnectionError:
        return True
