"""Temperatures, durations and severities in a text, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.language.measures import measure


def measured(text: str, kind: str) -> list[float]:
    return [each.value for each in measure(text) if each.kind == kind]


@pytest.mark.parametrize(
    ("text", "celsius"),
    [
        ("temp 38.6", 38.6),
        ("my temperature is 39", 39.0),
        ("38.5°C", 38.5),
        ("38.5 ° C", 38.5),
        ("38,5 degrees", 38.5),
        ("38.5 celsius", 38.5),
        ("39C", 39.0),
        ("101.3F", 38.5),
        ("101.3 °F", 38.5),
        ("102 fahrenheit", 38.9),
        ("temp 100.4", 38.0),
        ("thermometer says 104", 40.0),
        ("fever of 39.2 since noon", 39.2),
        ("temp was 98.6", 37.0),
        ("temp 36.8", 36.8),
        ("TEMP 39", 39.0),
        ("fever 38.25", 38.2),
    ],
)
def test_a_temperature_is_read_in_celsius(text: str, celsius: float) -> None:
    assert measured(text, "temperature_c") == [celsius]


@pytest.mark.parametrize(
    "text",
    [
        "I am 39 years old",
        "take 40 mg",
        "the oven at 180C",
        "fever, my pulse is 120",
        "room temperature 21",
        "water at 60 degrees",
        "32F outside",
        "call 01632 960123",
        "fever since 2021",
        "flat 38, Hill Road",
        "lost 40 pounds",
        "temp 138.6",
    ],
)
def test_a_number_that_is_no_body_temperature_is_left(text: str) -> None:
    assert measured(text, "temperature_c") == []


def test_two_temperatures_are_both_read() -> None:
    assert measured("temp 37.2 then 38.9", "temperature_c") == [37.2, 38.9]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("for 2 days", 48),
        ("2d", 48),
        ("3 hours", 3),
        ("12hrs", 12),
        ("24h", 24),
        ("a week", 168),
        ("two weeks", 336),
        ("couple of days", 48),
        ("a couple of days", 48),
        ("a few days", 72),
        ("the past three days", 72),
        ("several weeks", 4 * 168),
        ("a fortnight", 336),
        ("1.5 hours", 1.5),
        ("six months", 6 * 730),
        ("an hour", 1),
        ("Two Days", 48),
    ],
)
def test_a_duration_is_read_in_hours(text: str, hours: float) -> None:
    assert measured(text, "duration_hours") == [hours]


@pytest.mark.parametrize(
    ("text", "hours"), [("20 minutes", 1 / 3), ("half an hour and 30 mins", 0.5), ("90 min", 1.5)]
)
def test_minutes_are_parts_of_an_hour(text: str, hours: float) -> None:
    assert measured(text, "duration_hours")[-1] == pytest.approx(hours)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("my last infusion was three weeks ago", 21),
        ("had Lemtrada 2 years ago", 730),
        ("my infusion was today", 0),
        ("the drip finished yesterday", 1),
    ],
)
def test_a_date_of_the_last_infusion_is_read_in_days(text: str, days: float) -> None:
    assert measured(text, "days_since_last_infusion") == [days]
    assert measured(text, "duration_hours") == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("bruises two weeks after my infusion", 14),
        ("it began 3 days after the first course", 3),
        ("a headache on the evening of my last infusion", 0),
    ],
)
def test_what_came_after_an_infusion_tells_the_least_it_is_ago(text: str, days: float) -> None:
    assert measured(text, "least_days_since_last_infusion") == [days]
    assert measured(text, "duration_hours") == []


@pytest.mark.parametrize(
    "text",
    [
        "tired and worn",
        "fever and chills",
        "day-care",
        "weekend",
        "daylight",
        "hourglass",
    ],
)
def test_words_that_hold_a_unit_are_no_duration(text: str) -> None:
    assert measured(text, "duration_hours") == []


@pytest.mark.parametrize(
    ("text", "severity"), [("8/10", 8), ("pain 10/10", 10), ("7 out of 10", 7), ("0 / 10", 0)]
)
def test_a_severity_is_read_out_of_ten(text: str, severity: float) -> None:
    assert measured(text, "severity_0_10") == [severity]


@pytest.mark.parametrize("text", ["11/10", "8/100", "on 8/10/2024", "3 out of 4", "10"])
def test_what_is_not_out_of_ten_is_no_severity(text: str) -> None:
    assert measured(text, "severity_0_10") == []


@given(st.text(alphabet="0123456789.,/° degrscftmpouhayn\n", max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_row_of_numbers_and_units_gives_exact_words_and_sane_values(text: str) -> None:
    for each in measure(text):
        assert each.text == text[each.start : each.end]
        if each.kind == "temperature_c":
            assert 34 <= each.value <= 43
        if each.kind == "severity_0_10":
            assert 0 <= each.value <= 10
