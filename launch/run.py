"""`make run`: model, database, programs, in this order, then a banner and the log.

It knows no program's inside.
"""

from __future__ import annotations

import sys

from bedside.settings import Settings, SettingsError, read_clinic
from launch.environment import program_environment
from launch.failure import Failure, exit_code_of
from launch.leash import die_with_make
from launch.ports import check_ports
from launch.stamps import ROOT, shown
from launch.steps import Step, run_step
from launch.supervise import Plan, alone, supervise
from launch.supervisor import Files
from launch.training import ready_model

BANNER = """
  Bedside is running.

    Write as a patient       http://127.0.0.1:{chat}
    Review as a clinician    http://127.0.0.1:{console}
    Make the first clinician make clinician

    Stop: Ctrl-C. Logs: {log}
"""
PLACEHOLDERS = """\
    {clinic} still holds example values; replace them before a patient writes.
"""


def main() -> int:
    return exit_code_of(_run)


def _run() -> int:
    die_with_make()
    settings = _settings()
    with alone(Files(var=settings.var)):
        check_ports(settings)
        environment = program_environment(settings, ready_model(settings.models))
        run_step(_migration(settings), environment)
        plan = Plan(
            settings=settings,
            procfile=ROOT / "Procfile",
            environment=environment,
            when_ready=lambda: print(banner(settings), flush=True),
        )
        return supervise(plan)


def banner(settings: Settings) -> str:
    log = shown(Files(var=settings.var).log)
    text = BANNER.format(chat=settings.chat_port, console=settings.console_port, log=log)
    if read_clinic(settings.clinic_file).is_placeholder:
        text += PLACEHOLDERS.format(clinic=settings.clinic_file.name)
    return text


def _settings() -> Settings:
    """Read with the clinic's file, so that a mistake in either is said before anything starts."""
    try:
        settings = Settings.from_environment()
        read_clinic(settings.clinic_file)
    except SettingsError as error:
        raise Failure(f"A setting cannot be used: {error}") from error
    return settings


def _migration(settings: Settings) -> Step:
    return Step(
        title="Preparing the database",
        problem="",
        command=[sys.executable, "-m", "bedside.store", "migrate"],
        log=Files(var=settings.var).log / "migrate.log",
    )


if __name__ == "__main__":
    sys.exit(main())
