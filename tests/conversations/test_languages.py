"""Messages in other languages: the numbers and a way to a person, in that language and in English."""

from __future__ import annotations

import pytest

from tests.talk import Start

TEAM = "01632 960123"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("tengo moretones en las piernas", "llame"),
        ("Ich habe blaue Flecken an den Beinen", "Rufen"),
        ("j'ai des bleus sur les jambes", "appelez"),
        ("ho dei lividi sulle gambe", "chiami"),
    ],
)
def test_another_language_gets_the_numbers_in_it_and_in_english(
    start: Start, text: str, word: str
) -> None:
    start().say(text).hears(word, "call", "999", TEAM)


@pytest.mark.parametrize(("region", "number"), [("US", "911"), ("EU", "112"), ("AU", "000")])
def test_another_language_gets_the_number_of_the_region(
    start: Start, region: str, number: str
) -> None:
    start(region=region).say("Mein Gesicht hängt herunter").hears("Rufen", number, TEAM)


def test_S1_an_emergency_in_another_language_hears_the_number_first(start: Start) -> None:
    start().say("ich kann nicht atmen, bitte helfen Sie mir").hears_first("999")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("no puedo respirar", "llame"),
        ("me duele el pecho", "llame"),
        ("NEFES ALAMIYORUM", "arayın"),
        ("jai mal a la poitrine", "appelez"),
        ("喘不过气", "拨打"),
        ("saans nahi aa rahi", "फ़ोन"),
    ],
)
def test_S1_a_short_emergency_in_another_language_hears_the_number_first(
    start: Start, text: str, word: str
) -> None:
    talk = start().say(text).hears_first("999").hears(word, TEAM)
    talk.urgency("emergency").flagged("emergency")


def test_S1_who_wants_to_die_hears_of_a_crisis_line_in_any_language(start: Start) -> None:
    start().say("quiero morir").hears_first("999").hears("116 123", "llame").flagged("emergency")


def test_S1_an_emergency_within_a_longer_message_in_another_language_is_flagged(
    start: Start,
) -> None:
    talk = start().say("seit gestern habe ich Fieber, und jetzt kriege ich keine Luft mehr")
    talk.hears_first("999").hears("Rufen").notes("severe_breathlessness").flagged("emergency")


def test_S1_an_emergency_in_another_language_after_another_sign_raises_the_urgency(
    start: Start,
) -> None:
    talk = start().say("I have bruises on my legs").say("me duele el pecho")
    talk.hears_first("999").flagged("emergency")


def test_who_cannot_speak_english_is_told_the_numbers_and_has_no_sign(start: Start) -> None:
    start().say("no puedo hablar inglés").hears("llame", "999").notes_no_sign().not_flagged()


@pytest.mark.parametrize("text", ["jag kvävs", "choque alérgico", "fitte al petto"])
def test_what_english_ears_make_of_another_language_is_not_asked_about(
    start: Start, text: str
) -> None:
    start().say(text).hears_first("999").asks("where are you")


def test_another_language_twice_is_flagged_for_a_person(start: Start) -> None:
    talk = start().say("tengo moretones en las piernas").hears("999", TEAM)
    talk.say("me siento muy mal desde ayer por la noche").flagged("urgent")


def test_an_english_message_after_another_language_is_taken_up(start: Start) -> None:
    talk = start().say("tengo moretones en las piernas").say("I have bruises on my legs")
    talk.urgency("urgent").notes("unexplained_bruising").flagged("urgent")


def test_english_with_a_foreign_word_is_still_english(start: Start) -> None:
    start().say("I have bruises, por favor help me").urgency("urgent").notes("unexplained_bruising")
