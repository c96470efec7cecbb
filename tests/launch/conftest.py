"""What the tests of the launcher share: free ports and settings in a folder of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bedside.settings import Settings
from bench.running import free_ports


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    names = ("CHAT", "CONSOLE", "RASA", "ACTIONS")
    ports = {
        f"BEDSIDE_{name}_PORT": str(port) for name, port in zip(names, free_ports(4), strict=True)
    }
    return Settings.from_environment({"BEDSIDE_VAR": str(tmp_path / "var"), **ports})
