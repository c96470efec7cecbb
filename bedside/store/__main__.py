"""The operators' commands: `python -m bedside.store migrate`, `add-clinician`, `invite`,
`verify-audit`, `replay`."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from collections.abc import Callable, Iterator, Sequence

from argon2 import PasswordHasher
from sqlalchemy.exc import SQLAlchemyError

from bedside.dialogue import Floor
from bedside.knowledge import KnowledgeError, in_words, load, load_responses
from bedside.knowledge.responses import region_of
from bedside.model import Clinic, Reply, Utterance
from bedside.settings import Settings, SettingsError, read_clinic
from bedside.store import (
    Database,
    DatabaseAway,
    Replayer,
    Spool,
    Verified,
    add_clinician,
    audited_clinics,
    check_current,
    ensure_clinic,
    invite,
    schema,
    utc_now,
    verify_audit,
)

SHORTEST_PASSWORD = 12
OPERATOR = "operator"


class Refused(Exception):
    """What was asked for cannot be done; the message is a sentence for the operator."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it was done, else 1 and one sentence on stderr."""
    given = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment()
        clinic = read_clinic(settings.clinic_file)
        region_of(clinic, load())
        run: Callable[[argparse.Namespace, Database, Clinic, Settings], None] = given.run
        run(given, Database(settings.database_url), clinic, settings)
    except (SettingsError, KnowledgeError, Refused) as error:
        print(f"{str(error).rstrip('.')}.", file=sys.stderr)
        return 1
    except (DatabaseAway, SQLAlchemyError, OSError, ImportError) as error:
        print(f"The database cannot be used: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    return 0


def _migrate(
    given: argparse.Namespace, database: Database, clinic: Clinic, settings: Settings
) -> None:
    schema.migrate(database)
    with database.writing() as tx:
        ensure_clinic(tx, clinic, now=utc_now())
    settings.make_database_private()


def _add_clinician(
    given: argparse.Namespace, database: Database, clinic: Clinic, settings: Settings
) -> None:
    check_current(database)
    username = given.username or _asked("Username: ")
    name = given.name or _asked("Name that colleagues will see: ")
    password = sys.stdin.readline().rstrip("\n") if given.password_stdin else _new_password()
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(f"A password needs at least {SHORTEST_PASSWORD} characters.")
    with database.writing() as tx:
        try:
            add_clinician(
                tx,
                clinic_id=clinic.id,
                username=username,
                name=name,
                password_hash=PasswordHasher().hash(password),
                by=OPERATOR,
                now=utc_now(),
            )
        except ValueError as error:
            raise Refused(f"{str(error).capitalize()}.") from error
    print(f"{name} can sign in as {username} at http://127.0.0.1:{settings.console_port}")


def _invite(
    given: argparse.Namespace, database: Database, clinic: Clinic, settings: Settings
) -> None:
    check_current(database)
    name = given.name or _asked("The patient's name: ")
    contact = given.contact or _asked("How to reach the patient: ")
    with database.writing() as tx:
        secret = invite(
            tx, clinic_id=clinic.id, name=name, contact=contact, by=OPERATOR, now=utc_now()
        )
    print(f"http://127.0.0.1:{settings.chat_port}/#invitation={secret}")
    print("This link works once. It is kept nowhere: pass it on now.")


def _verify_audit(
    given: argparse.Namespace, database: Database, clinic: Clinic, settings: Settings
) -> None:
    kept = None if given.expect is None else given.expect.strip().lower()
    if kept is not None and not re.fullmatch("[0-9a-f]{64}", kept):
        raise Refused("A digest has 64 characters, 0 to 9 and a to f")
    check_current(database)
    with database.reading() as tx:
        names = audited_clinics(tx)
        if given.clinic is not None:
            if given.clinic not in names:
                raise Refused(f"The record knows no clinic {given.clinic!r}")
            names = [given.clinic]
        verified = [verify_audit(tx, name, kept=kept) for name in names]
    for each in verified:
        if each.fault is None:
            print(f"Clinic {each.clinic_id}: {each.number} lines, each follows the one before it.")
            print(f"Digest of the last: {each.digest}")
    faults = list(_faults(verified, kept))
    if faults:
        raise Refused("\n".join(faults))


def _faults(verified: list[Verified], kept: str | None) -> Iterator[str]:
    for each in verified:
        if each.fault is not None:
            before = f" Lines 1 to {each.number} fit together." if each.number else ""
            yield f"Clinic {each.clinic_id}: {each.fault}.{before}"
    if kept is not None and not any(each.kept or each.fault for each in verified):
        yield f"No line has the digest {kept}: lines were removed or written again since it was kept."


def _replay(
    given: argparse.Namespace, database: Database, clinic: Clinic, settings: Settings
) -> None:
    check_current(database)
    knowledge, responses = load(), load_responses()
    floor = Floor(knowledge, settings.heads)

    def spoken(utterances: Sequence[Utterance]) -> list[Reply]:
        return in_words(utterances, responses, clinic, knowledge, utc_now())

    replayed = Replayer(
        database=database,
        spool=Spool(settings.spool),
        clinic=clinic,
        floor=floor.take_up,
        in_words=spoken,
        knowledge_version=knowledge.version,
        model_version=floor.model_version,
        by=OPERATOR,
        clock=utc_now,
    ).replay()
    print(f"Messages of the spool that are in the record now: {len(replayed.done)}")
    faults = [f"Set aside: {each}." for each in replayed.set_aside]
    faults += [f"Left in the spool: {each}; try again." for each in replayed.left]
    if faults:
        raise Refused("\n".join(faults))


def _asked(prompt: str) -> str:
    try:
        value = input(prompt).strip()
    except EOFError:
        value = ""
    if not value:
        raise Refused("Nothing was given, so nothing was done.")
    return value


def _new_password() -> str:
    password = getpass.getpass(f"Password, at least {SHORTEST_PASSWORD} characters: ")
    if password != getpass.getpass("The same again: "):
        raise Refused("The two passwords differ.")
    return password


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bedside.store", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    migrate = commands.add_parser("migrate", help="bring the database to this version's tables")
    migrate.set_defaults(run=_migrate)
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
    verifying = commands.add_parser(
        "verify-audit", help="check that no line of the audit log was changed, removed or put in"
    )
    verifying.add_argument("--clinic", metavar="ID", help="this clinic alone, not all")
    verifying.add_argument(
        "--expect", metavar="DIGEST", help="a digest printed earlier, which must still be there"
    )
    verifying.set_defaults(run=_verify_audit)
    replaying = commands.add_parser(
        "replay", help="put what patients wrote while the database was away into the record"
    )
    replaying.set_defaults(run=_replay)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
