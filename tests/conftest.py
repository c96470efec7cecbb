"""What tests of every folder share. Nothing here starts a program."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bedside.knowledge import Knowledge, Responses, load, load_responses
from bedside.model import Clinic
from bedside.settings import ROOT, read_clinic
from bedside.store import Database, schema

# A Wednesday at ten in the morning: the example clinic is open.
OPEN_HOUR = datetime(2026, 11, 25, 10, 0, tzinfo=timezone.utc)
POSTGRES = os.environ.get("BEDSIDE_TEST_POSTGRES_URL")


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
def now() -> datetime:
    return OPEN_HOUR


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database: each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'bedside.db'}")
        schema.migrate(database)
        yield database
        database.engine.dispose()
        return
    if not POSTGRES:
        pytest.skip("BEDSIDE_TEST_POSTGRES_URL is not set, so PostgreSQL is not tested")
    database = Database(POSTGRES)
    schema.migrate_back(database, "base")
    schema.migrate(database)
    yield database
    schema.migrate_back(database, "base")
    database.engine.dispose()
