"""The Procfile, read: which programs there are and the command of each. It starts nothing."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from string import Template

from launch.failure import Failure

LINE = re.compile(r"(?P<name>[a-z][a-z0-9_-]*):\s*(?P<command>\S.*)")


def read_procfile(path: Path) -> dict[str, str]:
    """Name to command, in the order of the file."""
    try:
        return parse_procfile(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Failure(f"The {path.name} cannot be read: {error.strerror}.") from error


def parse_procfile(text: str) -> dict[str, str]:
    programs: dict[str, str] = {}
    for line in (raw.strip() for raw in text.splitlines()):
        if not line or line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if not match or match["name"] in programs:
            raise Failure(f"The Procfile has a line that is not a new `name: command`: {line!r}.")
        programs[match["name"]] = match["command"]
    return programs


def words_of(command: str, environment: Mapping[str, str]) -> list[str]:
    """The command as a shell would split it, $NAMES filled in after the splitting."""
    try:
        return [Template(word).substitute(environment) for word in shlex.split(command)]
    except KeyError as error:
        raise Failure(f"The Procfile asks for {error.args[0]}, which is not set.") from error
