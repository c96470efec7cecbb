"""The language bench: its cases stay unseen, its marks are read right, its figures count what they say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date

import numpy as np
import pytest
import yaml
from rapidfuzz import fuzz, process

from bedside.model import Assertion, Detail, Mention, Parsed
from bedside.settings import ROOT
from bench import language_figures as measures
from bench.annotated import annotated
from bench.language_cases import CASES, LanguageCase, language_cases
from tests.builders import KNOWLEDGE

ALL = language_cases()
INTENTS = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
# A message of the training data this close to a case is the case with a typing error.
TOO_CLOSE = 90


def plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def training_messages() -> list[str]:
    files = (ROOT / "data" / "nlu").glob("*.yml")
    blocks = [block for path in files for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]]
    lines = [line for block in blocks for line in block["examples"].splitlines()]
    return [re.sub(r"\[([^\]]*)\]\{[^}]*\}", r"\1", line.removeprefix("- ")) for line in lines]


def case(line: str, intent: str = "report_symptom") -> LanguageCase:
    return LanguageCase("c", "report", intent, annotated(line), "development")


def said(text: str, sign: str, words: str, assertion: str = "present") -> Parsed:
    start = text.index(words)
    mention = Mention(
        sign=sign, text=words, start=start, end=start + len(words), assertion=Assertion(assertion)
    )
    return Parsed(text=text, mentions=(mention,))


# The cases


def test_no_training_message_is_a_case_nor_nearly_one() -> None:
    cases = sorted({plain(each.text) for each in ALL})
    messages = sorted({plain(each) for each in training_messages()})
    close = process.cdist(
        cases, messages, scorer=fuzz.ratio, score_cutoff=TOO_CLOSE, dtype=np.uint8
    )
    pairs = [(cases[row], messages[column]) for row, column in np.argwhere(close)]
    assert pairs == []


def test_there_are_a_thousand_cases_and_two_fifths_of_them_report_nothing() -> None:
    nothing = {"question", "other_person", "historical", "figurative", "off_topic"}
    assert len(ALL) >= 1000
    assert sum(each.category in nothing for each in ALL) >= 0.4 * len(ALL)


def test_every_case_is_about_things_that_exist() -> None:
    entries = {entry for each in ALL for label in each.said.labels for entry in label.entries}
    assert entries <= set(KNOWLEDGE.signs)
    assert {each.intent for each in ALL} <= {*INTENTS, "-"}


def test_every_sign_is_reported_in_both_halves_together() -> None:
    reported = {entry for each in ALL for label in each.reported for entry in label.entries}
    assert reported == set(KNOWLEDGE.signs)


def test_the_halves_are_about_equal_and_share_nothing() -> None:
    halves = [{each.id for each in language_cases(half)} for half in ("development", "test")]
    assert not halves[0] & halves[1] and sum(map(len, halves)) == len(ALL)
    assert abs(len(halves[0]) - len(halves[1])) < 0.1 * len(ALL)
    assert {path.stem for path in CASES.glob("*.txt")} == {
        each.id.rsplit("-", 1)[0] for each in ALL
    }


# The marks


def test_a_mark_may_give_alternatives_stand_inside_another_and_be_optional() -> None:
    read = annotated(
        "<persistent_fever|signs_of_infection>hot, <=temperature_c 38.9>102F</></> "
        "and <fatigue?>meh</>, no <seizure absent>fits</> <3"
    )
    assert read.text == "hot, 102F and meh, no fits <3"
    fever, tired, fits = read.labels
    assert fever.entries == ("persistent_fever", "signs_of_infection")
    assert read.text[fever.start : fever.end] == "hot, 102F"
    assert tired.is_optional and fits.assertions == {Assertion.ABSENT}
    (measured,) = read.measured
    assert (measured.kind, measured.value) == ("temperature_c", 38.9)
    assert read.text[measured.start : measured.end] == "102F"


@pytest.mark.parametrize("line", ["<fatigue>tired", "tired</>", "<fatigue perhaps>tired</>"])
def test_a_mark_that_is_no_mark_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        annotated(line)


# The figures


def test_a_sign_heard_as_present_or_possible_is_found_and_any_alternative_will_do() -> None:
    told = case("so <fatigue|severe_fatigue>wiped out</>")
    for sign, assertion, found in (
        ("severe_fatigue", "possible", 1),
        ("fatigue", "present", 1),
        ("fatigue", "absent", 0),
        ("seizure", "present", 0),
    ):
        read = [(told, said(told.text, sign, "wiped out", assertion))]
        assert measures.recall(read, lambda _: True) == measures.Hits(found, 1)
        taken = int(assertion != "absent")
        assert measures.precision(read, lambda _: True).of == taken
        assert measures.precision(read, lambda _: True).hits == found


def test_what_may_be_heard_or_not_counts_neither_way() -> None:
    told = case("<fatigue?>meh</>", intent="-")
    heard = [(told, said(told.text, "fatigue", "meh"))]
    assert measures.recall(heard, lambda _: True) == measures.Hits(0, 0)
    assert measures.precision(heard, lambda _: True) == measures.Hits(1, 1)
    assert measures.alarms(heard) == (measures.Hits(0, 0), measures.Hits(0, 0))


def test_a_denied_sign_taken_as_present_is_counted_as_such_and_as_a_false_alarm() -> None:
    told = case("no <fatigue absent>tiredness</>", intent="-")
    read = [(told, said(told.text, "fatigue", "tiredness"))]
    absent = measures.taken_as(read, {Assertion.ABSENT}, {Assertion.PRESENT})
    alarmed, asked = measures.alarms(read)
    assert (absent, alarmed, asked.hits) == (measures.Hits(1, 1), measures.Hits(1, 1), 0)


def test_a_value_is_right_in_its_unit_and_within_rounding() -> None:
    told = case("<persistent_fever>temp <=temperature_c 38.9>102F</></>")
    for value, right in ((38.9, 1), (38.5, 0), (102.0, 0)):
        detail = Detail(kind="temperature_c", value=value, text="102F", start=5, end=9)
        read = [(told, Parsed(text=told.text, details=(detail,)))]
        assert measures.details(read)[0] == measures.Hits(right, 1)


def test_the_mean_f1_counts_every_intent_alike() -> None:
    read = [(case("hi", "greet"), Parsed(text="hi", intent="greet"))] * 3
    read += [(case("bye", "goodbye"), Parsed(text="bye", intent="greet"))]
    right, mean, by_intent = measures.intents(read)
    assert right == measures.Hits(3, 4)
    assert by_intent == {"greet": pytest.approx(6 / 7), "goodbye": 0.0}
    assert mean == pytest.approx(3 / 7)


# The program for one message after another


def test_parse_answers_each_line_and_says_what_is_wrong_with_one() -> None:
    lines = [
        json.dumps({"id": "a", "text": "no fever, but my gums bleed, 38.9 last night"}),
        "not json",
        json.dumps({"id": "b", "text": 3}),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "bench.parse"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 1 and "error" in second and "error" in third
    assert first["id"] == "a" and first["details"]["temperature_c"] == [38.9]
    bleeding = [m for m in first["mentions"] if m["sign"] == "nose_gum_or_mouth_bleeding"]
    assert bleeding and bleeding[0]["assertion"] in ("present", "possible")
    for each in first["mentions"]:
        assert {"sign", "text", "start", "end", "assertion", "confidence", "found_by"} <= set(each)


def test_weekdays_count_from_the_day_the_cases_were_written() -> None:
    from bedside.language.measures import measure

    (since,) = measure("since Tuesday", date(2026, 11, 26))
    assert (since.kind, since.value) == ("duration_hours", 48)
