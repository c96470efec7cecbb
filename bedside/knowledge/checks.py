"""What must hold between the entries of the knowledge. Each problem names the entry and what is wrong."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from bedside.knowledge.entries import (
    Atom,
    Condition,
    Is,
    Kind,
    Knowledge,
    QuestionEntry,
    Rule,
    Sign,
)
from bedside.knowledge.rules import read_atom
from bedside.model import Source, Urgency

Problem = tuple[str, str]
YES_NO_VALUES = ("yes", "no")


def problems(knowledge: Knowledge) -> Iterator[Problem]:
    """All problems, the plainest first: names that point to nothing, then rules that cannot work."""
    yield from _sources(knowledge)
    yield from _signs(knowledge)
    yield from _questions(knowledge)
    yield from _claims(knowledge)
    yield from _languages(knowledge)
    yield from _lexicon(knowledge)
    for rule in knowledge.rules():
        for problem in (
            *_names(rule, knowledge),
            *_never(rule, knowledge),
            *_unasked(rule, knowledge),
        ):
            yield _place(rule), f"({rule.id}) {problem}" if rule.sign else problem
    for rules in (
        *(sign.rules for sign in knowledge.signs.values()),
        knowledge.combinations.values(),
    ):
        yield from _against_each_other(rules)


def _place(rule: Rule) -> str:
    return f"sign {rule.sign}" if rule.sign else f"combination {rule.id}"


def _sources(knowledge: Knowledge) -> Iterator[Problem]:
    for place, source in _all_sources(knowledge):
        if source.id not in knowledge.register:
            yield place, f"names source {source.id}, which sources.yml does not have"


def _all_sources(knowledge: Knowledge) -> Iterator[tuple[str, Source]]:
    kinds: Mapping[str, Mapping[str, Any]] = {
        "sign": knowledge.signs,
        "question": knowledge.questions,
        "combination": knowledge.combinations,
        "region": knowledge.regions,
        "monitoring": knowledge.monitoring,
        "window": knowledge.windows,
        "contraindication": knowledge.contraindications,
        "faq": knowledge.faq,
        "language": knowledge.languages,
    }
    for kind, entries in kinds.items():
        for id_, entry in entries.items():
            yield from ((f"{kind} {id_}", source) for source in entry.sources)
    for sign in knowledge.signs.values():
        yield from ((f"sign {sign.id}", source) for rule in sign.rules for source in rule.sources)
    for group in knowledge.groups.values():
        yield from (
            (f"group {group.id}", source) for fact in group.facts for source in fact.sources
        )
    yield from ((f"claim {claim.id}", claim.source) for claim in knowledge.claims.values())


def _signs(knowledge: Knowledge) -> Iterator[Problem]:
    for sign in knowledge.signs.values():
        for group in (sign.group, *sign.also_consider):
            if group not in knowledge.groups:
                yield f"sign {sign.id}", f"names group {group}, which groups.yml does not have"
        for atom in sign.gives:
            if atom.op != "=":
                yield f"sign {sign.id}", f"gives {atom.key}, which is no value"
            yield from ((f"sign {sign.id}", f"gives: {each}") for each in _of_atom(atom, knowledge))
        if sign.expected_until_day is not None and sign.urgency <= Urgency.EXPECTED:
            yield (
                f"sign {sign.id}",
                "is expected in a window, so its urgency must be the one outside",
            )


def _questions(knowledge: Knowledge) -> Iterator[Problem]:
    waited = {atom.name for rule in knowledge.rules() for atom in _facts(rule.when)}
    items = [each.item for each in knowledge.questions.values() if each.item]
    for question in knowledge.questions.values():
        yield from ((f"question {question.id}", each) for each in _of_question(question, knowledge))
        if items.count(question.item) > 1:
            yield f"question {question.id}", f"has the item {question.item!r} of another question"
        if question.text and question.id not in waited:
            yield f"question {question.id}", "is asked, and no rule reads it"


def _of_question(question: QuestionEntry, knowledge: Knowledge) -> Iterator[str]:
    one_worse = question.kind is Kind.YES_NO or (question.kind is Kind.CHOICE and question.worse)
    if question.text and bool(one_worse) != bool(question.item):
        yield "needs an item if rules wait for one value of it, and none otherwise"
    for atom in (*question.implied_by, *_atoms((*question.unknown_when, question.asked_when))):
        yield from _of_atom(atom, knowledge)
    if question.kind is Kind.DAYS_AGO:
        for choice in question.choices:
            if not re.fullmatch(r"\d+-\d*", choice):
                yield f"has the choice {choice!r}, which is no number of days such as 2-3 or 125-"
        return
    if question.unknown_counts_as:
        unknown = read_atom(f"{question.id} = {question.unknown_counts_as}")
        yield from _of_atom(unknown, knowledge)


def _claims(knowledge: Knowledge) -> Iterator[Problem]:
    kinds: Mapping[str, Collection[str]] = {
        "sign": knowledge.signs,
        "group": knowledge.groups,
        "monitoring": knowledge.monitoring,
        "faq": knowledge.faq,
        "contraindication": knowledge.contraindications,
        "window": knowledge.windows,
        "combination": knowledge.combinations,
    }
    for claim in knowledge.claims.values():
        if not claim.covered_by:
            yield f"claim {claim.id}", "is covered by nothing"
        for covered in claim.covered_by:
            kind, _, id_ = covered.partition(" ")
            if id_ not in kinds.get(kind, ()):
                yield f"claim {claim.id}", f"is covered by {covered!r}, which does not exist"


def _languages(knowledge: Knowledge) -> Iterator[Problem]:
    for language in knowledge.languages.values():
        for id_ in language.emergencies:
            sign = knowledge.signs.get(id_)
            if sign is None:
                yield f"language {language.id}", f"names sign {id_}, which does not exist"
            elif sign.urgency is not Urgency.EMERGENCY:
                yield f"language {language.id}", f"tells of {id_}, which is no emergency"


def _lexicon(knowledge: Knowledge) -> Iterator[Problem]:
    for id_, entry in knowledge.lexicon.items():
        for name in re.findall(r"<(\w+)>", " ".join((*entry.patterns, *entry.senses))):
            if name not in knowledge.words:
                yield f"words {id_}", f"uses the words <{name}>, which words.yml does not have"
        if id_ not in knowledge.signs:
            told = (f"is no sign, and {each}" for each in _of_atom(read_atom(id_), knowledge))
            yield from ((f"words {id_}", each) for each in told)
    for sign in knowledge.signs.values():
        if sign.id not in knowledge.lexicon or not knowledge.lexicon[sign.id].patterns:
            yield f"sign {sign.id}", "has no words in lexicon/"

    for atom in dict.fromkeys(_facts(each for rule in knowledge.rules() for each in rule.when)):
        if atom.op == "=" and not _is_heard(atom, knowledge):
            yield f"question {atom.name}", f"is waited for as {atom.value}, and no words state that"


def _is_heard(atom: Atom, knowledge: Knowledge) -> bool:
    """Whether words, a sign or another fact state what `atom` waits for."""
    question = knowledge.questions.get(atom.name)
    if question is None or question.implied_by:
        return True
    given = {each.key for sign in knowledge.signs.values() for each in sign.gives}
    words = {atom.name} if atom.value == "yes" else set()
    return atom.key in given or bool((words | {atom.key}) & set(knowledge.lexicon))


def _names(rule: Rule, knowledge: Knowledge) -> Iterator[str]:
    for atom in _atoms(rule.when):
        yield from _of_atom(atom, knowledge)


def _of_atom(atom: Atom, knowledge: Knowledge) -> Iterator[str]:
    """Why `atom` can mean nothing: an unknown name, or a value that its fact cannot have."""
    if atom.what is Is.SIGN and atom.name not in knowledge.signs:
        yield f"names sign {atom.name}, which does not exist"
    if atom.what is Is.GROUP and all(atom.name != each.group for each in knowledge.signs.values()):
        yield f"names group {atom.name}, which no sign has"
    if atom.what is not Is.FACT:
        return
    question = knowledge.questions.get(atom.name)
    if question is None:
        yield f"names {atom.name}, which questions.yml does not have"
    elif question.kind in (Kind.NUMBER, Kind.DAYS_AGO):
        if atom.op == "=":
            yield f"compares {atom.name} to a word, and it is a number"
        elif not question.lowest <= atom.number <= question.highest:
            yield f"can never hold: {atom.name} lies between {question.lowest:g} and {question.highest:g}"
    elif atom.op != "=" or atom.value not in (question.choices or YES_NO_VALUES):
        yield f"can never hold: {atom.name} is never {atom.value}"


def _never(rule: Rule, knowledge: Knowledge) -> Iterator[str]:
    """Why `rule` can never raise an urgency."""
    owner = knowledge.signs.get(rule.sign)
    if owner is not None and rule.to <= _alone(owner):
        yield f"can never raise: {owner.id} alone is {_alone(owner).word}"
    for atom in _atoms(rule.when):
        signs = [each for each in knowledge.signs.values() if _is_of(each.id, each.group, atom)]
        if signs and all(_alone(each) >= rule.to for each in signs):
            yield f"can never raise by {atom.key}: that alone is {rule.to.word} or more"
    if owner is not None and any(
        a.what is Is.GROUP and a.name == owner.group for a in _atoms(rule.when)
    ):
        yield f"always holds: group {owner.group} is {owner.id}'s own, and another sign is needed"
    for one, other in itertools.combinations(rule.when, 2):
        if _exclude(one, other):
            yield f"can never hold: {one} and {other} exclude each other"


def _alone(sign: Sign) -> Urgency:
    """The lowest urgency that the sign can have by itself."""
    return sign.urgency if sign.expected_until_day is None else Urgency.EXPECTED


def _is_of(sign: str, group: str, atom: Atom) -> bool:
    return (atom.what is Is.SIGN and atom.name == sign) or (
        atom.what is Is.GROUP and atom.name == group
    )


def _exclude(one: Condition, other: Condition) -> bool:
    if len(one.atoms) > 1 or len(other.atoms) > 1:
        return False
    first, second = one.atoms[0], other.atoms[0]
    if first.what is not Is.FACT or first.name != second.name:
        return False
    if first.op == second.op == "=":
        return first.value != second.value
    low, high = sorted((first, second), key=lambda atom: atom.op.startswith("<"))
    return low.op.startswith(">") and high.op.startswith("<") and low.number > high.number


def _unasked(rule: Rule, knowledge: Knowledge) -> Iterator[str]:
    """Conditions that a patient can neither be asked for nor state."""
    for condition in rule.when:
        if not any(_can_be_known(atom, knowledge) for atom in condition.atoms):
            yield f"can never hold: nothing asks for {condition}, and no words state it"


def _can_be_known(atom: Atom, knowledge: Knowledge) -> bool:
    if atom.what is not Is.FACT:
        return True
    question = knowledge.questions.get(atom.name)
    return question is None or bool(question.text) or _is_heard(atom, knowledge)


def _against_each_other(rules: Iterable[Rule]) -> Iterator[Problem]:
    for one, other in itertools.permutations(rules, 2):
        first, second = set(map(str, one.when)), set(map(str, other.when))
        place = _place(one)
        if first == second and one.to != other.to:
            yield place, f"({one.id}) contradicts {other.id}: the same conditions, another urgency"
        elif first >= second and one.to <= other.to:
            yield place, f"({one.id}) can never raise: {other.id} always holds with it"


def _atoms(conditions: Iterable[Condition | None]) -> Iterator[Atom]:
    return (atom for each in conditions if each is not None for atom in each.atoms)


def _facts(conditions: Iterable[Condition]) -> Iterator[Atom]:
    return (atom for atom in _atoms(conditions) if atom.what is Is.FACT)
