"""The words Bedside speaks: the responses of `domain.yml`, their gaps filled from the clinic's facts.

One place for words, whoever speaks them: Rasa, the action server, or chat's floor when Rasa is away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from bedside.knowledge.entries import Knowledge, Region
from bedside.knowledge.files import KnowledgeError
from bedside.model import Clinic, Reply, Urgency, Utterance

DOMAIN = Path(__file__).resolve().parent.parent.parent / "domain.yml"
GAP = re.compile(r"\{(\w+)\}")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Responses:
    """Response texts by name, with gaps such as `{emergency_number}`, and the urgency that the domain
    gives to some of them."""

    texts: Mapping[str, str]
    urgencies: Mapping[str, Urgency]

    def say(self, utterance: Utterance, facts: Mapping[str, str]) -> Reply:
        """The utterance in words. KeyError when the response, or a fact it needs, does not exist."""
        return Reply(
            text=fill(self.texts[utterance.response], {**facts, **utterance.facts}),
            choices=utterance.choices,
            urgency=utterance.urgency,
        )


def fill(text: str, facts: Mapping[str, str]) -> str:
    """`text` with its gaps filled, in one pass: what is filled in is never read for gaps."""
    return GAP.sub(lambda gap: facts[gap[1]], text)


def load_responses(domain: Path = DOMAIN) -> Responses:
    """The first wording of every response in `domain`, the Rasa domain file."""
    data = yaml.safe_load(domain.read_text(encoding="utf-8"))
    first = {name: variants[0] for name, variants in data["responses"].items()}
    return Responses(
        texts={name: str(each["text"]).strip() for name, each in first.items()},
        urgencies={
            name: Urgency.of(each["custom"]["urgency"])
            for name, each in first.items()
            if "custom" in each
        },
    )


def clinic_facts(clinic: Clinic, knowledge: Knowledge, now: datetime) -> dict[str, str]:
    """What responses may say about the clinic at `now`: numbers, hours, and who is reached when."""
    region = region_of(clinic, knowledge)
    return {
        "emergency_number": region.emergency,
        "health_line": region.health_line,
        "crisis_line": region.crisis_line,
        "team": clinic.team,
        "team_phone": clinic.phone,
        "team_hours": hours_in_words(clinic),
        "out_of_hours": clinic.out_of_hours,
        "contact_today": _contact_today(clinic, now),
        "who_sees_it": _who_sees_it(clinic),
    }


def in_words(
    utterances: Iterable[Utterance],
    responses: Responses,
    clinic: Clinic,
    knowledge: Knowledge,
    now: datetime,
) -> list[Reply]:
    """What the utterances say at `now`, for who speaks without Rasa. KeyError as for `Responses.say`."""
    facts = clinic_facts(clinic, knowledge, now)
    return [responses.say(each, facts) for each in utterances]


def region_of(clinic: Clinic, knowledge: Knowledge) -> Region:
    """The clinic's region with its numbers; KnowledgeError when clinic.yml names one nobody knows."""
    if clinic.region not in knowledge.regions:
        known = ", ".join(knowledge.regions)
        raise KnowledgeError(f"clinic.yml: region must be one of {known}, not {clinic.region}")
    return knowledge.regions[clinic.region]


def hours_in_words(clinic: Clinic) -> str:
    """The opening hours, days with the same hours together: "Mon to Thu 09:00 to 17:00, …".

    >>> from bedside.settings import read_clinic, ROOT
    >>> hours_in_words(read_clinic(ROOT / "clinic.yml"))
    'Mon to Thu 09:00 to 17:00, Fri 09:00 to 16:00'
    """
    runs: list[tuple[int, int, str]] = []
    for day in sorted(clinic.hours, key=lambda day: day.weekday):
        span = f"{day.opens:%H:%M} to {day.closes:%H:%M}"
        if runs and runs[-1][2] == span and runs[-1][1] == day.weekday - 1:
            runs[-1] = (runs[-1][0], day.weekday, span)
        else:
            runs.append((day.weekday, day.weekday, span))
    return ", ".join(f"{_days(first, last)} {span}" for first, last, span in runs)


def _days(first: int, last: int) -> str:
    return WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]} to {WEEKDAYS[last]}"


def _contact_today(clinic: Clinic, now: datetime) -> str:
    if clinic.is_open(now):
        return (
            f"Please contact {clinic.team} today: call {clinic.phone}. "
            f"If you cannot reach them, call {clinic.out_of_hours}."
        )
    return (
        f"Please get help today. {_capital(clinic.team)} is closed now, so call "
        f"{clinic.out_of_hours} and say that you have had Lemtrada. "
        f"{_capital(clinic.team)} answers {clinic.phone} {hours_in_words(clinic)}."
    )


def _who_sees_it(clinic: Clinic) -> str:
    if clinic.on_call:
        return f"Somebody of {clinic.team} is called about urgent reports, day and night."
    return f"{_capital(clinic.team)} reads reports {hours_in_words(clinic)}. Nobody watches this chat live."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
