"""The words that search compares."""

from __future__ import annotations

import pytest

from bedside.words import words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bruises, BRUISED!", {"bruise"}),
        ("I can't 01632 960123", {"can", "01632", "960123"}),
        ("naïve Straße", {"naïve", "strasse"}),
        ("😀 ?! a", set()),
        ("x" * 41, set()),
        ("snake_case", {"snake", "case"}),
    ],
)
def test_a_text_gives_its_words_in_their_dictionary_form(text, words):
    assert words_of(text) == words
