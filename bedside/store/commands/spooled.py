"""`replay`: what patients wrote while the database was away."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from bedside.dialogue import Floor
from bedside.knowledge import in_words, load, load_responses
from bedside.model import Reply, Utterance
from bedside.store import Replayer, check_current, open_spool, utc_now
from bedside.store.commands.opening import OPERATOR, Commands, Record, Refused


def add_to(commands: Commands) -> None:
    replaying = commands.add_parser(
        "replay", help="put what patients wrote while the database was away into the record"
    )
    replaying.set_defaults(run=_replay)


def _replay(given: argparse.Namespace, record: Record) -> None:
    check_current(record.database)
    knowledge, responses = load(), load_responses()
    floor = Floor(knowledge, record.settings.heads)

    def spoken(utterances: Sequence[Utterance]) -> list[Reply]:
        return in_words(utterances, responses, record.clinic, knowledge, utc_now())

    replayed = Replayer(
        database=record.database,
        spool=open_spool(record.settings),
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
