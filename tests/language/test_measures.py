"""What a text tells in numbers and dates, and what only looks so. The sentences were written for this test.

Each line reads as the sentence and what it tells. Days count back from a Thursday, 26 November 2026.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.language.measures import DURATION, hours_of, measure, slack_of
from bedside.language.measures.typos import mended
from bedside.model import Detail

TODAY = date(2026, 11, 26)
HOUR, DAY, WEEK, MONTH, YEAR = 1, 24, 168, 730, 8766


def details(text: str, kind: str) -> list[Detail]:
    return [each for each in measure(text, TODAY) if each.kind == kind]


def measured(text: str, kind: str) -> list[float]:
    return [each.value for each in details(text, kind)]


def days_since_infusion(text: str) -> list[float]:
    """The days by which the last infusion is dated, be it exactly or at least."""
    kinds = ("days_since_last_infusion", "least_days_since_last_infusion")
    return [each.value for each in measure(text, TODAY) if each.kind in kinds]


# Temperatures


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
        ("it was 38.9", 38.9),
        ("101.4 and shaking", 38.6),
        ("36.8 just now", 36.8),
        ("38,9 in the evening", 38.9),
        ("it never went above 99", 37.2),
        ("a hundred and two", None),
        ("her fever is a hundred and two", 38.9),
        ("forehead thermometer said a hundred and one point six", 38.7),
        ("thirty nine point two just now", 39.2),
        ("thirty-eight and a half with a fever", 38.5),
        ("hundred point four on the thermometer", 38.0),
        ("a reading of 37 point 8", 37.8),
        ("burning up, 103 on the strip", 39.4),
        ("101.5 under the arm", 38.6),
        ("he's running at about 104", 40.0),
        ("up at 103 all night", 39.4),
        ("39 on the dot, head thumping", 39.0),
        ("curtains shut, 39, since yesterday", 39.0),
        ("I cant wee without crying, 103 fever", 39.4),
        ("I have 40 of fever", 40.0),
        ("it goes up to 39 every evening", 39.0),
        ("obs: temp 39.1 hr 128", 39.1),
        ("temp 37.2 / pulse 72", 37.2),
        ("38 something at night, sweating", 38.0),
        ("my temp dropped to 35.2", 35.2),
        ("If it helps, my temp is 39.4", 39.4),
        ("you said to ring past 38 and it's 38.4", 38.4),
        ("can I take paracetamol with a fever of 39.4?", 39.4),
        ("hot like an oven, the machine says 39.6", 39.6),
    ],
)  # fmt: skip
def test_a_temperature_is_read_in_celsius(text: str, celsius: float | None) -> None:
    assert measured(text, "temperature_c") == ([] if celsius is None else [celsius])


@pytest.mark.parametrize(
    "text",
    [
        "I am 39 years old",
        "aged 39",
        "I'm 38, female, tired and hot",
        "take 40 mg",
        "the oven at 180C",
        "fever, my pulse is 120",
        "room temperature 21",
        "room 38, ward 40",
        "water at 60 degrees",
        "bath water at 40 degrees",
        "it's 38 degrees outside in Seville",
        "32F outside",
        "call 01632 960123",
        "fever since 2021",
        "flat 38, Hill Road",
        "the bus 38 was late again",
        "I weigh 101 lb",
        "I weigh 38.5 kilos",
        "my BMI is 38.2",
        "lost 40 pounds",
        "temp 138.6",
        "98 % oxygen",
        "sats are 94.5 on air",
        "BP 140/90",
        "my BP was 101/60",
        "paid £38.50 for the taxi",
        "TSH 38",
        "CRP came back at 38.6",
        "platelets 38 and ALT 41.0",
        "page 38 of the booklet",
        "I have 38 bruises",
        "sweating over a hot stove, jollof for forty",
        "If it goes over 38.5 should I come in?",
        "the leaflet says 38 counts as a fever",
        "at what temperature do I ring, 38?",
        "on 10.40 the nurse rang",
        "39 steps",
    ],
)  # fmt: skip
def test_a_number_that_is_no_body_temperature_is_left(text: str) -> None:
    assert measured(text, "temperature_c") == []


def test_all_temperatures_are_read() -> None:
    assert measured("temp 37.2 then 38.9", "temperature_c") == [37.2, 38.9]
    assert measured("37.9 at lunch, 38.8 at teatime, 39.6 now", "temperature_c") == [
        37.9,
        38.8,
        39.6,
    ]


# How long


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("for 2 days", 2 * DAY),
        ("2d", 2 * DAY),
        ("3 hours", 3),
        ("12hrs", 12),
        ("24h", 24),
        ("a week", WEEK),
        ("two weeks", 2 * WEEK),
        ("couple of days", 2 * DAY),
        ("a couple of days", 2 * DAY),
        ("couple weeks", 2 * WEEK),
        ("a few days", 3 * DAY),
        ("few hours", 3),
        ("the past three days", 3 * DAY),
        ("several weeks", 4 * WEEK),
        ("a fortnight", 2 * WEEK),
        ("1.5 hours", 1.5),
        ("half an hour", 0.5),
        ("an hour and a half", 1.5),
        ("2 hours 20 minutes", 2 + 1 / 3),
        ("half an hour and 30 mins", 1),
        ("a week and two days of it", 9 * DAY),
        ("two and a half weeks", 2.5 * WEEK),
        ("2½ weeks", 2.5 * WEEK),
        ("a day or two", 2 * DAY),
        ("2-3 days", 3 * DAY),
        ("two or three weeks", 3 * WEEK),
        ("twenty-four hours", 24),
        ("six months", 6 * MONTH),
        ("an hour", 1),
        ("3wks", 3 * WEEK),
        ("Two Days", 2 * DAY),
        ("over a week of it", WEEK),
        ("three weeks now", 3 * WEEK),
        ("going on ten days with no letup", 10 * DAY),
        ("outta aciclovir a week", WEEK),
        ("still oozing 5 hours on", 5),
        ("an hour later it still drips", 1),
        ("the numbness rose from my feet to my ribs, all this in two days", 2 * DAY),
        ("these past three weeks I am croaky", 3 * WEEK),
        ("haven't slept in four days", 4 * DAY),
        ("haven't cooked or showered in a week", WEEK),
        ("Six hours of vomiting", 6),
        ("Hoarse five weeks, and it gets no better", 5 * WEEK),
        ("since 2 days fever is there", 2 * DAY),
        ("ran out of tablets, gone ten days without them", 10 * DAY),
        ("the rash came a couple of days ago", 2 * DAY),
        ("before three days the rash started", 3 * DAY),
        ("two nights running I've soaked the sheets", 2 * DAY),
        ("hasn't closed an eye in three nights", 3 * DAY),
        ("nosebleed for 25 mins", 25 / 60),
        ("two days off my food", 2 * DAY),
        ("my skin has been like this for two years, the itch too", 2 * YEAR),
        ("could it be that my hair is falling out for two months?", 2 * MONTH),
    ],
)  # fmt: skip
def test_a_length_of_time_is_read_in_hours(text: str, hours: float | None) -> None:
    assert measured(text, "duration_hours") == ([] if hours is None else [pytest.approx(hours)])


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("since yesterday", DAY),
        ("since last night", DAY),
        ("Since last evening his pulse is fast", DAY),
        ("since yesterday afternoon I pee blood", DAY),
        ("blacked out in the shower yesterday", DAY),
        ("never had a seizure until last night", DAY),
        ("headache came on the day before yesterday", 2 * DAY),
        ("not had a wee since breakfast", 0),
        ("chest is heavy since morning", 0),
        ("since this morning", 0),
        ("started today", 0),
        ("Feeling queasy today", 0),
        ("coughed up blood this morning", 0),
        ("since 3am", 0),
        ("awake since half three", 0),
        ("Motions black since Tuesday", 2 * DAY),
        ("yellow skin, from Saturday", 5 * DAY),
        ("blacked out on Monday", 3 * DAY),
        ("Monday it was both feet, by Tuesday it was past my knees", 3 * DAY),
        ("it started in my feet Monday", 3 * DAY),
        ("numb since last Thursday", WEEK),
        ("since the weekend", 5 * DAY),
        ("since last week", WEEK),
        ("it began last month", MONTH),
        ("itchy since 20 November", 6 * DAY),
        ("since 03/11/2026", 23 * DAY),
        ("since Nov 3rd I itch", 23 * DAY),
        ("sore since the 16th", 10 * DAY),
        ("no taste since Halloween", 26 * DAY),
        ("grand until Monday, then the pins and needles", 3 * DAY),
        ("yes", None),
    ],
)  # fmt: skip
def test_a_point_in_time_tells_since_when(text: str, hours: float | None) -> None:
    assert measured(text, "duration_hours") == ([] if hours is None else [hours])


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("since March", 255 * DAY),
        ("since August my hands shake", 102 * DAY),
        ("losing my hair since the start of September", 84 * DAY),
        ("since November", 12 * DAY),
        ("since January 2026", 314 * DAY),
    ],
)  # fmt: skip
def test_a_month_counts_from_its_middle_and_says_how_much_it_may_be_off(
    text: str, hours: float
) -> None:
    (found,) = details(text, "duration_hours")
    assert found.value == pytest.approx(hours, abs=2 * DAY)
    assert 4 * DAY <= found.off <= 16 * DAY


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("day four of the runs", 3 * DAY),
        ("I'm on day five of a temp", 4 * DAY),
        ("black stool, second day", DAY),
        ("third day of diarrhoea", 2 * DAY),
        ("third morning on the trot there is blood", 2 * DAY),
        ("this is day 12 and it still bleeds", 12 * DAY),
        ("Migraine day 3, no relief", 3 * DAY),
        ("haven't had a wee all day", 12),
        ("headaches all week", WEEK),
    ],
)  # fmt: skip
def test_counted_and_filled_days_are_durations(text: str, hours: float) -> None:
    assert measured(text, "duration_hours") == [hours]


@pytest.mark.parametrize(
    "text",
    [
        "I am 40 years old",
        "my age is 13 years",
        "a lad of six years of age",
        "my 9 months old baby",
        "every two hours I must run",
        "each ten minutes",
        "up every twenty minutes",
        "twice a day",
        "once a week I get a nosebleed",
        "5 times a day",
        "one pill every 8 hours",
        "forty kilos a day",
        "a forty a day man",
        "my infusion took five hours",
        "they had run the drip ten minutes when my tongue swelled",
        "two weeks of holiday in Spain",
        "open 24/7",
        "in three days I'll see the doctor",
        "next week",
        "see the neurologist in three weeks",
        "I've a wedding in three weeks",
        "9 weeks pregnant",
        "£9 for two hours in that car park",
        "waited four hours at the post office",
        "played two hours of hockey",
        "three hours in the waiting room, waiting",
        "can't go two weeks without catching something",
        "a period that came ten days early",
        "a fortnight after my playgroup had its outbreak",
        "I've had MS for eleven years",
        "I smoked for twenty years",
        "thirty years in the civil service",
        "Twenty years ago I broke that wrist",
        "supposing I skip a month because of a cruise",
        "stay on the pill for four months after every course",
        "if my nose bleeds longer than ten minutes I go to A&E, right?",
        "how long must I wait, two weeks?",
        "haven't been near her in a month",
        "since you ask and I've a minute",
        "at the end of the day",
        "no fever for a week now",
        "all fine for the last month",
        "my bloods were done ten days ago",
        "platelets checked 3 weeks ago",
        "a 12 hour shift",
        "tired and worn",
        "fever and chills",
        "day-care",
        "weekend",
        "daylight",
        "hourglass",
    ],
)  # fmt: skip
def test_a_length_of_something_else_is_no_duration(text: str) -> None:
    assert measured(text, "duration_hours") == []


@pytest.mark.parametrize(
    "text",
    [
        "the temperature went away yesterday",
        "nosebleeds stopped last Friday",
        "fever gone since yesterday",
        "We discussed it yesterday",
        "what I wrote on Monday",
        "yesterday's blood test still weeps",
        "in the film last night she coughed blood",
        "appointment on Friday",
        "my next infusion is on Monday",
        "he must wait for the endocrinologist on Monday",
        "he is on the boat till Sunday",
        "not the nicest topic for a Thursday",
        "it was past my knees by Tuesday",
        "fine yesterday",
        "every Saturday",
        "Sunday's salad",
        "black Friday",
        "how are you today",
        "I had shingles once. Today it's just a cough",
        "no bloods since June",
        "not since 2005",
        "since before Christmas",
        "the second day of the drip",
        "queasy on day two of the steroids",
        "I am sat on the sofa",
        "may I ask",
        "chills on day one, do they give something for it?",
        "day 1: rash on my chest",
        "the thyroid test was 120 days ago",
    ],
)  # fmt: skip
def test_a_day_of_something_else_is_no_onset(text: str) -> None:
    assert measured(text, "duration_hours") == []


@pytest.mark.parametrize("text", ["since Tuesday", "since March", "since 3 November"])
def test_days_are_not_counted_without_the_day_of_writing(text: str) -> None:
    assert measure(text) == ()


def test_yesterday_is_counted_without_the_day_of_writing() -> None:
    assert [each.value for each in measure("since yesterday")] == [DAY]


@pytest.mark.parametrize(
    ("today", "days"),
    [(date(2026, 11, 24), 7), (date(2026, 11, 25), 1), (date(2026, 11, 23), 6)],
)
def test_a_weekday_is_the_last_before_today(today: date, days: int) -> None:
    assert [each.value for each in measure("since Tuesday", today)] == [days * DAY]


@pytest.mark.parametrize(
    ("text", "today", "days"),
    [
        ("since 29 February 2024", date(2024, 3, 1), 1),
        ("since 30 December", date(2026, 1, 2), 3),
        ("since the 31st", date(2026, 1, 2), 2),
        ("since 31 February", date(2026, 3, 3), None),
        ("since 29 February", date(2026, 2, 1), None),
        ("since 99/99/2026", date(2026, 3, 3), None),
        ("since 3 December 2027", date(2026, 3, 3), None),
    ],
)
def test_dates_over_the_turn_of_a_year_and_dates_that_are_none(
    text: str, today: date, days: int | None
) -> None:
    expected = [] if days is None else [days * DAY]
    assert [each.value for each in measure(text, today)] == expected


# Infusions and courses


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("my last infusion was three weeks ago", 21),
        ("had Lemtrada 2 years ago", 730),
        ("my infusion was today", 0),
        ("the drip finished yesterday", 1),
        ("Wife got her infusion 16 days ago", 16),
        ("The infusion finished twelve days ago", 12),
        ("I was hooked to the drip only two days ago", 2),
        ("six weeks ago I had my infusion", 42),
        ("round three ended nine days back", 9),
        ("after infusion one, two years back, I shook", 730),
        ("my last drip na five years ago", 1826),
        ("infusion last Tuesday, neck pain since", 2),
        ("second round was in October", 41),
        ("had lemtrada in March 2025", 620),
        ("course 2 done and dusted in June", 163),
        ("I finished round 2 on 12 October", 45),
        ("day 12 post infusion", 12),
        ("I'm 5 days post Lemtrada", 5),
        ("it's been ten months since my last infusion", 304),
        ("Five years since my last Lemtrada", 1826),
        ("4 years and a month since my last Lemtrada", 1491),
        ("Treated 18 months ago, I feel ok", 547),
        ("infusion day today", 0),
        ("Lemtrada 2021 and 2022", 1608),
    ],
)  # fmt: skip
def test_a_date_of_the_last_infusion_is_read_in_days(text: str, days: float) -> None:
    assert measured(text, "days_since_last_infusion") == [days]
    assert measured(text, "duration_hours") == []


@pytest.mark.parametrize(
    ("text", "off"), [("had Lemtrada in March 2025", 15), ("infusion three weeks ago", 3)]
)
def test_a_vague_date_says_how_many_days_it_may_be_off(text: str, off: float) -> None:
    (found,) = details(text, "days_since_last_infusion")
    assert found.off == off


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("bruises two weeks after my infusion", 14),
        ("it began 3 days after the first course", 3),
        ("a headache on the evening of my last infusion", 0),
        ("rash 3 weeks post treatment", 21),
        ("still feverish two days after the infusion ended", 2),
    ],
)
def test_what_came_after_an_infusion_tells_the_least_it_is_ago(text: str, days: float) -> None:
    assert measured(text, "least_days_since_last_infusion") == [days]
    assert measured(text, "duration_hours") == []


@pytest.mark.parametrize(
    "text",
    [
        "stay on the pill for four months after every course",
        "a course of antibiotics two weeks ago",
        "an iron infusion last week",
        "my next infusion is in ten days",
        "of course yesterday was awful",
        "the rash comes round teatime",
        "the first course in 2016 gave me a rash",
        "started two days ago after the drip",
        "the infusion went well and the rash started 3 days ago",
        "how long after the infusion can I drink?",
        "what if it comes two weeks after the drip?",
    ],
)
def test_this_dates_no_infusion(text: str) -> None:
    assert days_since_infusion(text) == []


@pytest.mark.parametrize(
    ("text", "courses"),
    [
        ("she finished her second course", [2]),
        ("round two in the spring", [2]),
        ("Mama had her round 2 of Lemtrada", [2]),
        ("after my first round", [1]),
        ("2nd course", [2]),
        ("Mammy (Lemtrada, third round)", [3]),
        ("round three of the Lemtrada", [3]),
        ("Round one gave me hives, round two nothing", [1, 2]),
        ("between the first and the second round", [1, 2]),
        ("I have taken 2 courses of Lemtrada", [2]),
        ("after both courses", [2]),
        ("but round two has floored me", [2]),
        ("her second Lemtrada in May", [2]),
        ("how long after the second course can I try for a baby?", [2]),
        ("third round of antibiotics", []),
        ("another round of golf", []),
        ("infusion two weeks ago", []),
        ("round 3 weeks", []),
        ("blisters round one side of my ribs", []),
        ("a mole got darker round one edge", []),
        ("the second course was the fish, after the soup", []),
        ("after every course", []),
    ],
)  # fmt: skip
def test_a_course_is_read_by_its_number(text: str, courses: Sequence[float]) -> None:
    assert measured(text, "course_number") == courses


# Other measures


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("8/10", 8),
        ("pain 10/10", 10),
        ("7 out of 10", 7),
        ("0 / 10", 0),
        ("7 of 10", 7),
        ("ten out of ten", 10),
        ("6-7/10 at night", 7),
        ("call it an 8", 8),
        ("pain is a 9", 9),
        ("pain level 6", 6),
        ("rate it a 3", 3),
        ("from nothing to a ten", 10),
        ("the pain went from 3 to 8", 8),
        ("a 6 on the pain scale", 6),
    ],
)  # fmt: skip
def test_a_severity_is_read_out_of_ten(text: str, severity: float) -> None:
    assert measured(text, "severity_0_10") == [severity]


@pytest.mark.parametrize(
    "text",
    [
        "11/10",
        "8/100",
        "on 8/10/2024",
        "3 out of 4",
        "10",
        "nine out of ten people get a rash",
        "pain for 6 days",
        "pain in 2 places",
        "zero to a hundred",
        "it's a 5 minute walk",
    ],
)  # fmt: skip
def test_what_is_not_out_of_ten_is_no_severity(text: str) -> None:
    assert measured(text, "severity_0_10") == []


@pytest.mark.parametrize(
    ("text", "beats"),
    [
        ("pulse 160", 160),
        ("pulse is 132", 132),
        ("heart rate 148 sat on the sofa", 148),
        ("heart goin 158", 158),
        ("Heart racing along at 112", 112),
        ("my heart is at 155 lying down", 155),
        ("Heart 150, burning up", 150),
        ("resting heart rate of 48", 48),
        ("HR 122 BP 98/60", 122),
        ("155 bpm", 155),
        ("my heart was going like the clappers, 138 on the watch", 138),
        ("heart racing, Fitbit shows 134", 134),
        ("about 150 beats a minute", 150),
        ("pulse of one hundred and forty", 140),
        ("temp 38.6 C, pulse: 104, BP: 110/70, sats: 97%", 104),
    ],
)  # fmt: skip
def test_a_heart_rate_is_read_in_beats_a_minute(text: str, beats: float) -> None:
    assert measured(text, "heart_rate_bpm") == [beats]


@pytest.mark.parametrize(
    "text",
    [
        "Dad died of a dicky heart at 50",
        "heart attack 3 years ago",
        "heart attack at 60",
        "my heart stopped for 30 seconds",
        "BP 140/90",
        "sats 97 on the oximeter",
        "breathing thirty to the minute",
        "pulse checked 2 weeks ago",
        "would a pulse of 120 be an emergency?",
    ],
)  # fmt: skip
def test_this_is_no_heart_rate(text: str) -> None:
    assert measured(text, "heart_rate_bpm") == []


@pytest.mark.parametrize(
    ("text", "kilograms"),
    [
        ("dropped a stone", 6.35),
        ("lost half a stone", 3.18),
        ("a stone and a half gone", 9.53),
        ("lost 2 stone 4", 14.51),
        ("lost 12 lbs", 5.44),
        ("put on twelve pounds", 5.44),
        ("8 kilos on", 8),
        ("up 7 and a half kilos in three months", 7.5),
        ("down 12 lbs without trying", 5.44),
        ("five kilos gone without trying", 5),
        ("seven pounds up in ten days", 3.18),
        ("I'm down about 6kg", 6),
        ("4 kilos heavier than in September", 4),
        ("my weight went from 72 to 65 kg", 7),
        ("from 11 stone 4 to 10 stone", 8.16),
        ("lost a couple of kilos", 2),
    ],
)  # fmt: skip
def test_a_change_of_weight_is_read_in_kilograms(text: str, kilograms: float) -> None:
    assert measured(text, "weight_change_kg") == [pytest.approx(kilograms, abs=0.01)]


@pytest.mark.parametrize(
    "text",
    [
        "I weigh 11 stone",
        "I weigh 101 lb",
        "down to 52 kilos",
        "forty kilos a day in the kitchen",
        "he gave me half a kilo extra",
        "carried a 20 kg bag",
        "lost a pound coin",
        "the baby weighs 8 lb",
        "I lost ten pounds on the horses",
        "put on a kilo a week",
        "put on two pounds of flour",
    ],
)  # fmt: skip
def test_this_is_no_change_of_weight(text: str) -> None:
    assert measured(text, "weight_change_kg") == []


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("platelets 43", "platelets_10e9_l", 43),
        ("platelets are 38", "platelets_10e9_l", 38),
        ("platelet count was 90,000", "platelets_10e9_l", 90),
        ("plts 12 thousand", "platelets_10e9_l", 12),
        ("my platelets is 1.4 lakhs now", "platelets_10e9_l", 140),
        ("platelets of forty three", "platelets_10e9_l", 43),
        ("PLT CRITICAL 19, report to casualty", "platelets_10e9_l", 19),
        ("neutrophils 0,6", "neutrophils_10e9_l", 0.6),
        ("the neutrophils came back 0.7", "neutrophils_10e9_l", 0.7),
        ("ANC 800", "neutrophils_10e9_l", 0.8),
        ("hb 74", "haemoglobin_g_l", 74),
        ("haemoglobin has dropped to 7.9", "haemoglobin_g_l", 79),
        ("Hgb was 10.2", "haemoglobin_g_l", 102),
        ("creatinine gone up to 190", "creatinine_umol_l", 190),
        ("creatinine jumped to 2.1", "creatinine_umol_l", 185.64),
        ("TSH 14", "tsh_miu_l", 14),
        ("TSH less than 0.01", "tsh_miu_l", 0.01),
        ("tsh <0.01", "tsh_miu_l", 0.01),
        ("ALT 212", "alt_u_l", 212),
    ],
)  # fmt: skip
def test_a_blood_result_is_read_in_its_unit(text: str, kind: str, value: float) -> None:
    assert measured(text, kind) == [pytest.approx(value)]


def test_a_row_of_blood_results_is_read_each_by_its_name() -> None:
    found = measure("ALT 640, creatinine 91, Hb 101, neuts 1.1, TSH 0.02, plt 88")
    assert [(each.kind, each.value) for each in found] == [
        ("alt_u_l", 640),
        ("creatinine_umol_l", 91),
        ("haemoglobin_g_l", 101),
        ("neutrophils_10e9_l", 1.1),
        ("tsh_miu_l", 0.02),
        ("platelets_10e9_l", 88),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "platelets checked 3 weeks ago",
        "platelets: 150-400 is normal",
        "low platelets in 2019",
        "ALT is 3x normal",
        "my alt is five times normal",
        "platelets fine, temp 38.5",
        "lymphocytes 0.2",
        "TSH on the 3rd of May",
        "creatinine every 4 weeks",
    ],
)  # fmt: skip
def test_a_number_near_a_blood_test_may_be_something_else(text: str) -> None:
    kinds = {each.kind for each in measure(text, TODAY)}
    assert not [kind for kind in kinds if kind.endswith("_l")]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("threw up 6 times", [6]),
        ("been sick three times", [3]),
        ("Threw up three times on the drive home", [3]),
        ("brought up coffee grounds x3", [3]),
        ("vomited twice in the night", [2]),
        ("sick 4x since lunch", [4]),
        ("thrown up about nine times", [9]),
        ("two times vomiting also", [2]),
        ("been off sick twice this year", []),
        ("threw up once I got home", []),
        ("coughed up blood twice", []),
        ("sick three times a month", []),
        ("sick of asking three times", []),
    ],
)  # fmt: skip
def test_vomiting_is_counted(text: str, times: Sequence[float]) -> None:
    assert measured(text, "vomiting_count") == times


@pytest.mark.parametrize(
    ("text", "pads"),
    [
        ("two pads an hour", [2]),
        ("two pads every hour", [2]),
        ("a pad every 30 minutes", [2]),
        ("a new pad every half hour", [2]),
        ("one pad lasts me half an hour", [2]),
        ("pads: one an hour, soaked", [1]),
        ("changing a tampon every two hours", [0.5]),
        ("flooding a super plus every hour", [1]),
        ("changing pad after every one hour", [1]),
        ("4 pads in two hours", [2]),
        ("12 pads a day", [0.5]),
        ("I buy pads every month", []),
        ("my knee pads", []),
    ],
)  # fmt: skip
def test_pads_are_counted_by_the_hour(text: str, pads: Sequence[float]) -> None:
    assert measured(text, "pads_per_hour") == pads
    assert measured(text, "duration_hours") == []


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("9 weeks gone", [9]),
        ("16 wks pregnant", [16]),
        ("12+3 weeks pregnant", [12]),
        ("four months pregnant", [17.4]),
        ("I'm pregnant, about 7 weeks", [7]),
        ("two lines on the stick, id be 5 weeks", [5]),
        ("Test has two lines!!! I am six weeks, we are happy", [6]),
        ("two pink lines, 6 weeks by the app", [6]),
        ("pregnant and sick for 3 weeks", []),
        ("I am six weeks without sleep", []),
    ],
)  # fmt: skip
def test_weeks_of_pregnancy_are_read(text: str, weeks: Sequence[float]) -> None:
    assert measured(text, "weeks_pregnant") == weeks


# Shared by several measures


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("platelets dropped from 180 to 62", "platelets_10e9_l", [180, 62]),
        ("my liver enzyme ALT jumped from 35 to 410", "alt_u_l", [35, 410]),
        ("neuts slid from 2.2 down to 0.9", "neutrophils_10e9_l", [2.2, 0.9]),
        ("TSH was 3.1 in the summer, 0.02 now", "tsh_miu_l", [3.1, 0.02]),
        ("creatinine 91, were 70 before", "creatinine_umol_l", [91, 70]),
        ("Hb 88 and last month 121", "haemoglobin_g_l", [88, 121]),
        ("pulse 88 on the sofa, 141 after the stairs", "heart_rate_bpm", [88, 141]),
        ("39.1 at noon and 38 at 5", "temperature_c", [39.1, 38]),
        ("temp went from 37 to 38.6", "temperature_c", [37, 38.6]),
        ("a 3/10 at breakfast, now easily 6", "severity_0_10", [3, 6]),
        ("platelets 61, I'm 44", "platelets_10e9_l", [61]),
        ("neutrophils 0.8 at 9", "neutrophils_10e9_l", [0.8]),
        ("pulse 120, 2 kids at home", "heart_rate_bpm", [120]),
        ("pulse 118, bp 100 over 60", "heart_rate_bpm", [118]),
        ("heart rate 131, 103 on the ear thermometer", "heart_rate_bpm", [131]),
        ("HR normally 62, today 109", "heart_rate_bpm", [109]),
        ("platelets are below a hundred, 87", "platelets_10e9_l", [87]),
    ],
)  # fmt: skip
def test_a_further_value_is_of_the_kind_named_before(
    text: str, kind: str, values: Sequence[float]
) -> None:
    assert measured(text, kind) == values


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("my pulse has shot right up, 133", "heart_rate_bpm", 133),
        ("heart fluttering away like a bird at 126", "heart_rate_bpm", 126),
        ("it was over 120 for an hour, my pulse that is", "heart_rate_bpm", 120),
        ("the fitbit buzzed, 151 in bed", "heart_rate_bpm", 151),
        ("pulse one thirty-five", "heart_rate_bpm", 135),
        ("the consultant's letter gives my platelets as 57", "platelets_10e9_l", 57),
        ("neutrophils nought point two", "neutrophils_10e9_l", 0.2),
        ("ANC point seven", "neutrophils_10e9_l", 0.7),
        ("my TSH's 31", "tsh_miu_l", 31),
        ("thirty-nine two by the forehead thing", "temperature_c", 39.2),
        ("not sure, 39-ish? the thermometer is old", "temperature_c", 39),
        ("hit 104 in the night", "temperature_c", 40),
        ("migraine about a nine", "severity_0_10", 9),
        ("I'd go for a five with this back pain", "severity_0_10", 5),
        ("on the scale from 0 to 10? six", "severity_0_10", 6),
        ("vomit count: 7", "vomiting_count", 7),
        ("3 or 4 times I was sick", "vomiting_count", 4),
        ("through 6 pads in the past 2 hours", "pads_per_hour", 3),
        ("ill for the best part of a week", "duration_hours", WEEK),
        ("shaking, fortnight now", "duration_hours", 2 * WEEK),
        ("three hours, maybe four", "duration_hours", 4),
        ("wheezing 1 hour", "duration_hours", HOUR),
    ],
)  # fmt: skip
def test_a_value_is_read_over_any_few_words_and_in_any_words(
    text: str, kind: str, value: float
) -> None:
    assert measured(text, kind) == [pytest.approx(value)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("my tempreture is 39", "temperature_c", 39),
        ("creatinin 140", "creatinine_umol_l", 140),
        ("nuetrophils 0.6", "neutrophils_10e9_l", 0.6),
        ("itchy for 4 dyas", "duration_hours", 4 * DAY),
        ("6 weks of this cough", "duration_hours", 6 * WEEK),
        ("sicne yestarday my legs are weak", "duration_hours", DAY),
        ("last infuson was 3 weeks ago", "days_since_last_infusion", 21),
        ("lemtrda two years ago", "days_since_last_infusion", 730),
    ],
)  # fmt: skip
def test_slips_in_cue_words_are_understood_and_the_patients_own_words_kept(
    text: str, kind: str, value: float
) -> None:
    (found,) = details(text, kind)
    assert found.value == value
    assert found.text == text[found.start : found.end]


@pytest.mark.parametrize(
    "text",
    [
        "fewer than 39 in the queue",
        "2 mouths to feed",
        "my pregnancy notes are with the midwife",
        "he is visiting on foot",
        "the houses on hill street",
    ],
)
def test_other_words_are_not_mended(text: str) -> None:
    assert mended(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("done with the drip? yes, finished yesterday", 1),
        ("I have had four courses, last one 3 years ago", 1096),
        ("completed day five on Tuesday", 2),
        ("my second course, honestly a breeze, 5 months ago", 152),
        ("no Lemtrada for three years", 1096),
        ("1200 days since lemtrada", 1200),
        ("course no. 3 was in May 2025", 560),
        ("Only one course so far, in January 2025", 680),
        ("had the final bag 12 days ago", 12),
    ],
)  # fmt: skip
def test_an_infusion_is_dated_over_a_few_words(text: str, days: float) -> None:
    assert measured(text, "days_since_last_infusion") == [pytest.approx(days, abs=4)]
    assert measured(text, "duration_hours") == []


@pytest.mark.parametrize(
    ("text", "course"),
    [
        ("treated twice (2 courses)", 2),
        ("only the one course for me", 1),
        ("lem round 3, all quiet", 3),
        ("in the middle of round one this week", 1),
        ("my second year of Lemtrada", 2),
        ("course no. 4 was easy", 4),
    ],
)
def test_a_course_is_counted_in_other_words_too(text: str, course: float) -> None:
    assert measured(text, "course_number") == [course]


@pytest.mark.parametrize(
    "text",
    [
        "my address is 104 Heart Lane",
        "normal platelets are 150 to 400",
        "what should my pulse be, 60 to 100?",
        "the watch cost me 120",
        "a 24 hour pharmacy",
        "it's a 20 minute drive",
        "my niece turns 8 on Sunday",
        "our 30th anniversary on Friday",
        "walked 6 km yesterday",
        "can I bring a friend, or two",
        "platelets and ALT on Monday at 9",
        "heart clinic is in room 120",
        "I'm 45, platelets to be done",
        "it took 4 tries to find a vein",
        "Dr Osei works Tuesdays",
    ],
)
def test_numbers_of_something_else_tell_nothing(text: str) -> None:
    assert measure(text, TODAY) == ()


# All of it


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("İt hurts. Temp 38.9 now", "38.9"),
        ("it’s been “two weeks”", "two weeks"),
        ("Since LAST NIGHT", "LAST NIGHT"),
        ("pulse\u00a0is 132", "132"),
    ],
)
def test_a_detail_has_the_words_of_the_text(text: str, words: str) -> None:
    (found,) = measure(text, TODAY)
    assert found.text == text[found.start : found.end] == words


def test_a_message_tells_many_things_in_the_order_of_its_words() -> None:
    text = "Second course 16 days ago, fever 102F since Monday, pulse 120, sick twice, 7/10"
    assert [(each.kind, each.value) for each in measure(text, TODAY)] == [
        ("course_number", 2),
        ("days_since_last_infusion", 16),
        ("temperature_c", 38.9),
        ("duration_hours", 72),
        ("heart_rate_bpm", 120),
        ("vomiting_count", 2),
        ("severity_0_10", 7),
    ]


def test_a_length_of_time_is_found_in_any_case_with_its_slack() -> None:
    match = DURATION.search("ABOUT THREE WEEKS")
    assert match is not None
    assert hours_of(match) == 3 * WEEK
    assert slack_of(match) == 3


@given(st.text(alphabet="0123456789.,/° degrscftmpouhayn\n", max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_row_of_numbers_and_units_gives_exact_words_and_sane_values(text: str) -> None:
    for each in measure(text):
        assert each.text == text[each.start : each.end]
        if each.kind == "temperature_c":
            assert 34 <= each.value <= 43
        if each.kind == "severity_0_10":
            assert 0 <= each.value <= 10


WORDS = (
    "since from on last the a an one two hundred half and or to of day days week March Monday yesterday "
    "infusion round course 38.9 101 39 12/05/2026 31st 0th 29 February ½ 1/2 pulse heart platelets from "
    "lost stone kg pad every hour sick times x3 pregnant weeks pain 8/10 £ ° ’ , . ? ago after İ ٣"
)


@given(st.lists(st.sampled_from(WORDS.split(" ")), max_size=30), st.dates(date(1970, 1, 1)))
@settings(max_examples=300, deadline=None)
def test_any_row_of_words_gives_exact_words_on_any_day(words: list[str], today: date) -> None:
    text = " ".join(words)
    for each in measure(text, today):
        assert each.text == text[each.start : each.end]
        assert each.value >= 0
        assert each.off >= 0


# What takes a regular expression long: rows of what a pattern may begin or go on with.
HOSTILE = [
    "38 ", "two days ", "1", "1.", "a ", "one ", "since monday ", "infusion ", "platelets is at of ",
    "pulse is at of a ", "lost a kg ", "pads and so ", "sick , a b ", " ", ",", "a hundred and ", "heart is ",
    "a-", "threw up ", "my temp was ", "pulse 120, ", "pulse 1 ", "lemtrada in the ",
    "pain a 5 ", "point oh ", "3 dys ", "course a b ", "temprature 39 ",
]  # fmt: skip


@pytest.mark.parametrize("row", HOSTILE)
def test_a_hostile_row_of_four_thousand_characters_takes_no_long_time(row: str) -> None:
    text = (row * 4000)[:4000]
    began = time.perf_counter()
    measure(text, TODAY)
    # It takes some 10 ms at most; a pattern that backtracks takes seconds.
    assert time.perf_counter() - began < 0.5
