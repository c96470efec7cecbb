"""The environment that every program gets: the settings, and what keeps Rasa quiet and at home."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dotenv import dotenv_values

from bedside.settings import Settings
from launch.install import MISLEADING
from launch.stamps import ROOT

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",  # else Rasa calls two servers on the internet at its start
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONUNBUFFERED": "1",
    # Else the C library keeps what loading the encoder took for a moment: 55 MiB a process.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 18),
    "PYTHONWARNINGS": "ignore",  # Rasa's dependencies deprecate each other at every start
}


def base_environment() -> dict[str, str]:
    """This process's environment and `.env`, with our Python first."""
    from_file = {
        name: value for name, value in dotenv_values(ROOT / ".env").items() if value is not None
    }
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])
    return {**from_file, **kept, **QUIET, "PATH": path}


def program_environment(settings: Settings, model: Path) -> dict[str, str]:
    """Every setting is spelled out, so that no program can read it differently."""
    return {
        **base_environment(),
        "BEDSIDE_VAR": str(settings.var),
        "BEDSIDE_DATABASE_URL": settings.database_url,
        "BEDSIDE_KEY_FILE": str(settings.key_file),
        "BEDSIDE_CLINIC_FILE": str(settings.clinic_file),
        "BEDSIDE_MODELS": str(settings.models),
        "BEDSIDE_MODEL": str(model),
        "BEDSIDE_CHAT_PORT": str(settings.chat_port),
        "BEDSIDE_CONSOLE_PORT": str(settings.console_port),
        "BEDSIDE_RASA_PORT": str(settings.rasa_port),
        "BEDSIDE_ACTIONS_PORT": str(settings.actions_port),
        "BEDSIDE_RASA_URLS": " ".join(settings.rasa_urls),
    }
