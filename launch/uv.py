"""Finds `uv`, or puts it into a folder of the project: by pip, else straight from PyPI.

Nothing outside that folder is changed. Standard library only, Python 3.8.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from launch.failure import Failure
from launch.steps import Step, run_step

VERSION = "0.13.9"
OLDEST = (0, 8)  # older ones do not know every key of pyproject.toml
# The Simple API as JSON (PEP 691), which mirrors serve too.
INDEX = "https://pypi.org/simple/uv/"
INDEX_TYPE = "application/vnd.pypi.simple.v1+json"
TIMEOUT_SECONDS = 60


def find_or_install_uv(tools: Path, environment: Mapping[str, str]) -> str:
    """The path of a uv that is new enough."""
    own = tools / f"uv-{VERSION}" / "bin" / "uv"
    if os.access(own, os.X_OK):
        return str(own)
    return _on_the_path() or _installed(tools, environment) or str(_fetched(own))


def wheel_for(
    files: Sequence[Mapping[str, Any]], system: str, machine: str, libc: str
) -> Mapping[str, Any]:
    """The entry of PyPI's list whose wheel runs on this machine.

    Takes what `platform` says: "Linux" or "Darwin", a machine "x86_64", libc "glibc" or "musl".
    """
    for entry in files:
        if not entry["filename"].startswith(f"uv-{VERSION}-"):
            continue
        tags = entry["filename"].rsplit("-", 1)[-1].replace(".whl", "").split(".")
        if any(_fits(tag, system, machine, libc) for tag in tags):
            return entry
    raise Failure(f"There is no uv for {system} on {machine}; install uv {VERSION} by hand.")


def _fits(tag: str, system: str, machine: str, libc: str) -> bool:
    if system == "Darwin":
        return bool(re.fullmatch(rf"macosx_\d+_\d+_{machine}", tag))
    family = "manylinux" if libc == "glibc" else "musllinux"
    return system == "Linux" and bool(re.fullmatch(rf"{family}_\d+_\d+_{machine}", tag))


def _on_the_path() -> str | None:
    found = shutil.which("uv")
    if not found:
        return None
    said = subprocess.run(
        [found, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    version = re.match(r"uv (\d+)\.(\d+)", said.stdout.decode("utf-8", "replace"))
    return found if version and tuple(map(int, version.groups())) >= OLDEST else None


def _installed(tools: Path, environment: Mapping[str, str]) -> str | None:
    """By pip, which knows the machine's mirrors; None where pip is missing or fails."""
    if subprocess.run(
        [sys.executable, "-m", "pip", "--version"], capture_output=True, check=False
    ).returncode:
        return None
    target = tools / f"uv-{VERSION}"
    options = [
        "--no-deps",
        "--only-binary=:all:",
        "--disable-pip-version-check",
        "--upgrade",
        "--target",
        str(target),
    ]
    step = Step(
        title="Getting uv",
        problem="uv could not be installed",
        command=[sys.executable, "-m", "pip", "install", *options, f"uv=={VERSION}"],
        log=tools / "log" / "uv.log",
    )
    try:
        run_step(step, {**environment, "PIP_USER": "0"})
    except Failure:
        return None
    return str(target / "bin" / "uv")


def _fetched(own: Path) -> Path:
    """Without pip: the wheel from PyPI, its digest checked, the one program taken out of it."""
    print("Getting uv from PyPI ...", flush=True)
    files = json.loads(_get(INDEX))["files"]
    libc = "glibc" if platform.libc_ver()[0] == "glibc" else "musl"
    entry = wheel_for(files, platform.system(), platform.machine(), libc)
    wheel = _get(entry["url"])
    if hashlib.sha256(wheel).hexdigest() != entry["hashes"]["sha256"]:
        raise Failure("uv came with a wrong digest from PyPI; nothing was installed.")
    own.parent.mkdir(parents=True, exist_ok=True)
    partial = own.with_suffix(".part")
    partial.write_bytes(_program_in(wheel))
    partial.chmod(0o755)
    partial.replace(own)
    return own


def _program_in(wheel: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        return archive.read(name)


def _get(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": f"{INDEX_TYPE}, */*;q=0.1"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            content: bytes = answer.read()
            return content
    except OSError as error:  # URLError is one
        reason = (
            error if isinstance(error, urllib.error.HTTPError) else getattr(error, "reason", error)
        )
        raise Failure(
            f"uv could not be fetched from PyPI: {reason}; check the network and start again."
        ) from error
