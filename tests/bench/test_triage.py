"""The triage bench: one line in, one line out, and the cases that were written before anything ran them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bedside.model import Urgency
from bedside.settings import ROOT
from bench.figures import wilson
from bench.playing import Case, CaseError, case_from, play
from tests.builders import KNOWLEDGE, shared_reader

CASES = ROOT / "bench" / "cases"
FILES = sorted(CASES.glob("triage_*.jsonl"))


def cases(path: Path) -> Iterator[Case]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield case_from(json.loads(line))


def answered(*lines: str, arguments: tuple[str, ...] = ()) -> tuple[int, list[dict]]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.triage", *arguments],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_written_case_ends_at_its_urgency_when_it_is_read_perfectly(path: Path) -> None:
    reader = shared_reader()
    wrong = {
        case.id: (case.expected, played.urgency)
        for case in cases(path)
        for played in [play(case, KNOWLEDGE, reader, from_signs=True)]
        if (played.urgency.word if played.urgency else None) != case.expected
    }
    assert wrong == {}


def test_the_cases_are_as_many_as_they_were_and_each_has_a_reason() -> None:
    found = [case for path in FILES for case in cases(path)]
    assert len(found) >= 401 and len({case.id for case in found}) == len(found)
    written = [case for case in found if case.id.startswith("w")]
    assert all(case.because and case.turns for case in written)
    told = {sign for case in written for sign in case.signs}
    assert told == set(KNOWLEDGE.signs)
    assert {case.expected for case in written} == {
        None,
        *(urgency.word for urgency in Urgency if urgency is not Urgency.UNCLEAR),
    }


def test_a_line_in_is_a_line_out() -> None:
    code, [bruises, nothing] = answered(
        '{"id": "a", "turns": ["I have bruises on both legs"], "answers": {"headache_present": "yes"}}',
        '{"id": "b", "turns": ["what a lovely day"]}',
    )
    assert code == 0
    assert bruises["id"] == "a" and bruises["urgency"] == "emergency"
    assert "unexplained_bruising" in bruises["signs"] and bruises["questions_asked"] == 1
    assert any("headache" in reason for reason in bruises["reasons"])
    assert nothing["urgency"] is None and nothing["signs"] == []


def test_a_known_infusion_day_is_used_and_a_missing_one_is_not_asked_for_in_vain() -> None:
    told = '"turns": ["I have a headache"], "answers": {"sudden_onset": "no", "headache_present": "yes"}'
    _, [inside, later] = answered(
        f'{{"id": "a", "days_since_last_infusion": 0, {told}}}',
        f'{{"id": "b", "days_since_last_infusion": 400, {told}}}',
    )
    assert (inside["urgency"], later["urgency"]) == ("expected", "prompt")


@pytest.mark.parametrize("line", ["no JSON", "[]", '{"turns": []}', '{"id": "a", "colour": "red"}'])
def test_a_line_that_is_no_case_is_answered_with_an_error_and_the_others_go_on(line: str) -> None:
    code, [wrong, right] = answered(line, '{"id": "b", "turns": ["bruises"]}')
    assert code == 1 and wrong["line"] == 1 and "cannot be played" in wrong["error"]
    assert right["urgency"] == "urgent"


def test_a_case_without_an_id_is_refused() -> None:
    with pytest.raises(CaseError, match="a case has an id"):
        case_from({"turns": ["bruises"]})


def test_the_interval_of_a_share_holds_it_and_narrows_with_more_cases() -> None:
    low, high = wilson(9, 10)
    lower, higher = wilson(90, 100)
    assert low < lower < 0.9 < higher < high
    assert wilson(0, 0) == (0.0, 1.0)
