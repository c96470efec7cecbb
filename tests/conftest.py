"""What tests of every folder share. Nothing here starts a program."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bedside.knowledge import Knowledge, Responses, load, load_responses
from bedside.model import Clinic
from bedside.settings import ROOT, read_clinic
from bedside.store import Database, schema
from tests.databases import POSTGRES, empty, give_each_worker_its_own, migrated_and_empty
from tests.keys import KEYS

# A Wednesday at ten in the morning: the example clinic is open.
OPEN_HOUR = datetime(2026, 11, 25, 10, 0, tzinfo=timezone.utc)
# A word that patients of the tests write, and nobody else.
MARKER = "Zwetschgenkuchen"

give_each_worker_its_own()


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="session")
def responses() -> Responses:
    return load_responses()


@pytest.fixture(scope="session")
def clinic() -> Clinic:
    return read_clinic(ROOT / "tests" / "clinic.yml")


@pytest.fixture
def no_words_in_any_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test does: its marker word reaches no log, of ours or of a library."""
    caplog.set_level(logging.DEBUG)
    yield
    for when in ("setup", "call"):
        for each in caplog.get_records(when):
            assert MARKER not in each.getMessage() + str(each.exc_info) + str(each.args)


@pytest.fixture
def now() -> datetime:
    return OPEN_HOUR


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database with the tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "bedside.db"
    database = Database(f"sqlite:///{path}", KEYS)
    schema.migrate(database)
    database.engine.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, migrated_file: Path
) -> Iterator[Database]:
    """An empty, migrated database: each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(migrated_file, tmp_path)
        database = Database(f"sqlite:///{tmp_path / migrated_file.name}", KEYS)
    elif url := os.environ.get(POSTGRES):
        database = migrated_and_empty(url)
    else:
        pytest.skip("BEDSIDE_TEST_POSTGRES_URL is not set, so PostgreSQL is not tested")
    yield database
    if request.param == "postgresql":
        empty(database)
    database.engine.dispose()
