"""The tables of this folder hold: each row is a report, and the urgency it must have.

The same tables make docs/triage-rules.md (`make pages`).
"""

from __future__ import annotations

import pytest

from bedside.knowledge import Atom, Is, Kind
from bedside.model import DONT_KNOW, Days, Report
from bedside.triage import assess
from bench.spec import Row, topics
from tests.builders import KNOWLEDGE, LAST_INFUSION, mention

TABLES = topics()
ROWS = [row for rows in TABLES.values() for row in rows]
# How far on the raising side of a limit a row's number lies: `>= 15` is told as 15, `> 45` as 46.
BEYOND = {"=": 0, ">=": 0, "<=": 0, ">": 1, "<": -1}


def told(row: Row) -> Report:
    """The row as a report; a compared number is told as the first that compares so."""
    answers, clock = {}, {}
    for atom in row.facts:
        entry = KNOWLEDGE.questions[atom.name]
        number = atom.number + BEYOND[atom.op]
        if entry.kind is Kind.DAYS_AGO:
            clock[atom.name] = Days(earliest=int(number), latest=int(number))
        else:
            answers[atom.name] = atom.value if atom.op == "=" else f"{number:g}"
    if row.infusion == "unknown":
        answers[LAST_INFUSION] = DONT_KNOW
    elif row.infusion:
        earliest, _, latest = row.infusion.partition("-")
        last = int(latest) if latest else None if "-" in row.infusion else int(earliest)
        clock[LAST_INFUSION] = Days(earliest=int(earliest), latest=last)
    mentions = tuple(mention(sign) for sign in row.signs)
    return Report(mentions=mentions, answers=answers, clock=clock)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.file}:{row.line}")
def test_a_row_of_the_tables_holds(row: Row) -> None:
    urgency = assess(told(row), KNOWLEDGE).urgency
    assert (urgency.word if urgency else "none") == row.urgency


def test_every_sign_stands_in_one_table() -> None:
    listed = [sign for topic in TABLES for sign in topic.signs]
    assert sorted(listed) == sorted(KNOWLEDGE.signs)


@pytest.mark.parametrize("sign", sorted(KNOWLEDGE.signs))
def test_every_sign_has_a_row_alone(sign: str) -> None:
    assert any(row.signs == (sign,) and not row.facts and not row.infusion for row in ROWS)


@pytest.mark.parametrize("rule", KNOWLEDGE.rules(), ids=lambda rule: rule.id)
def test_every_rule_has_a_row_that_meets_it(rule) -> None:
    assert any(_meets(row, rule.sign, [each.atoms for each in rule.when]) for row in ROWS)


def _meets(row: Row, owner: str, conditions: list[tuple[Atom, ...]]) -> bool:
    if owner and owner not in row.signs:
        return False
    return all(any(_says(row, atom) for atom in atoms) for atoms in conditions)


def _says(row: Row, atom: Atom) -> bool:
    if atom.what is Is.SIGN:
        return atom.name in row.signs
    if atom.what is Is.GROUP:
        return any(KNOWLEDGE.signs[sign].group == atom.name for sign in row.signs)
    if atom.what is not Is.FACT:
        return bool(row.signs)
    if atom.name == LAST_INFUSION:
        return bool(row.infusion)
    return any(fact.name == atom.name for fact in row.facts) or any(
        given.key == atom.key for sign in row.signs for given in KNOWLEDGE.signs[sign].gives
    )
