"""Reading any text at all: it never fails, offsets are exact, and numbers tell a fever too."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bedside.language import MAX_CHARACTERS, Reader, hearing, nlp
from bedside.language.hearing import Heard, Sure
from bedside.language.lexicon import Lexicon
from bedside.language.weighing import FILE, Thresholds
from bedside.model import Assertion, FoundBy
from tests.builders import KNOWLEDGE

LEXICON = Lexicon(KNOWLEDGE)

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


# The heads beside the lexicon


class Heads:
    """What `weighed` asks of a classifier: its signs, and the thresholds."""

    def __init__(self, sign: str) -> None:
        self.signs = SimpleNamespace(classes=("nothing", sign, "some other sign"))
        self.thresholds = Thresholds.from_json(FILE.read_text(encoding="utf-8"))


def heard(text: str, sign: str, *sure: float, report: float = 0.95) -> list[Heard]:
    """What is heard in `text` when the heads are so sure of `sign` in each of its stretches, and of the
    whole being a report."""
    doc = nlp.read(nlp.build(), text)
    stretches = hearing.stretches_of(doc)
    signs = np.asarray([[0.1, each, 0.05] for each in sure], dtype=np.float32)
    assert len(stretches) == len(sure), [each.text for each in stretches]
    found = hearing.by_lexicon(LEXICON, doc)
    return hearing.weighed(found, Sure(stretches, signs, report), Heads(sign), KNOWLEDGE)


def test_a_sign_the_lexicon_does_not_know_is_heard_where_the_heads_are_surest() -> None:
    (found,) = heard("hello there, something odd about me today", "stroke_signs", 0.5, 0.01, 0.97)
    assert (found.span.text, found.found_by) == (
        "something odd about me today",
        FoundBy.CLASSIFIER,
    )
    assert found.is_accepted and found.confidence > 0.8


def test_a_sign_that_is_not_sure_enough_is_only_asked_about_and_a_faint_one_left_alone() -> None:
    (guessed,) = heard("something odd about me today", "stroke_signs", 0.28)
    assert not guessed.is_accepted
    assert heard("something odd about me today", "stroke_signs", 0.02) == []


def test_in_what_is_hardly_a_report_only_a_guessed_emergency_is_asked_about() -> None:
    text, sure = "something odd about me today", 0.35
    assert heard(text, "fatigue", sure)
    assert heard(text, "fatigue", sure, report=0.05) == []
    assert heard(text, "stroke_signs", sure, report=0.05)


def test_one_word_alone_is_the_lexicons() -> None:
    assert heard("today", "stroke_signs", 0.9) == []
    assert heard("seizure", "seizure", 0.9)


def test_the_lexicons_words_stay_the_place_of_a_sign() -> None:
    found = heard(
        "my gums bleed and also I feel most odd", "nose_gum_or_mouth_bleeding", 0.4, 0.4, 0.2
    )
    signs = [each for each in found if each.entry == "nose_gum_or_mouth_bleeding"]
    assert [(each.span.text, each.found_by) for each in signs] == [("bleed", FoundBy.LEXICON)]


def test_words_of_the_lexicon_that_the_heads_take_for_something_else_are_let_go() -> None:
    sense = heard("the boiler has a fever for bargains", "persistent_fever", 0.0001)
    assert "persistent_fever" not in [each.entry for each in sense]


def test_an_emergency_in_the_lexicons_words_is_asked_about_also_where_it_seems_unlikely() -> None:
    (found,) = heard("that nearly gave us chest pain", "chest_pain", 0.01)[-1:]
    assert found.entry == "chest_pain" and not found.is_accepted
    none = heard("that nearly gave us chest pain", "chest_pain", 0.0001)
    assert "chest_pain" not in [each.entry for each in none]


def test_facts_that_no_head_knows_are_the_lexicons_alone() -> None:
    found = heard("it is getting worse by the hour", "stroke_signs", 0.0)
    assert [each.entry for each in found] == ["getting_worse"]


def test_a_sign_told_twice_is_heard_twice() -> None:
    text = "no fever on Monday, I am like a kettle tonight"
    found = heard(text, "persistent_fever", 0.6, 0.5, 0.95)
    places = [each.span.text for each in found if each.entry == "persistent_fever"]
    assert places == ["fever", "i am like a kettle tonight"]


@pytest.mark.parametrize("text", ["yes", "ok", "🤒", ""])
def test_a_word_is_too_little_to_be_a_clause(text: str) -> None:
    assert len(hearing.stretches_of(nlp.read(nlp.build(), text))) == 1
