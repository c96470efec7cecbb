"""A program, or the database, that dies, hangs or is away while patients write.

Whatever it is: an emergency has its number in the first sentence, every message has a reply within 8 s
(checked at each message), nothing is lost or stored twice, and afterwards the conversation goes on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest
from sqlalchemy import select

from bedside.store import tables
from tests.programs.running import Programs, wait_for
from tests.programs.talk import REPLY_WITHIN, Start, TalkOverHttp

TEAM, OUT_OF_HOURS = "01632 960123", "NHS 111"
BRUISES = "I have bruises on my legs"
STROKE = "my face is drooping"
# Words of a patient that no program, page or library has of its own.
ZYZZYVA = "zyzzyva, I have bruises on my legs"


# The action server


def test_S1_S4_the_action_server_dies_in_the_middle_of_a_question(
    ready: Programs, start: Start
) -> None:
    frightened, polite = start().say(BRUISES), start().say(BRUISES).asks("headache")

    ready.kill("actions")
    frightened.say(STROKE).urgency("emergency").hears_first("999").flagged("emergency")
    polite.say("hello?").asks("headache")

    assert frightened.flag.unprocessed
    ready.wait_until_ready()
    polite.picks("A headache").urgency("emergency").hears_first("999").flagged("emergency")
    polite.team_is_told("urgent", "emergency")


def test_S1_S4_the_action_server_hangs_and_what_it_says_late_opens_no_second_flag(
    ready: Programs, start: Start
) -> None:
    frightened, tired, greeting = start().say(BRUISES), start(), start()

    with ready.stopped("actions"):
        _at_once(
            lambda: frightened.say(STROKE).hears_first("999").flagged("emergency"),
            lambda: tired.say(BRUISES).urgency("urgent").hears(TEAM).flagged("urgent"),
            lambda: greeting.say("hello").hears(TEAM),
        )

    wait_for(lambda: _has_late_replies(tired), 20, "the late answer to be kept")
    tired.flagged("urgent").team_is_told("urgent")
    frightened.flagged("emergency").team_is_told("urgent", "emergency")
    tired.picks("A headache").hears_first("999").flagged("emergency")


@pytest.mark.parametrize("milliseconds", [10, 60])
def test_S3_whenever_the_action_server_dies_there_is_one_report_one_flag_one_notification(
    ready: Programs, start: Start, milliseconds: int
) -> None:
    talk = start()

    with ThreadPoolExecutor() as pool:
        told = pool.submit(talk.say, BRUISES)
        time.sleep(milliseconds / 1000)
        ready.kill("actions")
        told.result().urgency("urgent").hears(TEAM)

    talk.flagged("urgent").team_is_told("urgent").notes("unexplained_bruising")
    assert len({row.message_id for row in talk.rows("reports")}) == 1


# Rasa


def test_S1_S4_rasa_dies_in_the_middle_of_a_question(ready: Programs, start: Start) -> None:
    frightened, polite = start().say(BRUISES), start().say(BRUISES).asks("headache")
    in_crisis, unclear = start(), start()

    ready.kill("rasa")
    frightened.say(STROKE).urgency("emergency").hears_first("999").flagged("emergency")
    in_crisis.say("I want to kill myself").hears_first("999", "116 123").flagged("emergency")
    unclear.say("I have hiccups that won't go away").hears(TEAM, OUT_OF_HOURS, "999")
    polite.say("hello?").asks("headache")

    assert unclear.flag.unprocessed
    ready.wait_until_ready()
    polite.picks("A headache").urgency("emergency").hears_first("999").flagged("emergency")
    polite.team_is_told("urgent", "emergency")


def test_S4_two_messages_at_once_while_rasa_hangs_are_both_answered_in_time(
    ready: Programs, start: Start
) -> None:
    talk = start()

    with ready.stopped("rasa"):
        bruises, emergency = talk.says_at_once(BRUISES, "I cannot breathe")

    # Whichever came first: after an emergency nobody is sent to a lower place.
    assert TEAM in bruises[0].text or "999" in bruises[0].text
    assert "999" in emergency[0].text
    talk.flagged("emergency").notes("unexplained_bruising", "severe_breathlessness")


# Chat and the worker


def test_S3_a_turn_whose_chat_dies_is_finished_when_the_message_is_sent_again_or_by_the_worker(
    ready: Programs, start: Start
) -> None:
    tries_again, gives_up = start(), start()
    with ready.stopped("rasa"), ThreadPoolExecutor() as pool:
        for talk in (tries_again, gives_up):
            pool.submit(_sends_and_hears_nothing, talk, BRUISES, f"m-{talk.conversation_id[:8]}")
            wait_for(lambda talk=talk: talk.rows("messages"), 5, "the message to be stored")
        ready.kill("chat")
    ready.wait_until_ready()

    tries_again.say(BRUISES, message_id=f"m-{tries_again.conversation_id[:8]}").urgency("urgent")
    gives_up.later(minutes=1)  # the worker leaves to chat what is younger

    wait_for(lambda: _is_answered(gives_up), 20, "the worker to answer")
    for talk in (tries_again, gives_up):
        talk.flagged("urgent").team_is_told("urgent").notes("unexplained_bruising")
        asked, advised, *_ = talk.patient.transcript()
        assert (asked["text"], advised["urgency"]) == (BRUISES, "urgent")
        assert [row.sender for row in talk.rows("messages")].count("patient") == 1


def test_S3_while_the_worker_is_dead_patients_are_answered_and_the_team_is_told_once_after_it(
    ready: Programs, start: Start
) -> None:
    with ready.stopped("worker"):
        before = len(ready.telephone.received)
        talk = start().say(STROKE).hears_first("999").flagged("emergency")
        ready.kill("worker")

    wait_for(lambda: talk.notifications_are_sent, 20, "the notification")

    told = [each["title"] for each in ready.telephone.received[before:]]
    assert told == ["Bedside: a report is waiting (emergency)"]


# The database


def test_S1_S3_what_is_written_while_the_database_is_away_is_kept_and_recorded_when_it_is_back(
    ready: Programs, start: Start
) -> None:
    frightened, tired, unclear = start().say(BRUISES), start(), start()
    newcomer, nurse = httpx.Client(base_url=ready.chat_url, timeout=20), ready.nurse()
    refused: list[httpx.Response] = []

    with ready.database_is_away():
        _at_once(
            lambda: frightened.says_without_record(STROKE).hears_first("999"),
            lambda: tired.says_without_record(BRUISES).urgency("urgent"),
            lambda: unclear.says_without_record("I have hiccups that won't go away").urgency(None),
            lambda: refused.append(newcomer.post("/api/conversations", json={})),
            lambda: refused.append(nurse.http.get("/")),
        )

    for talk in (frightened, tired, unclear):
        talk.hears("I have kept this message", TEAM, OUT_OF_HOURS, "999")
    assert [each.status_code for each in refused] == [503, 503]
    assert any("call your team" in each.text for each in refused)

    wait_for(lambda: not ready.spooled, 20, "the worker to put it into the record")
    frightened.flagged("emergency").notes("unexplained_bruising", "stroke_signs")
    frightened.team_is_told("urgent", "emergency").audited("message.taken_up", "message.replayed")
    tired.flagged("urgent").team_is_told("urgent").notes("unexplained_bruising")
    assert unclear.flag.unprocessed
    for talk in (frightened, tired, unclear):
        assert [each["text"] for each in talk.patient.transcript()] == _in_its_lines(talk)
    tired.say("a headache").hears_first("999").flagged("emergency")
    assert nurse.http.get("/").status_code == 200


def test_S3_what_was_kept_is_recorded_once_though_every_program_dies_before_it(
    ready: Programs, start: Start
) -> None:
    talks = [start() for _ in range(3)]
    with ready.database_is_away():
        _at_once(*(lambda talk=talk: talk.says_without_record(BRUISES) for talk in talks))
        ready.kill_all()
    ready.wait_until_ready()

    wait_for(lambda: not ready.spooled, 20, "the worker to put it into the record")
    for talk in talks:
        talk.flagged("urgent").team_is_told("urgent").notes("unexplained_bruising")
        assert [row.sender for row in talk.rows("messages")].count("patient") == 1


def test_S3_when_the_database_is_away_and_nothing_can_be_kept_the_reply_says_so(
    ready: Programs, start: Start
) -> None:
    frightened, tired = start(), start()

    with ready.spool_is_full(), ready.database_is_away():
        _at_once(
            lambda: frightened.says_without_record(STROKE).hears_first("999"),
            lambda: tired.says_without_record(BRUISES).urgency("urgent"),
        )

    for talk in (frightened, tired):
        talk.hears("This message was not recorded", TEAM, OUT_OF_HOURS, "999")
        assert talk.rows("messages") == []
    tired.say(BRUISES).urgency("urgent").flagged("urgent").team_is_told("urgent")


@pytest.mark.parametrize(("text", "urgency"), [(STROKE, "emergency"), (BRUISES, "urgent")])
def test_S3_S4_the_database_goes_away_in_the_middle_of_a_turn_and_the_worker_finishes_it(
    ready: Programs, start: Start, text: str, urgency: str
) -> None:
    talk = start()
    talk.patience = REPLY_WITHIN + 1.5

    with ready.stopped("rasa"), ThreadPoolExecutor() as pool:
        telling = pool.submit(talk.says_without_record, text)
        wait_for(lambda: talk.rows("messages"), 5, "the message to be stored")
        with ready.database_is_away():
            telling.exception()
    telling.result().urgency(urgency).hears(TEAM, "999")

    talk.later(minutes=1)
    wait_for(lambda: _is_answered(talk), 20, "the worker to answer")
    talk.flagged(urgency).team_is_told(urgency)
    assert talk.waited < REPLY_WITHIN


# What is written meanwhile


def test_S7_no_words_of_a_patient_are_in_the_output_of_any_program(
    ready: Programs, start: Start
) -> None:
    """Nor of those who wrote while something was broken."""
    talk = start(name="Ann Smith").say(ZYZZYVA)
    with ready.database_is_away():
        talk.says_without_record(ZYZZYVA)
    ready.kill("actions")
    talk.say(ZYZZYVA)
    written, output = _written_by_patients(ready), ready.all_output()

    assert ZYZZYVA in written
    assert "Rasa did not answer" in output or "could not be" in output, "the logs were read"
    assert [text for text in written if text in output] == []
    assert "zyzzyva" not in output and "Ann Smith" not in output
    told = json.dumps(ready.telephone.received)
    assert [text for text in written if text in told] == []


def _at_once(*calls: Callable[[], object]) -> None:
    """Run them together; the first that fails is raised."""
    with ThreadPoolExecutor(len(calls)) as pool:
        _wait([pool.submit(call) for call in calls])


def _wait(running: list[Future[object]]) -> None:
    for each in running:
        each.result()


def _sends_and_hears_nothing(talk: TalkOverHttp, text: str, message_id: str) -> None:
    with suppress(httpx.HTTPError):
        talk.patient.sends(text, message_id)


def _in_its_lines(talk: TalkOverHttp) -> list[str]:
    """What the patient and Bedside said so far."""
    return [line.text for line in talk.lines if line.who]


def _is_answered(talk: TalkOverHttp) -> bool:
    messages = [row for row in talk.rows("messages") if row.sender == "patient"]
    return all(row.state == "answered" for row in messages)


def _has_late_replies(talk: TalkOverHttp) -> bool:
    return any(not row.shown for row in talk.rows("messages"))


def _written_by_patients(programs: Programs) -> set[str]:
    """What patients wrote in their own words so far; a few words may be a program's own, too."""
    messages = tables.messages
    with programs.database.reading() as tx:
        wrote = tx.execute(select(messages.c.text).where(messages.c.sender == "patient")).scalars()
        return {text for text in wrote if len(text) > 12}
