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
    r"^\W*(no+|nope|nah|naw)(?=\W*$|\s*[,.;!-]|\s+(i|it|not|never|they|thank|"
    r"thanks|nothing|sorry|my|please|what|who|anyway|we|he|she)\b)|"
    r"^\W*(i('?ve| have)?( got)? )?"
    r"(nothing( that| which)? i('?ve| have)? (seen|noticed|spotted|found|felt|know)|"
    r"nothing( that| which)? i('?ve| have) \w+(?=\W*$)|"
    r"(not one|not any|none|nothing) of (these|those|them|that|it|the above|your list))\b|"
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
# A denial that is a sentence of its own before another: it answers, and denies nothing that follows it.
BARE_DENIAL = re.compile(
    r"^\W*(no+|nope|nah|none|nothing)( (of|like) (these|those|them|that|it))?\s*[.!;\n]+\s*(?=\w)",
    re.IGNORECASE,
)
TAKEN_BACK = re.compile(r"^\W*no\b.*\b(yes|yeah|yep|actually|maybe)\b", re.IGNORECASE)
# What says that all is as it should be, where the first choice is so.
AS_USUAL = re.compile(
    r"^(?!.*\b(not|never|less|more|worse|\w+n't)\b).*"
    r"(\b(as|same as|like) (usual|always|ever|normal|before)\b|\bnormal(ly)?\b|\bno change\b)"
)
NOT_BLEEDING = re.compile(
    r"\bno (more )?(blood|bleeding)\b|(\bnot|n't) bleed|\b(stopped|quit) bleed|\bbleeding (has )?stopped"
)
HARMLESS = {"usual": AS_USUAL, "Normal": AS_USUAL, "not bleeding": NOT_BLEEDING}
WORD = re.compile(r"[\w']+")
DENIAL_WORDS = (
    "not no never none nothing nowhere neither nor without isn't isnt aren't arent wasn't wasnt don't dont "
    "doesn't doesnt didn't didnt hasn't hasnt haven't havent hadn't hadnt"
)
DENIAL = frozenset(DENIAL_WORDS.split())
# What somebody cannot do, or hardly does, is a complaint: "can't open that eye".
INABILITY_WORDS = (
    "can't cant cannot couldn't couldnt won't wont wouldn't wouldnt unable hardly barely"
)
INABILITY = frozenset(INABILITY_WORDS.split())
# What says that all is well, unless it is told of the past or of a difference: "worse than usual".
ALL_IS_WELL = re.compile(
    r"(?<!than )(?<!was )(?<!were )\b(fine|ok|okay|alright|normal(ly)?|usual|good|clear|same)\b|"
    r"\bcan (?!be|get|feel|hear|see|taste|only|hardly|barely|no|not)"
)
NO_TROUBLE = re.compile(r"\b(no|not any|without|without any) (trouble|problems?|difficult\w+)\b")
# Words that could stand in any answer, or that many complaints share.
SMALL_WORDS = (
    "a an and any are as at be but by do for from have has i i'm i've if in is it it's just like me my no "
    "now of on or some so that the them there these they this to up was when will with you your "
    "something feeling feel get got one very really bit all "
    "able arm arms been before being body change changed come comes coming doing down glass gone had head "
    "hour hours hurt hurting hurts last leg legs lemtrada lost new normal once other out pain pains painful "
    "person press pressed pressing problem problems side since skin start started starting stay stayed "
    "staying stays still stop stopped stops thing things treatment usual way"
)
SMALL = frozenset(SMALL_WORDS.split())
# At least three letters stay: "eyes" is "eye", and "red" is "red".
ENDING = re.compile(r"(?<=\w{3})(ed|ing|y|i|ion|e)?(ness|less|(?<!s)s)?$")
# Who says more than that tells something else, too.
MOST_WORDS = 8
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


def without_denial(text: str) -> str:
    """The text, as long as before, without a denial that stands by itself before other sentences.

    >>> without_denial("No. My gums bleed")
    '    My gums bleed'
    """
    denial = BARE_DENIAL.match(text)
    return text if denial is None else " " * denial.end() + text[denial.end() :]


def nearest(text: str, items: Mapping[str, str]) -> str | None:
    """The item that a short message speaks of: written out in it, or the only one that shares most words
    with it. None when there is no such item, or the message denies it or says that all is well.

    >>> nearest("it's near my eye", {"a": "blisters near the eye", "b": "a stiff neck"})
    'a'
    >>> nearest("it stays down", {"a": "drinks that do not stay down", "b": "a stiff neck"})
    """
    said = text.casefold().replace("\u2019", "'")
    whole = [id_ for id_, item in items.items() if item.casefold() in said]
    words = _stems(text)
    if len(whole) == 1 or len(words) > MOST_WORDS:
        return whole[0] if len(whole) == 1 else None
    shared = {id_: len(words & _stems(item)) for id_, item in items.items() if _agree(said, item)}
    most = max(shared.values(), default=0)
    best = [id_ for id_, count in shared.items() if count == most]
    return best[0] if most and len(best) == 1 else None


def _agree(said: str, item: str) -> bool:
    """Whether the message complains as the item does: what "cannot" be is told with a "can't"."""
    said = NO_TROUBLE.sub("fine", said)
    words = set(WORD.findall(said))
    own = set(WORD.findall(item.casefold()))
    for complaint in (INABILITY, DENIAL):
        if not own.isdisjoint(complaint):
            return not words.isdisjoint(complaint | INABILITY)
    is_able = words.isdisjoint(INABILITY)
    return words.isdisjoint(DENIAL) and not (is_able and ALL_IS_WELL.search(said))


def _stems(text: str) -> frozenset[str]:
    """The words that mean something, without their endings: "sleepiness" and "sleepy" are one."""
    words = WORD.findall(text.casefold().replace("\u2019", "'"))
    small = SMALL | DENIAL | INABILITY
    return frozenset(
        ENDING.sub("", word) for word in words if word not in small and not word.isdigit()
    )


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
        return picked or _worded(entry, parsed)
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
    """The choice that `text` names by its title, its value, its place in the list, or a part of its title
    that no other has: "within hours" of "Fast, within hours"."""
    said = text.strip().strip(".!").casefold()
    for place, (value, title) in enumerate(choices.items(), start=1):
        if said in (title.casefold(), value.casefold(), str(place)):
            return value
    of_part = [value for value, title in choices.items() if said in _parts(title)]
    return of_part[0] if len(of_part) == 1 else None


def _parts(title: str) -> list[str]:
    return title.casefold().split(", ")


def _worded(entry: QuestionEntry, parsed: Parsed) -> str | None:
    """A yes or no to a question with choices, of which the harmless one stands first; or the words of one
    of them, the worst if there are several: "it looks orange"."""
    if parsed.reply == NO:
        return next(iter(entry.choices))
    if parsed.reply in (YES, MAYBE):
        return entry.worse or None
    said = WORD.findall(parsed.text.casefold().replace("\u2019", "'"))
    harmless, title = next(iter(entry.choices.items()))
    if any(of in title and words.search(" ".join(said)) for of, words in HARMLESS.items()):
        return harmless
    if len(said) > MOST_WORDS or not DENIAL.isdisjoint(said):
        return None
    named = [
        value
        for value, title in entry.choices.items()
        if value in said or any(set(WORD.findall(part)) <= set(said) for part in _parts(title))
    ]
    return named[-1] if named else None


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
