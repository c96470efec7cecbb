"""What a message led to is written whole or not at all, and says why, from where, and by whom."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from actions.deployment import Deployment
from actions.taking_up import taken_up
from bedside import store
from bedside.knowledge import load_responses
from bedside.model import Assertion, Reply, Urgency, report_from_json
from bedside.questions import next_question

BRUISES = "I have bruises on my legs since Tuesday"


class PowerCut(Exception):
    """Ends a transaction at a chosen statement."""


def test_the_reasons_hold_the_words_the_sign_the_rule_and_the_source(record, knowledge):
    record.tell(record.open(), BRUISES)
    (report,) = record.rows("reports")
    reason = report.reasons[0]
    assert (reason["words"], reason["sign"]) == ("bruises", "unexplained_bruising")
    assert (reason["rule"], reason["urgency"]) == ("sign:unexplained_bruising", "urgent")
    assert {"SIDE_EFFECTS", "US_ISI"} <= {source["id"] for source in reason["sources"]}
    assert reason["sources"][0]["locator"].startswith("Monitoring and Management")
    assert (report.knowledge_version, report.model_version) == (knowledge.version, "test-model")
    assert report.processed_by == store.BY_ASSISTANT


def test_the_report_comes_back_as_it_was_told(record):
    conversation_id = record.open()
    received = record.tell(conversation_id, BRUISES)
    conversation = record.conversation(conversation_id)
    assert conversation.report.mentions == record.reader.read(received.message.text).mentions
    assert conversation.urgency is Urgency.URGENT
    assert conversation.pending is not None and conversation.pending.choices
    (row,) = record.rows("reports")
    assert report_from_json(row.report) == conversation.report


def test_each_mention_has_its_place_in_the_patients_own_text(record):
    conversation_id = record.open()
    text = "😀 no bruises, but my nose bleeds"
    record.tell(conversation_id, text)
    told = record.transcript(conversation_id)[0]
    assert [text[each.start : each.end] for each in told.mentions] == [
        each.text for each in told.mentions
    ]
    assert told.mentions[0].assertion is Assertion.ABSENT


def test_how_long_ago_a_sign_was_is_kept(record):
    conversation_id = record.open()
    record.tell(conversation_id, "I used to have nosebleeds, 3 weeks ago")
    (mention,) = record.transcript(conversation_id)[0].mentions
    assert mention == record.conversation(conversation_id).report.mentions[0]
    assert (mention.assertion, mention.days_ago) == (Assertion.HISTORICAL, 21)


def test_the_advice_can_be_said_again_as_it_was_decided(record):
    received = record.receive(record.open(), BRUISES)
    record.take_up(received)
    with record.database.reading() as tx:
        says = store.advice_for(tx, received.message)
    assert says[0].response == "utter_urgent" and says[0].facts["signs"] == "bruises"
    assert says[0].urgency is Urgency.URGENT
    assert says[-1].choices and says[-1].response in load_responses().texts


def test_nothing_is_advised_to_a_message_that_was_not_taken_up(record):
    received = record.receive(record.open(), BRUISES)
    with record.database.reading() as tx:
        assert store.advice_for(tx, received.message) == ()
        assert store.taken_up_by(tx, received.message) == set()


def test_the_flag_the_reasons_and_the_notification_are_there_together(record):
    conversation_id = record.open()
    record.take_up(record.receive(conversation_id, BRUISES))
    flag = record.flag(conversation_id)
    assert (flag.urgency, flag.state.value, flag.unprocessed) == (Urgency.URGENT, "new", False)
    assert flag.reasons[0]["words"] == "bruises"
    assert [row.action for row in record.rows("audit")][-2:] == ["message.taken_up", "flag.raised"]
    (work,) = record.rows("outbox")
    assert work.payload == {"clinic": "main", "urgency": "urgent"}


def test_a_message_without_a_report_raises_no_flag(record):
    record.tell(record.open(), "hello")
    assert record.rows("flags") == record.rows("outbox") == []


@pytest.mark.parametrize("how", ["before a statement", "before the commit"])
def test_a_cut_anywhere_leaves_nothing_behind(record, how):
    """A process killed after any statement of the action's transaction."""
    received = record.receive(record.open(), BRUISES)
    before = record.everything()
    statements = 0
    if how == "before the commit":
        with pytest.raises(PowerCut), cut(record, "commit", 1):
            record.take_up(received)
        assert record.everything() == before
        return
    while True:
        statements += 1
        try:
            with cut(record, "before_cursor_execute", statements):
                record.take_up(received)
        except PowerCut:
            assert record.everything() == before, f"left behind before statement {statements}"
        else:
            break
    assert statements > 9  # it was cut that often, and then went through
    assert len(record.rows("flags")) == len(record.rows("outbox")) == 1


def test_a_cut_while_the_message_is_stored_leaves_nothing_behind(record):
    conversation_id = record.open()
    before = record.everything()
    for statement in range(1, 6):
        with pytest.raises(PowerCut), cut(record, "before_cursor_execute", statement):
            record.receive(conversation_id, BRUISES, "m1")
        assert record.everything() == before
    assert record.receive(conversation_id, BRUISES, "m1").leased


