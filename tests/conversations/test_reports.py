"""What is reported: urgent, prompt, routine or expected; whom to call when; several signs at once."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.talk import HOLIDAY, NIGHT, OPEN, SUNDAY, Start

TEAM, OUT_OF_HOURS = "01632 960123", "NHS 111"
BRUISES = "I've got bruises all over my legs"
URGENT = {
    "unexplained_bruising": BRUISES,
    "pinpoint_skin_spots": "tiny red dots all over my shins",
    "nose_gum_or_mouth_bleeding": "my nose keeps bleeding",
    "heavy_or_irregular_periods": "my periods are really heavy",
    "blood_in_urine": "there is blood in my urine",
    "foamy_or_reduced_urine": "my wee is foamy",
    "swelling_legs_face": "my ankles are swollen",
    "jaundice_or_dark_urine": "my eyes have turned yellow",
    "persistent_fever": "I have had a fever for two days",
    "palpitations": "my heart is racing",
    "shingles_rash": "I have shingles",
    "fatigue": "I'm so tired",
}


# Urgent


@pytest.mark.parametrize(("sign", "text"), URGENT.items())
def test_an_urgent_sign_is_told_to_report_today(start: Start, sign: str, text: str) -> None:
    talk = start().say(text).urgency("urgent").hears("today", TEAM, OUT_OF_HOURS, "999")
    talk.notes(sign).flagged("urgent").team_is_told("urgent")


def test_bruises_are_asked_about_bleeding_into_the_head(start: Start) -> None:
    start().say(BRUISES).asks("headache", "knock to the head", "None of these", "I don't know")


@pytest.mark.parametrize("at", [NIGHT, SUNDAY, HOLIDAY])
def test_an_urgent_sign_while_the_team_is_closed(start: Start, at: str) -> None:
    talk = start(at=at).say(BRUISES).urgency("urgent")
    talk.hears("The MS team is closed now, so call NHS 111", "had Lemtrada", TEAM)


def test_an_urgent_sign_just_before_closing_time(start: Start) -> None:
    start(at="2026-11-27 15:59").say(BRUISES).hears("call 01632 960123").does_not_hear("closed now")
    start(at="2026-11-27 16:00").say(BRUISES).hears("closed now")


def test_the_hours_are_the_clinics_own(start: Start) -> None:
    """Ten o'clock in London is five in the morning in New York."""
    new_york = ZoneInfo("America/New_York")
    talk = start(
        at="2026-11-25 05:00", zone=new_york, region="US", out_of_hours="the on-call doctor"
    )
    talk.say(BRUISES).urgency("urgent").hears("closed now", "the on-call doctor", "911")
    talk = start(at="2026-11-25 10:00", zone=new_york, region="US")
    talk.say(BRUISES).urgency("urgent").does_not_hear("closed now").hears("911")


def test_a_flag_is_due_within_working_hours(start: Start) -> None:
    """On Sunday nobody is there: four hours count from Monday at nine."""
    start(at=SUNDAY).say(BRUISES).flag_is_due("2026-11-30 13:00")
    start(at=OPEN).say(BRUISES).flag_is_due("2026-11-25 14:00")


def test_a_team_on_call_says_so_and_its_flag_is_due_by_the_clock(start: Start) -> None:
    talk = start(at=SUNDAY, on_call=True).say(BRUISES).flag_is_due("2026-11-29 15:00")
    talk.answers_all("I don't know").hears("is called about urgent reports, day and night")


def test_a_team_that_is_not_on_call_promises_nobody_at_night(start: Start) -> None:
    talk = start(at=NIGHT).say(BRUISES).answers_all("I don't know")
    talk.hears("Nobody watches this chat live").does_not_hear("day and night")


# Less than urgent


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        ("joint_pain", "my joints ache"),
        ("underactive_thyroid", "I am always cold and I've put on weight"),
        ("neck_lump_or_voice_change", "there is a lump in my neck"),
        ("missed_monitoring_test", "I missed my last two blood tests"),
        ("pregnancy_or_planning", "I'm pregnant"),
    ],
)
def test_a_prompt_sign_is_told_to_report_within_two_days(
    start: Start, sign: str, text: str
) -> None:
    talk = start().say(text).urgency("prompt").hears("within the next two days", TEAM, OUT_OF_HOURS)
    talk.notes(sign).flagged("prompt").team_is_told("prompt")


def test_a_routine_sign_waits_for_the_monthly_check_and_is_flagged(start: Start) -> None:
    talk = (
        start().say("my hair is falling out").urgency("routine").hears("next monthly check", TEAM)
    )
    talk.flagged("routine")


