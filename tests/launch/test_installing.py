"""uv where there is none, and installing nothing when nothing changed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from launch import install, uv
from launch.failure import Failure
from launch.stamps import ROOT, digest_of, put_stamp

# Shortened from PyPI's answer for uv.
FILES = [
    {"filename": "uv-0.13.8-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"},
    {"filename": "uv-0.13.9-py3-none-linux_armv6l.whl"},
    {"filename": "uv-0.13.9-py3-none-macosx_10_12_x86_64.whl"},
    {"filename": "uv-0.13.9-py3-none-macosx_11_0_arm64.whl"},
    {
        "filename": "uv-0.13.9-py3-none-manylinux_2_17_aarch64"
        ".manylinux2014_aarch64.musllinux_1_1_aarch64.whl"
    },
    {"filename": "uv-0.13.9-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"},
    {"filename": "uv-0.13.9-py3-none-musllinux_1_1_x86_64.whl"},
    {"filename": "uv-0.13.9-py3-none-win_amd64.whl"},
    {"filename": "uv-0.13.9.tar.gz"},
]


@pytest.mark.parametrize(
    ("system", "machine", "libc", "position"),
    [
        ("Linux", "x86_64", "glibc", 5),
        ("Linux", "x86_64", "musl", 6),
        ("Linux", "aarch64", "glibc", 4),
        ("Linux", "aarch64", "musl", 4),
        ("Darwin", "arm64", "glibc", 3),
    ],
)
def test_the_wheel_of_this_machine_is_picked(
    system: str, machine: str, libc: str, position: int
) -> None:
    assert uv.wheel_for(FILES, system, machine, libc) is FILES[position]


def test_a_machine_without_a_wheel_is_said_in_one_sentence() -> None:
    with pytest.raises(Failure, match=r"^There is no uv for Linux on sparc64; .*\.$"):
        uv.wheel_for(FILES, "Linux", "sparc64", "glibc")


def test_without_pip_uv_comes_straight_from_pypi(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_uv_and_pip(monkeypatch)
    wheel = _wheel()
    monkeypatch.setattr(uv, "_get", _pypi(wheel, hashlib.sha256(wheel).hexdigest()))
    found = Path(uv.find_or_install_uv(tmp_path, {}))
    assert found.read_bytes() == b"the program"
    assert os.access(found, os.X_OK)


def test_a_wheel_with_a_wrong_digest_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_uv_and_pip(monkeypatch)
    monkeypatch.setattr(uv, "_get", _pypi(_wheel(), "0" * 64))
    with pytest.raises(Failure, match="wrong digest"):
        uv.find_or_install_uv(tmp_path, {})
    assert not list(tmp_path.rglob("uv"))


def test_a_second_set_up_starts_no_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _as_if_installed(tmp_path, monkeypatch)
    assert install.main([]) == 0
    assert install.main(["--dev"]) == 0


def test_a_changed_lock_file_installs_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = _as_if_installed(tmp_path, monkeypatch)
    put_stamp(tmp_path / ".venv" / ".bedside-stamp-run", "what an earlier lock file gave")
    put_stamp(tmp_path / ".venv" / ".bedside-stamp-dev", "what an earlier lock file gave")
    assert install.main([]) == 0
    assert [step.title for step in started] == ["Installing Python and its packages"]


def test_the_packages_get_byte_code_even_where_python_is_told_to_write_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in install._environment()


def _as_if_installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """An installed checkout in `folder`, and the steps that would have been run."""
    started: list[Any] = []
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / "node_modules").mkdir()
    python = folder / ".venv" / "bin" / "python"
    python.touch(mode=0o755)
    monkeypatch.setattr(install, "VENV", folder / ".venv")
    monkeypatch.setattr(install, "NODE_MODULES", folder / "node_modules")
    monkeypatch.setattr(install, "TOOLS", folder / ".tools")
    monkeypatch.setattr(install, "find_or_install_uv", lambda *_: "uv")
    monkeypatch.setattr(install, "run_step", lambda step, _: started.append(step))
    python_files = digest_of(ROOT / name for name in install.PYTHON_FILES)
    npm_files = digest_of(ROOT / name for name in install.NPM_FILES)
    put_stamp(folder / ".venv" / ".bedside-stamp-run", python_files)
    put_stamp(folder / ".venv" / ".bedside-stamp-dev", python_files)
    put_stamp(folder / "node_modules" / ".bedside-stamp", npm_files)
    return started


def _without_uv_and_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uv, "_on_the_path", lambda: None)
    monkeypatch.setattr(uv, "_installed", lambda *_: None)


def _pypi(wheel: bytes, digest: str) -> Any:
    entries = [{**entry, "url": "wheel", "hashes": {"sha256": digest}} for entry in FILES]
    listing = json.dumps({"files": entries}).encode()
    return lambda url: wheel if url == "wheel" else listing


def _wheel() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(f"uv-{uv.VERSION}.data/scripts/uvx", b"not this one")
        archive.writestr(f"uv-{uv.VERSION}.data/scripts/uv", b"the program")
    return content.getvalue()
