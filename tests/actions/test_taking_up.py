"""The action reads, decides, writes and says; whatever goes wrong, the patient hears of a person."""

from __future__ import annotations

import logging

import pytest

from actions.deployment import Deployment, deployment
from actions.heard import parsed_from
from actions.taking_up import ActionTakeUp, taken_up
from bedside import store
from bedside.dialogue import Floor
from bedside.knowledge import load_responses

MARKER = "Zwetschgenkuchen"
BRUISES = f"I have bruises on my legs {MARKER}"
STROKE = "my face is drooping on one side"
TAKEN_UP = [{"event": "slot", "timestamp": None, "name": "taken_up", "value": True}]


def said(messages):
    return [each["response"] for each in messages]


# When all is well


def test_bruises_are_urgent_and_lead_to_a_question_with_buttons(server):
    server.receive(BRUISES)
    messages, events = server.run(server.tracker(BRUISES))
    assert said(messages) == ["utter_urgent", "utter_question"]
    assert messages[0]["signs"] == "bruises"
    assert messages[1]["buttons"][0] == {"title": "A headache", "payload": "a headache"}
    assert messages[1]["buttons"][-2]["payload"] == "none of these"
    assert messages[1]["question"] == "Do you have any of these now?"
    assert events == TAKEN_UP


def test_everything_is_recorded_before_it_is_said(server):
    server.receive(BRUISES)
    server.run(server.tracker(BRUISES))
    (report,) = server.rows("reports")
    assert (report.processed_by, report.model_version) == ("assistant", "model-7")
    assert report.reasons[0]["words"] == "bruises"
    assert len(server.rows("flags")) == len(server.rows("outbox")) == 1
    assert server.rows("messages")[0].state == "taken_up"
    assert not server.rows("flags")[0].unprocessed


def test_every_response_that_is_said_exists(server):
    texts = load_responses().texts
    for number, text in enumerate((BRUISES, "yes", STROKE, "no", "my mum has a fever", "hello")):
        server.receive(text, f"m{number}")
        messages, _ = server.run(server.tracker(text, metadata={"message_id": f"m{number}"}))
        assert messages and all(name in texts for name in said(messages))


def test_an_answer_is_read_against_the_question_in_the_record(server):
    server.receive(BRUISES)
    server.run(server.tracker(BRUISES))
    server.receive("none of these", "m2")
    server.run(server.tracker("none of these", intent="deny", metadata={"message_id": "m2"}))
    answers = server.rows("conversations")[0].report["answers"]
    assert answers["headache_present"] == answers["head_injury"] == "no"


def test_what_a_rule_has_said_is_not_said_again(server):
    server.receive(STROKE)
    tracker = server.tracker(STROKE, intent="report_emergency", spoken=("utter_emergency",))
    messages, _ = server.run(tracker)
    assert said(messages) == ["utter_recorded", "utter_question"]
    assert "utter_emergency" in [each["response"] for each in server.rows("reports")[0].advice]


def test_what_was_said_to_an_earlier_message_is_said_again(server):
    server.receive("hello")
    tracker = server.tracker("hello", intent="greet")
    tracker.events[1]["metadata"]["utter_action"] = "utter_greet"
    messages, _ = server.run(tracker)
    assert said(messages) == ["utter_greet"]


def test_a_message_taken_up_before_is_said_again_and_not_recorded_again(server):
    server.receive(BRUISES)
    first, _ = server.run(server.tracker(BRUISES))
    again, events = server.run(server.tracker(BRUISES))
    assert again == first and events == TAKEN_UP
    assert len(server.rows("reports")) == len(server.rows("mentions")) == 1
    assert len(server.rows("conversations")[0].report["mentions"]) == 1


def test_a_message_that_the_floor_answered_first_is_no_answer_to_its_question(
    server, knowledge, clinic
):
    """Chat did not wait; its question is open now, and this message came before it."""
    text = "I have bruises, none of these"
    received = server.receive(text)
    with server.database.writing() as tx:
        conversation = store.lock(tx, server.conversation_id)
        today = clinic.day(server.now)
        parsed, turn = Floor(knowledge).take_up(conversation.report, text, None, today)
        store.take_up(
            tx,
            conversation,
            received.message,
            parsed,
            turn,
            clinic=clinic,
            by=store.BY_FLOOR,
            knowledge_version="1",
            model_version="lexicon",
            now=server.now,
        )
        store.answer(tx, conversation.id, received.message, (), now=server.now)
    tracker = server.tracker(text)
    tracker.latest_message["entities"].append({"entity": "reply", "value": "no"})
    server.run(tracker)
    conversation = server.rows("conversations")[0]
    assert conversation.report["answers"] == {}
    assert conversation.pending["id"] == turn.question.id
    assert len(server.rows("flags")) == 1


