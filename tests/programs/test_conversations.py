"""Conversations as patients have them, over HTTP with the five running programs.

Each way of the dialogue once, in plain words; tests/conversations tries them in many words, without the
programs. What holds for every message (promises S1 to S7) is checked at each `say`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from bedside.knowledge.responses import hours_in_words
from bedside.model import Urgency, as_json, report_from_json
from bedside.store import tables
from bedside.triage import assess
from chat.bodies import MOST_CHARACTERS
from tests.forbidden import forbidden_in
from tests.programs.running import Programs, wait_for
from tests.programs.talk import Start, TalkOverHttp

TEAM, OUT_OF_HOURS = "01632 960123", "NHS 111"
BRUISES = "I have bruises on my legs"
STROKE = "my face is drooping"


@pytest.fixture
def start(start: Start) -> Iterator[Start]:
    """As everywhere; and since nothing is broken here, Rasa and its action take up every message, not
    the floor. Only an emergency may not have waited for them."""
    talks: list[TalkOverHttp] = []

    def started(name: str | None = None) -> TalkOverHttp:
        talks.append(start(name))
        return talks[-1]

    yield started
    calm = [talk for talk in talks if talk.stands is not Urgency.EMERGENCY]
    assert {row.processed_by for talk in calm for row in talk.rows("reports")} <= {"assistant"}


# Emergencies


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        ("stroke_signs", STROKE),
        ("chest_pain", "I have crushing chest pain"),
        ("severe_breathlessness", "I cannot breathe"),
        ("seizure", "I just had a seizure"),
    ],
)
def test_S1_an_emergency_hears_the_number_before_any_question(
    start: Start, sign: str, text: str
) -> None:
    talk = start().say(text).urgency("emergency").hears_first("Call now: 999").notes(sign)
    talk.flagged("emergency").team_is_told("emergency")
    talk.asks("where are you", "somebody with you").say("at home, my sister is here")
    talk.asks_nothing().hears_first("999").knows(contact="at home, my sister is here")


def test_S1_a_possible_emergency_hears_the_number_before_it_is_asked_which(start: Start) -> None:
    talk = start().say("I might have had a seizure or maybe I fainted").hears_first("999")
    talk.asks("A fit or seizure", "Fainting", "None of these").picks("None of these")
    talk.hears_first("999").flagged("emergency")


def test_S1_an_emergency_in_the_middle_of_a_question_is_taken_up_at_once(start: Start) -> None:
    talk = start().say(BRUISES).asks("headache").say(STROKE).hears_first("999")
    talk.notes("unexplained_bruising", "stroke_signs").flagged("emergency")
    talk.team_is_told("urgent", "emergency")


def test_S1_thoughts_of_self_harm_hear_both_numbers_first(start: Start) -> None:
    talk = start().say("I want to kill myself").urgency("emergency").hears_first("999", "116 123")
    talk.hears("it is good that you wrote this").flagged("emergency").asks("where are you")
    talk.say("I am alone").hears_first("999", "116 123").does_not_hear("how would", "plan")


def test_S1_an_overdose_hears_the_emergency_number_first(start: Start) -> None:
    start().say("I took an overdose").hears_first("call 999").flagged("emergency")


def test_S2_after_an_emergency_nothing_the_patient_writes_lowers_it(start: Start) -> None:
    talk = start().say("I have crushing chest pain").say("at home")
    for text in ("I don't have chest pain", "it is better now", "my joints ache", "thank you"):
        talk.say(text).urgency("emergency").hears_first("999").flagged("emergency")
    talk.team_is_told("emergency")


def test_S9_an_emergency_that_has_just_ended_keeps_its_urgency(start: Start) -> None:
    talk = start().say("my face drooped yesterday but it is fine now").hears_first("999")
    talk.urgency("emergency").flagged("emergency")


def test_an_infusion_that_is_running_sends_the_patient_to_the_nurse_beside_them(
    start: Start,
) -> None:
    talk = start().say("I'm having my infusion right now and I've come out in a rash")
    talk.urgency("urgent").hears_first("Tell the infusion nurse now").flagged("urgent")
    talk.say("my throat is swelling up").hears_first("999").flagged("emergency")


# Reports


def test_bruises_from_the_first_word_to_the_summary(start: Start) -> None:
    """The whole way of an anonymous patient, who leaves a name and a number after the advice."""
    talk = start().say(BRUISES).urgency("urgent").flagged("urgent").team_is_told("urgent")
    talk.hears(f"today: call {TEAM}", OUT_OF_HOURS, "You wrote about bruises").asks("headache")
    talk.picks("None of these").asks("platelet number")
    talk.picks("I don't know").hears("I have recorded what you told me").asks("Since when")
    talk.say("about two weeks").asks("monthly blood test").picks("6 to 8 weeks ago")
    talk.asks("your name", "which number").say("Ann Smith, 07700 900123").asks_nothing()
    talk.hears("I noted: bruises", "Nobody watches this chat live", "If it gets worse", TEAM)
    talk.knows(contact="Ann Smith, 07700 900123", onset_when="about two weeks", head_injury="no")
    talk.flagged("urgent").team_is_told("urgent")


def test_the_page_shows_the_conversation_again_as_it_was_heard(start: Start) -> None:
    talk = start().say(BRUISES).picks("None of these").say("what is Lemtrada")

    shown = [(line["sender"], line["text"]) for line in talk.patient.transcript()]

    who = {"patient": "patient", "Bedside": "assistant"}
    assert shown == [(who[line.who], line.text) for line in talk.lines]


def test_a_headache_after_bruises_raises_the_same_flag(start: Start) -> None:
    talk = start().say(BRUISES).asks("headache").picks("A headache").urgency("emergency")
    talk.hears_first("999").flagged("emergency").team_is_told("urgent", "emergency")


def test_several_signs_in_one_message_are_all_noted_and_the_worst_speaks_first(
    start: Start,
) -> None:
    talk = start().say("my joints ache, my ankles are swollen and I have crushing chest pain")
    talk.hears_first("999").notes("joint_pain", "swelling_legs_face", "chest_pain")
    talk.flagged("emergency")


@pytest.mark.parametrize(
    ("text", "sign", "urgency", "when"),
    [
        ("my gums are bleeding", "nose_gum_or_mouth_bleeding", "urgent", "today"),
        ("my temperature is 38.6", "persistent_fever", "urgent", "today"),
        ("my joints ache", "joint_pain", "prompt", "within the next two days"),
        ("I missed my last two blood tests", "missed_monitoring_test", "prompt", "two days"),
        ("I'm pregnant", "pregnancy_or_planning", "prompt", "two days"),
        (
            "I had the yellow fever vaccine last week",
            "live_vaccine_or_vaccination",
            "urgent",
            "today",
        ),
        ("they told me my platelets were 40", "abnormal_lab_result", "urgent", "today"),
        ("my hair is falling out", "skin_patches_or_hair_loss", "routine", "next monthly check"),
    ],
)
def test_what_is_reported_hears_how_soon_and_is_flagged(
    start: Start, text: str, sign: str, urgency: str, when: str
) -> None:
    talk = start().say(text).urgency(urgency).hears(when, TEAM).notes(sign).flagged(urgency)
    talk.team_is_told(urgency)


def test_an_expected_reaction_has_its_safety_net_and_no_flag(start: Start) -> None:
    talk = start().say("I had my infusion yesterday and I have a headache").urgency("expected")
    talk.hears("if it lasts or gets worse", TEAM, OUT_OF_HOURS).not_flagged().asks("stiff neck")
    talk.picks("The worst headache of your life").hears_first("999").flagged("emergency")


def test_who_is_not_understood_twice_is_sent_to_a_person(start: Start) -> None:
    talk = start().say("I have hiccups that won't go away").urgency(None).not_flagged()
    talk.hears("in other words", TEAM, "999").say("it's just hiccups, all day long")
    talk.urgency("urgent").hears("speak to a person today", TEAM).flagged("urgent")


def test_a_correction_in_words_is_noted_and_the_flag_stays_for_a_person_to_lower(
    start: Start,
) -> None:
    talk = start().say("I have bruises and swollen ankles").say("that's not what I said")
    talk.asks("Which of it is wrong", "Bruises", "Swelling", "Something else")
    talk.say("it is my ankles that are swollen, not bruises")
    talk.hears("noted that this is wrong: bruises").flagged("urgent").team_is_told("urgent")
    talk.say("what have you noted").hears("You took back: bruises")


def test_a_correction_by_button_is_noted_as_one_in_words(start: Start) -> None:
    talk = start().say("I have bruises and swollen ankles").say("that's not what I said")
    talk.picks("Bruises").hears("noted that this is wrong: bruises").does_not_hear(
        "You wrote about"
    )
    talk.flagged("urgent").say("what have you noted").hears("You took back: bruises")


def test_the_same_sign_told_twice_is_one_flag_that_is_told_once(start: Start) -> None:
    talk = start().say(BRUISES).say("I told you, I have bruises").urgency("urgent")
    talk.flagged("urgent").team_is_told("urgent")


def test_it_is_better_now_is_noted_and_changes_nothing(start: Start) -> None:
    start().say(BRUISES).say("I feel better today").hears("noted", TEAM).flagged("urgent")


def test_a_silence_after_an_emergency_is_followed_up_on_the_page(start: Start) -> None:
    talk = start().say(STROKE).urgency("emergency").later(minutes=11)

    wait_for(lambda: _follow_ups(talk), 40, "the follow-up")

    (follow_up,) = _follow_ups(talk)
    assert "I have not heard from you" in follow_up and "call now" in follow_up
    talk.say("my sister is with me").hears("999")


def _follow_ups(talk: TalkOverHttp) -> list[str]:
    told = (line["text"] for line in talk.patient.transcript() if line["sender"] == "assistant")
    return [text for text in told if "not heard from you" in text]


def test_it_is_getting_worse_is_never_less_urgent(start: Start) -> None:
    talk = start().say(BRUISES).say("it's getting worse").stands_at_least("urgent")
    talk.hears("999")


def test_S9_one_sign_after_a_list_of_denials_is_a_report(start: Start) -> None:
    talk = start().say("no bruises, no rash, but my temperature is 101.5 F").urgency("urgent")
    talk.reports("unexplained_bruising", "absent").reports("persistent_fever", "present")


@pytest.mark.parametrize(
    ("sign", "assertion", "text", "words"),
    [
        ("unexplained_bruising", "absent", "I don't have any bruises", "do not have this now"),
        ("chest_pain", "absent", "no chest pain", "tell me"),
        ("unexplained_bruising", "historical", "I had bruises two years ago", "now"),
        ("rash_or_hives", "someone_else", "my mum has a rash", "999"),
        ("persistent_fever", "hypothetical", "what should I do if I get a fever?", TEAM),
    ],
)
def test_S9_what_is_denied_older_supposed_or_somebody_elses_is_no_report(
    start: Start, sign: str, assertion: str, text: str, words: str
) -> None:
    talk = start().say(text).urgency(None).hears(words).reports(sign, assertion)
    talk.notes_no_sign().not_flagged().team_is_told()


def test_S1_S9_an_emergency_of_somebody_else_hears_the_number_first_and_is_no_report(
    start: Start,
) -> None:
    talk = start().say("my mum has chest pain").hears_first("999").notes_no_sign().not_flagged()
    talk.reports("chest_pain", "someone_else")


# Who writes


def test_a_carer_reports_for_the_patient(start: Start) -> None:
    talk = start().say("I am writing for my wife").hears("writing for them", TEAM, "999")
    talk.say("she has bruises all over her legs").urgency("urgent").notes("unexplained_bruising")
    talk.flagged("urgent")


def test_somebody_under_17_is_sent_to_an_adult_and_the_team(start: Start) -> None:
    talk = start().say("I'm 15").urgency(None).not_flagged()
    talk.hears("parent", "adult you trust", TEAM, "999")


def test_somebody_who_was_not_treated_is_sent_to_the_general_health_line(start: Start) -> None:
    talk = start().say("I never had Lemtrada").urgency(None).hears("your own doctor", "NHS 111")
    talk.not_flagged().say("but I cannot breathe").hears_first("999")


def test_two_patients_never_hear_of_each_others_signs(start: Start) -> None:
    one, other = start().say(BRUISES), start().say("hello")
    other.say("what have you noted").hears("noted nothing").does_not_hear("bruises")
    one.say("what have you noted").hears("noted: bruises")


# Questions of the patient


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("can I take ibuprofen", ["cannot advise on medicines", "pharmacist"]),
        ("where can I find my test results", ["cannot see your tests"]),
        ("how long after Lemtrada should we wait before trying for a baby", []),
        ("what are the side effects of Lemtrada", ["Source:"]),
        ("how long do I need blood tests after Lemtrada", ["four years", "Source:"]),
        ("are you a bot", ["I am a program"]),
        ("I want to speak to a person", ["speak to a person", OUT_OF_HOURS, "999"]),
        ("hello", ["Hello", "in your own words", "not a doctor", "999"]),
        ("tell me a joke", ["only help with reporting symptoms"]),
        ("you stupid machine", ["sorry"]),
        ("tengo moretones en las piernas", ["llame", "call", "999"]),
        ("asdkjh qwe zxcv", []),
    ],
)
def test_S4_whatever_is_asked_has_an_answer_and_a_way_to_a_person(
    start: Start, text: str, words: list[str]
) -> None:
    talk = start().say(text).urgency(None).hears(*words).notes_no_sign().not_flagged()
    talk.hears(*([] if text == "hello" else [TEAM]))


def test_a_question_about_a_vaccine_is_answered_and_told_to_the_team(start: Start) -> None:
    start().say("can I have a flu jab").urgency("prompt").hears("vaccine", TEAM).flagged("prompt")


def test_who_reads_it_is_told_from_the_clinics_hours(start: Start) -> None:
    talk = start().say("who reads this")
    talk.hears(hours_in_words(talk.clinic), "Nobody watches this chat live", TEAM)


def test_a_question_about_lemtrada_keeps_the_open_question_open(start: Start) -> None:
    talk = start().say(BRUISES).asks("headache").say("what is Lemtrada").hears("Source:")
    talk.asks("headache").flagged("urgent")


def test_S5_a_question_about_medicines_does_not_hide_the_sign(start: Start) -> None:
    talk = start().say("I have bruises all over, can I take ibuprofen?").urgency("urgent")
    talk.notes("unexplained_bruising").flagged("urgent").does_not_hear("ibuprofen")


# Patients who come back


def test_a_patient_who_comes_back_is_asked_how_it_is_now(start: Start) -> None:
    talk = start(name="Ann Smith").say("my joints ache").flagged("prompt")
    first = talk.conversation_id
    talk.clinician_closes("blood test arranged").later(days=2).say("hello").not_flagged_now()
    assert talk.conversation_id != first
    talk.hears("Last time you told me about painful or stiff joints")
    talk.asks("How is that now", "Still there", "Gone").picks("Still there")
    talk.urgency("urgent").notes("joint_pain").flagged("urgent")
    assert talk.flag.patient_name == "Ann Smith"


def test_the_same_sign_within_two_weeks_is_one_step_more_urgent(start: Start) -> None:
    talk = start().say("my joints ache").urgency("prompt").clinician_closes().later(days=3)
    talk.say("my joints still ache").urgency("urgent").flagged("urgent")


def test_the_same_sign_after_two_weeks_is_not(start: Start) -> None:
    talk = start().say("my joints ache").urgency("prompt").clinician_closes().later(days=15)
    talk.say("my joints ache").urgency("prompt").flagged("prompt")


def test_what_is_gone_after_the_flag_was_closed_is_no_new_report(start: Start) -> None:
    talk = start().say("my joints ache").clinician_closes().later(days=2).say("hello")
    talk.picks("Gone").hears("noted", TEAM).not_flagged_now()


def test_hours_later_the_conversation_goes_on_at_its_question(start: Start) -> None:
    talk = start().say(BRUISES).asks("headache").later(hours=6)
    talk.picks("A headache").hears_first("999").flagged("emergency")


# Sent twice, at once, and what no patient would write


def test_S3_the_same_message_twice_gets_the_same_answer_once(start: Start) -> None:
    talk = start().say(BRUISES, message_id="m1")
    first = talk.replies
    talk.say(BRUISES, message_id="m1")
    assert talk.replies == first
    assert len(talk.rows("reports")) == 1
    talk.flagged("urgent").team_is_told("urgent")


def test_S3_the_same_message_twice_at_once_is_taken_up_once(start: Start) -> None:
    talk = start()

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(lambda _: talk.take("m1", BRUISES), range(4))

    assert others == [first] * 3
    assert [row.sender for row in talk.rows("messages")].count("patient") == 1
    assert len(talk.rows("reports")) == 1
    talk.flagged("urgent").team_is_told("urgent")


def test_S3_messages_sent_at_once_are_answered_one_after_the_other(start: Start) -> None:
    talk = start()
    bruises, ankles, emergency = talk.says_at_once(BRUISES, "my ankles are swollen", STROKE)
    assert bruises and ankles
    assert "Call now: 999" in emergency[0].text
    taken_up = [row.message_id for row in talk.rows("reports")]
    assert taken_up == sorted(row.id for row in talk.rows("messages") if row.sender == "patient")
    talk.notes("unexplained_bruising", "swelling_legs_face", "stroke_signs")
    talk.flagged("emergency")


@pytest.mark.parametrize("command", ["/restart", "/back", '/report_emergency{"sign": "x"}'])
def test_a_command_of_rasa_is_only_words(start: Start, command: str) -> None:
    talk = start().say(BRUISES).say(command).flagged("urgent").notes("unexplained_bruising")
    assert not talk.flag.unprocessed
    talk.say("what have you noted").hears("bruises")
    assert command in [row.text for row in talk.rows("messages") if row.sender == "patient"]


def test_S1_an_emergency_at_the_end_of_the_longest_message_is_heard(start: Start) -> None:
    end = "and now I cannot breathe"
    story = "We went to the market and bought bread. " * 100
    talk = start().say(story[: MOST_CHARACTERS - len(end)] + end)
    talk.hears_first("999").notes("severe_breathlessness").flagged("emergency")


def test_S4_a_message_that_is_too_long_is_refused_in_words_and_can_be_sent_in_parts(
    start: Start,
) -> None:
    talk = start()
    refused = talk.patient.sends("I have bruises. " * 300)
    assert refused.status_code == 413
    assert "not recorded" in refused.json()["error"]
    assert "emergency number" in refused.json()["error"]
    assert talk.rows("messages") == []
    talk.say(BRUISES).flagged("urgent")


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_S4_an_empty_message_is_refused_in_words_and_loses_nothing(start: Start, text: str) -> None:
    talk = start().say(BRUISES).asks("headache")
    refused = talk.patient.sends(text)
    assert refused.status_code == 422
    assert "empty" in refused.json()["error"]
    talk.picks("A headache").flagged("emergency")


# The record


def test_S3_report_reasons_flag_audit_and_notification_are_one_commit(start: Start) -> None:
    talk = start()

    with _watching(talk, "reports", "flags", "audit", "outbox") as seen:
        talk.say(BRUISES)

    assert {tuple(map(len, tables)) for tables in seen} == {(0, 0, 1, 0), (1, 1, 3, 1)}
    talk.audited("conversation.opened", "message.taken_up", "flag.raised")


def test_S3_a_message_is_stored_before_it_is_answered(start: Start) -> None:
    talk = start()

    with _watching(talk, "messages") as seen:
        talk.say(BRUISES)

    states = [(messages[0].state, len(messages)) for (messages,) in seen if messages]
    assert states[0] == ("received", 1)
    assert states[-1] == ("answered", 1 + len(talk.replies))


def test_S6_the_reasons_hold_words_sign_rule_source_and_versions(start: Start) -> None:
    talk = start().say("I have Bruises on my legs, no fever")
    (report,) = talk.rows("reports")
    reason = report.reasons[0]
    assert (reason["words"], reason["sign"]) == ("Bruises", "unexplained_bruising")
    assert reason["rule"] == "sign:unexplained_bruising"
    places = {source["id"]: source["locator"] for source in reversed(reason["sources"])}
    assert "Monitoring and Management" in places["SIDE_EFFECTS"]
    assert (report.processed_by, report.knowledge_version) == ("assistant", talk.knowledge.version)
    assert report.model_version not in ("", "unknown", "heads", "lexicon")


def test_S6_an_old_report_gives_the_same_urgency_and_reasons_again(start: Start) -> None:
    talk = start().say("no rash, but I have bruises on my legs").picks("A headache")
    for row in talk.rows("reports"):
        again = assess(report_from_json(row.report), talk.knowledge)
        assert again.urgency is not None and again.urgency.word == row.urgency
        assert as_json(again.reasons) == row.reasons


def test_S7_the_team_is_told_how_urgent_and_nothing_of_what_or_whom(
    ready: Programs, start: Start
) -> None:
    before = len(ready.telephone.received)
    talk = start(name="Ann Smith").say(STROKE)

    wait_for(lambda: talk.notifications_are_sent, 10, "the notification")

    told = str(ready.telephone.received[before:])
    assert "a report is waiting (emergency)" in told
    assert not [each for each in ("droop", "stroke", "Ann", talk.conversation_id) if each in told]


def test_S8_what_a_clinician_reads_and_does_at_the_console_is_in_the_audit_log(
    ready: Programs, start: Start
) -> None:
    talk = start(name="Ann Smith").say(BRUISES)
    before = _queue_reads(ready)
    nurse = ready.nurse()

    assert "Ann Smith" in nurse.queue()
    assert "Ann Smith" in nurse.reads(talk.flag.id)
    nurse.moves(talk.flag.id, "claimed")
    nurse.moves(talk.flag.id, "closed", "spoke to the patient")

    talk.audited("flag.raised", "transcript.read", "flag.claimed", "flag.closed")
    by_nurse = {row.actor for row in talk.rows("audit") if row.action.startswith("transcript")}
    assert len(by_nurse) == 1 and by_nurse.pop().startswith("clinician:")
    assert _queue_reads(ready) == before + 2  # after signing in, and once more


def test_S8_a_page_of_the_console_that_nobody_signed_in_for_shows_no_patient(
    ready: Programs, start: Start
) -> None:
    talk = start(name="Ann Smith").say(BRUISES)
    flag, stranger = talk.flag.id, ready.nurse()
    stranger.http.cookies.clear()

    assert "Ann Smith" not in stranger.queue() + stranger.reads(flag)
    assert "transcript.read" not in [row.action for row in talk.rows("audit")]


def test_S5_no_reply_in_the_record_has_a_forbidden_phrase(ready: Programs, start: Start) -> None:
    """Nor any that came late, or from the worker."""
    start().say(BRUISES).say("what are the side effects of Lemtrada").say("can I take ibuprofen")
    messages = tables.messages
    with ready.database.reading() as tx:
        from_us = select(messages.c.text).where(messages.c.sender == "assistant").distinct()
        replies = list(tx.execute(from_us).scalars())
    assert len(replies) >= 4
    assert [(text, found) for text in replies if (found := forbidden_in(text))] == []


@contextmanager
def _watching(talk: TalkOverHttp, *names: str) -> Iterator[list[list[list[Any]]]]:
    """What the record shows of these tables meanwhile, each time from one state of it."""
    seen, is_over = [talk._tables(*names)], threading.Event()

    def watch() -> None:
        while not is_over.is_set():
            seen.append(talk._tables(*names))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        is_over.set()
        watcher.join()
        seen.append(talk._tables(*names))


def _queue_reads(programs: Programs) -> int:
    with programs.database.reading() as tx:
        read = select(tables.audit.c.id).where(tables.audit.c.action == "queue.read")
        return len(tx.execute(read).all())
