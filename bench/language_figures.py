"""What a reading of the language cases is worth: recall, precision, assertions, details, intents, alarms.

A sign counts once a message. `possible` counts as found for recall and as taken for precision: the patient
is asked then. Signs that a case marks as optional count neither way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import mean

from bedside.knowledge import Knowledge
from bedside.model import Assertion, Detail, Mention, Parsed, Urgency
from bench.annotated import Label, Measured
from bench.language_cases import SAID, LanguageCase

Read = tuple[LanguageCase, Parsed]
HIGH = frozenset({Urgency.EMERGENCY, Urgency.URGENT})
# How far a value may be off: a rounding of °F, a stone or a month that counts 30 or 30.4 days.
TOLERANCE = 0.04
EXACT = frozenset({"temperature_c"})


@dataclass(frozen=True, slots=True)
class Hits:
    """So many of so many."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        return self.hits / self.of if self.of else 0.0


def recall(read: Iterable[Read], counts: Callable[[str], bool]) -> Hits:
    """Signs to be heard that were heard; `counts` chooses the signs."""
    found = [hit for case, parsed in read for sign, hit in _heard(case, parsed) if counts(sign)]
    return Hits(sum(found), len(found))


def precision(read: Iterable[Read], counts: Callable[[str], bool]) -> Hits:
    """Signs heard that may fairly be heard; `counts` chooses the signs."""
    taken = [
        sign in case.may_be_reported
        for case, parsed in read
        for sign in _reported(parsed)
        if counts(sign)
    ]
    return Hits(sum(taken), len(taken))


def taken_as(read: Iterable[Read], meant: Iterable[Assertion], taken: Iterable[Assertion]) -> Hits:
    """Marks of exactly the assertions `meant` that some mention of their words takes as one of `taken`."""
    meant, taken = frozenset(meant), frozenset(taken)
    wrong = [
        any(mention.assertion in taken for mention in _mentions_of(label, parsed.mentions))
        for case, parsed in read
        for label in case.said.labels
        if not label.is_optional and label.assertions <= meant
    ]
    return Hits(sum(wrong), len(wrong))


def assertions(read: Iterable[Read]) -> dict[Assertion, Counter[str]]:
    """For each assertion that marks say, how often the mention of their words says which, or none does."""
    table: dict[Assertion, Counter[str]] = defaultdict(Counter)
    for case, parsed in read:
        for label in case.said.labels:
            if label.is_optional or len(label.assertions) > 1:
                continue
            (meant,) = label.assertions
            of_it = _mentions_of(label, parsed.mentions)
            got = {mention.assertion.value for mention in of_it}
            table[meant][meant.value if meant.value in got else min(got, default="not heard")] += 1
    return table


def details(read: Iterable[Read]) -> tuple[Hits, Hits]:
    """Values told that were read right, and values read that were told."""
    told = [any(_is_value(m, d) for d in p.details) for c, p in read for m in c.said.measured]
    kinds = {measured.kind for case, _ in read for measured in case.said.measured}
    got = [
        any(_is_value(m, d) for m in c.said.measured)
        for c, p in read
        for d in p.details
        if _kind(d) in kinds
    ]
    return Hits(sum(told), len(told)), Hits(sum(got), len(got))


def intents(read: Iterable[Read]) -> tuple[Hits, float, dict[str, float]]:
    """How many intents are right, the mean F1 over intents, and the F1 of each."""
    pairs = [(c.intent, p.intent) for c, p in read if c.has_intent]
    right = Hits(sum(want == got for want, got in pairs), len(pairs))
    f1 = {}
    for intent in sorted({want for want, _ in pairs}):
        both = sum(want == got == intent for want, got in pairs)
        either = sum((want == intent) + (got == intent) for want, got in pairs)
        f1[intent] = 2 * both / either if either else 0.0
    return right, mean(f1.values()) if f1 else 0.0, f1


def alarms(read: Iterable[Read]) -> tuple[Hits, Hits]:
    """Of the messages without a report, those in which a sign was taken as present, and those in which
    one was only asked about."""
    got = [
        {mention.assertion for mention in parsed.mentions} & SAID
        for case, parsed in read
        if not case.may_be_reported
    ]
    alarmed = sum(Assertion.PRESENT in each for each in got)
    asked = sum(each == {Assertion.POSSIBLE} for each in got)
    return Hits(alarmed, len(got)), Hits(asked, len(got))


def is_high(knowledge: Knowledge) -> Callable[[str], bool]:
    """Whether a sign is emergency or urgent."""
    return lambda sign: knowledge.signs[sign].urgency in HIGH


def errors(read: Iterable[Read]) -> Iterator[tuple[str, str, str]]:
    """Every case with a sign overlooked, wrongly taken or judged, as (case, what, message)."""
    for case, parsed in read:
        wrong = [f"overlooked {sign}" for sign, hit in _heard(case, parsed) if not hit]
        wrong += [
            f"took {_how(sign, parsed)}"
            for sign in sorted(_reported(parsed))
            if sign not in case.may_be_reported
        ]
        if wrong:
            yield case.id, "; ".join(wrong), case.text


def wrong_details(read: Iterable[Read]) -> Iterator[tuple[str, str, str]]:
    for case, parsed in read:
        wrong = [
            f"missed {m.kind} {m.value:g} ({case.text[m.start : m.end]})"
            for m in case.said.measured
            if not any(_is_value(m, d) for d in parsed.details)
        ]
        wrong += [
            f"read {d.kind} {d.value:g} ({d.text})"
            for d in parsed.details
            if not any(_is_value(m, d) for m in case.said.measured)
        ]
        if wrong:
            yield case.id, "; ".join(wrong), case.text


def _how(sign: str, parsed: Parsed) -> str:
    return ", ".join(
        f"{sign} {m.assertion.value} by {m.found_by.value} {m.confidence:.2f} ({m.text})"
        for m in parsed.mentions
        if m.sign == sign
    )


def _heard(case: LanguageCase, parsed: Parsed) -> Iterator[tuple[str, bool]]:
    """Each sign to be heard, named by its first choice, and whether it, or another choice, was."""
    got = _reported(parsed)
    for entries in dict.fromkeys(label.entries for label in case.reported):
        yield entries[0], not got.isdisjoint(entries)


def _reported(parsed: Parsed) -> set[str]:
    return {mention.sign for mention in parsed.mentions if mention.assertion in SAID}


def _mentions_of(label: Label, mentions: Sequence[Mention]) -> list[Mention]:
    return [
        each
        for each in mentions
        if each.sign in label.entries and each.start < label.end and label.start < each.end
    ]


def _is_value(measured: Measured, detail: Detail) -> bool:
    off = 0.051 if measured.kind in EXACT else max(TOLERANCE * measured.value, 0.051)
    return _kind(detail) == measured.kind and abs(detail.value - measured.value) <= off


def _kind(detail: Detail) -> str:
    return detail.kind.removeprefix("least_")
