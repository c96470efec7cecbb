"""A model is trained when what it is made from changed, and only then."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from launch import training
from launch.failure import Failure


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "skin.yml").write_text("- [bruises](sign) on my legs\n")
    (tmp_path / "config.yml").write_text("language: en\n")
    (tmp_path / "README.md").write_text("Bedside\n")
    return tmp_path


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands in for the training: writes a model, and remembers that it did."""
    done: list[str] = []

    def train(step: Any, _environment: Any) -> None:
        done.append(step.title)
        _write_model(Path(step.command[-1]))

    monkeypatch.setattr(training, "run_step", train)
    return done


def test_a_changed_phrase_asks_for_another_model(checkout: Path) -> None:
    before = training.digest_of_sources(checkout)
    (checkout / "data" / "nlu" / "skin.yml").write_text("- [purple spots](sign) on my legs\n")
    assert training.digest_of_sources(checkout) != before


def test_a_changed_readme_does_not(checkout: Path) -> None:
    before = training.digest_of_sources(checkout)
    (checkout / "README.md").write_text("Bedside, a symptom-reporting chatbot\n")
    (checkout / "data" / "README.md").write_text("How phrases are written\n")
    assert training.digest_of_sources(checkout) == before


def test_a_model_that_fits_is_not_trained_again(tmp_path: Path, trainings: list[str]) -> None:
    model = training.ready_model(tmp_path)
    assert training.ready_model(tmp_path) == model
    assert len(trainings) == 1


def test_a_damaged_model_is_said_in_one_sentence(tmp_path: Path, trainings: list[str]) -> None:
    model = training.ready_model(tmp_path)
    model.write_bytes(model.read_bytes()[:50])
    with pytest.raises(Failure, match=r"^The model .* is damaged; `make train` .*\.$"):
        training.ready_model(tmp_path)


def test_make_train_replaces_a_damaged_model(
    tmp_path: Path, trainings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEDSIDE_MODELS", str(tmp_path))
    model = training.model_path(tmp_path)
    model.write_bytes(b"half a model")
    assert training.main() == 0
    training.check_readable(model)


def test_make_train_says_that_the_model_is_up_to_date(
    tmp_path: Path,
    trainings: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BEDSIDE_MODELS", str(tmp_path))
    training.main()
    training.main()
    assert "The model is up to date" in capsys.readouterr().out
    assert len(trainings) == 1


def test_a_training_that_is_broken_off_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(step: Any, _environment: Any) -> None:
        Path(step.command[-1]).write_bytes(b"half a model")
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "run_step", broken_off)
    with pytest.raises(KeyboardInterrupt):
        training.ready_model(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_of_older_models_only_the_last_stays(tmp_path: Path, trainings: list[str]) -> None:
    for age, name in enumerate(("bedside-b.tar.gz", "bedside-a.tar.gz", "other.tar.gz")):
        _write_model(tmp_path / name)
        os.utime(tmp_path / name, (1_000 + age, 1_000 + age))
    model = training.ready_model(tmp_path)
    left = {path.name for path in tmp_path.glob("*.tar.gz")}
    assert left == {model.name, "bedside-a.tar.gz", "other.tar.gz"}


def _write_model(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        archive.add(__file__, arcname="metadata.json")
