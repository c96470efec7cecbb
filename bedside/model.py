"""The nouns of Bedside. They hold facts, check themselves on creation, and do nothing else.

Terms follow the field: assertion classes are those of ConText and the i2b2 challenge, urgencies
those of telephone triage. GLOSSARY.md gives each term with the words to avoid.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

DONT_KNOW = "dont_know"
YES = "yes"
NO = "no"
# The fact that most windows are counted by.
LAST_INFUSION = "days_since_last_infusion"
# "Kind of", "I think so": taken as whatever is the more worrying answer to the question.
MAYBE = "maybe"


class Urgency(enum.IntEnum):
    """How soon a person must hear of it, lowest first. `UNCLEAR` waits for one clarifying answer."""

    UNCLEAR = 0
    EXPECTED = 1
    ROUTINE = 2
    PROMPT = 3
    URGENT = 4
    EMERGENCY = 5

    @property
    def word(self) -> str:
        """The urgency as files, the database and the API write it, such as `urgent`."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Urgency:
        """The urgency that `word` names; ValueError for any other word."""
        try:
            return cls[word.upper()]
        except KeyError:
            raise ValueError(f"no such urgency: {word!r}") from None


class Assertion(enum.Enum):
    """What a person says about a sign: that they have it, do not, did long ago, might, or another does."""

    PRESENT = "present"
    ABSENT = "absent"
    POSSIBLE = "possible"
    HISTORICAL = "historical"
    HYPOTHETICAL = "hypothetical"
    SOMEONE_ELSE = "someone_else"


# How a sign is meant when it counts.
ACTIVE = (Assertion.PRESENT, Assertion.POSSIBLE)
# The cue of a sign that the patient, shown what was noted, called wrong; it stays in the record.
CORRECTED = "corrected by the patient"
# The cue of an emergency that was only possible and, when asked, not what the patient meant.
NOT_MEANT = "not meant, the patient said"
# The cue of a sign that somebody told who never had Lemtrada; it stays in the record.
NOT_TREATED = "never had Lemtrada, the patient said"


class FoundBy(enum.Enum):
    LEXICON = "lexicon"
    CLASSIFIER = "classifier"
    CHOICE = "choice"


class Advice(enum.Enum):
    """The kind of advice an assessment leads to; a response of domain.yml belongs to each."""

    CRISIS = "crisis"
    EMERGENCY = "emergency"
    EMERGENCY_POSSIBLE = "emergency_possible"
    INFUSION_RUNNING = "infusion_running"
    URGENT = "urgent"
    UNCLEAR = "unclear"
    PROMPT = "prompt"
    ROUTINE = "routine"
    EXPECTED = "expected"
    NONE = "none"


