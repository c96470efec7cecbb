"""What was understood wrongly is put right by the patient; the flag stays for a person to lower (S2)."""

from __future__ import annotations

from tests.talk import Start

TEAM = "01632 960123"
BRUISES = "I have bruises on my legs"


def test_who_was_misunderstood_hears_what_was_noted_and_is_asked_what_is_wrong(
    start: Start,
) -> None:
    talk = start().say("I have bruises and swollen ankles").say("that's not what I said")
    talk.hears("So far I noted: bruises and swelling", TEAM)
    talk.asks("Which of it is wrong", "Bruises", "Swelling", "Something else")


def test_a_correction_in_words_puts_the_right_sign_in_place_of_the_wrong_one(
    start: Start,
) -> None:
    talk = start().say(BRUISES).say("that's not what I said")
    talk.say("it is my ankles that are swollen, not bruises")
    talk.hears("noted that this is wrong: bruises").notes("swelling_legs_face").flagged("urgent")
    talk.say("what have you noted").hears("I noted: swelling", "You took back: bruises")


def test_something_else_is_told_in_the_patients_own_words(start: Start) -> None:
    talk = start().say(BRUISES).say("that's not what I said").picks("Something else")
    talk.asks("in your own words").flagged("urgent")
    talk.say("I meant my gums bleed").notes("nose_gum_or_mouth_bleeding").flagged("urgent")


def test_S2_a_correction_never_lowers_the_flag(start: Start) -> None:
    talk = start().say(BRUISES).say("that's not what I said").picks("Bruises")
    talk.hears("noted that this is wrong").flagged("urgent").team_is_told("urgent")


def test_which_of_two_possible_emergencies_is_meant_is_asked_after_the_number(
    start: Start,
) -> None:
    talk = start().say("I might have had a seizure or maybe I fainted")
    talk.urgency("emergency").hears_first("999").flagged("emergency")
    talk.asks("A fit or seizure", "Fainting", "None of these", "I don't know")


def test_S2_an_emergency_that_was_not_meant_keeps_its_flag(start: Start) -> None:
    talk = start().say("I might have had a seizure or maybe I fainted").picks("None of these")
    talk.urgency("emergency").hears_first("999").flagged("emergency").asks("your name")


def test_S2_an_emergency_that_was_mistyped_keeps_its_flag_and_its_number(start: Start) -> None:
    talk = start().say("I have chest pain").say("no I don't have chest pain, I mistyped")
    talk.urgency("emergency").hears_first("999").flagged("emergency")


def test_a_correction_of_nothing_is_met_with_an_apology_and_a_person(start: Start) -> None:
    start().say("that's not what I said").hears("sorry", "in other words", "MS team")


def test_a_sign_that_is_called_wrong_by_button_does_not_count_any_more(start: Start) -> None:
    talk = start().say("I have bruises and swollen ankles").say("that's not what I said")
    talk.asks("Which of it is wrong", "Bruises").picks("Bruises").flagged("urgent")
    talk.say("what have you noted").hears("You took back: bruises")


def test_a_sign_that_is_called_wrong_in_words_does_not_count_any_more(start: Start) -> None:
    talk = start().say(BRUISES).say("that's wrong, I don't have bruises").flagged("urgent")
    talk.say("what have you noted").hears("You took back: bruises")
