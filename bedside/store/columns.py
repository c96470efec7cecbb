"""The kinds of columns: times that keep their zone, and values that only the deployment's keys open."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.types import TypeDecorator

from bedside.store.sealing import Unreadable

logger = logging.getLogger(__name__)


class UtcDateTime(TypeDecorator):  # type: ignore[misc]  # SQLAlchemy 1.4 has no types
    """An aware time, kept as UTC: SQLite forgets time zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        return None if value is None else value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=timezone.utc)


class Damaged(str):
    """Stands where a text cannot be opened, and says so. One value must not take a page with it."""

    __slots__ = ()


DAMAGED = Damaged("This text cannot be read: it was damaged or sealed with another key.")


class Sealed(TypeDecorator):  # type: ignore[misc]
    """A text that is sealed in the database, for `place`. Where it does not open, DAMAGED stands and the
    log says so.

    The keys are those of the engine (`Database` puts them on its dialect).
    """

    impl = Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else dialect.keys.seal(self.written(value), self.place)

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        if value is None:
            return None
        try:
            return self.read(dialect.keys.open(value, self.place))
        except Unreadable as error:
            logger.error("a value of %s cannot be read: %s", self.place, error)
            return self.stand_in()

    def written(self, value: Any) -> str:
        return str(value)

    def read(self, text: str) -> Any:
        return text

    def stand_in(self) -> Any:
        return DAMAGED


class SealedJSON(Sealed):
    """A value of lists, texts and numbers that is sealed in the database as JSON. `instead` is the JSON
    that stands where it does not open."""

    cache_ok = True

    def __init__(self, place: str, instead: str) -> None:
        super().__init__(place)
        self.instead = instead

    def written(self, value: Any) -> str:
        return json.dumps(value, separators=(",", ":"))

    def read(self, text: str) -> Any:
        return json.loads(text)

    def stand_in(self) -> Any:
        return json.loads(self.instead)
