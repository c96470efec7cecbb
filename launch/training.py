"""The model that fits the data, the configuration and the code; trains only when there is none.

A model's name is the digest of what it was made from. A killed training leaves no model behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bedside.settings import Settings, SettingsError
from launch.environment import base_environment
from launch.failure import Failure, exit_code_of
from launch.stamps import ROOT, digest_of, shown
from launch.steps import Step, run_step

SOURCES = (
    "data",
    "config.yml",
    "domain.yml",
    "components",
    "bedside/language",
    "bedside/knowledge",
    "bedside/model.py",
    "uv.lock",
)
# A Rasa that runs while another is trained may be started again and needs its own model then.
KEPT_OLDER_MODELS = 1


def main() -> int:
    return exit_code_of(_train_when_needed)


def digest_of_sources(root: Path = ROOT) -> str:
    """Changes with every phrase, rule and line of code that the model depends on."""
    return digest_of((file for name in SOURCES for file in _files(root / name)), root)


def model_path(models: Path, root: Path = ROOT) -> Path:
    return models / f"bedside-{digest_of_sources(root)[:12]}.tar.gz"


def ready_model(models: Path) -> Path:
    """The model that fits, trained now if there is none; a damaged one is a Failure."""
    model = model_path(models)
    if model.exists():
        check_readable(model)
        return model
    return _trained(model)


def check_readable(model: Path) -> None:
    try:
        with tarfile.open(model, "r:gz") as archive:
            if archive.getmembers():
                return
    except (OSError, EOFError, tarfile.TarError):
        pass
    raise Failure(f"The model {shown(model)} is damaged; `make train` trains it again.")


def _train_when_needed() -> int:
    try:
        model = model_path(Settings.from_environment().models)
    except SettingsError as error:
        raise Failure(str(error)) from error
    if _is_usable(model):
        print(f"The model is up to date: {shown(model)}")
    else:
        model.unlink(missing_ok=True)
        _trained(model)
    return 0


def _is_usable(model: Path) -> bool:
    try:
        check_readable(model)
    except Failure:
        return False
    return True


def _trained(model: Path) -> Path:
    model.parent.mkdir(parents=True, exist_ok=True)
    with _alone(model.parent):
        if not model.exists():  # another training may have made it while this one waited
            _train(model)
            _remove_older(model)
    return model


def _train(model: Path) -> None:
    for leftover in model.parent.glob(".training-*"):
        shutil.rmtree(leftover)
    workplace = model.parent / f".training-{os.getpid()}"
    workplace.mkdir()
    try:
        unfinished = workplace / model.name
        run_step(_training_of(unfinished), base_environment())
        check_readable(unfinished)
        unfinished.replace(model)
    finally:
        shutil.rmtree(workplace)


def _training_of(model: Path) -> Step:
    return Step(
        title="Training the model",
        problem="The model could not be trained",
        command=[sys.executable, "-m", "components.train", "--out", str(model)],
        log=ROOT / ".tools" / "log" / "training.log",
    )


def _remove_older(model: Path) -> None:
    others = [other for other in model.parent.glob("bedside-*.tar.gz") if other != model]
    others.sort(key=lambda other: other.stat().st_mtime)
    for other in others[: len(others) - KEPT_OLDER_MODELS]:
        other.unlink()


def _files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
    for path in source.rglob("*"):
        if path.is_file() and path.suffix not in {".pyc", ".md"} and not path.name.startswith("."):
            yield path


@contextmanager
def _alone(models: Path) -> Iterator[None]:
    """Two commands started at once train once."""
    with (models / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
