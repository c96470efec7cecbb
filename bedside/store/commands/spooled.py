"""`replay` and `show-spooled`: what patients wrote while the database was away."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bedside.dialogue import Floor
from bedside.knowledge import in_words, load, load_responses
from bedside.model import Reply, Utterance
from bedside.store import Replayer, Spool, check_current, utc_now
from bedside.store.commands.opening import OPERATOR, Commands, Record, Refused
from bedside.store.spool import NotWhole


def add_to(commands: Commands) -> None:
    replaying = commands.add_parser(
        "replay", help="put what patients wrote while the database was away into the record"
    )
    replaying.set_defaults(run=_replay)
    showing = commands.add_parser(
        "show-spooled", help="list the messages of the spool, or show one of them"
    )
    showing.add_argument("file", nargs="?", metavar="FILE", help="show this one, words included")
    showing.set_defaults(run=_show)


def _replay(given: argparse.Namespace, record: Record) -> None:
    check_current(record.database)
    knowledge, responses = load(), load_responses()
    floor = Floor(knowledge, record.settings.heads)

    def spoken(utterances: Sequence[Utterance]) -> list[Reply]:
        return in_words(utterances, responses, record.clinic, knowledge, utc_now())

    replayed = Replayer(
        database=record.database,
        spool=record.spool,
        clinic=record.clinic,
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


def _show(given: argparse.Namespace, record: Record) -> None:
    spool = record.spool
    aside = spool.all_set_aside()
    places = dict.fromkeys(sorted(spool.waiting()), "waiting") | dict.fromkeys(aside, "set aside")
    if given.file is None:
        for path, place in places.items():
            print(f"{path.name}  {place}, {_sent(spool, path)}")
        print(f"Files of the spool: {len(places)}, of them set aside: {len(aside)}")
        return
    found = next((path for path in places if path.name == given.file), None)
    if found is None:
        raise Refused(f"The spool has no file {given.file!r}")
    _show_words(spool, found, record)


def _sent(spool: Spool, path: Path) -> str:
    try:
        message = spool.read(path)
    except NotWhole:
        return "holds no whole message, or one that this key does not open"
    except FileNotFoundError:
        return "in the record since"
    return f"sent {message.at:%Y-%m-%d %H:%M} UTC, conversation {message.conversation_id}"


def _show_words(spool: Spool, path: Path, record: Record) -> None:
    """Whoever reads a patient's words leaves a line in the audit log first."""
    try:
        message = spool.read(path)
    except NotWhole:
        raise Refused(
            "The file holds no whole message, or one that this key does not open"
        ) from None
    with record.database.writing() as tx:
        subject = f"conversation:{message.conversation_id}"[:80]
        record.note(tx, "message.shown", subject, file=path.name)
    print(f"{path.name}: {_sent(spool, path)}, message {message.message_id}")
    print(f"Patient: {message.text}")
    for reply in message.replies:
        print(f"Bedside: {reply.text}")
