"""Messages sent twice, at once, hours or days later, and after the flag was closed."""

from __future__ import annotations

from tests.talk import NIGHT, Start

BRUISES = "I have bruises on my legs"


# Twice and at once (S3)


def test_S3_the_same_message_twice_gets_the_same_answer_once(start: Start) -> None:
    talk = start().say(BRUISES, message_id="m1")
    first = talk.replies
    talk.say(BRUISES, message_id="m1")
    assert talk.replies == first
    assert len(talk.rows("reports")) == 1
    talk.flagged("urgent").team_is_told("urgent")


def test_S3_an_emergency_sent_twice_is_one_flag_and_one_notification(start: Start) -> None:
    talk = start().say("I can't breathe", message_id="m1").say("I can't breathe", message_id="m1")
    talk.hears_first("999").flagged("emergency").team_is_told("emergency")


def test_S3_two_messages_at_once_are_taken_one_after_the_other(start: Start) -> None:
    talk = start()
    bruises, joints = talk.says_at_once(BRUISES, "my joints ache")
    assert bruises and joints
    talk.notes("unexplained_bruising", "joint_pain").flagged("urgent")
    assert [row.state for row in talk.rows("messages") if row.sender == "patient"] == [
        "answered"
    ] * 2


def test_S3_an_emergency_and_a_greeting_at_once(start: Start) -> None:
    talk = start()
    emergency, _ = talk.says_at_once("my face is drooping", "hello")
    assert "999" in emergency[0].text
    talk.flagged("emergency").team_is_told("emergency")


def test_S3_three_urgent_messages_at_once_are_one_flag(start: Start) -> None:
    talk = start()
    talk.says_at_once(BRUISES, "my ankles are swollen", "my wee is foamy")
    talk.flagged("urgent").team_is_told("urgent")
    talk.notes("unexplained_bruising", "swelling_legs_face", "foamy_or_reduced_urine")


# Later


def test_hours_later_the_open_question_is_still_answered(start: Start) -> None:
    talk = start().say(BRUISES).asks("headache").later(hours=6)
    talk.picks("A headache").urgency("emergency").hears_first("999").flagged("emergency")


def test_hours_later_the_advice_is_that_of_the_hour(start: Start) -> None:
    talk = start().say(BRUISES).hears("call 01632 960123").later(hours=9)
    talk.say("the bruises are still there").hears("closed now", "NHS 111").flagged("urgent")


def test_the_next_morning_the_team_answers_again(start: Start) -> None:
    talk = start(at=NIGHT).say(BRUISES).hears("closed now").later(hours=12)
    talk.say("I still have these bruises").hears("call 01632 960123").does_not_hear("closed now")


def test_a_flag_that_nobody_has_closed_keeps_its_conversation_for_weeks(start: Start) -> None:
    talk = start().say(BRUISES)
    first = talk.conversation_id
    talk.later(days=10).say("my ankles are swollen").flagged("urgent")
    assert talk.conversation_id == first
    talk.notes("unexplained_bruising", "swelling_legs_face")


def test_the_clock_runs_on_between_messages(start: Start) -> None:
    """The day after the infusion is not the day after for ever."""
    talk = start().say("I had my infusion yesterday and I have a headache").urgency("expected")
    talk.later(days=20).say("I have a headache again").urgency("prompt").flagged("prompt")


# After a clinician has closed the flag


def test_a_message_after_the_flag_was_closed_is_a_new_episode(start: Start) -> None:
    talk = start().say(BRUISES)
    first = talk.conversation_id
    talk.clinician_closes().later(days=1).say("my ankles are swollen").urgency("urgent")
    assert talk.conversation_id != first
    talk.flagged("urgent").notes("swelling_legs_face")
    assert len(talk.rows("flags")) == 2


def test_the_same_sign_within_two_weeks_is_one_step_more_urgent(start: Start) -> None:
    talk = start().say("my joints ache").flagged("prompt").clinician_closes().later(days=3)
    talk.say("my joints still ache").urgency("urgent").flagged("urgent")


