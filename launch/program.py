"""Becomes one program of the Procfile, or one of several of its kind; Supervisor starts each one so.

The program ends with Supervisor, however Supervisor ends, so no port stays taken.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from launch.failure import exit_code_of
from launch.leash import die_with_parent
from launch.procfile import read_procfile, words_of
from launch.replicas import environment_of, kind_of


def main() -> int:
    return exit_code_of(lambda: _become(sys.argv[1], Path(sys.argv[2])))


def _become(name: str, procfile: Path) -> int:
    die_with_parent()
    environment = environment_of(name, os.environ)
    words = words_of(read_procfile(procfile)[kind_of(name)], environment)
    os.execvpe(words[0], words, environment)


if __name__ == "__main__":
    sys.exit(main())
