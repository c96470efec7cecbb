"""What Bedside says can be read at about eleven, by the Flesch-Kincaid grade."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from bedside.knowledge import Knowledge, clinic_facts
from bedside.knowledge.responses import fill, load_responses
from bedside.model import Clinic
from tests.builders import KNOWLEDGE
from tests.reading_age import grade, syllables_of

RESPONSES = load_responses()
# Chat's readiness probe is not read by patients.
SPOKEN = sorted(set(RESPONSES.texts) - {"utter_canary"})
# A grade of 7 is an age of about twelve. One line of opening hours is one long sentence to the measure.
HIGHEST_GRADE = 8.0
HIGHEST_MEAN = 5.0
# Words of an answer about Lemtrada: about 70 are meant, and a few hold more facts than fit.
LONGEST_ANSWER = 90
SOURCE = re.compile(r"\(Source:.*?\)", re.DOTALL)
# Without the source, which is a title of somebody else's.
ANSWERS = {id_: SOURCE.sub("", each.answer).strip() for id_, each in KNOWLEDGE.faq.items()}


def in_words(name: str, clinic: Clinic, knowledge: Knowledge, now: datetime) -> str:
    """The response as a patient with bruises reads it."""
    facts = {**clinic_facts(clinic, knowledge, now), "signs": "bruises"}
    facts |= {"question": "Does your head ache?", "answer": "Bruises can be a warning sign."}
    # What stands there in the patient's language; the measure knows English only.
    facts |= {"in_an_emergency": "Call now:", "to_reach_a_person": "Call the team:"}
    facts |= {"when_closed": "Call when they are closed:", "english_only": "I read English only."}
    return fill(RESPONSES.texts[name], facts)


@pytest.mark.parametrize("name", SPOKEN)
def test_a_response_is_easy_to_read(
    name: str, clinic: Clinic, knowledge: Knowledge, now: datetime
) -> None:
    assert grade(in_words(name, clinic, knowledge, now)) <= HIGHEST_GRADE


def test_most_responses_are_easier(clinic: Clinic, knowledge: Knowledge, now: datetime) -> None:
    grades = [grade(in_words(name, clinic, knowledge, now)) for name in SPOKEN]
    assert sum(grades) / len(grades) <= HIGHEST_MEAN


@pytest.mark.parametrize("question", [e.text for e in KNOWLEDGE.questions.values() if e.text])
def test_a_question_is_easy_to_read(question: str) -> None:
    assert grade(question) <= HIGHEST_GRADE


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_about_lemtrada_is_easy_to_read_and_short(answer: str) -> None:
    assert grade(answer) <= HIGHEST_GRADE
    assert len(answer.split()) <= LONGEST_ANSWER


def test_most_answers_about_lemtrada_are_easier() -> None:
    grades = [grade(each) for each in ANSWERS.values()]
    assert sum(grades) / len(grades) <= HIGHEST_MEAN


@pytest.mark.parametrize(
    ("easy", "hard"),
    [
        (
            "Call your team today.",
            "Immediate consultation of your multidisciplinary team is advisable.",
        ),
        (
            "Your eyes are yellow. Call.",
            "Scleral discolouration necessitates urgent hepatological assessment.",
        ),
    ],
)
def test_the_measure_tells_easy_from_hard(easy: str, hard: str) -> None:
    assert grade(easy) < HIGHEST_GRADE < grade(hard)


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("team", 1), ("wait", 1), ("tired", 1), ("wanted", 2), ("bruises", 2), ("infusion", 3)],
)
def test_syllables_are_counted_about_right(word: str, syllables: int) -> None:
    assert syllables_of(word) == syllables
