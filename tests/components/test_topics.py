"""When the reader with its trained heads looks for a question that the documents answer."""

from __future__ import annotations

import pytest

from bedside.language import Reader, shared_encoder, trained_reader
from bedside.settings import Settings
from tests.builders import KNOWLEDGE

ASKS = "ask_about_lemtrada"


@pytest.fixture(scope="module")
def reader() -> Reader:
    found = trained_reader(KNOWLEDGE, Settings.from_environment().heads)
    assert found.is_trained
    return found


def test_only_a_question_about_lemtrada_has_a_topic(reader: Reader) -> None:
    assert reader.read("does it cause rashes", intent=ASKS).topic == "rash"
    assert reader.read("does it cause rashes", intent="report_symptom").topic is None
    question = "Nice day. Does Lemtrada cause joint pain? Thanks!"
    assert reader.read(question, intent=ASKS).topic is not None


def test_the_floor_which_answers_no_questions_does_not_look_for_them(reader: Reader) -> None:
    assert reader.read("does it cause rashes", intent=ASKS, topic=False).topic is None


def test_the_encoder_does_not_run_again_for_the_topic(reader: Reader) -> None:
    _ = reader.topics
    before = shared_encoder().pieces.cache_info().misses
    reader.read("what temperature counts as a fever, please?", intent=ASKS)
    assert shared_encoder().pieces.cache_info().misses == before + 1
