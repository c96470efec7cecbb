"""Reading any text at all: it never fails, offsets are exact, and numbers tell a fever too."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bedside.knowledge import Knowledge
from bedside.language import MAX_CHARACTERS, Classifier, Encoder, Reader
from bedside.model import Assertion, FoundBy, Mention
from tests.builders import SIGNS

# Pieces of patients' language with what trips up a tokenizer, so that random texts reach the lexicon.
PIECES = [
    "fever", "bruises", "can't breathe", "CAN’T BREATHE", "no", "chest pain", "my mum", "38.5", "101F",
    "won't stop bleeding", "face drooping", "İ", "ﬁ", "ß", "🤒", "👩‍👩‍👧", "e\u0301", "\u200b", "\u202e",
    "“", "–", "...", ",", ".", "\n", "\t", "\0", "if", "2 days", "8/10", "{team}", "/restart", "…",
]  # fmt: skip
texts = st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)


@given(texts)
@example("")
@example(" ")
@example("İİİİ fever")
@example("ẞ CAN'T BREATHE")
@example("fever " * 2000)
@example("9" * 5000)
@example("٣٨٫٥ fever ³⁸")
@settings(max_examples=120, deadline=None)
def test_any_text_is_read_and_its_offsets_give_its_own_words(reader: Reader, text: str) -> None:
    parsed = reader.read(text)
    for each in (*parsed.mentions, *parsed.details):
        assert 0 <= each.start < each.end <= len(text)
        assert each.text == text[each.start : each.end]
    for finding in parsed.findings:
        assert finding.text in text


@pytest.mark.parametrize(
    "text",
    [
        "I’ve got a fever 🤒 and CAN’T BREATHE",
        "“Bruises” – everywhere!",
        "İstanbul gave me a FEVER",
        "first line\nno fever\r\nmy Gums  bleed",
        "temp 38.6°C 😩",
        "fever",
    ],
)
def test_a_mention_quotes_the_patient_exactly(reader: Reader, text: str) -> None:
    parsed = reader.read(text)
    assert parsed.mentions
    assert [text[each.start : each.end] for each in parsed.mentions] == [
        each.text for each in parsed.mentions
    ]


def test_reading_twice_gives_the_same(reader: Reader) -> None:
    text = "no fever, no bruises, just a slight nosebleed since Tuesday"
    assert reader.read(text) == reader.read(text)


def test_the_message_and_its_intent_are_kept_as_they_are(reader: Reader) -> None:
    parsed = reader.read("Hi — it’s me", intent="greet")
    assert (parsed.text, parsed.intent) == ("Hi — it’s me", "greet")


def test_a_very_long_message_is_read_up_to_its_limit(reader: Reader) -> None:
    padding = "la " * (MAX_CHARACTERS // 3)
    assert [each.sign for each in reader.read("fever " + padding).mentions] == ["persistent_fever"]
    assert reader.read(padding + " fever").mentions == ()


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("temp 38.0", ["persistent_fever"]),
        ("temp 37.9", []),
        ("100.4F", ["persistent_fever"]),
        ("100.2F", []),
        ("my temperature was 36.6 in the morning and 39 tonight", ["persistent_fever"]),
    ],
)
def test_a_temperature_is_a_fever_from_38_degrees(
    reader: Reader, text: str, signs: list[str]
) -> None:
    assert [each.sign for each in reader.read(text).mentions] == signs


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("I can't keep any fluids down", ("fluids_kept_down", "no", "present")),
        ("no headache, no rigors", ("rigors", "yes", "absent")),
        ("I can't walk", ("walking_ability", "cannot_walk", "present")),
    ],
)
def test_a_fact_is_stated_with_its_value(
    reader: Reader, text: str, stated: tuple[str, str, str]
) -> None:
    findings = reader.read(text).findings
    assert stated in [(each.finding, each.value, each.assertion.value) for each in findings]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("I had a nosebleed 3 months ago", 3 * 730 / 24),
        ("chest pain 3 years ago, nothing since", 3 * 8766 / 24),
        ("I used to get nosebleeds", None),
        ("I have had a nosebleed for 3 days", None),
    ],
)
def test_a_sign_of_the_past_knows_how_long_ago_it_was(
    reader: Reader, text: str, days: float | None
) -> None:
    assert [each.days_ago for each in reader.read(text).mentions] == [days]


def test_what_stands_between_words_is_no_denial(reader: Reader) -> None:
    assert reader.read("my chest isn't painful").mentions == ()
    assert reader.read("my chest is really painful").mentions


def test_a_denial_may_run_into_the_words_of_a_sign(reader: Reader) -> None:
    (fever,) = reader.read("I don't have a temperature").mentions
    assert (fever.assertion, fever.cue) == (Assertion.ABSENT, "don't have")


# The classifier, where the lexicon is silent


class Sure(Classifier):
    """Heads that are as sure as they are told, of one sign, for every clause."""

    def __init__(self, sign: str, confidence: float) -> None:
        super().__init__([sign], np.zeros((384, 1)), np.zeros(1))
        self._confidence = confidence

    def probabilities(self, vectors: np.ndarray) -> np.ndarray:
        return np.full((len(vectors), 1), self._confidence, dtype=np.float32)


@pytest.fixture
def heard(knowledge: Knowledge, encoder: Encoder, reader: Reader, monkeypatch: pytest.MonkeyPatch):
    """What the reader hears in a text when the classifier is that sure of that sign."""

    def hear(text: str, sign: str, confidence: float) -> list[Mention]:
        monkeypatch.setattr(reader, "_classifier", Sure(sign, confidence))
        monkeypatch.setattr(reader, "_encoder", encoder)
        return list(reader.read(text).mentions)

    return hear


@pytest.mark.parametrize(
    ("confidence", "assertion"),
    [(0.97, Assertion.PRESENT), (0.7, Assertion.POSSIBLE), (0.3, None)],
)
def test_a_sign_the_lexicon_does_not_know_is_heard_guessed_or_left(
    heard, confidence: float, assertion: Assertion | None
) -> None:
    found = heard("something odd about me today", "stroke_signs", confidence)
    assert [each.assertion for each in found] == ([assertion] if assertion else [])
    assert {each.found_by for each in found} <= {FoundBy.CLASSIFIER}


def test_a_denied_clause_is_no_guess(heard) -> None:
    found = heard("no odd patches on me", "unexplained_bruising", 0.97)
    assert [each.assertion for each in found] == [Assertion.ABSENT]


@pytest.mark.parametrize("text", ["yes", "ok", "38.6", "🤒", ""])
def test_a_word_is_too_little_to_guess_from(heard, text: str) -> None:
    assert [
        each for each in heard(text, "fatigue", 0.97) if each.found_by is FoundBy.CLASSIFIER
    ] == []


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_the_lexicon_found_is_not_guessed_again(heard, sign: str) -> None:
    found = heard("my gums bleed and also I feel most odd today", sign, 0.97)
    assert len([each for each in found if each.sign == sign]) == 1
