"""A simulated patient and the bot in one conversation, and what can be seen in it afterwards."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bedside.knowledge import Knowledge
from bedside.model import Clinic, Reply, Report, Urgency
from bedside.triage import assess
from bench.asked import QUESTIONS, Asked, Asks, Ear
from bench.bots import Bot, Heard
from bench.patient import Patient, Said
from bench.personas import Persona, mention_of, with_answers
from bench.wording import Bank

MOST_TURNS = 40
# Promise S4: a reply within eight seconds.
LATEST_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message with its replies. `told` is what triage gives for all that was told up to here."""

    said: Said
    heard: Heard
    asked: Asked
    told: Urgency | None

    @property
    def urgency(self) -> Urgency | None:
        """The highest urgency that these replies carry."""
        return max((r.urgency for r in self.heard.replies if r.urgency is not None), default=None)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A whole conversation. `noted` are the rules that the bot ended with, where it shows them."""

    persona: Persona
    exchanges: tuple[Exchange, ...]
    noted: tuple[str, ...]
    repeated: tuple[str, ...]

    @property
    def reached(self) -> Urgency | None:
        """The highest urgency that the patient was told."""
        spoken = (each.urgency for each in self.exchanges)
        return max((each for each in spoken if each is not None), default=None)

    @property
    def questions(self) -> int:
        return sum(each.asked.asks in QUESTIONS for each in self.exchanges)

    @property
    def advised_after(self) -> tuple[int, int] | None:
        """Messages and questions until the first advice; None when there was none."""
        asked = 0
        for turn, each in enumerate(self.exchanges, start=1):
            if each.urgency is not None:
                return turn, asked
            asked += each.asked.asks in QUESTIONS
        return None

    @property
    def emergency(self) -> tuple[int, bool] | None:
        """At which message an emergency was told, and whether its first reply said so."""
        for turn, each in enumerate(self.exchanges):
            if each.told is Urgency.EMERGENCY:
                replies = each.heard.replies
                before = any(e.urgency is Urgency.EMERGENCY for e in self.exchanges[:turn])
                now = bool(replies) and replies[0].urgency is Urgency.EMERGENCY
                return turn, now or before
        return None

    @property
    def silences(self) -> int:
        return sum(
            not each.heard.replies or each.heard.seconds > LATEST_SECONDS for each in self.exchanges
        )

    def urgent_replies(self) -> Iterator[Reply]:
        for each in self.exchanges:
            yield from (reply for reply in each.heard.replies if reply.urgency is not None)


@dataclass(frozen=True, slots=True)
class Room:
    """Where patients meet the bot: what they need to understand it and to find words."""

    bot: Bot
    bank: Bank
    knowledge: Knowledge
    ear: Ear
    today: date

    def meet(self, persona: Persona) -> Meeting:
        """The conversation from the opening to the summary, or until the patient has nothing to add."""
        self.bot.begin()
        patient = Patient(persona, self.bank, self.knowledge, self.ear, self.today)
        told = Report()
        exchanges: list[Exchange] = []
        said: Said | None = patient.opens()
        while said is not None and len(exchanges) < MOST_TURNS:
            heard = self.bot.say(said.text)
            told = _with_told(told, said)
            urgency = assess(told, self.knowledge).urgency
            exchanges.append(Exchange(said, heard, self.ear.asked(heard.replies), urgency))
            said = None if said.is_last else patient.replies(heard.replies)
        return Meeting(persona, tuple(exchanges), self.bot.noted(), tuple(_repeated(exchanges)))


def routeless(meeting: Meeting, routes: Sequence[str]) -> list[Reply]:
    """The replies that carry an urgency and name none of the ways to a person."""
    return [
        reply
        for reply in meeting.urgent_replies()
        if not any(route.casefold() in reply.text.casefold() for route in routes)
    ]


def routes_of(clinic: Clinic, knowledge: Knowledge) -> tuple[str, ...]:
    """The ways to a person that a reply may name: numbers, and the nurse who is in the room."""
    region = knowledge.regions[clinic.region]
    return (
        clinic.phone,
        clinic.out_of_hours,
        region.emergency,
        region.crisis_line,
        region.health_line,
        "infusion nurse",
    )


def _with_told(report: Report, said: Said) -> Report:
    mentions = (*report.mentions, *map(mention_of, said.signs))
    return with_answers(dataclasses.replace(report, mentions=mentions), said.facts)


def _repeated(exchanges: Sequence[Exchange]) -> Iterator[str]:
    """Questions that were put again after they had been answered."""
    answered: set[tuple[str, ...]] = set()
    known: set[str] = set()
    for before, each in zip([None, *exchanges], exchanges, strict=False):
        if before is not None and each.said.answers:
            answered.add(before.asked.key)
            known |= each.said.facts.keys()
        if each.asked.asks not in QUESTIONS:
            continue
        if _was_answered(each.asked, answered, known):
            yield ", ".join(each.asked.key)


def _was_answered(asked: Asked, answered: set[tuple[str, ...]], known: set[str]) -> bool:
    """A list is answered when all of it is: one item that was picked leaves the others open."""
    everything = bool(asked.about) and known.issuperset(asked.about)
    return everything or (asked.asks is not Asks.LIST and asked.key in answered)
