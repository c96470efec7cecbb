"""One reader and one encoder for all tests of the language."""

from __future__ import annotations

import pytest

from bedside.language import Encoder, Reader, shared_encoder
from tests.builders import shared_reader


@pytest.fixture(scope="session")
def reader() -> Reader:
    return shared_reader()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return shared_encoder()