class FlagState(enum.Enum):
    NEW = "new"
    CLAIMED = "claimed"
    CONTACTED = "contacted"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A sign found in one message. `start` and `end` are character offsets into that message.

    `days_ago` is how long ago a `historical` sign was, where the text tells.
    """

    sign: str
    text: str
    start: int
    end: int
    assertion: Assertion
    cue: str | None = None
    confidence: float = 1.0
    found_by: FoundBy = FoundBy.LEXICON
    days_ago: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a mention cannot span {self.start} to {self.end}")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"a confidence lies between 0 and 1, not at {self.confidence}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A value of a fact that rules ask about, as stated in a text: the patient's words, where they stand."""

    finding: str
    value: str = YES
    text: str
    assertion: Assertion
    cue: str | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A measured value in a text. `kind` names the fact and its unit: `temperature_c`, `duration_hours`.

    `off` is how much the value may be off, where the words were vague: "two months ago".
    """

    kind: str
    value: float
    text: str
    start: int
    end: int
    off: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """All that was read in one message. `reply` is a yes, no, maybe or don't know, when it is one.

    `language` is the one it is written in, None for English; `topic` the question about Lemtrada that it
    asks, of those that the documents answer.
    """

    text: str
    intent: str = ""
    intent_confidence: float = 0.0
    mentions: tuple[Mention, ...] = ()
    findings: tuple[Finding, ...] = ()
    details: tuple[Detail, ...] = ()
    reply: str | None = None
    language: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """How many days ago something was: an interval. `latest` None is "or longer ago"."""

    earliest: int
    latest: int | None

    def __post_init__(self) -> None:
        if self.earliest < 0 or (self.latest is not None and self.latest < self.earliest):
            raise ValueError(f"no interval of days: {self.earliest} to {self.latest}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierSign:
    """A sign that the same patient reported, and was advised on, in an earlier conversation."""

    sign: str
    urgency: Urgency
    days_ago: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a patient has told in one conversation. An answer of `dont_know` differs from none.

    `clock` holds the days since dates that are known, such as `days_since_last_infusion`, on the day
    the report was last taken up. `reached` is the highest urgency of the conversation so far.
    """

    mentions: tuple[Mention, ...] = ()
    findings: tuple[Finding, ...] = ()
    details: tuple[Detail, ...] = ()
    answers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    clock: Mapping[str, Days] = dataclasses.field(default_factory=dict)
    earlier: tuple[EarlierSign, ...] = ()
    reached: Urgency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact comes from: a document or page of the register, and the place in it."""

    id: str
    locator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an assessment is as urgent as it is: the rule, the patient's words, and the source.

    `raised_from` is what the words had been without the rule, where a rule raised them.
    """

    rule: str
    sign: str
    words: str
    urgency: Urgency
    why: str
    sources: tuple[Source, ...]
    raised_from: Urgency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The urgency of a report with its reasons, highest first; no urgency when nothing was reported.

    `only_possible` says that the urgency rests on signs the patient may not have meant.
    """

    urgency: Urgency | None
    reasons: tuple[Reason, ...] = ()
    advice: Advice = Advice.NONE
    only_possible: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    title: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question put to the patient. `about` are the facts, or the sign, it asks for: several when it is
    a list to choose from. `attempt` counts how often it was put."""

    id: str
    about: tuple[str, ...]
    text: str
    choices: tuple[Choice, ...] = ()
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One thing to say: a response of domain.yml, what fills its gaps, and the urgency it carries."""

    response: str
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    urgency: Urgency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one message led to: the report so far, its assessment, the next question, what to say."""

    report: Report
    assessment: Assessment
    question: Question | None
    says: tuple[Utterance, ...]

    @property
    def spoken_urgency(self) -> Urgency | None:
        """The highest urgency that this turn says aloud."""
        return max((say.urgency for say in self.says if say.urgency is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply as a patient receives it."""

    text: str
    choices: tuple[Choice, ...] = ()
    urgency: Urgency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """Opening and closing time on one weekday (0 is Monday), in the clinic's time zone."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic:
    """The clinic as `clinic.yml` describes it; all that the bot promises comes from here."""

    id: str
    team: str
    phone: str
    hours: tuple[OpeningHours, ...]
    holidays: frozenset[date]
    zone: ZoneInfo
    out_of_hours: str
    region: str
    on_call: bool
    is_placeholder: bool

    def day(self, now: datetime) -> date:
        """The calendar day at the clinic at `now`, an aware time."""
        return now.astimezone(self.zone).date()

    def is_open(self, now: datetime) -> bool:
        """Whether the team can be reached at `now`, an aware time."""
        here = now.astimezone(self.zone)
        if here.date() in self.holidays:
            return False
        return any(
            day.weekday == here.weekday() and day.opens <= here.time() < day.closes
            for day in self.hours
        )


def as_json(noun: Any) -> Any:
    """`noun` as plain JSON values; `report_from_json` and its kin read them back."""
    if dataclasses.is_dataclass(noun):
        return {
            field.name: as_json(getattr(noun, field.name)) for field in dataclasses.fields(noun)
        }
    if isinstance(noun, Urgency):
        return noun.word
    if isinstance(noun, enum.Enum):
        return noun.value
    if isinstance(noun, Mapping):
        return {str(key): as_json(value) for key, value in noun.items()}
    if isinstance(noun, tuple | list):
        return [as_json(each) for each in noun]
    return noun


def mention_from_json(data: Mapping[str, Any]) -> Mention:
    """The mention that `as_json` wrote; KeyError or ValueError when it is not one."""
    return Mention(
        **{
            **data,
            "assertion": Assertion(data["assertion"]),
            "found_by": FoundBy(data["found_by"]),
        }
    )


def finding_from_json(data: Mapping[str, Any]) -> Finding:
    """The finding that `as_json` wrote; KeyError or ValueError when it is not one."""
    return Finding(**{**data, "assertion": Assertion(data["assertion"])})


def report_from_json(data: Mapping[str, Any]) -> Report:
    """The report that `as_json` wrote, also before there was a clock; KeyError or ValueError when it is
    not one."""
    reached = data.get("reached")
    return Report(
        mentions=tuple(mention_from_json(each) for each in data["mentions"]),
        findings=tuple(finding_from_json(each) for each in data["findings"]),
        details=tuple(Detail(**each) for each in data["details"]),
        answers=dict(data["answers"]),
        clock={fact: Days(**each) for fact, each in data.get("clock", {}).items()},
        earlier=tuple(_earlier_from_json(each) for each in data.get("earlier", ())),
        reached=None if reached is None else Urgency.of(reached),
    )


def _earlier_from_json(data: Mapping[str, Any]) -> EarlierSign:
    return EarlierSign(**{**data, "urgency": Urgency.of(data["urgency"])})


def question_from_json(data: Mapping[str, Any]) -> Question:
    """The question that `as_json` wrote; KeyError when it is not one."""
    choices = tuple(Choice(**each) for each in data["choices"])
    return Question(**{**data, "about": tuple(data["about"]), "choices": choices})


def reply_from_json(data: Mapping[str, Any]) -> Reply:
    """The reply that `as_json` wrote; KeyError or ValueError when it is not one."""
    urgency = data.get("urgency")
    return Reply(
        text=data["text"],
        choices=tuple(Choice(**each) for each in data["choices"]),
        urgency=None if urgency is None else Urgency.of(urgency),
    )
