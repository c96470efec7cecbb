"""Measured values in a text: temperatures, durations, severities. Offsets are those of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bedside.model import Detail

NUMBER_WORDS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "couple of": 2,
    "three": 3,
    "few": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "several": 4,
}
HOURS = {"min": 1 / 60, "minute": 1 / 60, "h": 1, "hr": 1, "hour": 1, "d": 24, "day": 24}
HOURS |= {"wk": 168, "week": 168, "fortnight": 336, "month": 730, "year": 8766}

# Who counts in weeks, fortnights, months or years is so many days off; who counts in days is not.
SLACK_OF_UNIT = {"w": 3, "f": 3, "m": 15, "y": 183}

# Bare numbers count only where a human body can have them (°C 34-43, °F 94-109.5) and a word near by
# says that it is a temperature.
TEMPERATURE = re.compile(
    r"(?<![\d.])(?P<value>\d{2,3}(?:[.,]\d{1,2})?)\s*(?:°|º|degrees?|deg)?\s*(?P<unit>[cf]\b|celsius|fahrenheit)?",
    re.IGNORECASE,
)
TEMPERATURE_WORDS = re.compile(
    r"\b(temps?|temperature|fevers?|feverish|thermometer|degrees?)\b|°|º", re.IGNORECASE
)
# "38.4 tonight": a number that hardly anything but a thermometer shows.
FEVERISH = re.compile(r"(3[89]|4[0-2])[.,]\d")
DURATION = re.compile(
    r"\b(?:(?P<number>\d{1,3}(?:\.\d)?)\s*|(?P<word>(?:a |the last |the past )?(?:"
    + "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
    + r"))\s+)(?P<unit>minutes?|mins?|hours?|hrs?|h|days?|d|weeks?|wks?|fortnights?|months?|years?)\b",
    re.IGNORECASE,
)
# "Three weeks after the infusion" tells the least that it is ago; "an infusion three weeks ago" how long.
INFUSION = r"\b(?:lemtrada|alemtuzumab|campath|infusions?|drip|treatment|course|round|dose)\b"
BEFORE_INFUSION = re.compile(
    rf"^\W*(?:after|since|post|from|following)\b(?:\W+\w+){{0,4}}?\W+{INFUSION}", re.IGNORECASE
)
AFTER_INFUSION = re.compile(rf"{INFUSION}(?:\W+\w+){{0,4}}?\W*$", re.IGNORECASE)
AGO = re.compile(r"^\W*ago\b", re.IGNORECASE)
ON_THE_DAY = re.compile(
    r"\b(?:day|morning|afternoon|evening|night) of (?:\w+ )?(?:last )?" + INFUSION, re.IGNORECASE
)
INFUSION_DAY = re.compile(
    INFUSION + r"\W+(?:was |finished |ended |only |just )*(?P<today>today|this morning|tonight)?"
    r"(?P<yesterday>yesterday)?\b",
    re.IGNORECASE,
)
SEVERITY = re.compile(r"(?<![\d/])(?P<value>10|\d)\s*(?:/|out of)\s*10\b(?!/)", re.IGNORECASE)


def measure(text: str) -> tuple[Detail, ...]:
    """The details in `text`: `temperature_c`, `duration_hours`, `severity_0_10`, and the days since the
    last infusion, exactly (`days_since_last_infusion`) or at least (`least_days_since_last_infusion`)."""
    found = [*_temperatures(text), *_durations(text), *_infusion_days(text), *_severities(text)]
    return tuple(sorted(found, key=lambda detail: detail.start))


def _temperatures(text: str) -> Iterator[Detail]:
    for match in TEMPERATURE.finditer(text):
        near = text[max(0, match.start() - 40) : match.end() + 25]
        if match["unit"] or TEMPERATURE_WORDS.search(near) or FEVERISH.fullmatch(match["value"]):
            celsius = _celsius(float(match["value"].replace(",", ".")), match["unit"] or "")
            if celsius is not None:
                yield _detail("temperature_c", celsius, match)


def _celsius(value: float, unit: str) -> float | None:
    """The temperature in °C, rounded to 0.1; none when no living body has it."""
    fahrenheit = unit[:1].lower() == "f" or (not unit and 94 <= value <= 109.5)
    celsius = (value - 32) / 1.8 if fahrenheit else value
    return round(celsius, 1) if 34 <= celsius <= 43 else None


def _durations(text: str) -> Iterator[Detail]:
    for match in DURATION.finditer(text):
        hours = hours_of(match)
        if BEFORE_INFUSION.match(text[match.end() :]):
            yield _detail("least_days_since_last_infusion", hours // 24, match, slack_of(match))
        elif AGO.match(text[match.end() :]) and AFTER_INFUSION.search(text[: match.start()]):
            yield _detail("days_since_last_infusion", hours // 24, match, slack_of(match))
        else:
            yield _detail("duration_hours", hours, match)


def _infusion_days(text: str) -> Iterator[Detail]:
    for match in ON_THE_DAY.finditer(text):
        yield _detail("least_days_since_last_infusion", 0.0, match)
    for match in INFUSION_DAY.finditer(text):
        if match["today"] or match["yesterday"]:
            yield _detail("days_since_last_infusion", float(bool(match["yesterday"])), match)


def hours_of(match: re.Match[str]) -> float:
    """The hours that a match of DURATION says."""
    return _number(match) * HOURS[_singular(match["unit"].lower())]


def slack_of(match: re.Match[str]) -> float:
    """How many days the words of a match of DURATION may be off."""
    return SLACK_OF_UNIT.get(match["unit"][0].lower(), 0) if hours_of(match) >= 24 else 0


def _number(match: re.Match[str]) -> float:
    if match["number"]:
        return float(match["number"])
    words = re.sub(r"^(a|the last|the past) (?=\w)", "", match["word"].lower())
    return float(NUMBER_WORDS[words])


def _severities(text: str) -> Iterator[Detail]:
    for match in SEVERITY.finditer(text):
        yield _detail("severity_0_10", float(match["value"]), match)


def _singular(unit: str) -> str:
    return unit if unit in HOURS else unit.rstrip("s")


def _detail(kind: str, value: float, match: re.Match[str], off: float = 0.0) -> Detail:
    words = match[0].rstrip()
    start = match.start()
    return Detail(kind=kind, value=value, text=words, start=start, end=start + len(words), off=off)
