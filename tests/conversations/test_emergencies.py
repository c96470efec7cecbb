"""S1: an emergency gets its number in the first sentence of the first reply. S9: also when in doubt."""

from __future__ import annotations

import pytest

from tests.talk import HOLIDAY, NIGHT, OPEN, SUNDAY, Start

NUMBERS = {
    "UK": "999",
    "IE": "112 or 999",
    "EU": "112",
    "US": "911",
    "CA": "911",
    "AU": "000",
    "NZ": "111",
    "unknown": "112, or your local emergency number",
}
BRUISES = "I have bruises on my legs"


@pytest.mark.parametrize(("region", "number"), NUMBERS.items())
def test_S1_each_region_has_its_own_number_in_the_first_sentence(
    start: Start, region: str, number: str
) -> None:
    talk = start(region=region).say("my face is drooping on one side")
    talk.urgency("emergency").hears_first(number)


@pytest.mark.parametrize("at", [OPEN, NIGHT, SUNDAY, HOLIDAY])
def test_S1_the_hour_makes_no_difference_to_an_emergency(start: Start, at: str) -> None:
    start(at=at).say("I have crushing chest pain").urgency("emergency").hears_first("Call now: 999")


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        ("stroke_signs", "my face is drooping and I can't lift my right arm"),
        ("chest_pain", "I have a crushing pain in my chest"),
        ("severe_breathlessness", "I can't breathe"),
        ("seizure", "I just had a seizure"),
        ("sudden_severe_headache", "sudden thunderclap headache, the worst headache of my life"),
        ("coughing_up_blood", "I'm coughing up blood"),
        ("severe_or_internal_bleeding", "I am vomiting blood"),
        ("fainting_or_collapse", "I passed out in the kitchen this morning"),
        ("severe_allergic_reaction", "my throat is swelling shut"),
    ],
)
def test_S1_an_emergency_sign_is_told_before_any_question(
    start: Start, sign: str, text: str
) -> None:
    talk = start().say(text).urgency("emergency").hears_first("999").notes(sign)
    talk.asks("where are you").flagged("emergency").team_is_told("emergency")


@pytest.mark.parametrize(
    "text",
    [
        "I might have had a seizure, I'm not sure",
        "I think I maybe had a seizure",
        "possibly chest pain, hard to say",
    ],
)
def test_S1_a_possible_emergency_hears_the_number_first(start: Start, text: str) -> None:
    start().say(text).urgency("emergency").hears_first("999").flagged("emergency")


def test_S1_an_emergency_in_the_middle_of_a_question_is_taken_up_at_once(start: Start) -> None:
    talk = start().say(BRUISES).urgency("urgent").asks("headache")
    talk.say("my face has just started drooping").urgency("emergency").hears_first("999")
    talk.notes("unexplained_bruising", "stroke_signs").flagged("emergency")


def test_S1_an_emergency_in_place_of_a_name_is_taken_up_at_once(start: Start) -> None:
    talk = start().say(BRUISES).picks("None of these").say("skip").say("last week").say("skip")
    talk.asks("your name").say("I can't breathe").urgency("emergency").hears_first("999")


def test_S1_an_emergency_while_rasa_is_down(start: Start) -> None:
    talk = start()
    talk.assistant.is_away = True
    talk.say("my face is drooping on one side").urgency("emergency").hears_first("999")
    talk.flagged("emergency")
    assert [row.unprocessed for row in talk.rows("flags")] == [True]


def test_S1_an_emergency_while_the_database_is_away(start: Start) -> None:
    talk = start().says_without_record("I can't breathe")
    talk.hears_first("999").hears("I have kept this message", "01632 960123")


def test_S1_one_emergency_among_lesser_signs_speaks_first(start: Start) -> None:
    talk = start().say("my joints ache, I'm tired, and I have crushing chest pain")
    talk.urgency("emergency").hears_first("999").notes("joint_pain", "fatigue", "chest_pain")


