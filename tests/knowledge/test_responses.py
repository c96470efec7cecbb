"""The words Bedside speaks: gaps filled once, and what may be said about the clinic at which hour."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from bedside.knowledge import Knowledge, Responses, clinic_facts, load_responses
from bedside.knowledge.responses import fill, hours_in_words
from bedside.model import Choice, Clinic, OpeningHours, Urgency, Utterance

LONDON = ZoneInfo("Europe/London")


def at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=LONDON)


def opened(weekday: int, opens: str = "09:00", closes: str = "17:00") -> OpeningHours:
    hour = datetime.strptime
    return OpeningHours(
        weekday=weekday, opens=hour(opens, "%H:%M").time(), closes=hour(closes, "%H:%M").time()
    )


# Gaps


def test_a_gap_is_filled() -> None:
    assert (
        fill("Call {team_phone}, {team}.", {"team_phone": "123", "team": "us"}) == "Call 123, us."
    )


def test_what_a_patient_writes_is_never_read_for_gaps() -> None:
    facts = {"signs": "{emergency_number} {signs}", "emergency_number": "999"}
    assert fill("You wrote {signs}", facts) == "You wrote {emergency_number} {signs}"


def test_braces_that_are_no_gap_stay() -> None:
    assert fill("{} { x } {a-b}", {}) == "{} { x } {a-b}"


def test_a_gap_without_a_fact_is_an_error_and_never_said() -> None:
    with pytest.raises(KeyError):
        fill("Call {team_phone}.", {})


def test_a_response_that_does_not_exist_is_an_error(responses: Responses) -> None:
    with pytest.raises(KeyError):
        responses.say(Utterance(response="utter_nothing"), {})


def test_what_is_said_keeps_its_choices_and_urgency(responses: Responses) -> None:
    choices = (Choice(title="Yes", value="yes"),)
    said = responses.say(
        Utterance(
            response="utter_question",
            facts={"question": "Well?"},
            choices=choices,
            urgency=Urgency.URGENT,
        ),
        {},
    )
    assert (said.text, said.choices, said.urgency) == ("Well?", choices, Urgency.URGENT)


def test_the_facts_of_the_utterance_win_over_the_clinics(tmp_path: Path) -> None:
    domain = tmp_path / "domain.yml"
    domain.write_text(yaml.safe_dump({"responses": {"utter_x": [{"text": " {team} "}]}}))
    said = load_responses(domain).say(
        Utterance(response="utter_x", facts={"team": "B"}), {"team": "A"}
    )
    assert said.text == "B"


def test_the_first_wording_and_its_urgency_are_read_from_the_domain(tmp_path: Path) -> None:
    domain = tmp_path / "domain.yml"
    variants = [{"text": "first", "custom": {"urgency": "prompt"}}, {"text": "second"}]
    domain.write_text(yaml.safe_dump({"responses": {"utter_x": variants}}))
    read = load_responses(domain)
    assert (read.texts, read.urgencies) == ({"utter_x": "first"}, {"utter_x": Urgency.PROMPT})


# Hours


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([opened(day) for day in range(5)], "Mon to Fri 09:00 to 17:00"),
        ([opened(0), opened(2)], "Mon 09:00 to 17:00, Wed 09:00 to 17:00"),
        ([opened(4, closes="16:00"), opened(3)], "Thu 09:00 to 17:00, Fri 09:00 to 16:00"),
        ([opened(6, "10:30", "12:00")], "Sun 10:30 to 12:00"),
        (
            [opened(0), opened(1), opened(2, "13:00", "17:00")],
            "Mon to Tue 09:00 to 17:00, Wed 13:00 to 17:00",
        ),
    ],
)
def test_days_with_the_same_hours_stand_together(
    clinic: Clinic, hours: list[OpeningHours], words: str
) -> None:
    assert hours_in_words(dataclasses.replace(clinic, hours=tuple(hours))) == words


@pytest.mark.parametrize(
    ("day", "clock", "is_open"),
    [
        ("2026-11-25", "10:00", True),  # a Wednesday
        ("2026-11-25", "09:00", True),
        ("2026-11-25", "08:59", False),
        ("2026-11-25", "16:59", True),
        ("2026-11-25", "17:00", False),
        ("2026-11-27", "16:30", False),  # a Friday, which ends earlier
        ("2026-11-28", "10:00", False),  # a Saturday
        ("2026-12-25", "10:00", False),  # a Friday and a holiday
        ("2026-11-25", "03:00", False),
    ],
)
def test_a_patient_is_sent_to_the_team_only_when_it_answers(
    clinic: Clinic, knowledge: Knowledge, day: str, clock: str, is_open: bool
) -> None:
    contact = clinic_facts(clinic, knowledge, at(day, clock))["contact_today"]
    assert contact.startswith("Please contact the MS team today: call 01632 960123.") == is_open
    assert ("The MS team is closed now, so call NHS 111" in contact) != is_open


@pytest.mark.parametrize(
    ("utc", "is_open"), [("2026-07-01T08:30:00+00:00", True), ("2026-11-25T08:30:00+00:00", False)]
)
def test_opening_hours_are_the_clinics_own_time_in_summer_and_winter(
    clinic: Clinic, utc: str, is_open: bool
) -> None:
    assert clinic.is_open(datetime.fromisoformat(utc)) == is_open


@pytest.mark.parametrize("clock", ["10:00", "23:00"])
def test_at_any_hour_a_patient_hears_both_numbers(
    clinic: Clinic, knowledge: Knowledge, clock: str
) -> None:
    contact = clinic_facts(clinic, knowledge, at("2026-11-25", clock))["contact_today"]
    assert "01632 960123" in contact and "NHS 111" in contact


def test_a_team_that_is_not_on_call_promises_only_its_hours(
    clinic: Clinic, knowledge: Knowledge, now: datetime
) -> None:
    said = clinic_facts(clinic, knowledge, now)["who_sees_it"]
    assert said == (
        "The MS team reads reports Mon to Thu 09:00 to 17:00, Fri 09:00 to 16:00. "
        "Nobody watches this chat live."
    )


def test_a_team_on_call_says_that_it_is_called_about_urgent_reports(
    clinic: Clinic, knowledge: Knowledge, now: datetime
) -> None:
    on_call = dataclasses.replace(clinic, on_call=True)
    said = clinic_facts(on_call, knowledge, now)["who_sees_it"]
    assert said == "Somebody of the MS team is called about urgent reports, day and night."


@pytest.mark.parametrize(
    ("region", "number"),
    [("UK", "999"), ("EU", "112"), ("US", "911"), ("unknown", "112, or your local")],
)
def test_the_emergency_number_is_that_of_the_region(
    clinic: Clinic, knowledge: Knowledge, now: datetime, region: str, number: str
) -> None:
    facts = clinic_facts(dataclasses.replace(clinic, region=region), knowledge, now)
    assert facts["emergency_number"].startswith(number)


def test_no_fact_about_the_clinic_is_empty(
    clinic: Clinic, knowledge: Knowledge, now: datetime
) -> None:
    assert all(clinic_facts(clinic, knowledge, now).values())