def test_the_same_sign_after_two_weeks_is_not(start: Start) -> None:
    talk = start().say("my joints ache").flagged("prompt").clinician_closes().later(days=15)
    talk.say("my joints ache").urgency("prompt").flagged("prompt")


def test_a_question_of_the_closed_conversation_is_not_asked_on(start: Start) -> None:
    talk = start().say(BRUISES).asks("headache").clinician_closes().later(days=1)
    talk.say("hello again").not_flagged_now().hears("Last time you told me about bruises")
    talk.asks("How is that now").does_not_hear("headache")


def test_a_sign_that_is_still_there_is_one_step_more_urgent(start: Start) -> None:
    talk = start().say("my joints ache").flagged("prompt").clinician_closes().later(days=2)
    talk.say("hello").hears("painful or stiff joints").asks(
        "How is that now", "Still there", "Gone"
    )
    talk.picks("Still there").urgency("urgent").notes("joint_pain").flagged("urgent")


def test_a_sign_that_is_worse_is_one_step_more_urgent(start: Start) -> None:
    talk = start().say("my joints ache").flagged("prompt").clinician_closes().later(days=2)
    talk.say("hello").picks("Worse").urgency("urgent").flagged("urgent")


def test_a_sign_that_is_gone_is_noted_and_is_no_new_report(start: Start) -> None:
    talk = start().say("my joints ache").flagged("prompt").clinician_closes().later(days=2)
    talk.say("hello").picks("Gone").hears("noted", "01632 960123").not_flagged_now()


def test_an_emergency_of_a_patient_who_came_back_needs_no_answer_first(start: Start) -> None:
    talk = start().say("my joints ache").clinician_closes().later(days=2).say("hello")
    talk.asks("How is that now").say("I can't breathe").urgency("emergency").hears_first("999")


def test_the_date_of_the_infusion_is_known_in_the_next_conversation(start: Start) -> None:
    talk = start().say("I had Lemtrada 10 days ago and my joints ache").clinician_closes()
    talk.later(days=2).say("hello again")
    assert "days_since_last_infusion" in talk.conversation.report.answers


def test_an_emergency_after_a_closed_flag_has_a_flag_of_its_own(start: Start) -> None:
    talk = start().say("my joints ache").clinician_closes().later(hours=1)
    talk.say("I can't breathe").urgency("emergency").hears_first("999").flagged("emergency")
    talk.team_is_told("prompt", "emergency")


def test_a_closed_conversation_keeps_its_answer_for_a_message_sent_again(start: Start) -> None:
    talk = start().say(BRUISES, message_id="m1")
    first = talk.replies
    talk.clinician_closes().say(BRUISES, message_id="m1")
    assert talk.replies == first
    assert len(talk.rows("reports")) == 1


def test_two_patients_never_see_each_others_signs(start: Start) -> None:
    start().say(BRUISES)
    start().say("what have you noted").hears("noted nothing").does_not_hear("bruises")


def test_an_invited_patient_is_known_by_name_to_the_team(start: Start) -> None:
    talk = start(name="Ann Smith").say(BRUISES).flagged("urgent")
    assert talk.flag.patient_name == "Ann Smith"
    assert talk.flag.patient_contact == "01632 960999"


# Episodes


def test_72_hours_after_a_summary_without_a_flag_a_new_episode_begins(start: Start) -> None:
    talk = start().say("I had my infusion yesterday and I have a headache").answers_all("no")
    first = talk.conversation_id
    talk.not_flagged().later(hours=73).say("hello")
    assert talk.conversation_id != first
    talk.hears("Last time you told me about a headache")


def test_before_72_hours_it_is_the_same_episode(start: Start) -> None:
    talk = start().say("I had my infusion yesterday and I have a headache").answers_all("no")
    first = talk.conversation_id
    talk.later(hours=71).say("hello")
    assert talk.conversation_id == first


def test_the_end_of_an_episode_is_in_the_audit_log(start: Start) -> None:
    talk = start().say("good morning").later(days=4).say("good morning")
    assert "conversation.ended" in [row.action for row in talk.rows("audit")]
