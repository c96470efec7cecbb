"""The kinds of entries the knowledge files hold. Plain facts, each with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bedside.model import Assertion, Source, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What signs and findings share: a name, the words that state it, and its sources."""

    id: str
    name: str
    lexicon: tuple[str, ...]
    senses: tuple[str, ...]
    sources: tuple[Source, ...]
    reviewed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign(Entry):
    """A warning sign. `plain` fits after "you wrote about"; `gives` are findings it states as well."""

    plain: str
    group: str
    urgency: Urgency
    why: str
    gives: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingEntry(Entry):
    """A yes/no fact that rules ask about, with the question that asks for it; one without is only heard."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing a rule waits for; exactly one of the three is set."""

    sign: str | None = None
    group: str | None = None
    finding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """A rule: when all conditions hold, the urgency is at least `to`."""

    id: str
    when: tuple[Condition, ...]
    to: Urgency
    why: str
    sources: tuple[Source, ...]
    reviewed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Numbers as words that fit into a sentence; unverified until somebody checked them."""

    id: str
    emergency: str
    health_line: str
    verified: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextCues:
    """Cues by assertion and direction (`forward`, `backward`), words that end a cue's reach, and
    phrases that look like cues and decide nothing."""

    cues: Mapping[tuple[Assertion, str], tuple[str, ...]]
    ends: tuple[str, ...]
    pseudo: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything the files hold. `version` is a digest of them: equal versions decide alike."""

    version: str
    signs: Mapping[str, Sign]
    findings: Mapping[str, FindingEntry]
    combinations: Mapping[str, Combination]
    regions: Mapping[str, Region]
    register: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    context: ContextCues
