"""The heads: what they learn from a few messages, and that nothing is lost on the way to a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bedside.language import Classifier, Encoder, Reader, nlp
from bedside.language.assertion import AssertionFinder
from bedside.language.classifier import NOTHING
from bedside.language.features import Place, words_around
from bedside.language.judging import decided
from bedside.language.training import Example, Span, train
from bedside.language.weighing import FILE, Evidence, Thresholds, confidence
from bedside.model import Assertion, FoundBy
from tests.builders import KNOWLEDGE

SAID = {
    "nose_gum_or_mouth_bleeding": [
        "there is a red ribbon in the sink after brushing",
        "red ribbons in the sink each time I brush",
        "a red ribbon comes with the toothpaste foam",
        "my pillow has a red ribbon from my nostril",
    ],
    "fatigue": [
        "my batteries are flat by noon",
        "flat batteries all week long",
        "batteries flat again, cannot recharge",
        "I wake up with flat batteries",
    ],
}
UNSAID = ["where do I park", "thank you so much", "what time do you open", "hello there"]
THRESHOLDS = Thresholds.from_json(FILE.read_text(encoding="utf-8"))


def examples() -> list[Example]:
    """Each sign now, denied and a mother's; and messages about nothing."""
    told = []
    for sign, texts in SAID.items():
        for text in texts:
            for before, assertion in (
                ("", Assertion.PRESENT),
                ("no, it is not so that ", Assertion.ABSENT),
                ("my mother says of herself ", Assertion.SOMEONE_ELSE),
            ):
                place = Place(len(before), len(before + text))
                told.append(
                    Example(before + text, "report_symptom", (Span(sign, place, assertion),))
                )
    return told + [Example(text, "small_talk") for text in UNSAID]


def trained(encoder: Encoder) -> Classifier:
    language = nlp.build()
    finder = AssertionFinder(language, KNOWLEDGE.context)
    return train(encoder, examples(), language, finder, THRESHOLDS)


@pytest.fixture(scope="module")
def heads(encoder: Encoder) -> Classifier:
    return trained(encoder)


def surest(heads: Classifier, encoder: Encoder, text: str) -> str:
    signs, _ = heads.of_places(text, encoder.pieces(text), [])
    return heads.signs.classes[int(signs[0].argmax())]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("red ribbon in the basin when I brush", "nose_gum_or_mouth_bleeding"),
        ("fatt batteries today", "fatigue"),
        ("what time does the clinic open", NOTHING),
    ],
)
def test_a_new_sentence_is_told_by_its_letters_words_and_meaning(
    heads: Classifier, encoder: Encoder, text: str, sign: str
) -> None:
    assert surest(heads, encoder, text) == sign


def test_how_sure_the_heads_are_of_a_stretch_adds_up_to_one(
    heads: Classifier, encoder: Encoder
) -> None:
    for text in ("", "x", "flat batteries, and a red ribbon in the sink"):
        signs, intents = heads.of_places(text, encoder.pieces(text), [Place(0, len(text))])
        assert signs.shape == (2, len(heads.signs.classes))
        assert np.allclose(signs.sum(axis=1), 1, atol=1e-5) and intents.sum() == pytest.approx(1)


def test_what_is_denied_or_a_mothers_is_no_report(heads: Classifier, encoder: Encoder) -> None:
    reader = Reader(KNOWLEDGE, heads, encoder)
    meant = {}
    for text in ("my batteries are flat by ten", "my mother says of herself batteries are flat"):
        told = [each for each in reader.read(text).mentions if each.sign == "fatigue"]
        meant[text] = {each.assertion for each in told}
        assert {each.found_by for each in told} <= {FoundBy.CLASSIFIER}
    present, hers = meant.values()
    assert hers == {Assertion.SOMEONE_ELSE} and Assertion.SOMEONE_ELSE not in present


