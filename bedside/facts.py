"""What a report says of every fact that rules read, whichever way it became known. Pure.

A fact is known by a statement in a text, an answer, a sign that states it as well, a measured value,
or another fact that implies it. Values only ever add up: a rule that holds goes on to hold.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bedside.knowledge import Atom, Condition, Is, Kind, Knowledge, QuestionEntry
from bedside.model import (
    ACTIVE,
    CORRECTED,
    DONT_KNOW,
    MAYBE,
    NO,
    YES,
    Assertion,
    Days,
    Finding,
    FoundBy,
    Mention,
    Parsed,
    Question,
    Report,
    Urgency,
)

# What "historical" means: older than this. A sign that has gone since still counts. (The draft's rule
# on recent history; the number is a proposal.)
RECENT_DAYS = 14
CONFIRM = "confirm:"
WHOSE = "whose:"
# A missed test, a pregnancy or a vaccine is no second part of the body that falls ill.
NO_PART_OF_THE_BODY = frozenset({"monitoring", "reproductive", "vaccination"})
ANY_TIME = Days(earliest=0, latest=None)
# Who writes, and that something has got worse, is said of no part of the body.
OF_NO_BODY = frozenset({"getting_worse", "reporter", "never_treated", "under_17"})
# Numbers that rules read under more than one name, with what they are multiplied by.
SAME_MEASURE: Mapping[str, tuple[tuple[str, float], ...]] = {
    "duration_hours": (("duration_days", 1 / 24),),
    "severity_0_10": (("pain_severity", 1.0),),
}
COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(slots=True)
class Facts:
    """The facts of one report.

    `signs` hold the mentions that count, and `said` the patient's words for each: those that surely say
    it, if any do; `urgencies` are what each has alone, `reached` with its own rules. `words` are the
    patient's for each value of a fact, such as `fever = yes`. `true` are the keys of all conditions that
    hold. `settled` facts need no question.
    """

    knowledge: Knowledge
    clock: Mapping[str, Days]
    signs: dict[str, list[Mention]] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    urgencies: dict[str, Urgency] = field(default_factory=dict)
    reached: Mapping[str, Urgency] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, list[float]] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    true: set[str] = field(default_factory=set)

    def holds(self, condition: Condition) -> bool:
        """Whether one part of `condition` is true."""
        return not condition.keys.isdisjoint(self.true)

    def words_of(self, atom: Atom) -> str:
        """The patient's words by which `atom` holds, or the fact when it was answered."""
        if atom.what is Is.FACT:
            return self.words.get(atom.key, atom.key)
        said = dict.fromkeys(self.said[sign] for sign in self.signs_of(atom))
        return ", ".join(said) if atom.what is Is.TWO_SIGNS else next(iter(said))

    def signs_of(self, atom: Atom) -> list[str]:
        """The reported signs by which `atom` holds; none for a fact."""
        if atom.what is Is.FACT:
            return []
        if atom.what is Is.SIGN:
            return [atom.name]
        if atom.what is Is.GROUP:
            return [sign for sign in self.signs if self.knowledge.signs[sign].group == atom.name]
        if atom.what is Is.ANY_SIGN:
            return list(self.signs)
        return [
            sign
            for sign, urgency in self.reached.items()
            if urgency >= Urgency.PROMPT
            and self.knowledge.signs[sign].group not in NO_PART_OF_THE_BODY
        ]

    def weigh(self, reached: Mapping[str, Urgency]) -> None:
        """Note what the signs have reached by their own rules, on which two conditions depend."""
        self.reached = reached
        self.true |= self.by_weight(reached)

    def by_weight(self, reached: Mapping[str, Urgency]) -> set[str]:
        """The conditions that would hold if the signs reached these urgencies."""
        groups = {
            self.knowledge.signs[sign].group
            for sign, urgency in reached.items()
            if urgency >= Urgency.PROMPT
        } - NO_PART_OF_THE_BODY
        least = {Is.ANOTHER_SIGN.value: 1, Is.TWO_SIGNS.value: 2}
        return {key for key, groups_needed in least.items() if len(groups) >= groups_needed}


def known(report: Report, knowledge: Knowledge) -> Report:
    """The report without signs and facts that this version of the knowledge does not have any more;
    what they meant stays in the record, as does the urgency that the conversation has reached."""
    return dataclasses.replace(
        report,
        mentions=tuple(each for each in report.mentions if each.sign in knowledge.signs),
        findings=tuple(each for each in report.findings if each.finding in knowledge.questions),
        earlier=tuple(each for each in report.earlier if each.sign in knowledge.signs),
    )