def test_what_rasa_found_comes_back_as_it_was_found(server):
    text = "no bruises, but 38.6 since Tuesday and I cannot breathe"
    parsed = parsed_from(server.tracker(text, intent="report_symptom").latest_message)
    read = server.reader.read(text, intent="report_symptom")
    assert (parsed.mentions, parsed.findings, parsed.details) == (
        read.mentions,
        read.findings,
        read.details,
    )
    assert parsed == read


def test_a_message_that_rasa_could_not_classify_is_taken_up_all_the_same():
    parsed = parsed_from({"text": None, "intent": None, "entities": None})
    assert (parsed.intent, parsed.text, parsed.mentions) == ("nlu_fallback", "", ())


# When something goes wrong


@pytest.mark.parametrize("fault", ["away", "no conversation", "no message", "no metadata"])
def test_a_failure_says_how_to_reach_a_person_once(server, database_is_away, caplog, fault):
    caplog.set_level(logging.DEBUG)
    server.receive(BRUISES)
    tracker = server.tracker(BRUISES)
    if fault == "away":
        database_is_away()
    elif fault == "no conversation":
        tracker.sender_id = "none such"
    elif fault == "no message":
        tracker = server.tracker(BRUISES, metadata={"message_id": "other"})
    else:
        tracker = server.tracker(BRUISES, metadata={})
    messages, events = server.run(tracker)
    assert said(messages) == ["utter_unavailable"]
    assert events == TAKEN_UP
    assert "action_take_up failed" in caplog.text
    assert MARKER not in caplog.text
    if fault != "away":
        assert server.rows("reports") == server.rows("flags") == []


def test_an_exception_that_quotes_the_patient_is_not_logged(server, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    server.receive(BRUISES)

    def fault(*_, **__):
        raise ValueError(MARKER)

    monkeypatch.setattr("actions.taking_up.take_up", fault)
    messages, events = server.run(server.tracker(BRUISES))
    assert (said(messages), events) == (["utter_unavailable"], TAKEN_UP)
    assert MARKER not in caplog.text and "ValueError" in caplog.text
    line = server.rows("audit")[-1]
    assert (line.action, line.detail) == ("action.failed", {"what": "ValueError"})
    assert line.subject == f"conversation:{server.conversation_id}"


def test_a_failure_after_something_was_said_takes_it_back(server, monkeypatch):
    def half(self, dispatcher, tracker):
        dispatcher.utter_message(response="utter_added")
        raise RuntimeError

    monkeypatch.setattr(ActionTakeUp, "act", half)
    messages, _ = server.run(server.tracker(BRUISES))
    assert said(messages) == ["utter_unavailable"]


def test_the_failure_of_a_commit_says_nothing_that_was_not_recorded(server, monkeypatch):
    server.receive(BRUISES)

    def fault(*_, **__):
        raise store.DatabaseAway("disk full")

    monkeypatch.setattr("bedside.store.taking_up.raise_flag", fault)
    messages, _ = server.run(server.tracker(BRUISES))
    assert said(messages) == ["utter_unavailable"]
    assert server.rows("reports") == server.rows("mentions") == []
    assert server.rows("messages")[0].state == "received"


def test_a_message_that_chat_never_stored_is_not_taken_up(server, knowledge, clinic):
    here = Deployment(server.database, knowledge, clinic)
    with pytest.raises(LookupError):
        taken_up(
            here,
            server.conversation_id,
            "m9",
            server.reader.read(BRUISES),
            model_version="1",
        )


# The probe


def test_the_probe_answers_when_the_record_is_there(server):
    messages, events = server.run(server.tracker("hello", metadata={"canary": True}))
    assert (said(messages), events) == (["utter_canary"], TAKEN_UP)
    assert server.rows("messages") == server.rows("reports") == []


def test_the_probe_is_not_answered_without_the_records_tables(server):
    with server.database.writing() as tx:
        tx.exec_driver_sql("drop table alembic_version")
    messages, _ = server.run(server.tracker("hello", metadata={"canary": True}))
    assert said(messages) == ["utter_unavailable"]


def test_a_patient_cannot_be_a_probe(server):
    """Only chat writes metadata; a text never becomes it."""
    server.receive('{"canary": true}')
    messages, _ = server.run(server.tracker('{"canary": true}'))
    assert "utter_canary" not in said(messages)


def test_the_deployment_is_opened_once_and_from_the_environment(tmp_path, monkeypatch):
    deployment.cache_clear()
    monkeypatch.setenv("BEDSIDE_DATABASE_URL", f"sqlite:///{tmp_path / 'mine.db'}")
    try:
        assert deployment() is deployment()
        assert str(tmp_path) in str(deployment().database.engine.url)
    finally:
        deployment.cache_clear()
