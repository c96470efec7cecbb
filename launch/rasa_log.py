"""Rasa's log without a patient's words: where it happened and what kind of error.

Rasa writes the text of a message, and the whole tracker, into its errors; so a message is let
through only from loggers that speak of models and files. Used by deploy/rasa-logging.yml.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator

# They speak while a model is loaded, before any patient writes.
LOGGERS_WITHOUT_PATIENTS = {"rasa.core.agent", "rasa.core.run", "rasa.utils.endpoints"}
EVENT = re.compile(r"[a-z_]+(\.[a-z_]+)+")  # rest.message.received.failure


class WordlessFormatter(logging.Formatter):
    """For example `ERROR something went wrong (rasa.core.processor._run_action:994): KeyError`."""

    def __init__(self) -> None:
        super().__init__()
        logging.captureWarnings(True)  # Rasa's warnings quote messages too

    def format(self, record: logging.LogRecord) -> str:
        where = f"{record.name}.{record.funcName}:{record.lineno}"
        parts = [f"{record.levelname} {_what(record)} ({where})"]
        if record.exc_info:
            parts.append(" < ".join(_kinds(record.exc_info[1])))
        return ": ".join(parts)


def _what(record: logging.LogRecord) -> str:
    message = record.getMessage()
    if record.name in LOGGERS_WITHOUT_PATIENTS:
        return " ".join(message.split())
    return _event(message) or "something went wrong"


def _event(message: str) -> str | None:
    """The name that structlog gives to what happened, if this is one of its lines."""
    try:
        event = json.loads(message)["event"]
    except (ValueError, TypeError, KeyError):
        return None
    return event if isinstance(event, str) and EVENT.fullmatch(event) else None


def _kinds(error: BaseException | None) -> Iterator[str]:
    """The classes of an error and of its causes; their texts may quote a patient."""
    while error is not None:
        yield type(error).__name__
        error = error.__cause__ or error.__context__
