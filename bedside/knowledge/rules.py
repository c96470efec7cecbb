"""The conditions of a rule, as the knowledge files write them.

fever = yes                        a fact has this value (yes, no, or one of its choices)
heart_rate_bpm >= 130              a number compares so; also <, <= and >
days_since_last_infusion <= 28     some day of the interval that is known compares so
sign chest_infection               this sign was reported
group herpes                       a sign of this group was
any sign                           any sign was
another sign                       a sign of `prompt` or more was, other than a missed test and its kind
two signs of different groups      two of those were
a or b                             one of them holds
"""

from __future__ import annotations

import re

from bedside.knowledge.entries import Atom, Condition, Is

COMPARISON = re.compile(r"(?P<fact>\w+) (?P<op>=|<|<=|>|>=) (?P<value>-?[\w.]+)")
NAMED = re.compile(r"(?P<what>sign|group) (?P<name>\w+)")
ALONE = {each.value: each for each in (Is.ANY_SIGN, Is.ANOTHER_SIGN, Is.TWO_SIGNS)}


def read_condition(line: str) -> Condition:
    """The condition that `line` writes; ValueError when it writes none."""
    atoms = tuple(read_atom(part) for part in line.split(" or "))
    return Condition(atoms=atoms, keys=frozenset(atom.key for atom in atoms))


def read_atom(text: str) -> Atom:
    """One part of a condition; a fact alone is short for `fact = yes`. ValueError when it is neither."""
    key = " ".join(text.split())
    key = key if " " in key else f"{key} = yes"
    if key in ALONE:
        return Atom(key=key, what=ALONE[key])
    if match := NAMED.fullmatch(key):
        return Atom(key=key, what=Is(match["what"]), name=match["name"])
    if match := COMPARISON.fullmatch(key):
        number = 0.0 if match["op"] == "=" else _number(match["value"])
        return Atom(key=key, what=Is.FACT, number=number, **_parts(match))
    raise ValueError(f"{key!r} is no condition")


def _parts(match: re.Match[str]) -> dict[str, str]:
    return {"name": match["fact"], "op": match["op"], "value": match["value"]}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None
