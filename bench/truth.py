"""The truth of a simulated patient: the value of every fact that the bot may ask about.

Harmless, but for what the hidden signs make so and, in some, what makes one rule hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from bedside.facts import COMPARE, NO_PART_OF_THE_BODY
from bedside.knowledge import Atom, Is, Kind, Knowledge, QuestionEntry, Rule
from bedside.model import DONT_KNOW, LAST_INFUSION, NO, YES
from bench.hidden import FITTING_DAYS, HARMLESS_NUMBERS, IMPLIES

RAISED = 0.45
UNKNOWN = 0.04
FEVER, TEMPERATURE, BLOOD_TEST = "fever", "temperature_c", "days_since_last_blood_test"


def facts_of(
    signs: Sequence[str],
    window: tuple[int, int],
    manner: str,
    knowledge: Knowledge,
    rng: Random,
) -> dict[str, str] | None:
    """The truth about every fact: harmless, but for what the signs and perhaps one rule make so."""
    fixed = {fact: value for sign in signs for fact, value in IMPLIES.get(sign, {}).items()}
    fixed |= {atom.name: atom.value for sign in signs for atom in knowledge.signs[sign].gives}
    if "missed_monitoring_test" in signs:
        fixed[BLOOD_TEST] = str(rng.choice((50, 55, 70, 90)))
    raised: dict[str, str] | None = {}
    if rng.random() < RAISED and (rules := list(_rules(signs, manner, knowledge))):
        raised = _raised(rng.choice(rules), signs, window, knowledge, rng)
    if raised is None or any(fixed.get(fact, value) != value for fact, value in raised.items()):
        return None
    known = {LAST_INFUSION: str(rng.randint(*window)), **fixed, **raised}
    facts = {
        id_: known.get(id_, _harmless(entry))
        for id_, entry in knowledge.questions.items()
        if entry.text
    }
    if known.keys().isdisjoint({"any_symptoms"}):
        facts["any_symptoms"] = YES if _has_symptom(signs, knowledge) else NO
    _make_whole(facts, known, knowledge, rng)
    _forget(facts, known, signs, knowledge, rng)
    return facts


def _has_symptom(signs: Sequence[str], knowledge: Knowledge) -> bool:
    return any(knowledge.signs[sign].group not in NO_PART_OF_THE_BODY for sign in signs)


def _harmless(entry: QuestionEntry) -> str:
    if entry.kind is Kind.YES_NO:
        return YES if entry.worse == NO else NO
    return (
        next(iter(entry.choices))
        if entry.kind is Kind.CHOICE
        else HARMLESS_NUMBERS.get(entry.id, "0")
    )


def _rules(signs: Sequence[str], manner: str, knowledge: Knowledge) -> Iterator[Rule]:
    """The rules that one of the signs opens."""
    keys = {f"sign {sign}" for sign in signs}
    keys |= {f"group {knowledge.signs[sign].group}" for sign in signs}
    for rule in knowledge.rules():
        opened = rule.sign in signs or any(keys & when.keys for when in rule.when)
        asks = {atom.name for when in rule.when for atom in when.atoms}
        if opened and (manner == "carer" or "able_to_wake" not in asks):
            yield rule


def _raised(
    rule: Rule,
    signs: Sequence[str],
    window: tuple[int, int],
    knowledge: Knowledge,
    rng: Random,
) -> dict[str, str] | None:
    """Facts by which the rule holds; None when only another sign would do."""
    keys = {f"sign {sign}" for sign in signs}
    keys |= {f"group {knowledge.signs[sign].group}" for sign in signs}
    facts: dict[str, str] = {}
    for when in rule.when:
        if keys & when.keys:
            continue
        asked = [each for each in when.atoms if each.what is Is.FACT and _can_ask(each, knowledge)]
        if not asked:
            return None
        atom = rng.choice(asked)
        value = _value(atom, window, knowledge, rng)
        if value is None:
            return None
        facts[atom.name] = value
    return facts


def _can_ask(atom: Atom, knowledge: Knowledge) -> bool:
    return bool(knowledge.questions[atom.name].text)


def _value(atom: Atom, window: tuple[int, int], knowledge: Knowledge, rng: Random) -> str | None:
    """A value by which the atom is true: a little beyond its limit, or the day inside the window."""
    if atom.op == "=":
        return atom.value
    entry, number = knowledge.questions[atom.name], atom.number
    if atom.name == LAST_INFUSION:
        fitting = [day for day in range(window[0], window[1] + 1) if COMPARE[atom.op](day, number)]
        return str(rng.choice(fitting)) if fitting else None
    step = 0.4 if entry.id in (TEMPERATURE, "neutrophils_10e9_l") else rng.randint(1, 5)
    value = number + step if atom.op.startswith(">") else number - step
    return f"{min(max(value, entry.lowest), entry.highest):g}"


def _make_whole(
    facts: dict[str, str], known: Mapping[str, str], knowledge: Knowledge, rng: Random
) -> None:
    """What other facts imply is so too, and a fever shows on the thermometer."""
    for entry in [*knowledge.implied] * 2:
        if any(_holds(atom, facts) for atom in entry.implied_by) and entry.id in facts:
            facts[entry.id] = entry.worse or YES
    if facts[FEVER] == YES and TEMPERATURE not in known:
        facts[TEMPERATURE] = f"{rng.randint(381, 396) / 10:g}"
    days = facts["duration_days"] if "duration_days" in known else None
    if days is not None:
        facts["duration_hours"] = f"{24 * float(days):g}"
    elif "duration_hours" in known:
        facts["duration_days"] = f"{float(facts['duration_hours']) / 24:.0f}"
    if "pain_severity" in known:
        facts["severity_0_10"] = facts["pain_severity"]


def _holds(atom: Atom, facts: Mapping[str, str]) -> bool:
    value = facts.get(atom.name, DONT_KNOW)
    if atom.op == "=" or value == DONT_KNOW:
        return value == atom.value
    return COMPARE[atom.op](float(value), atom.number)


def _forget(
    facts: dict[str, str],
    known: Mapping[str, str],
    signs: Sequence[str],
    knowledge: Knowledge,
    rng: Random,
) -> None:
    """Nobody knows everything: some of what the signs' own rules ask for, and some dates."""
    asked = {
        atom.name
        for sign in signs
        for rule in knowledge.signs[sign].rules
        for when in rule.when
        for atom in when.atoms
    }
    for fact in sorted(asked & facts.keys() - known.keys()):
        if rng.random() < UNKNOWN:
            facts[fact] = DONT_KNOW
    undated = FITTING_DAYS.keys().isdisjoint(signs) and LAST_INFUSION not in asked
    if undated and rng.random() < UNKNOWN:
        facts[LAST_INFUSION] = DONT_KNOW
