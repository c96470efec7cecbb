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


def test_another_language_twice_is_flagged_for_a_person(start: Start) -> None:
    talk = start().say("tengo moretones en las piernas").hears("999", TEAM)
    talk.say("me siento muy mal desde ayer por la noche").flagged("urgent")


def test_an_english_message_after_another_language_is_taken_up(start: Start) -> None:
    talk = start().say("tengo moretones en las piernas").say("I have bruises on my legs")
    talk.urgency("urgent").notes("unexplained_bruising").flagged("urgent")


def test_english_with_a_foreign_word_is_still_english(start: Start) -> None:
    start().say("I have bruises, por favor help me").urgency("urgent").notes("unexplained_bruising")
