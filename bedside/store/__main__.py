"""What operators do with the record: `python -m bedside.store COMMAND`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import closing

from sqlalchemy.exc import SQLAlchemyError

from bedside.knowledge import KnowledgeError, load
from bedside.knowledge.responses import region_of
from bedside.settings import Settings, SettingsError, read_clinic
from bedside.store import DatabaseAway
from bedside.store.commands import (
    auditing,
    backing_up,
    enrolling,
    erasing,
    exporting,
    reassessing,
    rotating,
    spooled,
    upkeep,
)
from bedside.store.commands.opening import Record, Refused

TOPICS = (
    upkeep,
    rotating,
    enrolling,
    auditing,
    spooled,
    exporting,
    erasing,
    backing_up,
    reassessing,
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it was done, else 1 and one sentence on stderr."""
    given = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment()
        clinic = read_clinic(settings.clinic_file)
        region_of(clinic, load())
        run: Callable[[argparse.Namespace, Record], None] = given.run
        with closing(Record(settings, clinic)) as record:
            run(given, record)
    except (SettingsError, KnowledgeError, Refused) as error:
        print(f"{str(error).rstrip('.')}.", file=sys.stderr)
        return 1
    except (DatabaseAway, SQLAlchemyError, OSError, ImportError) as error:
        print(f"The database cannot be used: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bedside.store", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for topic in TOPICS:
        topic.add_to(commands)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
