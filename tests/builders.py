"""Short ways to say what a patient told, and Hypothesis strategies for whole reports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bedside.knowledge import load
from bedside.language import Reader
from bedside.model import (
    DONT_KNOW,
    NO,
    YES,
    Assertion,
    Detail,
    Finding,
    FoundBy,
    Mention,
    Parsed,
    Report,
    Urgency,
)
from bedside.triage import CONFIRM

# A busy machine makes reports slowly; that says nothing about the code.
settings.register_profile("bedside", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bedside")

KNOWLEDGE = load()
SIGNS = sorted(KNOWLEDGE.signs)
EMERGENCIES = [s for s in SIGNS if KNOWLEDGE.signs[s].urgency is Urgency.EMERGENCY]
FINDINGS = sorted(KNOWLEDGE.findings)


@lru_cache(maxsize=1)
def shared_reader() -> Reader:
    """The reader of the lexicon alone; building it takes half a second."""
    return Reader(KNOWLEDGE)


def mention(sign: str, assertion: Assertion | str = "present", *, text: str = "") -> Mention:
    """A sign as the lexicon finds it."""
    words = text or sign
    return Mention(sign=sign, text=words, start=0, end=len(words), assertion=Assertion(assertion))


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


def finding(name: str, assertion: Assertion | str = "present") -> Finding:
    return Finding(finding=name, text=name, assertion=Assertion(assertion))


def report(*told: Mention | Finding | Detail, answers: Mapping[str, str] | None = None) -> Report:
    return Report(**_sorted_by_kind(told), answers=answers or {})


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


words = st.text(max_size=12)
assertions = st.sampled_from(list(Assertion))
mentions = st.builds(mention, st.sampled_from(SIGNS), assertions, text=words)
guesses = st.builds(guess, st.sampled_from(SIGNS))
findings = st.builds(finding, st.sampled_from(FINDINGS), assertions)
details = st.builds(
    Detail,
    kind=st.sampled_from(["temperature_celsius", "duration_hours", "severity_0_10"]),
    value=st.floats(0, 1000),
    text=words,
    start=st.just(0),
    end=st.just(5),
)
answers = st.dictionaries(
    # Of an emergency nobody is asked whether it was meant: its number is said at once.
    st.sampled_from([*FINDINGS, *(CONFIRM + sign for sign in SIGNS if sign not in EMERGENCIES)]),
    st.sampled_from([YES, NO, DONT_KNOW]),
    max_size=3,
)
reports = st.builds(
    Report,
    mentions=st.lists(mentions | guesses, max_size=4).map(tuple),
    findings=st.lists(findings, max_size=3).map(tuple),
    details=st.lists(details, max_size=1).map(tuple),
    answers=answers,
)
