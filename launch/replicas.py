"""Several programs of one kind: what they are called, and which ports are theirs. It starts nothing."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence

from bedside.settings import Settings

# How many of a kind there are; of a kind that is not named there is one, called like its kind.
ONE_OF_EACH: Mapping[str, int] = {}
TWO_OF_EACH: Mapping[str, int] = {"rasa": 2, "actions": 2, "chat": 2, "worker": 2}
# The second of a kind listens so many ports above the first. A second Rasa calls the second action server.
PORTS_APART = 10
MOVED = {"BEDSIDE_CHAT_PORT", "BEDSIDE_RASA_PORT", "BEDSIDE_ACTIONS_PORT"}


def names_of(kinds: Sequence[str], replicas: Mapping[str, int]) -> list[str]:
    """All programs, in the order of their kinds.

    >>> names_of(["rasa", "console"], {"rasa": 2})
    ['rasa-1', 'rasa-2', 'console']
    """
    return [
        f"{kind}-{number}" if kind in replicas else kind
        for kind in kinds
        for number in range(1, replicas.get(kind, 1) + 1)
    ]


def kind_of(name: str) -> str:
    """The kind of a program: its line in the Procfile.

    >>> kind_of("rasa-2"), kind_of("console")
    ('rasa', 'console')
    """
    return re.sub(r"-\d+$", "", name)


def environment_of(name: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of one program: the first ones' ports, moved to its own.

    >>> environment_of("rasa-2", {"BEDSIDE_RASA_PORT": "5005", "BEDSIDE_CONSOLE_PORT": "8001"})
    {'BEDSIDE_RASA_PORT': '5015', 'BEDSIDE_CONSOLE_PORT': '8001'}
    """
    above = _ports_above(name)
    return {
        key: str(int(value) + above) if key in MOVED else value
        for key, value in environment.items()
    }


def port_of(name: str, settings: Settings) -> int | None:
    """The port that it listens on; None for a program that listens nowhere."""
    first: int | None = getattr(settings, f"{kind_of(name)}_port", None)
    return None if first is None else first + _ports_above(name)


def ports_of(names: Sequence[str], settings: Settings) -> dict[str, int]:
    """Program to port, of all that listen."""
    ports = {name: port_of(name, settings) for name in names}
    return {name: port for name, port in ports.items() if port is not None}


def asking_all(settings: Settings, replicas: Mapping[str, int]) -> Settings:
    """The settings with which each chat asks every Rasa of this start; of one Rasa, those given."""
    if "rasa" not in replicas:
        return settings
    ports = ports_of(names_of(["rasa"], replicas), settings).values()
    return dataclasses.replace(
        settings, rasa_urls=tuple(f"http://127.0.0.1:{port}" for port in ports)
    )


def _ports_above(name: str) -> int:
    number = re.search(r"-(\d+)$", name)
    return (int(number[1]) - 1) * PORTS_APART if number else 0
