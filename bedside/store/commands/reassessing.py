"""`reassess`: whether the reports of a conversation still give the urgency that they gave."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator

from bedside.knowledge import Knowledge, load
from bedside.model import report_from_json
from bedside.store import ReportView, check_current, is_known, note_reassessed, reports_of, utc_now
from bedside.store.commands.opening import OPERATOR, Commands, Record, Refused
from bedside.triage import assess

# Reasons that come from what a patient was told, and not from the report.
TOLD = frozenset({"told_without_record", "heard_by_assistant_only"})


def add_to(commands: Commands) -> None:
    again = commands.add_parser(
        "reassess", help="assess the reports of a conversation with today's knowledge, and compare"
    )
    again.add_argument("conversation", metavar="CONVERSATION", help="the conversation's id")
    again.set_defaults(run=_reassess)


def _reassess(given: argparse.Namespace, record: Record) -> None:
    check_current(record.database)
    with record.database.writing() as tx:
        if not is_known(tx, given.conversation):
            raise Refused("The record knows no such conversation")
        stored = reports_of(tx, given.conversation)
        note_reassessed(tx, given.conversation, by=OPERATOR, now=utc_now())
    knowledge = load()
    for each in stored:
        differing = list(differences(each, knowledge))
        print(f"{each.at:%Y-%m-%d %H:%M} UTC, by the {each.processed_by}: {_verdict(differing)}")
        for line in differing:
            print(f"  {line}")
    if not stored:
        print("Nothing was assessed in this conversation.")


def differences(stored: ReportView, knowledge: Knowledge) -> Iterator[str]:
    """Where today's knowledge gives the report another urgency or other reasons. Pure."""
    if stored.report.get("is_damaged"):
        yield "it cannot be read: it was damaged or sealed with another key"
        return
    report = report_from_json(stored.report)
    again = assess(report, knowledge)
    before = {each["rule"] for each in stored.reasons} - TOLD
    now = {each.rule for each in again.reasons}
    was_told = any(each["rule"] in TOLD for each in stored.reasons)
    word = None if again.urgency is None else again.urgency.word
    if before == now and (was_told or word == stored.urgency):
        return
    by_itself = assess(dataclasses.replace(report, reached=None), knowledge).urgency
    yield f"knowledge {stored.knowledge_version} → {knowledge.version}"
    yield f"urgency {stored.urgency} → {None if by_itself is None else by_itself.word}"
    yield from (f"no longer: {rule}" for rule in sorted(before - now))
    yield from (f"now also: {rule}" for rule in sorted(now - before))


def _verdict(differing: list[str]) -> str:
    return "differs" if differing else "same"