def test_S1_two_lesser_signs_can_make_an_emergency_together(start: Start) -> None:
    talk = start().say("I have bruises all over and a terrible headache")
    talk.urgency("emergency").hears_first("999").flagged("emergency")


def test_an_emergency_asks_only_where_the_patient_is_and_who_is_there(start: Start) -> None:
    talk = start().say("my face is drooping").asks("where are you", "somebody with you")
    talk.say("at work, with a colleague").asks_nothing()
    talk.knows(contact="at work, with a colleague")


def test_S2_every_message_after_an_emergency_hears_the_number_again(start: Start) -> None:
    talk = start().say("my face is drooping").say("at home")
    for text in ("ok thanks", "are you a bot", "it feels a bit better", "asdf qwer", "hello"):
        talk.say(text).urgency("emergency").hears_first("999").flagged("emergency")


def test_S2_a_lesser_sign_after_an_emergency_does_not_lower_it(start: Start) -> None:
    talk = start().say("I have crushing chest pain").say("at home")
    talk.say("and I have bruises").urgency("emergency").hears_first("999").flagged("emergency")


def test_S2_taking_an_emergency_back_does_not_lower_it(start: Start) -> None:
    talk = start().say("I have crushing chest pain")
    talk.say("no, I don't have chest pain").hears_first("999").flagged("emergency")


@pytest.mark.parametrize(
    "text",
    [
        "my face drooped yesterday but it is fine now",
        "I couldn't speak for ten minutes this morning, it's gone now",
        "my left arm went numb for ten minutes last week, gone now",
    ],
)
def test_S9_an_emergency_that_has_just_ended_keeps_its_urgency(start: Start, text: str) -> None:
    start().say(text).urgency("emergency").hears_first("999").flagged("emergency")


@pytest.mark.parametrize(
    "text",
    ["no chest pain", "I don't have chest pain", "no seizure, no fainting, nothing like that"],
)
def test_S9_a_denied_emergency_alone_is_not_a_report(start: Start, text: str) -> None:
    start().say(text).urgency(None).notes_no_sign().not_flagged().hears("tell me", "01632 960123")


def test_S9_a_denial_does_not_hide_the_emergency_beside_it(start: Start) -> None:
    talk = start().say("no chest pain but I can't breathe").urgency("emergency").hears_first("999")
    talk.reports("chest_pain", "absent").notes("severe_breathlessness")


def test_S9_an_emergency_of_somebody_else_gets_the_number_and_no_report(start: Start) -> None:
    talk = start().say("my mum has chest pain").hears_first("999").notes_no_sign()
    talk.reports("chest_pain", "someone_else").not_flagged()


def test_an_infusion_that_is_running_sends_the_patient_to_the_nurse_beside_them(
    start: Start,
) -> None:
    talk = start().say("I'm having my infusion right now and I've come out in a rash")
    talk.urgency("urgent").hears_first("Tell the infusion nurse now").hears("999", "01632 960123")
    talk.flagged("urgent").asks("swollen face")


def test_a_swelling_throat_during_the_infusion_is_an_emergency(start: Start) -> None:
    talk = start().say("I'm having my infusion right now and I've come out in a rash")
    talk.say("my throat is swelling up").urgency("emergency").hears_first("999")


def test_capital_letters_and_no_apostrophes_are_heard(start: Start) -> None:
    start().say("I CANT BREATHE").urgency("emergency").hears_first("999")


@pytest.mark.parametrize("text", ["i cant breath propperly", "my fase is drooping on one side"])
def test_a_misspelt_emergency_is_heard(start: Start, text: str) -> None:
    start().say(text).urgency("emergency").hears_first("999")


@pytest.mark.parametrize(
    "text",
    [
        "that joke nearly killed me, I'm dying of laughter",
    ],
)
def test_a_figure_of_speech_is_no_emergency(start: Start, text: str) -> None:
    start().say(text).urgency(None).notes_no_sign().not_flagged()
