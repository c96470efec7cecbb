"""A simulated patient before the first word: hidden signs, what is so when asked, manner, region.

The same seed gives the same persona. The urgency to expect is what triage gives when all of it is known.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from bedside.knowledge import Knowledge
from bedside.model import (
    DONT_KNOW,
    LAST_INFUSION,
    Assertion,
    Days,
    Finding,
    Mention,
    Report,
    Urgency,
)
from bedside.questions import next_question
from bedside.triage import assess
from bench.hidden import (
    FITTING_DAYS,
    NOT_TOGETHER,
    OF_WOMEN,
    USUAL_DAYS,
    USUAL_SHARES,
)
from bench.manner import MANNERS
from bench.truth import BLOOD_TEST, facts_of

REGIONS = ("UK", "UK", "IE", "EU", "US", "US", "CA", "AU", "NZ")
WOMEN, MEN = ("wife", "mother", "sister", "daughter"), ("husband", "father", "brother", "son")
HOW_MANY_SIGNS, SHARES = (1, 2, 3), (50, 35, 15)
# The urgencies that a seed may come to, by its remainder: every fifth is an emergency, so that 500 hold 100
# of them at least, and one in five is not even urgent.
MAY_BE: Sequence[Sequence[Urgency]] = (
    (Urgency.EMERGENCY,),
    (Urgency.EXPECTED, Urgency.ROUTINE, Urgency.PROMPT, Urgency.URGENT),
    (Urgency.EXPECTED, Urgency.ROUTINE, Urgency.PROMPT),
    tuple(Urgency),
    (Urgency.EXPECTED, Urgency.ROUTINE, Urgency.PROMPT, Urgency.URGENT),
)
TELLS_INFUSION = 0.25
MOST_TRIES = 2000
FIRST_SIGN_KEPT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """`facts` hold the true answer to whatever may be asked; days are whole numbers. `kin` is whom a
    carer writes for. `tells_infusion` says that the opening tells the day of the last infusion."""

    seed: int
    signs: tuple[str, ...]
    facts: Mapping[str, str]
    manner: str
    region: str
    kin: str
    tells_infusion: bool
    expected: Urgency | None


def persona_of(seed: int, knowledge: Knowledge) -> Persona:
    """The persona of that seed. What it has can be found by asking: no fact is told to nobody."""
    rng = Random(f"patient {seed}")
    order = sorted(knowledge.signs)
    Random("signs").shuffle(order)
    for attempt in range(MOST_TRIES):
        first = order[seed % len(order)] if attempt < FIRST_SIGN_KEPT else rng.choice(order)
        drawn = _drawn(seed, first, knowledge, rng)
        if drawn is not None and _is_whole(drawn, knowledge):
            return drawn
    raise ValueError(f"no patient could be made of seed {seed}")


def all_known(persona: Persona) -> Report:
    """The report of somebody who has told everything."""
    told = Report(mentions=tuple(mention_of(sign) for sign in persona.signs))
    return with_answers(_by_carer(told, persona), persona.facts)


def mention_of(sign: str) -> Mention:
    return Mention(sign=sign, text=sign, start=0, end=0, assertion=Assertion.PRESENT)


def with_answers(report: Report, given: Mapping[str, str]) -> Report:
    """The report with these facts, days as days before today."""
    dated = {fact: _days(int(value)) for fact, value in given.items() if _is_day(fact, value)}
    plain = {fact: value for fact, value in given.items() if fact not in dated}
    return dataclasses.replace(
        report, answers={**report.answers, **plain}, clock={**report.clock, **dated}
    )


def _days(days: int) -> Days:
    return Days(earliest=days, latest=days)


def _is_day(fact: str, value: str) -> bool:
    return fact.startswith("days_since_") and value != DONT_KNOW


def _by_carer(report: Report, persona: Persona) -> Report:
    if not persona.kin:
        return report
    writes = Finding(
        finding="reporter", value="carer", text=persona.kin, assertion=Assertion.PRESENT
    )
    return dataclasses.replace(report, findings=(writes,))


def _drawn(seed: int, first: str, knowledge: Knowledge, rng: Random) -> Persona | None:
    """One draw, whether it fits together or not; None when its signs do not."""
    manner = MANNERS[seed % len(MANNERS)]
    [number] = rng.choices(HOW_MANY_SIGNS, SHARES)
    others = rng.sample(sorted(knowledge.signs), number)
    signs = tuple(dict.fromkeys([first, *others]))[:number]
    window = _window(signs, rng)
    if window is None or any(_clash(signs, *pair) for pair in NOT_TOGETHER):
        return None
    facts = facts_of(signs, window, manner, knowledge, rng)
    if facts is None:
        return None
    of_women = not OF_WOMEN.isdisjoint(signs)
    kin = rng.choice(WOMEN if of_women else WOMEN + MEN) if manner == "carer" else ""
    days = facts[LAST_INFUSION]
    fresh = days != DONT_KNOW and any(_is_expected(sign, int(days), knowledge) for sign in signs)
    drawn = Persona(
        seed=seed,
        signs=signs,
        facts=facts,
        manner=manner,
        region=rng.choice(REGIONS),
        kin=kin,
        tells_infusion=days != DONT_KNOW and (fresh or rng.random() < TELLS_INFUSION),
        expected=None,
    )
    return dataclasses.replace(drawn, expected=assess(all_known(drawn), knowledge).urgency)


def _is_expected(sign: str, days: int, knowledge: Knowledge) -> bool:
    until = knowledge.signs[sign].expected_until_day
    return until is not None and days <= until


def _clash(signs: Sequence[str], some: set[str], others: set[str]) -> bool:
    return not some.isdisjoint(signs) and not others.isdisjoint(signs)


def _window(signs: Sequence[str], rng: Random) -> tuple[int, int] | None:
    """Days since the infusion that fit every sign; None when there are none."""
    given = [FITTING_DAYS[sign] for sign in signs if sign in FITTING_DAYS]
    if not given:
        [usual] = rng.choices(USUAL_DAYS, USUAL_SHARES)
        return usual
    low, high = max(low for low, _ in given), min(high for _, high in given)
    return (low, high) if low <= high else None


def _is_whole(persona: Persona, knowledge: Knowledge) -> bool:
    """Whether it is as urgent as its seed may be, and asking finds all that matters."""
    if persona.expected not in MAY_BE[persona.seed % len(MAY_BE)]:
        return False
    return found_by_asking(persona, knowledge) == persona.expected


def found_by_asking(persona: Persona, knowledge: Knowledge) -> Urgency | None:
    """The urgency when every sign is heard and every question that may raise it is answered truly."""
    report = Report(mentions=tuple(mention_of(sign) for sign in persona.signs))
    report = _by_carer(report, persona)
    if persona.tells_infusion:
        report = with_answers(report, {LAST_INFUSION: persona.facts[LAST_INFUSION]})
    while (question := next_question(report, knowledge)) is not None:
        report = with_answers(report, {fact: persona.facts[fact] for fact in question.about})
    urgency = assess(report, knowledge).urgency
    if urgency is not None and Urgency.PROMPT <= urgency < Urgency.EMERGENCY:
        report = with_answers(report, {BLOOD_TEST: persona.facts[BLOOD_TEST]})
    return assess(report, knowledge).urgency
