"""`make bench-patients`: simulated patients talk to the running bot, and the figures go to bench/results.md.

Each seed is one patient: hidden signs, a manner of writing, true answers to whatever is asked. With
`--in-process` they talk to the same reading and decisions without servers, and nothing is written to the
results unless `--write` says so.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path

from bedside.knowledge import Knowledge, load, load_responses
from bedside.language import Reader, trained_reader
from bedside.model import Clinic, Urgency
from bedside.settings import ROOT, Settings, SettingsError, read_clinic
from bench.asked import Ear
from bench.bots import Bot, BotAway, InProcess, Programs
from bench.meetings import Meeting, Room, routes_of
from bench.patients_figures import failures, figures
from bench.personas import Persona, persona_of
from bench.results import write_section
from bench.wording import load_bank

CONVERSATIONS = 500
# Any hour of a working day does; in process the clock stands still.
MONDAY_MORNING = datetime(2026, 11, 23, 10, tzinfo=timezone.utc)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all conversations were held, 1 and one sentence when the bot cannot be reached."""
    options = _options(arguments)
    try:
        settings = Settings.from_environment()
        clinic = read_clinic(settings.clinic_file)
        knowledge = load()
        meetings, how = _held(options, settings, clinic, knowledge)
    except (SettingsError, BotAway) as error:
        print(error, file=sys.stderr)
        return 1
    routes = routes_of(clinic, knowledge)
    page = "\n\n".join(
        ["## Simulated patients", _about(meetings, how, knowledge), figures(meetings, routes)]
    )
    worse = {id_: entry.worse for id_, entry in knowledge.questions.items() if entry.worse}
    options.failures.parent.mkdir(parents=True, exist_ok=True)
    options.failures.write_text(failures(meetings, routes, worse), encoding="utf-8")
    if options.write:
        write_section("patients", page)
    print(page)
    print(f"\nThe conversations that went wrong are in {options.failures}.", file=sys.stderr)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.patients", description=__doc__)
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--in-process", action="store_true", help="talk without the servers")
    parser.add_argument("--lexicon", action="store_true", help="in process: read without heads")
    parser.add_argument(
        "--url", help="where the chat is; the chat's port on this machine by default"
    )
    parser.add_argument("--failures", type=Path, default=ROOT / "var" / "patients-failures.md")
    parser.add_argument(
        "--write",
        action=argparse.BooleanOptionalAction,
        help="write the section of bench/results.md; by default only when the programs were met",
    )
    options = parser.parse_args(arguments)
    if options.conversations < 1:
        parser.error("there is at least one conversation")
    if options.write is None:
        options.write = not options.in_process
    return options


def _held(
    options: argparse.Namespace, settings: Settings, clinic: Clinic, knowledge: Knowledge
) -> tuple[list[Meeting], str]:
    """All conversations, and with whom they were held."""
    personas = list(_personas(options, knowledge))
    if options.in_process:
        reader = _reader(knowledge, None if options.lexicon else settings.heads)
        how = "the trained heads" if reader.is_trained else "the lexicon alone"
        bot: Bot = InProcess(reader, knowledge, load_responses(), clinic, MONDAY_MORNING)
        return list(
            _meetings(bot, personas, clinic, knowledge, MONDAY_MORNING)
        ), f"in process, {how}"
    programs = Programs(options.url or f"http://127.0.0.1:{settings.chat_port}")
    now = datetime.now(timezone.utc)
    try:
        return list(_meetings(programs, personas, clinic, knowledge, now)), "over the chat API"
    finally:
        programs.close()


def _reader(knowledge: Knowledge, heads: Path | None) -> Reader:
    reader = trained_reader(knowledge, heads)
    if heads is not None and not reader.is_trained:
        print("No trained heads: read by the lexicon alone.", file=sys.stderr)
    return reader


def _personas(options: argparse.Namespace, knowledge: Knowledge) -> Iterator[Persona]:
    for seed in range(options.first_seed, options.first_seed + options.conversations):
        yield persona_of(seed, knowledge)


def _meetings(
    bot: Bot, personas: Sequence[Persona], clinic: Clinic, knowledge: Knowledge, now: datetime
) -> Iterator[Meeting]:
    room = Room(bot, load_bank(), knowledge, Ear(knowledge, load_responses()), clinic.day(now))
    for number, persona in enumerate(personas, start=1):
        if number % 50 == 0:
            print(f"{number} of {len(personas)} ...", file=sys.stderr, flush=True)
        yield room.meet(persona)


def _about(meetings: Sequence[Meeting], how: str, knowledge: Knowledge) -> str:
    seeds = [each.persona.seed for each in meetings]
    emergencies = sum(each.persona.expected is Urgency.EMERGENCY for each in meetings)
    return (
        f"{len(meetings)} conversations {how}, seeds {seeds[0]} to {seeds[-1]}, {emergencies} of them "
        f"emergencies. Knowledge {knowledge.version}. The urgency to expect is what triage gives when all "
        "that a patient hides is known; the one that was reached is the highest that the patient was told."
    )


if __name__ == "__main__":
    sys.exit(main())
