"""Real conversations over HTTP with the five running programs, and the record they leave."""

from __future__ import annotations

import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bedside.store.tables import audit, flags, mentions, messages, outbox, reports
from tests.programs.conftest import PASSWORD, Programs, wait_for

BRUISES = "I've got bruises all over my legs and I haven't bumped into anything"
STROKE = "my face is drooping and I can't speak properly"


def first_sentence(replies: list[dict[str, Any]]) -> str:
    return re.split(r"(?<=[.!?])\s", replies[0]["text"])[0]


def rows(programs: Programs, table: Any, conversation_id: str) -> list[Any]:
    with programs.database.reading() as tx:
        of_it = table.c.conversation_id == conversation_id
        return list(tx.execute(select(table).where(of_it).order_by(table.c.id)))


def test_bruises_are_advised_recorded_and_flagged(ready: Programs) -> None:
    patient = ready.patient()

    first = patient.says(BRUISES)[0]

    assert first["urgency"] == "urgent"
    assert "01632 960123" in first["text"]
    assert "today" in first["text"]
    asked, advised, *_ = rows(ready, messages, patient.conversation_id)
    assert (asked.sender, asked.text, asked.state) == ("patient", BRUISES, "answered")
    assert (advised.sender, advised.text) == ("assistant", first["text"])
    with ready.database.reading() as tx:
        mention = tx.execute(select(mentions).where(mentions.c.message_id == asked.id)).one()
    assert (mention.sign, mention.assertion) == ("unexplained_bruising", "present")
    assert BRUISES[mention.start : mention.end] == "bruises"
    (report,) = rows(ready, reports, patient.conversation_id)
    assert (report.processed_by, report.urgency) == ("assistant", "urgent")
    assert report.reasons[0]["words"] == "bruises"
    assert {source["id"] for source in report.reasons[0]["sources"]} >= {"SIDE_EFFECTS"}
    assert report.knowledge_version
    assert report.model_version
    (flag,) = rows(ready, flags, patient.conversation_id)
    assert (flag.urgency, flag.state, flag.unprocessed) == ("urgent", "new", False)
    with ready.database.reading() as tx:
        of_it = audit.c.subject == f"conversation:{patient.conversation_id}"
        lines = [line.action for line in tx.execute(select(audit).where(of_it))]
    assert lines == ["conversation.opened", "message.taken_up", "flag.raised"]


def test_the_worker_tells_the_team_about_the_flag(ready: Programs) -> None:
    patient = ready.patient()
    patient.says("my gums are bleeding")
    key = f"flag:{patient.conversation_id}:urgent"

    def delivered() -> object:
        with ready.database.reading() as tx:
            return tx.execute(select(outbox.c.delivered_at).where(outbox.c.key == key)).scalar_one()

    wait_for(delivered, 10, "the notification")


def test_a_clinician_signs_in_and_sees_the_flagged_transcript(ready: Programs) -> None:
    patient = ready.patient()
    patient.says(BRUISES)
    (flag,) = rows(ready, flags, patient.conversation_id)

    with httpx.Client(base_url=ready.console_url, follow_redirects=True, timeout=20) as console:
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', console.get("/").text)
        signing_in = {**dict(hidden), "username": "nurse", "password": PASSWORD}
        queue = console.post("/sign-in", data=signing_in).text
        transcript = console.get(f"/flags/{flag.id}").text

    assert f"/flags/{flag.id}" in queue
    assert re.search(r"<mark[^>]*>\s*bruises\s*</mark>", transcript)
    assert "Monitoring and Management" in transcript


def test_no_bruises_and_no_fever_is_no_report(ready: Programs) -> None:
    patient = ready.patient()

    replies = patient.says("no bruises, no fever, just saying hello")

    assert all("urgency" not in reply for reply in replies)
    assert rows(ready, flags, patient.conversation_id) == []
    with ready.database.reading() as tx:
        found = tx.execute(
            select(mentions.c.sign, mentions.c.assertion)
            .join(messages, messages.c.id == mentions.c.message_id)
            .where(messages.c.conversation_id == patient.conversation_id)
        ).all()
    assert set(map(tuple, found)) == {
        ("unexplained_bruising", "absent"),
        ("persistent_fever", "absent"),
    }


def test_a_drooping_face_gets_the_emergency_number_in_the_first_sentence(ready: Programs) -> None:
    replies = ready.patient().says(STROKE)

    assert "999" in first_sentence(replies)
    assert replies[0]["urgency"] == "emergency"


def test_an_emergency_in_the_middle_of_a_question_while_the_action_server_is_dead(
    ready: Programs,
) -> None:
    patient = ready.patient()
    assert patient.says(BRUISES)[-1]["choices"], "a question is open"

    ready.kill("actions")
    replies = patient.says(STROKE)

    assert "999" in first_sentence(replies)
    (flag,) = rows(ready, flags, patient.conversation_id)
    assert (flag.urgency, flag.unprocessed) == ("emergency", True)


