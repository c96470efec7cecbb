"""`rasa test` on the trained model: right intents and signs, and the rules speak in the right order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bedside.settings import ROOT, Settings
from launch.environment import program_environment
from launch.training import ready_model


def test_the_stories_hold_for_the_trained_model(tmp_path: Path) -> None:
    settings = Settings.from_environment({**os.environ, "BEDSIDE_VAR": str(tmp_path)})
    model = ready_model(settings.models)

    run = subprocess.run(
        [
            *(sys.executable, "-m", "rasa", "test", "core", "--e2e", "--no-plot"),
            *("--stories", "tests/conversations", "--model", str(model), "--out", str(tmp_path)),
            *("--endpoints", "endpoints.yml", "--fail-on-prediction-errors"),
        ],
        cwd=ROOT,
        env=program_environment(settings, model),
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert "Correct:          19 / 19" in run.stdout + run.stderr, run.stderr[-3000:]


def test_rasa_finds_no_fault_in_the_data(tmp_path: Path) -> None:
    settings = Settings.from_environment({**os.environ, "BEDSIDE_VAR": str(tmp_path)})
    model = ready_model(settings.models)

    run = subprocess.run(
        [*(sys.executable, "-m", "rasa", "data", "validate"), *("--max-history", "5")],
        cwd=ROOT,
        env=program_environment(settings, model),
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert "No story structure conflicts found" in run.stderr + run.stdout
