"""What patients write instead of pressing a button of "Do you have any of these now?": own_words.txt.

    eye_involved | it's right by my eye

A line under "it is so" is heard as that fact in every list that asks about it, or, where no list does,
as the answer to its own question; a line under "it is not so" is never heard so. What is not read right
yet stands under a heading that says so, and moves when it is. The lines "written afterwards" came when
the words and patterns were done: their share that is heard is what to expect of other patients.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

import pytest

from bedside.answering import answers_to
from bedside.language import Reader
from bedside.language.answers import nearest
from bedside.model import DONT_KNOW, Parsed, Question
from bedside.questions import LIST_TEXT, next_question, question_about
from bedside.triage import judge
from tests.builders import KNOWLEDGE, SIGNS, TODAY, mention, report

TABLE = Path(__file__).parent / "own_words.txt"
SO, NOT_SO = "it is so", "it is not so"
NOT_HEARD, TAKEN_FOR_SO = "not heard yet", "taken for so although it is not"
AFTERWARDS = "written afterwards: "
ITEMS = {fact: entry for fact, entry in KNOWLEDGE.questions.items() if entry.item}


def asked_of(sign: str) -> Iterator[Question]:
    """What somebody with that sign is asked who knows no answer."""
    told = report(mention(sign))
    while question := next_question(told, KNOWLEDGE):
        yield question
        unknown = dict.fromkeys((question.id, *question.about), DONT_KNOW)
        told = dataclasses.replace(told, answers={**told.answers, **unknown})


def questions() -> dict[str, list[Question]]:
    """For every fact the lists that ask about it, or its own question."""
    lists = {
        each.about: each for sign in SIGNS for each in asked_of(sign) if each.text == LIST_TEXT
    }
    return {
        fact: [each for each in lists.values() if fact in each.about]
        or [question_about(fact, KNOWLEDGE)]
        for fact in ITEMS
    }


def table() -> Mapping[str, list[tuple[str, str]]]:
    """The lines under each heading: a fact, and what a patient writes."""
    found: dict[str, list[tuple[str, str]]] = {}
    heading = ""
    for row in TABLE.read_text(encoding="utf-8").splitlines():
        if row.startswith("# "):
            heading = row.removeprefix("# ")
        elif row and heading:
            fact, _, text = row.partition(" | ")
            found.setdefault(heading, []).append((fact, text))
    return found


QUESTIONS = questions()
LINES = table()


def is_known(fact: str, parsed: Parsed, question: Question) -> bool:
    """Whether Bedside takes `fact` for so after that answer to the question."""
    given = answers_to(parsed, question, report(), KNOWLEDGE, TODAY)
    facts, _ = judge(report(*parsed.mentions, *parsed.findings, answers=given), KNOWLEDGE)
    return f"{fact} = {ITEMS[fact].worse}" in facts.true


def is_heard(reader: Reader, fact: str, text: str) -> bool:
    """Whether it is heard whatever else is asked about."""
    parsed = reader.read(text)
    return all(is_known(fact, parsed, question) for question in QUESTIONS[fact])


def is_ever_heard(reader: Reader, fact: str, text: str) -> bool:
    parsed = reader.read(text)
    return any(is_known(fact, parsed, question) for question in QUESTIONS[fact])


@pytest.mark.parametrize(("fact", "text"), LINES[SO] + LINES[AFTERWARDS + SO])
def test_an_answer_in_own_words_is_heard(reader: Reader, fact: str, text: str) -> None:
    assert is_heard(reader, fact, text)


@pytest.mark.parametrize(("fact", "text"), LINES[NOT_SO])
def test_an_answer_that_it_is_not_so_is_not_taken_for_so(
    reader: Reader, fact: str, text: str
) -> None:
    assert not is_ever_heard(reader, fact, text)


@pytest.mark.parametrize(("fact", "text"), LINES[NOT_HEARD] + LINES[AFTERWARDS + NOT_HEARD])
def test_a_line_that_is_heard_now_moves_from_those_not_heard_yet(
    reader: Reader, fact: str, text: str
) -> None:
    assert not is_heard(reader, fact, text)


@pytest.mark.parametrize(("fact", "text"), LINES[TAKEN_FOR_SO])
def test_a_line_that_is_read_right_now_moves_from_those_taken_for_so(
    reader: Reader, fact: str, text: str
) -> None:
    assert is_ever_heard(reader, fact, text)


def test_every_fact_of_a_list_is_told_and_denied_in_many_words() -> None:
    told = [fact for heading in (SO, NOT_HEARD) for fact, _ in LINES[heading]]
    denied = [fact for heading in (NOT_SO, TAKEN_FOR_SO) for fact, _ in LINES[heading]]
    assert {fact for fact in ITEMS if told.count(fact) < 8 or denied.count(fact) < 3} == set()


def test_no_line_stands_twice_and_all_are_about_facts_of_a_list() -> None:
    lines = sorted(line for each in LINES.values() for line in each)
    assert [line for line, same in groupby(lines) if len(list(same)) > 1] == []
    assert {fact for fact, _ in lines} == set(ITEMS)


def test_most_of_what_is_told_in_own_words_is_heard() -> None:
    heard, missed = len(LINES[SO]), len(LINES[NOT_HEARD])
    assert heard >= 0.85 * (heard + missed)


LISTED = {
    "eye": "blisters near the eye or on forehead or nose",
    "down": "drinks that do not stay down",
    "wake": "a person you cannot wake as usual",
    "breath": "shortness of breath when you sit still",
}


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("it is next to both eyes", "eye"),
        ("no drink stays down", "down"),
        ("my drink stays down", None),
        ("I can't wake him", "wake"),
        ("I can wake him", None),
        ("my eyes are not red", None),
        ("can't open that eye", "eye"),
        ("breathing is fine", None),
        ("breathing is worse than usual", "breath"),
        ("no trouble breathing", None),
        ("it still hurts", None),
        ("since this morning", None),
    ],
)
def test_the_nearest_item_is_said_as_the_message_says_it(text: str, item: str | None) -> None:
    assert nearest(text, LISTED) == item
