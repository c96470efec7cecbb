"""`make run`: model, database, programs, in this order, then a banner and the log.

It knows no program's inside.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from bedside.settings import Settings, SettingsError, read_clinic
from launch.environment import program_environment
from launch.failure import Failure, exit_code_of
from launch.leash import die_with_make
from launch.ports import check_ports
from launch.procfile import read_procfile
from launch.replicas import ONE_OF_EACH, asking_all, kind_of, names_of, ports_of
from launch.stamps import ROOT, shown
from launch.steps import Step, run_step
from launch.supervise import Plan, alone, supervise
from launch.supervisor import Files
from launch.training import ready_model

BANNER = """
  Bedside is running.

    Write as a patient       {chat}
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
    return start(read_settings(), ONE_OF_EACH)


def start(settings: Settings, replicas: Mapping[str, int]) -> int:
    """0 once it was asked to stop; Failure says why it could not go on."""
    procfile = ROOT / "Procfile"
    settings = asking_all(settings, replicas)
    ports = ports_of(names_of(list(read_procfile(procfile)), replicas), settings)
    with alone(Files(var=settings.var)):
        check_ports(ports)
        environment = program_environment(settings, ready_model(settings.models))
        run_step(_migration(settings), environment)
        plan = Plan(
            settings=settings,
            procfile=procfile,
            replicas=replicas,
            environment=environment,
            when_ready=lambda: print(banner(settings, ports), flush=True),
        )
        return supervise(plan)


def banner(settings: Settings, ports: Mapping[str, int]) -> str:
    """What the operator reads once everything is ready. Takes programs and their ports."""
    chats = [f"http://127.0.0.1:{port}" for name, port in ports.items() if kind_of(name) == "chat"]
    log = shown(Files(var=settings.var).log)
    text = BANNER.format(chat=" or ".join(chats), console=settings.console_port, log=log)
    if read_clinic(settings.clinic_file).is_placeholder:
        text += PLACEHOLDERS.format(clinic=settings.clinic_file.name)
    return text


def read_settings() -> Settings:
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