@pytest.mark.parametrize(
    "text",
    [
        "I had my infusion yesterday and I have a headache",
        "my drip was this morning and I feel a bit flushed and itchy",
        "I had Lemtrada yesterday and have a bit of a rash",
    ],
)
def test_an_expected_reaction_has_its_safety_net_and_no_flag(start: Start, text: str) -> None:
    talk = start().say(text).urgency("expected").not_flagged()
    talk.hears("if it lasts or gets worse, or if anything new comes up", TEAM, OUT_OF_HOURS)


def test_S5_an_expected_reaction_is_never_called_normal(start: Start) -> None:
    talk = start().say("I had my infusion yesterday and I have a headache, is that normal?")
    talk.does_not_hear("normal", "expected", "common", "settle", "worry")


def test_the_same_headache_a_month_later_is_not_expected(start: Start) -> None:
    start().say("I had my infusion a month ago and I have a headache").urgency("prompt")


def test_an_expected_reaction_with_a_swollen_tongue_is_an_emergency(start: Start) -> None:
    talk = start().say("I had Lemtrada yesterday and have a bit of a rash").asks("swollen face")
    talk.say("yes my tongue is swollen").urgency("emergency").hears_first("999")


def test_a_late_bruise_is_never_expected(start: Start) -> None:
    start().say("my last Lemtrada was three years ago and I have bruises").urgency("urgent")


# Several at once


def test_two_prompt_signs_of_different_parts_of_the_body_are_urgent(start: Start) -> None:
    talk = start().say("my joints ache and I have been hoarse for six weeks").urgency("urgent")
    talk.notes("joint_pain", "neck_lump_or_voice_change").flagged("urgent")


def test_several_signs_are_all_named_back(start: Start) -> None:
    talk = start().say("I have bruises on my legs, swollen ankles and foamy urine")
    talk.notes("unexplained_bruising", "swelling_legs_face", "foamy_or_reduced_urine")
    talk.hears("bruises", "swelling of your legs", "foamy urine")


def test_signs_that_come_one_by_one_add_up(start: Start) -> None:
    talk = start().say("my joints ache").urgency("prompt").flagged("prompt")
    talk.say("and I'm so tired").urgency("urgent").flagged("urgent")
    talk.team_is_told("prompt", "urgent").notes("joint_pain", "fatigue")


def test_a_missed_blood_test_and_a_symptom_are_urgent(start: Start) -> None:
    talk = start().say("I missed my last two blood tests").urgency("prompt").asks("unwell")
    talk.say("yes").urgency("urgent").flagged("urgent")


def test_a_bad_platelet_number_is_urgent_and_is_not_explained(start: Start) -> None:
    talk = start().say("they told me my platelets were 40").urgency("urgent")
    talk.notes("abnormal_lab_result").does_not_hear("normal", "dangerous", "low")


def test_a_live_vaccine_that_was_given_is_urgent(start: Start) -> None:
    talk = start().say("I had the yellow fever vaccine last week").urgency("urgent")
    talk.notes("live_vaccine_or_vaccination").flagged("urgent")


# Numbers and spelling


@pytest.mark.parametrize(
    "text",
    [
        "my temperature is 38.6",
        "my temperature is 101.5 F",
        "temp of 38.6C since yesterday",
        "I measured 38,6 °C",
    ],
)
def test_a_fever_in_either_unit_is_a_fever(start: Start, text: str) -> None:
    start().say(text).urgency("urgent").notes("persistent_fever").flagged("urgent")


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        ("unexplained_bruising", "ive got brusies evrywhere"),
        ("nose_gum_or_mouth_bleeding", "my gumms are bleding"),
        ("fatigue", "im so tierd"),
        ("palpitations", "my hart is raceing"),
    ],
)
def test_misspelt_signs_are_heard(start: Start, sign: str, text: str) -> None:
    start().say(text).urgency("urgent").notes(sign)


# What is only possible


def test_a_possible_sign_counts(start: Start) -> None:
    talk = start().say("I might have some bruises, not sure").urgency("urgent").flagged("urgent")
    talk.reports("unexplained_bruising", "possible")


# S2: never down


def test_S2_an_urgent_report_stays_urgent_whatever_is_answered(start: Start) -> None:
    talk = start().say(BRUISES)
    for answer in ("none of these", "no", "it is nothing really", "a lesser thing: my joints ache"):
        talk.say(answer).flagged("urgent")
    assert talk.stands.word == "urgent"


def test_S2_a_denial_after_a_report_does_not_lower_it(start: Start) -> None:
    start().say(BRUISES).say("no bruises after all").flagged("urgent")


def test_S2_a_yes_that_is_followed_by_a_no_stays_a_yes(start: Start) -> None:
    talk = start().say("I missed my last two blood tests").say("yes").flagged("urgent")
    talk.say("no, I feel well").flagged("urgent").knows(any_symptoms="yes")
