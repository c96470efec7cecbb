"""`add-clinician` and `invite`: who may review, and who may write."""

from __future__ import annotations

import argparse
import getpass
import sys

from argon2 import PasswordHasher

from bedside.store import add_clinician, check_current, invite, utc_now
from bedside.store.commands.opening import OPERATOR, Commands, Record, Refused, asked

SHORTEST_PASSWORD = 12


def add_to(commands: Commands) -> None:
    clinician = commands.add_parser("add-clinician", help="let somebody review flags")
    clinician.add_argument("--username")
    clinician.add_argument("--name")
    clinician.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    clinician.set_defaults(run=_add_clinician)
    inviting = commands.add_parser("invite", help="enrol a patient by a one-time link")
    inviting.add_argument("--name")
    inviting.add_argument("--contact")
    inviting.set_defaults(run=_invite)


def _add_clinician(given: argparse.Namespace, record: Record) -> None:
    check_current(record.database)
    username = given.username or asked("Username: ")
    name = given.name or asked("Name that colleagues will see: ")
    password = sys.stdin.readline().rstrip("\n") if given.password_stdin else _new_password()
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(f"A password needs at least {SHORTEST_PASSWORD} characters")
    with record.database.writing() as tx:
        try:
            add_clinician(
                tx,
                clinic_id=record.clinic.id,
                username=username,
                name=name,
                password_hash=PasswordHasher().hash(password),
                by=OPERATOR,
                now=utc_now(),
            )
        except ValueError as error:
            raise Refused(f"{str(error).capitalize()}") from error
    print(f"{name} can sign in as {username} at http://127.0.0.1:{record.settings.console_port}")


def _invite(given: argparse.Namespace, record: Record) -> None:
    check_current(record.database)
    name = given.name or asked("The patient's name: ")
    contact = given.contact or asked("How to reach the patient: ")
    with record.database.writing() as tx:
        secret = invite(
            tx,
            clinic_id=record.clinic.id,
            name=name,
            contact=contact,
            by=OPERATOR,
            now=utc_now(),
        )
    print(f"http://127.0.0.1:{record.settings.chat_port}/#invitation={secret}")
    print("This link works once. It is kept nowhere: pass it on now.")


def _new_password() -> str:
    password = getpass.getpass(f"Password, at least {SHORTEST_PASSWORD} characters: ")
    if password != getpass.getpass("The same again: "):
        raise Refused("The two passwords differ")
    return password