def facts_of(report: Report, knowledge: Knowledge) -> Facts:
    """The facts of `report`, all of whose signs are in the knowledge."""
    facts = Facts(knowledge=knowledge, clock=_clock(report, knowledge))
    _add_signs(facts, report)
    _add_findings(facts, report)
    _add_answers(facts, report)
    for detail in report.details:
        _add_number(facts, detail.kind, detail.value)
    _add_dates(facts)
    _add_implied(facts)
    _add_unknown(facts, report)
    return facts


def active(report: Report) -> Iterator[Mention]:
    """The mentions that count: present, possible, or gone for a short time only; and not taken back when
    the patient was asked."""
    for mention in report.mentions:
        if (mention.assertion in ACTIVE or is_recent(mention)) and not _is_denied(mention, report):
            yield mention


def is_recent(mention: Mention) -> bool:
    """Whether a sign that has gone was there in the last two weeks."""
    gone = mention.assertion is Assertion.HISTORICAL
    return gone and mention.days_ago is not None and mention.days_ago <= RECENT_DAYS


def is_guess(mention: Mention) -> bool:
    """Whether the classifier was not sure of the sign."""
    return mention.assertion is Assertion.POSSIBLE and mention.found_by is FoundBy.CLASSIFIER


def needs_confirming(mention: Mention, report: Report, knowledge: Knowledge) -> bool:
    """Whether the classifier only guessed this sign and the patient has not said yes to it.

    An emergency is not held back for that: its number is said first.
    """
    return (
        is_guess(mention)
        and knowledge.signs[mention.sign].urgency < Urgency.EMERGENCY
        and report.answers.get(CONFIRM + mention.sign) != YES
        and not any(
            other.sign == mention.sign and other.assertion in ACTIVE and not is_guess(other)
            for other in report.mentions
        )
    )


def of_the_body(parsed: Parsed) -> list[Finding]:
    """The findings of the message, but for those that only say who writes, or that something is worse."""
    return [each for each in parsed.findings if each.finding not in OF_NO_BODY]


def assertions(parsed: Parsed) -> set[Assertion]:
    """How the signs and findings of the message are meant."""
    mentioned = {each.assertion for each in parsed.mentions}
    return mentioned | {each.assertion for each in of_the_body(parsed)}


def found_something(parsed: Parsed) -> bool:
    """Whether the message names a sign or finding that counts."""
    return not assertions(parsed).isdisjoint(ACTIVE)


def noted(report: Report, knowledge: Knowledge) -> list[str]:
    """The signs that count as told by the patient, the most urgent first."""
    told = dict.fromkeys(
        each.sign for each in active(report) if not needs_confirming(each, report, knowledge)
    )
    return sorted(told, key=lambda sign: -knowledge.signs[sign].urgency)


def taken_back(report: Report) -> list[str]:
    """The signs that the patient called wrong and has not told again."""
    counting = {each.sign for each in active(report)}
    wrong = dict.fromkeys(each.sign for each in report.mentions if each.cue == CORRECTED)
    return [sign for sign in wrong if sign not in counting]


def kept_under(question: Question) -> tuple[str, ...]:
    """The ids under which the answers to a question are kept."""
    for kind in (CONFIRM, WHOSE):
        if question.id.startswith(kind):
            return tuple(kind + sign for sign in question.about)
    return question.about if len(question.about) > 1 else (question.id,)


def _is_denied(mention: Mention, report: Report) -> bool:
    return is_guess(mention) and report.answers.get(CONFIRM + mention.sign) == NO


def _clock(report: Report, knowledge: Knowledge) -> dict[str, Days]:
    """The known dates, and any time at all for a date that is not known and may not be left open."""
    clock = dict(report.clock)
    for fact, answer in report.answers.items():
        question = knowledge.questions.get(fact)
        if question is None or question.kind is not Kind.DAYS_AGO or fact in clock:
            continue
        if answer == DONT_KNOW and question.unknown_counts_as:
            clock[fact] = ANY_TIME
    return clock


