"""What the tests of the launcher share: free ports and settings in a folder of their own."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from bedside.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    names = ("CHAT", "CONSOLE", "RASA", "ACTIONS")
    ports = {
        f"BEDSIDE_{name}_PORT": str(port) for name, port in zip(names, free_ports(), strict=True)
    }
    return Settings.from_environment({"BEDSIDE_VAR": str(tmp_path / "var"), **ports})


def free_ports() -> list[int]:
    probes = [socket.socket() for _ in range(4)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
