"""Yes, no, don't know, and what is none of them."""

from __future__ import annotations

from datetime import date

import pytest

from bedside.language import Reader
from bedside.language.answers import read_reply, read_value
from tests.builders import KNOWLEDGE


@pytest.mark.parametrize(
    "text",
    [
        "yes", "Yes.", "YES", "yes I do", "yeah", "yep", "y", "aye", "of course", "afraid so",
        "unfortunately", "I do", "it does", "they are", "yes, since Monday", " yes", "yes!!",
        "“yes”", "definitely", "it is",
    ],
)  # fmt: skip
def test_this_answers_yes(text: str) -> None:
    assert read_reply(text) == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "kind of", "sort of", "a bit", "a little", "sometimes", "maybe", "I think so", "I guess so",
        "probably", "possibly", "slightly",
    ],
)  # fmt: skip
def test_a_hedge_answers_maybe(text: str) -> None:
    assert read_reply(text) == "maybe"


@pytest.mark.parametrize(
    "text",
    [
        "no", "No.", "NO", "nope", "nah", "not really", "not at all", "never", "none", "noooo",
        "I don't", "I haven't", "no I do not", "not yet", "neither", "no, thank God", "isn't",
        "nothing I've noticed", "not any of these", "I have none of those", "nothing that I found",
    ],
)  # fmt: skip
def test_this_answers_no(text: str) -> None:
    assert read_reply(text) == "no"


@pytest.mark.parametrize(
    "text",
    [
        "I don't know", "don't know", "dont know", "dunno", "idk", "no idea", "not sure", "unsure",
        "I'm not sure", "I am really not sure", "hard to say", "can't say", "no clue", "not a clue",
        "I really don't know", "skip", "hard to tell", "cannot tell",
    ],
)  # fmt: skip
def test_this_answers_that_the_patient_does_not_know(text: str) -> None:
    assert read_reply(text) == "dont_know"


@pytest.mark.parametrize(
    "text",
    [
        "I've got bruises", "I have bruises", "my chest hurts", "I am tired", "nosebleed", "they hurt",
        "norovirus", "yesterday it started", "", "   ", "🤒", "38.5", "since Monday", "is it bad",
        "nothing tastes right",
        "yellow skin", "sorry", "?", "hello", "north of Leeds", "do I have to", "it was worse", "yoghurt",
    ],
)  # fmt: skip
def test_this_is_no_answer(text: str) -> None:
    assert read_reply(text) is None


@pytest.mark.parametrize(("text", "reply"), [("don’t know", "dont_know"), ("I haven’t", "no")])
def test_a_curly_apostrophe_does_not_change_an_answer(
    reader: Reader, text: str, reply: str
) -> None:
    assert reader.read(text).reply == reply


CHOICES = {
    "urine_output_reduced": [
        ("about the same as always", "no"),
        ("as usual", "no"),
        ("less than usual I'd say", "less"),
        ("not as usual", None),
    ],
    "urine_colour": [
        ("quite normal", "normal"),
        ("it is orange", "orange"),
        ("not normal at all", None),
        ("not orange", None),
    ],
    "bleeding_amount": [
        ("it has stopped bleeding", "none"),
        ("I'm not bleeding", "none"),
        ("no bleeding", "none"),
        ("as usual", None),
    ],
    "walking_ability": [("same as before", "usual"), ("much worse than usual", "worse")],
}


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [(fact, *each) for fact, answers in CHOICES.items() for each in answers],
)
def test_a_choice_is_told_in_other_words(
    reader: Reader, fact: str, text: str, value: str | None
) -> None:
    entry = KNOWLEDGE.questions[fact]
    assert read_value(entry, reader.read(text), date(2026, 11, 22)) == value
