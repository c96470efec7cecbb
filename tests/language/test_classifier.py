"""The heads: what they learn from a few sentences, and that nothing is lost on the way to a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bedside.language import Classifier, Encoder, Example, train

BLEEDING = ["my gums bleed", "blood when I brush", "nose keeps bleeding", "blood in the sink"]
TIRED = ["so worn out", "no energy at all", "cannot stay awake", "tired all day long"]
NOTHING = ["where do I park", "thank you so much", "what time do you open", "hello there"]


@pytest.fixture(scope="module")
def heads(encoder: Encoder) -> Classifier:
    return train(
        encoder,
        [
            *(Example(text, frozenset({"nose_gum_or_mouth_bleeding"})) for text in BLEEDING),
            *(Example(text, frozenset({"fatigue"})) for text in TIRED),
            *(Example(text, frozenset()) for text in NOTHING),
            Example(
                "gums bleed and I am worn out", frozenset({"nose_gum_or_mouth_bleeding", "fatigue"})
            ),
        ],
    )


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("there is blood on my toothbrush", {"nose_gum_or_mouth_bleeding"}),
        ("I am exhausted", {"fatigue"}),
        ("which floor is the clinic on", set()),
    ],
)
def test_a_new_sentence_is_told_by_its_meaning(
    heads: Classifier, encoder: Encoder, text: str, signs: set[str]
) -> None:
    sure = heads.probabilities(encoder.encode([text]))[0]
    assert {sign for sign, each in zip(heads.signs, sure, strict=True) if each > 0.5} == signs


def test_every_probability_lies_between_nothing_and_certain(
    heads: Classifier, encoder: Encoder
) -> None:
    sure = heads.probabilities(encoder.encode([*BLEEDING, "", "x"]))
    assert sure.shape == (6, 2) and (sure >= 0).all() and (sure <= 1).all()


def test_saved_heads_are_as_sure_as_before(
    heads: Classifier, encoder: Encoder, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "heads.npz"
    heads.save(path)
    loaded, vectors = Classifier.load(path), encoder.encode([*BLEEDING, *NOTHING])
    assert loaded.signs == heads.signs
    assert np.array_equal(loaded.probabilities(vectors), heads.probabilities(vectors))


def test_training_twice_on_the_same_gives_the_same(encoder: Encoder, heads: Classifier) -> None:
    examples = [
        Example("my gums bleed", frozenset({"nose_gum_or_mouth_bleeding"})),
        Example("hello", frozenset()),
    ]
    vectors = encoder.encode(["blood everywhere"])
    once, again = train(encoder, examples), train(encoder, examples)
    assert np.array_equal(once.probabilities(vectors), again.probabilities(vectors))


@pytest.mark.parametrize("content", [None, b"", b"not an archive"])
def test_heads_that_are_missing_or_broken_are_refused(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "heads.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises((OSError, ValueError)):
        Classifier.load(path)
