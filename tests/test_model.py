"""The nouns: they refuse what cannot be, and come back from JSON as they went in."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.dialogue import take_up
from bedside.model import (
    Assertion,
    Assessment,
    Choice,
    Clinic,
    Days,
    EarlierSign,
    Finding,
    FlagState,
    Mention,
    Question,
    Reply,
    Report,
    Turn,
    Urgency,
    Utterance,
    as_json,
    finding_from_json,
    mention_from_json,
    question_from_json,
    reply_from_json,
    report_from_json,
)
from tests.builders import (
    KNOWLEDGE,
    LAST_INFUSION,
    TODAY,
    finding,
    findings,
    guesses,
    mention,
    mentions,
    parsed,
    report,
    reports,
    words,
)

choices = st.lists(st.builds(Choice, title=words, value=words), max_size=3).map(tuple)
questions = st.builds(
    Question,
    id=words,
    about=st.lists(words, max_size=3).map(tuple),
    text=words,
    choices=choices,
    attempt=st.integers(1, 3),
)
replies = st.builds(
    Reply, text=words, choices=choices, urgency=st.none() | st.sampled_from(list(Urgency))
)


def through_json(noun: object) -> object:
    return json.loads(json.dumps(as_json(noun)))


# There and back


@given(mentions | guesses)
def test_a_mention_comes_back_from_json(noun: Mention) -> None:
    assert mention_from_json(through_json(noun)) == noun


@given(findings)
def test_a_finding_comes_back_from_json(noun: Finding) -> None:
    assert finding_from_json(through_json(noun)) == noun


@given(reports)
def test_a_report_comes_back_from_json(noun: Report) -> None:
    assert report_from_json(through_json(noun)) == noun


@given(questions)
def test_a_question_comes_back_from_json(noun: Question) -> None:
    assert question_from_json(through_json(noun)) == noun


@given(replies)
def test_a_reply_comes_back_from_json(noun: Reply) -> None:
    assert reply_from_json(through_json(noun)) == noun


def test_a_report_keeps_its_clock_and_what_was_reported_before() -> None:
    told = dataclasses.replace(
        report(mention("joint_pain", "historical", days_ago=2.5), day=(3, None)),
        earlier=(EarlierSign(sign="joint_pain", urgency=Urgency.PROMPT, days_ago=3.5),),
    )
    data = through_json(told)
    assert data["clock"] == {LAST_INFUSION: {"earliest": 3, "latest": None}}
    assert data["earlier"] == [{"sign": "joint_pain", "urgency": "prompt", "days_ago": 3.5}]
    assert report_from_json(data) == told


def test_a_whole_turn_is_plain_json() -> None:
    said = parsed("bruises", mention("unexplained_bruising"), finding("rash_blanching"))
    turn = take_up(Report(), said, None, KNOWLEDGE, TODAY)
    data = through_json(turn)
    assert data["assessment"]["urgency"] == "urgent"
    assert data["assessment"]["reasons"][0]["sources"][0]["id"] == "SIDE_EFFECTS"
    assert data["report"]["mentions"][0]["assertion"] == "present"
    assert data["report"]["findings"][0]["value"] == "no"
    assert data["question"]["about"] == list(turn.question.about)
    assert question_from_json(data["question"]) == turn.question


def test_a_flag_state_is_written_as_its_word() -> None:
    assert as_json({"state": FlagState.CLAIMED}) == {"state": "claimed"}


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (mention_from_json, {"sign": "fatigue"}),
        (mention_from_json, {**as_json(mention("fatigue")), "assertion": "sometimes"}),
        (mention_from_json, {**as_json(mention("fatigue")), "found_by": "luck"}),
        (mention_from_json, {**as_json(mention("fatigue")), "start": 9, "end": 3}),
        (finding_from_json, {"finding": "rigors"}),
        (report_from_json, {"mentions": []}),
        (report_from_json, {**as_json(report()), "clock": {"x": {"earliest": 5, "latest": 3}}}),
        (report_from_json, {**as_json(report()), "earlier": [{"urgency": "soonish"}]}),
        (question_from_json, {"id": "rigors"}),
        (reply_from_json, {"text": "x"}),
        (reply_from_json, {"text": "x", "choices": [], "urgency": "soonish"}),
    ],
)
def test_what_is_no_noun_is_refused(read, data: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        read(data)


# Urgencies


def test_urgencies_are_ordered_from_unclear_to_emergency() -> None:
    words_in_order = ["unclear", "expected", "routine", "prompt", "urgent", "emergency"]
    assert [each.word for each in sorted(Urgency)] == words_in_order


@pytest.mark.parametrize("urgency", Urgency)
def test_an_urgency_is_found_by_its_word(urgency: Urgency) -> None:
    assert Urgency.of(urgency.word) is urgency


@pytest.mark.parametrize("word", ["", "high", "null", "urgent "])
def test_a_word_that_is_no_urgency_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="no such urgency"):
        Urgency.of(word)


# Mentions


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (4, 3)])
def test_a_mention_cannot_lie_outside_its_text(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="cannot span"):
        Mention(sign="x", text="", start=start, end=end, assertion=Assertion.PRESENT)


@pytest.mark.parametrize("confidence", [-0.1, 1.1])
def test_nobody_is_surer_than_sure(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Mention(
            sign="x",
            text="",
            start=0,
            end=0,
            assertion=Assertion.PRESENT,
            confidence=confidence,
        )


# Days


@pytest.mark.parametrize(("earliest", "latest"), [(-1, 3), (4, 3), (-2, None)])
def test_no_interval_of_days_ends_before_it_begins_or_lies_ahead(
    earliest: int, latest: int | None
) -> None:
    with pytest.raises(ValueError, match="no interval of days"):
        Days(earliest=earliest, latest=latest)


@pytest.mark.parametrize(("earliest", "latest"), [(0, 0), (3, 9), (125, None)])
def test_days_may_be_one_several_or_open(earliest: int, latest: int | None) -> None:
    assert Days(earliest=earliest, latest=latest).latest == latest


@pytest.mark.parametrize(
    ("noun", "field"),
    [(mention("fatigue"), "sign"), (report(), "answers"), (parsed("x"), "text")],
)
def test_a_noun_cannot_be_changed(noun: object, field: str) -> None:
    with pytest.raises(AttributeError):
        setattr(noun, field, "another")


# What a turn says


@pytest.mark.parametrize(
    ("urgencies", "spoken"),
    [
        ([], None),
        ([None], None),
        ([None, Urgency.PROMPT], Urgency.PROMPT),
        ([Urgency.URGENT, Urgency.EMERGENCY, None], Urgency.EMERGENCY),
    ],
)
def test_a_turn_is_as_urgent_as_the_most_urgent_thing_it_says(
    urgencies: list[Urgency | None], spoken: Urgency | None
) -> None:
    says = tuple(Utterance(response="utter_x", urgency=each) for each in urgencies)
    turn = Turn(report=Report(), assessment=Assessment(urgency=None), question=None, says=says)
    assert turn.spoken_urgency is spoken


# Hours


@pytest.mark.parametrize(
    ("utc", "is_open"),
    [
        ("2026-11-25T10:00", True),  # a Wednesday
        ("2026-11-25T17:00", False),
        ("2026-11-28T10:00", False),  # a Saturday
        ("2026-12-25T10:00", False),  # a holiday
        ("2026-07-01T08:00", True),  # nine o'clock in summer time
        ("2026-07-01T16:00", False),
    ],
)
def test_a_clinic_is_open_in_its_own_hours(clinic: Clinic, utc: str, is_open: bool) -> None:
    when = datetime.fromisoformat(utc).replace(tzinfo=timezone.utc)
    assert clinic.is_open(when) == is_open