def _add_signs(facts: Facts, report: Report) -> None:
    signs = facts.knowledge.signs
    for mention in report.mentions:
        if mention.assertion is Assertion.ABSENT:
            for atom in signs[mention.sign].gives:
                _deny(facts, atom.name, atom.value)
    for mention in active(report):
        if needs_confirming(mention, report, facts.knowledge):
            continue
        facts.signs.setdefault(mention.sign, []).append(mention)
        confirmed = report.answers.get(CONFIRM + mention.sign) == YES
        if mention.assertion is Assertion.PRESENT or confirmed:
            for atom in signs[mention.sign].gives:
                _state(facts, atom.name, atom.value, mention.text)
    for sign, mentions in facts.signs.items():
        surely = (each for each in mentions if each.assertion is Assertion.PRESENT)
        facts.said[sign] = next(surely, mentions[0]).text
    facts.true.update(f"sign {sign}" for sign in facts.signs)
    facts.true.update(f"group {signs[sign].group}" for sign in facts.signs)
    if facts.signs:
        facts.true.add(Is.ANY_SIGN.value)


def _add_findings(facts: Facts, report: Report) -> None:
    for finding in report.findings:
        if finding.assertion in ACTIVE:
            _state(facts, finding.finding, finding.value, finding.text)
        elif finding.assertion is Assertion.ABSENT:
            _deny(facts, finding.finding, finding.value)


def _add_answers(facts: Facts, report: Report) -> None:
    for fact, answer in report.answers.items():
        question = facts.knowledge.questions.get(fact)
        if question is None:
            continue
        facts.settled.add(fact)
        if answer == DONT_KNOW:
            continue
        if question.kind is Kind.NUMBER:
            _add_number(facts, fact, float(answer))
        elif question.kind in (Kind.YES_NO, Kind.CHOICE):
            value = question.worse or YES if answer == MAYBE else answer
            in_words = question.item if value == question.worse else ""
            _state(facts, fact, value, in_words or f"{fact} = {value}")


def _add_number(facts: Facts, fact: str, value: float) -> None:
    facts.numbers.setdefault(fact, []).append(value)
    facts.settled.add(fact)
    for atom in facts.knowledge.comparisons.get(fact, ()):
        if COMPARE[atom.op](value, atom.number):
            facts.true.add(atom.key)
            facts.words.setdefault(atom.key, f"{fact} {value:g}")
    for other, factor in SAME_MEASURE.get(fact, ()):
        _add_number(facts, other, value * factor)


def _add_dates(facts: Facts) -> None:
    """A date rule holds if any day of the interval meets it."""
    for fact, days in facts.clock.items():
        facts.settled.add(fact)
        latest = float("inf") if days.latest is None else days.latest
        for atom in facts.knowledge.comparisons.get(fact, ()):
            compare = COMPARE[atom.op]
            if compare(days.earliest, atom.number) or compare(latest, atom.number):
                facts.true.add(atom.key)


def _add_implied(facts: Facts) -> None:
    """Facts that other facts say as well, and theirs; a measured value below the limit settles them too."""
    changed = True
    while changed:
        changed = False
        for question in facts.knowledge.implied:
            key = f"{question.id} = {question.worse or YES}"
            for atom in question.implied_by:
                if atom.key in facts.true and key not in facts.true:
                    _state(facts, question.id, question.worse or YES, facts.words_of(atom))
                    changed = True
                elif (
                    atom.op != "=" and atom.name in facts.numbers and not _is_told(facts, question)
                ):
                    facts.settled.add(question.id)


def _is_told(facts: Facts, question: QuestionEntry) -> bool:
    """Whether a sign that may not be meant so, such as "a bit feverish", leaves the question open."""
    return any(
        atom.name == question.id
        for sign in facts.signs
        for atom in facts.knowledge.signs[sign].gives
    )


def _add_unknown(facts: Facts, report: Report) -> None:
    """What "I don't know" counts as, where it may not be left open."""
    for fact, answer in report.answers.items():
        question = facts.knowledge.questions.get(fact)
        if answer != DONT_KNOW or question is None or question.kind is Kind.DAYS_AGO:
            continue
        if question.unknown_counts_as and all(map(facts.holds, question.unknown_when)):
            _state(facts, fact, question.unknown_counts_as, f"{fact}: not known")


def _state(facts: Facts, fact: str, value: str, words: str) -> None:
    key = f"{fact} = {value}"
    facts.words.setdefault(key, words)
    facts.true.add(key)
    facts.settled.add(fact)


def _deny(facts: Facts, fact: str, value: str) -> None:
    """A denied value settles a yes/no fact, and a choice of which rules wait for that value only."""
    question = facts.knowledge.questions[fact]
    if question.kind is Kind.YES_NO or question.worse == value:
        facts.settled.add(fact)
