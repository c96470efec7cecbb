"""Short ways to say what a patient told, and Hypothesis strategies for whole reports."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bedside.facts import CONFIRM
from bedside.knowledge import Is, Kind, load
from bedside.language import Reader
from bedside.model import (
    DONT_KNOW,
    LAST_INFUSION,
    NO,
    YES,
    Assertion,
    Days,
    Detail,
    EarlierSign,
    Finding,
    FoundBy,
    Mention,
    Parsed,
    Report,
    Urgency,
)

# A busy machine makes reports slowly; that says nothing about the code. `make proofs` tries many more.
PROFILES = {"bedside": 40, "thorough": 2000}
for name, examples in PROFILES.items():
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "bedside"))

KNOWLEDGE = load()
SIGNS = sorted(KNOWLEDGE.signs)
EMERGENCIES = [s for s in SIGNS if KNOWLEDGE.signs[s].urgency is Urgency.EMERGENCY]
# Every value that some rule waits for.
RAISING = sorted(
    {
        (atom.name, atom.value)
        for rule in KNOWLEDGE.rules()
        for condition in rule.when
        for atom in condition.atoms
        if atom.what is Is.FACT and atom.op == "="
    }
)
FACTS = sorted({fact for fact, _ in RAISING})
YES_NO_FACTS = [fact for fact in FACTS if KNOWLEDGE.questions[fact].kind is Kind.YES_NO]
ASKED = sorted(id_ for id_, each in KNOWLEDGE.questions.items() if each.text)
TODAY = date(2026, 11, 22)


@lru_cache(maxsize=1)
def shared_reader() -> Reader:
    """The reader of the lexicon alone; building it takes half a second."""
    return Reader(KNOWLEDGE)


def mention(
    sign: str,
    assertion: Assertion | str = "present",
    *,
    text: str = "",
    days_ago: float | None = None,
) -> Mention:
    """A sign as the lexicon finds it."""
    words = text or sign
    return Mention(
        sign=sign,
        text=words,
        start=0,
        end=len(words),
        assertion=Assertion(assertion),
        days_ago=days_ago,
    )


def guess(sign: str, confidence: float = 0.7) -> Mention:
    """A sign of which the classifier is not sure."""
    return Mention(
        sign=sign,
        text="words",
        start=0,
        end=5,
        assertion=Assertion.POSSIBLE,
        confidence=confidence,
        found_by=FoundBy.CLASSIFIER,
    )


def finding(name: str, assertion: Assertion | str = "present", *, value: str = "") -> Finding:
    """A fact as the lexicon hears it: the value that rules wait for, unless another is given."""
    value = value or KNOWLEDGE.questions[name].worse or YES
    return Finding(finding=name, value=value, text=name, assertion=Assertion(assertion))


def report(
    *told: Mention | Finding | Detail,
    answers: Mapping[str, str] | None = None,
    day: int | tuple[int, int | None] | None = None,
) -> Report:
    """What was told and answered; `day` are the days since the last infusion, or an interval of them."""
    days = (day, day) if isinstance(day, int) else day
    clock = {} if days is None else {LAST_INFUSION: Days(earliest=days[0], latest=days[1])}
    return Report(**_sorted_by_kind(told), answers=answers or {}, clock=clock)


def number(kind: str, value: float) -> Detail:
    """A measured value as read in a text."""
    return Detail(kind=kind, value=value, text=f"{value:g}", start=0, end=1)


def parsed(
    text: str = "",
    *told: Mention | Finding | Detail,
    intent: str = "report_symptom",
    reply: str | None = None,
) -> Parsed:
    return Parsed(text=text, intent=intent, reply=reply, **_sorted_by_kind(told))


def _sorted_by_kind(told: tuple[Mention | Finding | Detail, ...]) -> dict[str, tuple]:
    return {
        "mentions": tuple(each for each in told if isinstance(each, Mention)),
        "findings": tuple(each for each in told if isinstance(each, Finding)),
        "details": tuple(each for each in told if isinstance(each, Detail)),
    }


def values_of(fact: str) -> st.SearchStrategy[str]:
    """Everything a patient can answer to the question about `fact`."""
    entry = KNOWLEDGE.questions[fact]
    if entry.kind is Kind.NUMBER:
        known = st.floats(entry.lowest, entry.highest).map(lambda value: f"{value:g}")
    elif entry.kind is Kind.CHOICE:
        known = st.sampled_from(sorted(entry.choices))
    else:
        known = st.sampled_from([YES, NO])
    return known | st.just(DONT_KNOW)


words = st.text(max_size=12)
assertions = st.sampled_from(list(Assertion))
mentions = st.builds(
    mention,
    st.sampled_from(SIGNS),
    assertions,
    text=words,
    days_ago=st.none() | st.floats(0, 60),
)
guesses = st.builds(guess, st.sampled_from(SIGNS))
findings = st.builds(
    lambda raising, assertion: finding(raising[0], assertion, value=raising[1]),
    st.sampled_from(RAISING),
    assertions,
)
KINDS = ["temperature_c", "duration_hours", "severity_0_10", "heart_rate_bpm", "platelets_10e9_l"]
details = st.builds(number, st.sampled_from(KINDS), st.floats(0, 1000))
# Of an emergency nobody is asked whether it was meant: its number is said at once.
confirmations = st.dictionaries(
    st.sampled_from([CONFIRM + sign for sign in SIGNS if sign not in EMERGENCIES]),
    st.sampled_from([YES, NO, DONT_KNOW]),
    max_size=2,
)
DATED = [id_ for id_ in ASKED if KNOWLEDGE.questions[id_].kind is Kind.DAYS_AGO]
UNDATED = [id_ for id_ in ASKED if id_ not in DATED]
fact_answers = st.lists(st.sampled_from(UNDATED), max_size=3, unique=True).flatmap(
    lambda facts: st.fixed_dictionaries({fact: values_of(fact) for fact in facts})
)
answers = st.builds(lambda one, other: {**one, **other}, fact_answers, confirmations)
intervals = st.builds(
    lambda earliest, more: Days(
        earliest=earliest, latest=None if more is None else earliest + more
    ),
    st.sampled_from([0, 1, 2, 3, 4, 7, 8, 28, 29, 62, 63, 124, 125, 243, 244, 1461, 1462, 3000]),
    st.none() | st.integers(0, 400),
)
clocks = st.dictionaries(st.sampled_from(DATED), intervals, max_size=2)
earlier = st.builds(
    EarlierSign,
    sign=st.sampled_from(SIGNS),
    urgency=st.sampled_from([each for each in Urgency if each > Urgency.UNCLEAR]),
    days_ago=st.floats(0, 30),
)
reports = st.builds(
    Report,
    mentions=st.lists(mentions | guesses, max_size=4).map(tuple),
    findings=st.lists(findings, max_size=3).map(tuple),
    details=st.lists(details, max_size=1).map(tuple),
    answers=answers,
    clock=clocks,
    earlier=st.lists(earlier, max_size=2).map(tuple),
    reached=st.none() | st.sampled_from(list(Urgency)),
)
