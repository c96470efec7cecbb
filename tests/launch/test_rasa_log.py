"""What a patient writes must not reach Rasa's log, whatever Rasa does with it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import Any

import pytest

from launch.rasa_log import WordlessFormatter
from launch.stamps import ROOT

WORDS = "I have purple spots on my legs"


@pytest.fixture(autouse=True)
def warnings_as_before() -> Any:
    yield
    logging.captureWarnings(False)


def test_an_error_says_where_and_what_kind_but_not_the_words() -> None:
    line = _formatted("rasa.core.actions.action", f"Failed on '{WORDS}'", _error())
    assert WORDS not in line
    assert (
        line == "ERROR something went wrong (rasa.core.actions.action.run:1): ValueError < KeyError"
    )


def test_a_structured_event_keeps_its_name_but_not_its_text() -> None:
    message = json.dumps({"text": WORDS, "event": "rest.message.received.failure"})
    line = _formatted("rasa.core.channels.rest", message, None)
    assert line == "ERROR rest.message.received.failure (rasa.core.channels.rest.run:1)"


def test_an_event_that_is_no_name_is_not_shown() -> None:
    line = _formatted("rasa.core.processor", json.dumps({"event": WORDS}), None)
    assert WORDS not in line


def test_a_model_that_cannot_be_loaded_is_said_in_full() -> None:
    line = _formatted("rasa.core.agent", "Could not load model due to a bad file.", None)
    assert "Could not load model due to a bad file." in line


def test_the_configuration_keeps_the_words_out_of_logs_and_warnings() -> None:
    program = """
import logging, logging.config, sys, warnings, yaml
logging.config.dictConfig(yaml.safe_load(open("deploy/rasa-logging.yml")))
logging.basicConfig(level="INFO")  # as Rasa does afterwards
logging.getLogger("rasa.core.processor").error(sys.argv[1])
logging.getLogger("sanic.error").error(sys.argv[1])
warnings.warn(sys.argv[1])
"""
    said = subprocess.run(
        [sys.executable, "-c", program, WORDS],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout
    assert WORDS not in said
    assert said.count("something went wrong") == 2


def _formatted(name: str, message: str, exc_info: Any) -> str:
    record = logging.LogRecord(name, logging.ERROR, "x.py", 1, message, None, exc_info, "run")
    return WordlessFormatter().format(record)


def _error() -> Any:
    try:
        try:
            raise KeyError(WORDS)
        except KeyError as error:
            raise ValueError(WORDS) from error
    except ValueError:
        return sys.exc_info()
