"""Patients who write to the real actions, record and reader; each has a record of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.talk import Place, Start


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("talks"))


@pytest.fixture
def start(place: Place) -> Iterator[Start]:
    """Opens a conversation: `start(at=SUNDAY, region="US")`."""
    yield place.start
    place.close()
