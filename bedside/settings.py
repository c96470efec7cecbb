"""From the environment, `.env` and `clinic.yml` to one frozen `Settings` and one `Clinic`.

Nothing else reads the environment. Nothing is read at import.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from dotenv import dotenv_values

from bedside.model import Clinic, OpeningHours

ROOT = Path(__file__).resolve().parent.parent
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PLACEHOLDER = "(example)"
CLINIC_KEYS = {
    "id",
    "team",
    "phone",
    "time_zone",
    "hours",
    "holidays",
    "out_of_hours",
    "region",
    "on_call",
}


class SettingsError(Exception):
    """A setting or `clinic.yml` cannot be used; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where things are, which ports they use, and which Rasa the chat asks."""

    var: Path
    database_url: str
    key_file: Path
    keys: tuple[str, ...] = field(repr=False)
    clinic_file: Path
    models: Path
    chat_port: int
    console_port: int
    rasa_port: int
    actions_port: int
    rasa_urls: tuple[str, ...]
    notify_urls: tuple[str, ...]

    @property
    def heads(self) -> Path:
        """The trained heads of the language, which `make train` writes beside the models."""
        return self.models / "language" / "heads.npz"

    @property
    def spool(self) -> Path:
        """Where chat keeps messages while the database is away."""
        return self.var / "spool"

    def make_database_private(self) -> None:
        """An SQLite file holds what patients wrote: nobody but its owner may read it."""
        scheme, _, path = self.database_url.partition(":///")
        if scheme == "sqlite" and path:
            os.chmod(ROOT / path, 0o600)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings of this process; SettingsError says which one cannot be used."""
        given = _environment() if environment is None else environment
        var = ROOT / given.get("BEDSIDE_VAR", "var")
        rasa_port = _port(given, "BEDSIDE_RASA_PORT", 5005)
        return cls(
            var=var,
            database_url=given.get("BEDSIDE_DATABASE_URL") or f"sqlite:///{var / 'bedside.db'}",
            key_file=ROOT / given.get("BEDSIDE_KEY_FILE", str(var / "key")),
            keys=tuple(given.get("BEDSIDE_KEY", "").split()),
            clinic_file=ROOT / given.get("BEDSIDE_CLINIC_FILE", "clinic.yml"),
            models=ROOT / given.get("BEDSIDE_MODELS", "models"),
            chat_port=_port(given, "BEDSIDE_CHAT_PORT", 8000),
            console_port=_port(given, "BEDSIDE_CONSOLE_PORT", 8001),
            rasa_port=rasa_port,
            actions_port=_port(given, "BEDSIDE_ACTIONS_PORT", 5055),
            rasa_urls=_urls(given, "BEDSIDE_RASA_URLS", f"http://127.0.0.1:{rasa_port}"),
            notify_urls=tuple(given.get("BEDSIDE_NOTIFY_URLS", "").split()),
        )


def read_clinic(path: Path) -> Clinic:
    """The clinic that the file describes; SettingsError says what is wrong with it."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{path.name} is not valid YAML: {_one_line(error)}.") from error
    _check_keys(path, data)
    try:
        return _clinic(data)
    except (ValueError, TypeError, AttributeError, ZoneInfoNotFoundError) as error:
        raise SettingsError(f"{path.name} has a value that cannot be used: {error}.") from error


def _environment() -> dict[str, str]:
    from_file = {key: value or "" for key, value in dotenv_values(ROOT / ".env").items()}
    return {**from_file, **os.environ}


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    value = given.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise SettingsError(f"{name} must be a port number from 1 to 65535, not {value!r}.")
    return int(value)


def _urls(given: Mapping[str, str], name: str, default: str) -> tuple[str, ...]:
    urls = (given.get(name) or default).split()
    for url in urls:
        if not re.fullmatch(r"https?://[^\s/?#@]+/?", url):
            raise SettingsError(f"{name} must hold addresses like {default}, not {url!r}.")
    return tuple(dict.fromkeys(url.rstrip("/") for url in urls))


def _check_keys(path: Path, data: Any) -> None:
    if not isinstance(data, dict):
        raise SettingsError(f"{path.name} must be a list of keys and values.")
    unknown, missing = set(data) - CLINIC_KEYS, CLINIC_KEYS - set(data)
    if unknown:
        raise SettingsError(f"{path.name} has a key nobody knows: {min(map(str, unknown))}.")
    if missing:
        raise SettingsError(f"{path.name} lacks the key {min(missing)}.")


def _clinic(data: Mapping[str, Any]) -> Clinic:
    words = {name: _text(name, data[name]) for name in ("id", "team", "phone", "out_of_hours")}
    if not isinstance(data["on_call"], bool):
        raise ValueError("on_call must be true or false")
    return Clinic(
        **words,
        region=str(data["region"]),
        zone=ZoneInfo(str(data["time_zone"])),
        hours=tuple(_hours(day, span) for day, span in (data["hours"] or {}).items()),
        holidays=frozenset(_holiday(day) for day in data["holidays"] or ()),
        on_call=data["on_call"],
        is_placeholder=any(PLACEHOLDER in value for value in words.values()),
    )


def _text(name: str, value: Any) -> str:
    """YAML reads an unquoted 0163212345 as another number; only text keeps a phone number whole."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} must be a text; put it in quotes")
    return value.strip()


def _hours(day: str, span: str) -> OpeningHours:
    match = re.fullmatch(r"(\d\d:\d\d)\s*-\s*(\d\d:\d\d)", str(span))
    if day not in WEEKDAYS or not match:
        raise ValueError(f"hours are written as 'monday: 09:00-17:00', not '{day}: {span}'")
    opens, closes = (time.fromisoformat(part) for part in match.groups())
    if opens >= closes:
        raise ValueError(f"on {day} the team closes before it opens")
    return OpeningHours(weekday=WEEKDAYS.index(day), opens=opens, closes=closes)


def _holiday(day: Any) -> date:
    if not isinstance(day, date):
        raise ValueError(f"a holiday is written as 2026-12-25, not {day!r}")
    return day


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