def test_a_cut_while_the_answer_is_stored_leaves_it_to_be_answered(record):
    received = record.receive(record.open(), BRUISES)
    record.take_up(received)
    before = record.everything()
    for statement in range(1, 4):
        with pytest.raises(PowerCut), cut(record, "before_cursor_execute", statement):
            record.answer(received)
        assert record.everything() == before


def test_one_turn_is_29_statements_and_3_commits(record):
    """Received, taken up by the action, answered by chat: what a turn costs the database. When this
    number changes, say in the commit why."""
    conversation_id = record.open()
    whole_turn(record, conversation_id, "hello")
    with record.statements() as counted:
        whole_turn(record, conversation_id, BRUISES)
    assert counted == {"statements": 29, "commits": 3}


def test_a_turn_costs_the_same_after_many_turns(record):
    conversation_id = record.open()
    counts = []
    for _ in range(12):
        with record.statements() as counted:
            whole_turn(record, conversation_id, "I do not know")
        counts.append(counted)
    assert counts[6:] == [counts[5]] * 6


def whole_turn(record, conversation_id, text):
    """What chat and the action send to the database for one message."""
    received = record.receive(conversation_id, text)
    taken_up(
        Deployment(record.database, record.knowledge, record.clinic),
        conversation_id,
        received.message.message_id,
        record.reader.read(text, intent="report_symptom"),
        model_version="test-model",
    )
    with record.database.writing() as tx:
        conversation = store.lock(tx, conversation_id)
        message = store.message_of(tx, conversation_id, received.message.message_id)
        assert message is not None and store.advice_for(tx, message)
        replies = [Reply(text="Thank you."), Reply(text="Since when?")]
        store.answer(tx, conversation.id, message, replies, now=record.clock())


def test_a_second_reading_takes_the_place_of_the_first(record):
    conversation_id = record.open()
    received = record.receive(conversation_id, BRUISES)
    record.take_up(received, store.BY_FLOOR)
    record.take_up(received, store.BY_ASSISTANT)
    assert [each.sign for each in record.transcript(conversation_id)[0].mentions] == [
        "unexplained_bruising"
    ]
    with record.database.reading() as tx:
        assert store.taken_up_by(tx, received.message) == {store.BY_FLOOR, store.BY_ASSISTANT}


def test_a_late_turn_of_the_assistant_opens_no_second_flag_and_changes_no_question(record):
    conversation_id = record.open()
    received = record.receive(conversation_id, BRUISES)
    record.take_up(received, store.BY_FLOOR)
    record.answer(received)
    asked = record.conversation(conversation_id).pending
    late = record.reader.read("I have bruises and a headache, I am tired", intent="report_symptom")
    record.take_up(received, store.BY_ASSISTANT, parsed=late)
    assert len(record.rows("flags")) == 1
    conversation = record.conversation(conversation_id)
    assert conversation.pending == asked is not None
    assert next_question(conversation.report, record.knowledge) != asked  # it would ask another now
    assert "fatigue" in {each.sign for each in conversation.report.mentions}
    assert record.rows("messages")[0].state == "answered"


def test_a_late_turn_of_the_assistant_still_raises_the_flag(record):
    conversation_id = record.open()
    received = record.receive(conversation_id, BRUISES)
    record.take_up(received, store.BY_FLOOR)
    record.answer(received)
    record.take_up(received, parsed=record.reader.read("crushing chest pain", intent="report"))
    assert record.flag(conversation_id).urgency is Urgency.EMERGENCY
    assert len(record.rows("flags")) == 1


def test_no_patients_word_is_in_the_audit_log_or_the_outbox(record):
    marker = "Zwetschgenkuchen"
    with record.database.writing() as tx:
        secret = store.invite(
            tx,
            clinic_id="main",
            name=f"{marker} Smith",
            contact=f"{marker} 12",
            by="operator",
            now=record.clock(),
        )
    conversation_id = record.open(invitation=secret)
    for text in (
        f"{marker} I have bruises {marker}",
        f"no {marker}",
        f"my face is drooping {marker}",
        f"{marker}, number 07700 900123",
        f"no bruises, {marker}",
    ):
        record.tell(conversation_id, text)
    record.tell(conversation_id, f"I am tired {marker}", by=store.BY_FLOOR)
    with record.database.writing() as tx:
        store.record_failure(tx, conversation_id, what="ValueError", now=record.clock())
    record.close(conversation_id)
    assert any(marker in row.text for row in record.rows("messages"))
    told = repr([record.rows("audit"), record.rows("outbox")])
    assert len(record.rows("audit")) > 8
    assert marker not in told and secret not in told
    for word in ("bruis", "droop", "tired", "07700"):
        assert word not in told


def test_every_turn_has_its_audit_line_with_who_and_what(record):
    conversation_id = record.open()
    received = record.tell(conversation_id, BRUISES)
    line = next(row for row in record.rows("audit") if row.action == "message.taken_up")
    assert (line.actor, line.subject) == ("assistant", f"conversation:{conversation_id}")
    assert line.detail == {"message": received.message.id, "urgency": "urgent"}
    assert line.at == record.clock()


def cut(record, name, at):
    """Raises PowerCut the `at`-th time that the event happens."""

    class Cut:
        def __enter__(self):
            event.listen(record.database.engine, name, self.count)

        def __exit__(self, *_):
            event.remove(record.database.engine, name, self.count)

        seen = 0

        def count(self, *_):
            self.seen += 1
            if self.seen == at:
                raise PowerCut()

    return Cut()
