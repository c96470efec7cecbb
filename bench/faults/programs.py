"""The programs of a Procfile under the launcher of `make run`, until it is stopped or who started it ends;
two of each where the second word is `two`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from launch.environment import program_environment
from launch.failure import exit_code_of
from launch.leash import die_with_parent
from launch.replicas import ONE_OF_EACH, TWO_OF_EACH
from launch.run import read_settings
from launch.supervise import Plan, alone, supervise
from launch.supervisor import Files
from launch.training import ready_model


def main() -> int:
    die_with_parent()
    return exit_code_of(
        lambda: _run(Path(sys.argv[1]), TWO_OF_EACH if "two" in sys.argv[2:] else ONE_OF_EACH)
    )


def _run(procfile: Path, replicas: Mapping[str, int]) -> int:
    settings = read_settings()
    with alone(Files(var=settings.var)):
        environment = program_environment(settings, ready_model(settings.models))
        subprocess.run(
            [sys.executable, "-m", "bedside.store", "migrate"], env=environment, check=True
        )
        plan = Plan(
            settings=settings,
            procfile=procfile,
            replicas=replicas,
            environment=environment,
            when_ready=lambda: None,
        )
        return supervise(plan)


if __name__ == "__main__":
    sys.exit(main())
