"""What a message answers: yes, no, maybe or don't know, a number, one of the choices, or how long ago.

Longer messages are read for signs instead, and may answer all the same.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache

from dateparser.date import DateDataParser
from dateparser.search import search_dates

from bedside.knowledge import Kind, QuestionEntry
from bedside.language.measures import DURATION, hours_of, slack_of
from bedside.model import DONT_KNOW, MAYBE, NO, YES, Days, Detail, Parsed

# "I don't know" and its kin stand at the start, or say that nobody looked.
DONT_KNOW_WORDS = re.compile(
    r"^\W*(i\s*)?(am |'?m )?((really |honestly )?(do not|don'?t|dont|dunno|not|no) ?(really )?"
    r"(know|sure|certain|idea|clue|remember)|dunno|idk|unsure|can'?t (say|tell|remember)(?! i)|"
    r"cannot (say|tell|remember)|no idea|no clue|not a clue|hard to (say|tell)|skip)\b|"
    r"^\W*(i )?(have not|haven'?t|did not|didn'?t) (really )?(checked?|measured?|looked|look)\b|"
    r"\bno thermometer\b|\b(have|got) (a |no )?thermometer\b",
    re.IGNORECASE,
)
# "No" answers alone, before a pause, or before a sentence of its own; "no energy" is no answer.
NO_WORDS = re.compile(
    r"^\W*(no+|nope|nah|naw)(?=\W*$|\s*[,.;!-]|\s+(i|it|not|never|they|thank|thanks|nothing|sorry)\b)|"
    r"^\W*((definitely|probably|certainly|sadly|luckily|of course|thankfully) (not|no)|"
    r"not (really|at all|yet|now|any ?more|that i'?(ve| have)? ?(know( of)?|noticed|seen))|"
    r"none( of (these|those|them|the above))?|never|negative|neither|nothing( like that)?|can'?t say i have|"
    r"(i )?(do not|don'?t|have not|haven'?t|did not|didn'?t|am not|is not|isn'?t|it (doesn'?t|isn'?t))"
    r"( (think so|any|really))?)\W*$",
    re.IGNORECASE,
)
# Only clear words of consent. "Ok" answers nothing.
YES_WORDS = re.compile(
    r"^\W*(y|yes+|yeah+|yea|yep|yup|ya|aye)\b|"
    r"^\W*(well,? )?(sure|correct|exactly|true|indeed|definitely|absolutely|of course|afraid so|"
    r"i'?m afraid so|unfortunately( so| yes)?|sadly( yes)?|"
    r"(i|it|they|he|she|we) (do|does|am|is|are|have|has|did|was))\W*$",
    re.IGNORECASE,
)
# Hedges that are the whole message.
MAYBE_WORDS = re.compile(
    r"^\W*(well,? )?(i think so|i guess( so)?|kind of|kinda|sort of|a (bit|little|tad)|sometimes|slightly|"
    r"maybe|possibly|probably)\W*$",
    re.IGNORECASE,
)
TAKEN_BACK = re.compile(r"^\W*no\b.*\b(yes|yeah|yep|actually|maybe)\b", re.IGNORECASE)
REPLIES = {DONT_KNOW: DONT_KNOW_WORDS, NO: NO_WORDS, YES: YES_WORDS, MAYBE: MAYBE_WORDS}
BARE_NUMBER = re.compile(r"(?<![\d.])-?\d+(?:[.,]\d+)?(?![\d.])")
# "7/10" answers both questions that go from 0 to 10.
SAME_SCALE = {"pain_severity": "severity_0_10"}
HOURS_OF_UNIT = {"minutes": 1 / 60, "hours": 1.0, "days": 24.0}
NEAR_DAYS = {
    "(today|this morning|tonight|just now|right now|hours? ago)": (0, 0),
    "(yesterday|last night)": (1, 1),
    "(the )?other day": (1, 5),
    "this week": (0, 7),
    "last week": (1, 14),
    "last month": (1, 62),
}


def read_reply(text: str) -> str | None:
    """`yes`, `no`, `maybe` or `dont_know` when `text` answers so, else None.

    >>> read_reply("no idea"), read_reply("Not really."), read_reply("kind of")
    ('dont_know', 'no', 'maybe')
    """
    text = text.replace("\u2019", "'").replace("\u2018", "'")
    if TAKEN_BACK.search(text):
        return None
    for value, words in REPLIES.items():
        if words.search(text):
            return value
    return None


def read_value(entry: QuestionEntry, parsed: Parsed, today: date) -> str | None:
    """What `parsed` answers to the question of `entry`, as the report keeps it; None when it does not.

    A yes or no, the value of a choice, a number in the entry's unit, or two dates with a slash.
    "Kind of" is the answer that rules wait for: the safer reading.
    """
    if parsed.reply == DONT_KNOW:
        return DONT_KNOW
    if entry.kind is Kind.YES_NO:
        return (entry.worse or YES) if parsed.reply == MAYBE else parsed.reply
    picked = chosen(parsed.text, entry.choices)
    if entry.kind is Kind.DAYS_AGO:
        days = _interval(picked) if picked else read_days_ago(parsed.text, today)
        return days_as_answer(days, today) if days else None
    if entry.kind is Kind.CHOICE:
        return picked or _worded(entry, parsed.reply)
    number = _number(entry, parsed.text, parsed.details)
    if number is None and parsed.reply == NO:
        return DONT_KNOW
    return None if number is None else f"{number:g}"


def read_days_ago(text: str, today: date) -> Days | None:
    """How long ago `text` says, as wide as it is vague; None when it names no time.

    >>> read_days_ago("about three weeks ago", date(2026, 11, 22))
    Days(earliest=18, latest=24)
    >>> read_days_ago("March 2024", date(2026, 11, 22))
    Days(earliest=966, latest=996)
    """
    for words, (earliest, latest) in NEAR_DAYS.items():
        if re.search(rf"\b{words}\b", text, re.IGNORECASE):
            return Days(earliest=earliest, latest=latest)
    if match := DURATION.search(text):
        days = hours_of(match) / 24
        off = slack_of(match)
        return Days(earliest=max(0, round(days - off)), latest=round(days + off))
    return _dated(text, today)


def days_as_answer(days: Days, today: date) -> str:
    """The interval as dates, so that it can be counted again on another day."""
    earliest = "" if days.latest is None else (today - timedelta(days=days.latest)).isoformat()
    return f"{earliest}/{(today - timedelta(days=days.earliest)).isoformat()}"


def days_of_answer(answer: str, today: date) -> Days:
    """The interval that `days_as_answer` wrote, counted to `today`."""
    first, last = answer.split("/")
    latest = (today - date.fromisoformat(first)).days if first else None
    earliest = max(0, (today - date.fromisoformat(last)).days)
    return Days(earliest=earliest, latest=None if latest is None else max(latest, earliest))


def chosen(text: str, choices: Mapping[str, str]) -> str | None:
    """The choice that `text` names by its title, its value or its place in the list."""
    said = text.strip().strip(".!").casefold()
    for place, (value, title) in enumerate(choices.items(), start=1):
        if said in (title.casefold(), value.casefold(), str(place)):
            return value
    return None


def _worded(entry: QuestionEntry, reply: str | None) -> str | None:
    """A yes or no to a question with choices: the harmless one stands first."""
    if reply == NO:
        return next(iter(entry.choices))
    return entry.worse or None if reply in (YES, MAYBE) else None


def _number(entry: QuestionEntry, text: str, details: Sequence[Detail]) -> float | None:
    """The number that a message means: measured in the entry's unit, or standing in it by itself."""
    kinds = (entry.id, SAME_SCALE.get(entry.id))
    measured = [detail.value for detail in details if detail.kind in kinds]
    hours = [detail.value for detail in details if detail.kind == "duration_hours"]
    if not measured and entry.unit in HOURS_OF_UNIT:
        measured = [each / HOURS_OF_UNIT[entry.unit] for each in hours]
    # "5 weeks ago" and "on 3 May 2026" are no counts of platelets.
    found = BARE_NUMBER.findall(text)
    alone = found if len(found) == 1 and not details else []
    bare = [float(each.replace(",", ".")) for each in alone]
    for number in (*measured, *bare):
        if entry.lowest <= number <= entry.highest:
            return number
    return None


