"""What a conversation leaves behind: reasons that can be followed, one flag, an audit line for each step."""

from __future__ import annotations

import json

from bedside.model import as_json, report_from_json
from bedside.triage import assess
from tests.talk import Start

BRUISES = "I've got bruises all over my legs"
STROKE = "my face is drooping"


def test_S3_the_message_stands_before_its_replies(start: Start) -> None:
    talk = start().say(BRUISES)
    first, *replies = talk.rows("messages")
    assert (first.sender, first.text, first.state) == ("patient", BRUISES, "answered")
    assert [row.text for row in replies] == [reply.text for reply in talk.replies]
    assert {row.message_id for row in replies} == {first.message_id}


def test_S3_the_message_is_there_even_when_nothing_could_be_made_of_it(start: Start) -> None:
    talk = start()
    talk.assistant.is_away = True
    talk.say("floop floop floop").hears("01632 960123", "999").flagged("urgent")
    assert talk.rows("messages")[0].text == "floop floop floop"
    assert [row.unprocessed for row in talk.rows("flags")] == [True]


def test_S3_rasa_that_comes_back_finds_the_report_where_it_was(start: Start) -> None:
    talk = start()
    talk.assistant.is_away = True
    talk.say(BRUISES).urgency("urgent").asks("headache")
    talk.assistant.is_away = False
    talk.picks("A headache").urgency("emergency").hears_first("999").flagged("emergency")


def test_S6_a_reason_holds_words_sign_rule_and_source(start: Start) -> None:
    talk = start().say(BRUISES)
    (report,) = talk.rows("reports")
    reason = report.reasons[0]
    assert (reason["sign"], reason["words"]) == ("unexplained_bruising", "bruises")
    assert reason["rule"] == "sign:unexplained_bruising"
    assert "SIDE_EFFECTS" in {source["id"] for source in reason["sources"]}
    assert report.knowledge_version == talk.place.knowledge.version


def test_S6_what_raised_the_urgency_is_named_first(start: Start) -> None:
    talk = start().say(BRUISES).picks("A headache")
    reasons = talk.rows("reports")[-1].reasons
    assert (reasons[0]["urgency"], reasons[0]["raised_from"]) == ("emergency", "urgent")
    assert "RF01_bleed_plus_headache" in {reason["rule"] for reason in reasons}


def test_S6_an_old_report_gives_the_same_urgency_and_reasons_again(start: Start) -> None:
    talk = start().say("no rash, but bruises and a temperature of 38.6").answers_all("I don't know")
    for row in talk.rows("reports"):
        again = assess(report_from_json(row.report), talk.place.knowledge)
        assert again.urgency is not None and again.urgency.word == row.urgency
        assert as_json(again.reasons) == row.reasons


def test_S6_a_mention_points_at_the_patients_own_words(start: Start) -> None:
    talk = start().say("I have Bruises on my legs, no fever")
    read = {(row.sign, row.assertion): row.text for row in talk.rows("mentions")}
    assert read["unexplained_bruising", "present"] == "Bruises"
    assert read["persistent_fever", "absent"] == "fever"


def test_S7_a_notification_says_how_urgent_and_nothing_of_what(start: Start) -> None:
    talk = start(name="Ann Smith").say(STROKE)
    (row,) = (each for each in talk.rows("outbox") if each.kind == "notify")
    assert row.payload == {"clinic": "main", "urgency": "emergency"}
    assert "droop" not in json.dumps([list(each) for each in talk.rows("outbox")], default=str)


def test_S8_each_step_has_its_audit_line(start: Start) -> None:
    talk = start().say(BRUISES).clinician_closes()
    talk.audited(
        "conversation.opened", "message.taken_up", "flag.raised", "flag.claimed", "flag.closed"
    )


def test_S8_a_clinician_is_named_in_the_line_of_what_they_did(start: Start) -> None:
    talk = start().say(BRUISES).clinician_closes()
    closed = talk.rows("audit")[-1]
    assert closed.action == "flag.closed" and closed.actor.startswith("clinician:")


def test_a_flag_is_raised_in_place_and_told_again(start: Start) -> None:
    talk = start().say("my joints ache").say(BRUISES).say(STROKE)
    talk.flagged("emergency").team_is_told("prompt", "urgent", "emergency")
    raised = [row.detail["urgency"] for row in talk.rows("audit") if row.action == "flag.raised"]
    assert raised == ["prompt", "urgent", "emergency"]


def test_an_answer_that_changes_nothing_is_not_told_again(start: Start) -> None:
    start().say(BRUISES).picks("None of these").say("skip").team_is_told("urgent")


def test_a_conversation_without_a_report_leaves_no_flag_and_tells_nobody(start: Start) -> None:
    talk = start().say("hello").say("are you a bot").say("thanks").say("bye")
    talk.not_flagged().team_is_told()


def test_a_report_for_each_message_shows_how_the_urgency_came_about(start: Start) -> None:
    talk = start().say("hello").say("my joints ache").say(STROKE)
    assert [row.urgency for row in talk.rows("reports")] == [None, "prompt", "emergency"]


def test_what_was_decided_to_say_is_kept_with_the_report(start: Start) -> None:
    talk = start().say(STROKE)
    (report,) = talk.rows("reports")
    assert report.advice[0]["response"] == "utter_emergency"
