"""The examples in docstrings say what the code does."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name",
    [
        "bedside.knowledge.responses",
        "bedside.language.answers",
        "chat.assistant",
        "chat.replicas",
        "launch.replicas",
    ],
)
def test_the_examples_of_a_module_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
