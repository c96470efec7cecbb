"""What every command shares: how the record is opened, how an operator is asked and refused."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from bedside.model import Clinic
from bedside.settings import Settings
from bedside.store import Database, Spool, Transaction, open_record, open_spool, utc_now
from bedside.store.audit import note

# What a topic adds its commands to; a string, since argparse cannot be subscripted when it runs.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

# Who did it, in the audit log.
OPERATOR = "operator"


class Refused(Exception):
    """What was asked for cannot be done; the message is a sentence for the operator."""


@dataclass(frozen=True)
class Record:
    """The record that a command works on. Its database and its spool are opened when they are first used."""

    settings: Settings
    clinic: Clinic

    @cached_property
    def database(self) -> Database:
        return open_record(self.settings)

    @cached_property
    def spool(self) -> Spool:
        return open_spool(self.settings)

    def note(self, tx: Transaction, action: str, subject: str, **detail: Any) -> None:
        """The operator's line in the clinic's audit log; `detail` never holds a patient's words."""
        note(
            tx,
            clinic_id=self.clinic.id,
            by=OPERATOR,
            action=action,
            subject=subject,
            now=utc_now(),
            **detail,
        )

    def close(self) -> None:
        """Let go of the database, if it was opened."""
        if "database" in self.__dict__:
            self.database.engine.dispose()


def asked(prompt: str) -> str:
    """What the operator types; Refused when it is nothing."""
    try:
        value = input(prompt).strip()
    except EOFError:
        value = ""
    if not value:
        raise Refused("Nothing was given, so nothing was done")
    return value


def days(value: str) -> int:
    """A number of days, for argparse."""
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 100_000:
        raise argparse.ArgumentTypeError("a number of days from 1")
    return int(value)