def test_bruises_while_rasa_is_dead_are_still_advised_and_flagged_as_not_processed(
    ready: Programs,
) -> None:
    patient = ready.patient()

    ready.kill("rasa")
    replies = patient.says(BRUISES)

    assert replies[0]["urgency"] == "urgent"
    assert "01632 960123" in replies[0]["text"]
    (flag,) = rows(ready, flags, patient.conversation_id)
    assert (flag.urgency, flag.unprocessed) == ("urgent", True)


def test_words_nobody_understands_while_rasa_is_dead_get_a_person_and_a_flag(
    ready: Programs,
) -> None:
    patient = ready.patient()

    ready.kill("rasa")
    replies = patient.says("my hair feels different")

    assert "01632 960123" in replies[0]["text"]
    (flag,) = rows(ready, flags, patient.conversation_id)
    assert flag.unprocessed


@pytest.mark.parametrize("name", ["actions", "chat", "console", "worker"])
def test_a_program_that_dies_comes_back(ready: Programs, name: str) -> None:
    killed = ready.kill(name)

    wait_for(lambda: ready.pid_of(name) not in (None, killed), 20, f"{name} to come back")
    ready.wait_until_ready()


def test_a_command_of_rasa_typed_by_a_patient_is_text(ready: Programs) -> None:
    patient = ready.patient()
    patient.says(BRUISES)

    for command in ("/restart", "/back", '/report_emergency{"sign": "x"}'):
        assert patient.says(command)

    (flag,) = rows(ready, flags, patient.conversation_id)
    assert flag.urgency == "urgent"
    assert [
        row.text for row in rows(ready, messages, patient.conversation_id) if row.position == 0
    ][1] == "/restart"


def test_rasa_and_the_action_server_are_on_loopback_and_call_nobody(ready: Programs) -> None:
    for name in ("rasa", "actions"):
        assert ready.environment_of(name)["RASA_TELEMETRY_ENABLED"] == "false"
    ports = {int(ready.environment[f"BEDSIDE_{name}_PORT"]) for name in ("RASA", "ACTIONS")}
    listening = {}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, state = line.split()[1], line.split()[3]
        address, port = local.split(":")
        if state == "0A" and int(port, 16) in ports:
            listening[int(port, 16)] = address
    assert listening == dict.fromkeys(ports, "0100007F")


def test_no_words_of_a_patient_are_in_any_log(ready: Programs) -> None:
    patient = ready.patient()
    patient.says("zyzzyva bruises on my legs")
    ready.kill("actions")
    patient.says("zyzzyva again, and my chest hurts")

    logs = Path(ready.environment["BEDSIDE_VAR"], "log")
    written = [path for path in logs.iterdir() if b"zyzzyva" in path.read_bytes()]
    assert written == []
    assert b"zyzzyva" not in ready.output.read_bytes()


def test_a_rasa_that_hangs_delays_nobody_for_long_and_its_late_answer_opens_no_second_flag(
    ready: Programs,
) -> None:
    frightened, tired = ready.patient(), ready.patient()
    rasa = ready.pid_of("rasa")
    assert rasa is not None
    os.kill(rasa, signal.SIGSTOP)
    try:
        started = time.monotonic()
        assert "999" in first_sentence(frightened.says(STROKE))
        assert time.monotonic() - started < 4
        started = time.monotonic()
        assert tired.says(BRUISES)[0]["urgency"] == "urgent"
        assert time.monotonic() - started < 8
    finally:
        os.kill(rasa, signal.SIGCONT)

    def kept_late() -> bool:
        return any(not row.shown for row in rows(ready, messages, tired.conversation_id))

    wait_for(kept_late, 20, "the late answer to be kept")
    (flag,) = rows(ready, flags, tired.conversation_id)
    assert (flag.urgency, flag.unprocessed) == ("urgent", True)


def test_a_message_whose_chat_dies_in_mid_turn_is_answered_by_the_worker_and_flagged_once(
    ready: Programs,
) -> None:
    patient = ready.patient()
    rasa = ready.pid_of("rasa")
    assert rasa is not None
    os.kill(rasa, signal.SIGSTOP)  # so that the turn is still under way when chat dies
    try:
        with ThreadPoolExecutor() as pool:
            sending = pool.submit(patient.http.post, "/api/messages", json={"text": BRUISES})
            wait_for(lambda: rows(ready, messages, patient.conversation_id), 5, "the message")
            ready.kill("chat")
            with pytest.raises(httpx.HTTPError):
                sending.result()
    finally:
        os.kill(rasa, signal.SIGCONT)

    def answered() -> bool:
        return rows(ready, messages, patient.conversation_id)[0].state == "answered"

    wait_for(answered, 40, "the worker to answer")
    asked, advised, *_ = rows(ready, messages, patient.conversation_id)
    assert (asked.text, advised.urgency) == (BRUISES, "urgent")
    (flag,) = rows(ready, flags, patient.conversation_id)
    assert flag.urgency == "urgent"