def test_saved_heads_are_as_sure_as_before(
    heads: Classifier, encoder: Encoder, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "heads.npz"
    heads.save(path)
    loaded, text = Classifier.load(path), "a red ribbon and flat batteries"
    for before, after in zip(
        heads.of_places(text, encoder.pieces(text), []),
        loaded.of_places(text, encoder.pieces(text), []),
        strict=True,
    ):
        assert np.allclose(before, after, atol=2e-3)  # weights are kept in half precision
    assert loaded.thresholds == THRESHOLDS


def test_training_twice_on_the_same_gives_the_same(heads: Classifier, encoder: Encoder) -> None:
    again = trained(encoder)
    assert np.array_equal(heads.signs.weights, again.signs.weights)
    assert np.array_equal(heads.assertions.weights, again.assertions.weights)


@pytest.mark.parametrize("content", [None, b"", b"not an archive"])
def test_heads_that_are_missing_or_broken_are_refused(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "heads.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises((OSError, ValueError, KeyError)):
        Classifier.load(path)


# How the evidence is weighed


def test_the_lexicon_and_sure_heads_each_add_to_the_confidence() -> None:
    faint = Evidence(by_lexicon=False, surest=0.2, whole=0.1, nothing=0.3, rival=0.1, report=0.9)
    named = Evidence(by_lexicon=True, surest=0.2, whole=0.1, nothing=0.3, rival=0.1, report=0.9)
    sure = Evidence(by_lexicon=False, surest=0.8, whole=0.1, nothing=0.3, rival=0.1, report=0.9)
    by = {each: confidence(each, THRESHOLDS) for each in (faint, named, sure)}
    assert by[faint] < by[named] and by[faint] < by[sure]


@pytest.mark.parametrize("sign", KNOWLEDGE.signs)
def test_every_sign_is_asked_about_before_it_is_accepted(sign: str) -> None:
    assert 0 < THRESHOLDS.ask[sign] <= THRESHOLDS.accept[sign] < 1


@pytest.mark.parametrize(
    ("sure", "opinion", "is_grave", "meant"),
    [
        ({"present": 0.75, "absent": 0.2}, "absent", True, "present"),
        ({"present": 0.6, "absent": 0.4}, "absent", False, "possible"),
        ({"present": 0.6, "absent": 0.4}, "present", False, "present"),
        ({"present": 0.4, "absent": 0.6}, "absent", True, "possible"),
        ({"present": 0.4, "absent": 0.6}, "absent", False, "absent"),
        ({"present": 0.2, "absent": 0.65}, "absent", True, "absent"),
        ({"present": 0.2, "absent": 0.65}, "present", True, "possible"),
        ({"present": 0.2, "absent": 0.75}, "present", True, "absent"),
        ({"present": 0.2, "someone_else": 0.5}, "present", True, "someone_else"),
    ],
)
def test_a_sign_is_set_aside_only_when_that_is_sure(
    sure: dict[str, float], opinion: str, is_grave: bool, meant: str
) -> None:
    by_assertion = {Assertion(name): value for name, value in sure.items()}
    assert decided(by_assertion, Assertion(opinion), is_grave) is Assertion(meant)


def test_the_words_around_a_mention_are_marked_by_where_they_stand() -> None:
    text = "My mum had no fever then"
    place = Place(text.index("fever"), text.index("fever") + len("fever"))
    marks = set(words_around(text, place, Assertion.ABSENT).split())
    assert {"L_mum", "l_no", "l0_no", "S_fever", "R_then", "W_fever", "C_absent"} <= marks
    assert "R_mum" not in marks and "L_then" not in marks


@pytest.mark.parametrize(
    ("intent", "certainty", "reply"),
    [
        ("deny", 0.9, "no"),
        ("deny", 0.5, None),
        ("affirm", 0.8, "yes"),
        ("skip", 0.8, "dont_know"),
        ("greet", 0.9, None),
    ],
)
def test_an_answer_in_other_words_is_told_by_a_sure_intent(
    reader: Reader, intent: str, certainty: float, reply: str | None
) -> None:
    assert reader._meant_reply([], intent, certainty) == reply