def _interval(choice: str) -> Days:
    """The days of a choice such as `2-3` or `125-`."""
    earliest, latest = choice.split("-")
    return Days(earliest=int(earliest), latest=int(latest) if latest else None)


def _dated(text: str, today: date) -> Days | None:
    """The dates in `text` by both orders of day and month: as wide as they differ."""
    days = [each for order in ("DMY", "MDY") if (each := _dated_in(text, today, order))]
    if not days:
        return None
    return Days(
        earliest=min(each.earliest for each in days),
        latest=max(each.latest or 0 for each in days),
    )


def _dated_in(text: str, today: date, order: str) -> Days | None:
    settings = {
        "RELATIVE_BASE": datetime.combine(today, time(12)),
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": order,
    }
    found = search_dates(text, languages=["en"], settings=settings)
    if not found:
        return None
    words, moment = found[0]
    period = _parser(order).get_date_data(words).period
    first, last = moment.date(), moment.date()
    if period in ("month", "year"):
        first = first.replace(day=1, month=1 if period == "year" else first.month)
        month = 12 if period == "year" else last.month
        last = last.replace(day=calendar.monthrange(last.year, month)[1], month=month)
    if first > today:
        return None
    return Days(earliest=max(0, (today - last).days), latest=(today - first).days)


@cache
def _parser(order: str) -> DateDataParser:
    return DateDataParser(languages=["en"], settings={"DATE_ORDER": order})
