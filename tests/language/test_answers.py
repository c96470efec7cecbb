"""Yes, no, don't know, and what is none of them."""

from __future__ import annotations

import pytest

from bedside.language import Reader
from bedside.language.answers import read_reply


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
