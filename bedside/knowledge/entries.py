"""The kinds of entries the knowledge files hold. Plain facts, each with where it comes from."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bedside.model import Assertion, Source, Urgency


class Is(enum.Enum):
    """What one part of a rule's condition looks at."""

    FACT = "fact"
    SIGN = "sign"
    GROUP = "group"
    ANY_SIGN = "any sign"
    ANOTHER_SIGN = "another sign"
    TWO_SIGNS = "two signs of different groups"


class Kind(enum.Enum):
    """How a question is answered, and what its fact holds."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    DAYS_AGO = "days_ago"


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """One thing that can be true of a report: a sign, a group, or a fact that compares to a value.

    `key` is how it is written, such as `fever = yes`: two atoms are the same when their keys are.
    """

    key: str
    what: Is
    name: str = ""
    op: str = ""
    value: str = ""
    number: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a rule waits for: at least one of `atoms`, whose keys are `keys`."""

    atoms: tuple[Atom, ...]
    keys: frozenset[str]

    def __str__(self) -> str:
        return " or ".join(atom.key for atom in self.atoms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When all conditions hold, the urgency is at least `to`. `sign` owns it; a combination has no owner."""

    id: str
    sign: str
    to: Urgency
    when: tuple[Condition, ...]
    why: str
    sources: tuple[Source, ...]
    reviewed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A warning sign. `plain` fits after "you wrote about"; `gives` are facts it states as well.

    `urgency` is what the sign has alone. With `expected_until_day` it is `expected` up to that day after
    the last infusion, if nothing else is reported. `crisis` asks for the words of a crisis line.
    """

    id: str
    name: str
    plain: str
    group: str
    also_consider: tuple[str, ...]
    urgency: Urgency
    expected_until_day: int | None
    crisis: bool
    why: str
    gives: tuple[Atom, ...]
    rules: tuple[Rule, ...]
    sources: tuple[Source, ...]
    reviewed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionEntry:
    """A fact that rules ask about, and the question for it; without a text it is only heard.

    `worse` is the value that rules wait for, of a yes/no fact or a choice with one such value. `item`
    is that value in words. `unknown_counts_as` is what "I don't know" means, if all of `unknown_when` hold.
    With `asked_when` it is asked only when that holds.
    """

    id: str
    kind: Kind
    text: str
    item: str
    choices: Mapping[str, str]
    unit: str
    lowest: float
    highest: float
    implied_by: tuple[Atom, ...]
    unknown_counts_as: str
    unknown_when: tuple[Condition, ...]
    asked_when: Condition | None
    worse: str
    sources: tuple[Source, ...]
    reviewed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconEntry:
    """The words that state a sign, or a value of a fact; `senses` are the same words with another meaning."""

    patterns: tuple[str, ...]
    senses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Numbers as words that fit into a sentence; unverified until somebody checked them."""

    id: str
    emergency: str
    health_line: str
    crisis_line: str
    verified: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence with where it comes from."""

    text: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A condition, or a family of them, that several signs can point to, with what is known of it."""

    id: str
    name: str
    facts: tuple[Statement, ...]
    reviewed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceEntry:
    """A fact of the documents or the label that no rule reads: a test, a time window, an exclusion.
    `details` is what the file says besides, such as the region or the interval."""

    id: str
    text: str
    details: Mapping[str, str]
    sources: tuple[Source, ...]
    reviewed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqEntry:
    """A question about Lemtrada that the documents answer; `unlike` are questions near it that it does not
    answer."""

    id: str
    asks: tuple[str, ...]
    unlike: tuple[str, ...]
    answer: str
    sources: tuple[Source, ...]
    reviewed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherLanguage:
    """What is said to who writes in another language than English; `emergency`, `person` and `closed` each
    end before the number that follows them. `words` are frequent in it and no English ones; without them
    its script tells it.

    `emergencies` are for each emergency sign the phrases that tell it, in plain words
    (`bedside/knowledge/plain.py`); `senses` hold such a phrase and mean something else.
    """

    id: str
    emergency: str
    person: str
    closed: str
    english_only: str
    words: frozenset[str]
    emergencies: Mapping[str, tuple[str, ...]]
    senses: tuple[str, ...]
    sources: tuple[Source, ...]
    reviewed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing that a source document says, and the entries that cover it, such as `sign fatigue`."""

    id: str
    source: Source
    says: str
    covered_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredSource:
    """A source of the register. `kind` is document, page, recalled or proposal."""

    id: str
    kind: str
    title: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextCues:
    """Cues by assertion and direction (`forward`, `backward`, `both`), words that end any cue's reach
    or that of a denial, a doubt or a supposition, and phrases that look like cues and decide nothing.
    A cue between slashes is a regular expression."""

    cues: Mapping[tuple[Assertion, str], tuple[str, ...]]
    ends: tuple[str, ...]
    breaks: tuple[str, ...]
    pseudo: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything the files hold. `version` is a digest of them: equal versions decide alike."""

    version: str
    signs: Mapping[str, Sign]
    questions: Mapping[str, QuestionEntry]
    combinations: Mapping[str, Rule]
    regions: Mapping[str, Region]
    register: Mapping[str, RegisteredSource]
    groups: Mapping[str, Group]
    monitoring: Mapping[str, ReferenceEntry]
    windows: Mapping[str, ReferenceEntry]
    contraindications: Mapping[str, ReferenceEntry]
    faq: Mapping[str, FaqEntry]
    languages: Mapping[str, OtherLanguage]
    claims: Mapping[str, Claim]
    lexicon: Mapping[str, LexiconEntry] = field(repr=False)
    words: Mapping[str, tuple[str, ...]] = field(repr=False)
    context: ContextCues = field(repr=False)
    # Made from the above: the comparisons that rules make with each number, and the facts that others imply.
    comparisons: Mapping[str, tuple[Atom, ...]] = field(repr=False)
    implied: tuple[QuestionEntry, ...] = field(repr=False)

    def names(self, signs: Iterable[str]) -> str:
        """The signs in plain words, in a row: "bruises, bleeding and a fever"; empty for none."""
        names = [self.signs[sign].plain for sign in signs]
        return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)

    def rules(self) -> tuple[Rule, ...]:
        """Every rule: first those of the signs, then the combinations."""
        own = (rule for sign in self.signs.values() for rule in sign.rules)
        return (*own, *self.combinations.values())
