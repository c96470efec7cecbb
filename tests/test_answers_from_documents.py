"""A question about Lemtrada is answered from the documents, with the source and a way to a person; a
message in another language gets the numbers in that language."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import datetime
from functools import lru_cache

import pytest

from actions.heard import parsed_from
from bedside.dialogue import take_up
from bedside.knowledge import Knowledge, Responses, clinic_facts
from bedside.language import nlp, shared_encoder
from bedside.language.topics import TopicFinder, meanings_of
from bedside.model import Assertion, Clinic, Parsed, Question, Report, Turn, Urgency
from bedside.settings import ROOT
from bedside.triage import CLARIFY
from tests.builders import KNOWLEDGE, TODAY, mention, parsed
from tests.forbidden import forbidden_in

ASKS = "ask_about_lemtrada"
LANGUAGE = nlp.build()
FROM_DOCUMENTS, GENERAL = "utter_from_documents", "utter_about_lemtrada"


@lru_cache(maxsize=1)
def finder() -> TopicFinder:
    return TopicFinder(KNOWLEDGE.faq, meanings_of(KNOWLEDGE.faq, shared_encoder()))


def topic_of(text: str, intent: str = ASKS) -> str | None:
    return finder().find(nlp.read(LANGUAGE, text), shared_encoder().pieces(text), intent)


def questions(part: int) -> list[tuple[str | None, str]]:
    """Part 0 of the test questions, by which the thresholds were chosen, or part 1, which measures them."""
    text = (ROOT / "bench/cases/topics.txt").read_text(encoding="utf-8")
    lines = text.split("# measured:")[part].splitlines()
    pairs = (line.split(" | ") for line in lines if " | " in line)
    return [(None if topic == "none" else topic, question) for topic, question in pairs]


def asking(topic: str | None, *told, intent: str = ASKS) -> Parsed:
    return dataclasses.replace(parsed("a question", *told, intent=intent), topic=topic)


def answered(heard: Parsed, pending: Question | None = None) -> Turn:
    return take_up(Report(), heard, pending, KNOWLEDGE, TODAY)


def said(turn: Turn) -> list[str]:
    return [each.response for each in turn.says]


@pytest.fixture
def in_words(responses: Responses, clinic: Clinic, knowledge: Knowledge, now: datetime):
    facts = clinic_facts(clinic, knowledge, now)
    return lambda turn: [responses.say(each, facts).text for each in turn.says]


# Which entry answers


@pytest.mark.parametrize("topic", KNOWLEDGE.faq)
def test_every_question_has_test_questions_in_patients_words(topic: str) -> None:
    asked = [each for part in (0, 1) for each, _ in questions(part)]
    assert Counter(asked)[topic] >= 8
    assert Counter(asked)[None] >= 70


def test_the_meanings_of_other_questions_are_refused() -> None:
    meanings = meanings_of(KNOWLEDGE.faq, shared_encoder())
    with pytest.raises(ValueError, match="ways to ask"):
        TopicFinder(KNOWLEDGE.faq, meanings[:-1])


def test_an_answer_that_does_not_fit_is_rarer_than_the_general_one() -> None:
    found = [(topic, topic_of(question)) for topic, question in questions(1)]
    right = [topic for topic, answer in found if topic is not None and answer == topic]
    wrong = [answer for topic, answer in found if answer is not None and answer != topic]
    assert len(right) >= 36, "of 50 that an entry answers"
    assert len(wrong) <= 2, "of 50 that another entry answers and 30 that none does"


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("can lemtrada make your joints hurt", "joint_and_muscle_pain"),
        ("CAN I BREASTFEED?", "pregnancy"),
        ("what counts as a fever", "fever"),
        ("why do they test my urine every month", "kidneys"),
        ("does alemtuzumab cause fatigue", "tiredness"),
        ("How long do I keep taking aciclovir?", None),
        ("when can I stop the aciclovir", None),
        ("is my platelet count of 140 ok", None),
        ("are my results back", None),
        ("how long does one drip take", None),
        ("will it cure my MS", None),
        ("is it safe", None),
        ("", None),
        ("?", None),
        ("Lemtrada", None),
    ],
)
def test_a_question_is_answered_by_the_entry_that_fits_or_by_none(
    question: str, topic: str | None
) -> None:
    assert topic_of(question) == topic


def test_a_question_beside_other_sentences_is_found() -> None:
    text = "Hello from sunny Perth. Does Lemtrada cause joint pain? Thanks a lot!"
    assert topic_of(text) == "joint_and_muscle_pain"


def test_in_a_report_only_a_question_about_lemtrada_asks() -> None:
    asked = "Does Lemtrada cause a rash? I have one on both arms"
    assert topic_of(asked, "report_symptom") == "rash"
    assert topic_of("rash? gone. fever? none", "report_symptom") is None


# What is said


@pytest.mark.parametrize("intent", [ASKS, "ask_about_vaccine", "ask_about_test"])
def test_a_question_that_an_entry_answers_gets_that_answer(intent: str, in_words) -> None:
    turn = answered(asking("vaccines", intent=intent))
    assert said(turn) == [FROM_DOCUMENTS]
    assert in_words(turn)[0].startswith(KNOWLEDGE.faq["vaccines"].answer)
    assert turn.assessment.urgency is None


@pytest.mark.parametrize("topic", KNOWLEDGE.faq)
def test_every_answer_names_its_source_and_a_person_and_soothes_nobody(
    topic: str, in_words
) -> None:
    turn = answered(asking(topic))
    (words,) = in_words(turn)
    answer, route = words.split("\n")
    assert "(Source: " in answer and answer.endswith(".)")
    assert "01632 960123" in route and "tell me what it is" in route
    assert list(forbidden_in(words)) == []


@pytest.mark.parametrize("topic", [None, "an_entry_of_another_version"])
def test_a_question_that_no_entry_answers_gets_the_general_reply(topic: str | None) -> None:
    assert said(answered(asking(topic))) == [GENERAL]


def test_a_sign_that_is_only_asked_about_is_no_report_and_the_answer_is_given() -> None:
    turn = answered(asking("rash", mention("rash_or_hives", Assertion.HYPOTHETICAL)))
    assert said(turn) == [FROM_DOCUMENTS]
    assert turn.assessment.urgency is None


def test_the_advice_on_a_present_sign_comes_before_the_answer() -> None:
    turn = answered(asking("platelets_and_bruises", mention("unexplained_bruising")))
    assert said(turn)[:2] == ["utter_urgent", FROM_DOCUMENTS]
    assert turn.question is not None


def test_beside_an_emergency_nothing_but_the_number_is_said() -> None:
    turn = answered(asking("heart_and_stroke", mention("stroke_signs")))
    assert said(turn)[0] == "utter_emergency"
    assert FROM_DOCUMENTS not in said(turn)


def test_a_question_of_the_patients_own_is_answered_and_ours_is_asked_again() -> None:
    ours = answered(parsed("bruises", mention("unexplained_bruising"))).question
    turn = take_up(Report(), asking("monitoring"), ours, KNOWLEDGE, TODAY)
    assert said(turn)[0] == FROM_DOCUMENTS


# Another language


def foreign(intent: str = "nlu_fallback", *told) -> Parsed:
    return dataclasses.replace(parsed("boli mnie głowa", *told, intent=intent), language="polish")


def test_who_writes_in_another_language_gets_the_numbers_in_it_and_in_english(in_words) -> None:
    turn = answered(foreign())
    assert said(turn) == ["utter_other_language"]
    (words,) = in_words(turn)
    first, *_, english = words.split("\n")
    assert first.startswith("W nagłym wypadku proszę dzwonić: ")
    for number in ("999", "01632 960123", "Mon to Thu"):
        assert number in words.removesuffix(english) and number in english
    assert "czytam tylko po angielsku" in words and "I can read English only" in english


@pytest.mark.parametrize("language", KNOWLEDGE.languages)
def test_every_language_names_the_emergency_number_first(language: str, in_words) -> None:
    turn = answered(dataclasses.replace(foreign(), language=language))
    first = in_words(turn)[0].split("\n")[0]
    assert first.startswith(KNOWLEDGE.languages[language].emergency) and "999" in first


def test_a_second_message_in_another_language_is_for_a_person() -> None:
    first = answered(foreign())
    assert first.question is not None and first.question.id == CLARIFY
    assert first.assessment.urgency is None
    second = take_up(first.report, foreign(), first.question, KNOWLEDGE, TODAY)
    assert second.assessment.urgency is Urgency.URGENT
    assert said(second)[:2] == ["utter_unclear", "utter_other_language"]


def test_without_rasa_it_gets_the_same() -> None:
    """The floor knows no intents, and knows the language all the same."""
    turn = answered(foreign(intent=""))
    assert said(turn) == ["utter_other_language"]
    assert turn.question is not None and turn.question.id == CLARIFY


def test_a_sign_that_is_recognised_in_it_is_advised_on_first() -> None:
    turn = answered(foreign("nlu_fallback", mention("persistent_fever")))
    assert said(turn)[:2] == ["utter_urgent", "utter_other_language"]


def test_an_answer_in_another_language_to_our_question_is_not_taken_for_one() -> None:
    ours = answered(parsed("bruises", mention("unexplained_bruising")))
    turn = take_up(ours.report, foreign(), ours.question, KNOWLEDGE, TODAY)
    assert "utter_other_language" in said(turn)
    assert turn.report.answers == ours.report.answers
    assert turn.assessment.urgency is ours.assessment.urgency


# Through Rasa


def test_language_and_topic_travel_as_entities() -> None:
    entities = [
        {"entity": "language", "value": "polish", "start": 0, "end": 4},
        {"entity": "topic", "value": "rash", "start": 0, "end": 4},
    ]
    heard = parsed_from({"text": "text", "intent": {"name": ASKS}, "entities": entities})
    assert (heard.language, heard.topic) == ("polish", "rash")


def test_a_message_without_them_has_neither() -> None:
    heard = parsed_from({"text": "text", "intent": {"name": ASKS}, "entities": []})
    assert (heard.language, heard.topic, heard.reply) == (None, None, None)
