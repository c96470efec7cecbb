"""Which points in time tell since when a patient has had something: "since Tuesday", "yesterday".

"Since" and "from" always tell it. Without them a day tells it too, unless the words around say that something
stopped then, was only spoken of, or is yet to come. The vaguest points, such as "today" and "the weekend",
need a word of beginning or a complaint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from bedside.language.measures.durations import COMPLAINT, TO_COME_AFTER, is_free, is_to_come
from bedside.language.measures.points import Point, Sort
from bedside.language.measures.said import Said
from bedside.language.measures.words import any_of

SINCE = re.compile(
    r"\b(?:(?:ever )?since|sinse|scince|sence|(?<!on )from|starting(?: on)?|as of|dating from)(?: "
    + any_of(
        "about around at_least roughly early late mid the last this maybe like sometime on in before"
    )
    + r"|(?: (?:start|middle|beginning|end|half) of))* $"
)
# "From supper to lunch" spans something else, and "before Christmas" may be long before.
NOT_SINCE = re.compile(r"\bbefore\b")
TO = re.compile(r" (?:to|till|until) \w")
# "No bloods since June" is no complaint.
TESTED_SINCE = re.compile(
    r"\b(?:bloods|blood (?:tests?|work)|labs|checked|tested|appointment)\b[^,]* since (?:[a-z]+ )?$"
)

BEGAN = re.compile(
    r"\b"
    + any_of(
        """start(?:ed|ing|s)?(?!_of) beg[aiu]n comes?_on came_(?:on|up) notic(?:ed|ing) new
        appear(?:ed|s) woke kicked_(?:off|in) broke_out flared(?:_up)? set_in hit worse popped
        cropped first spotted developed happened occurred erupted showed_up crept got_it
        went_(?:numb|blind|blurry|yellow)"""
    )
    + r"\b"
)
_NO_DAY = any_of("by before than like but_not fine ok okay grand alright all_right perfect")
NO_ONSET_BEFORE = re.compile(rf"\b{_NO_DAY} (?:on |last )?$")
_NO_WEEKDAY = any_of(
    """next every each this coming an? black good happy per any one for of and or to until till til
    after between through it's it_is"""
)
NO_WEEKDAY_BEFORE = re.compile(rf"\b{_NO_WEEKDAY} (?:on |last )?$")
NO_ONSET_AFTER = re.compile(
    r"'s\b| "
    + any_of(
        """dinner lunch club service league roast paper post mass school market is will if
        we_discussed in_(?:the_)?(?:telenovela|film|movie|news)"""
    )
    + r"\b"
)
# "Fine until yesterday" is an onset, "away till Sunday" is none.
UNTIL = re.compile(r"\b(?:until|till?|up to) (?:last |about |only )?$")
WELL = re.compile(
    r"(?:\b(?:fine|ok|okay|well|grand|good|normal|never|nothing|perfect|great|no|not)\b|n't\b)"
)
NOT_YET = re.compile(r"(?:\b(?:never|nothing|not|no|away|out|off|closed|shut|back)\b|n't\b)")
STOPPED = re.compile(
    r"\b"
    + any_of(
        """clear(?:ed|s)?(?:_up)? stopp?(?:ed)? went(?=_(?:away|off|on_$)) finished ended mended
        settled resolved healed disappeared dried_up packed_in quit did_the_trick no_longer calmed
        subsided better last_(?:had|took|ate|saw) gone(?!_(?:up|down|numb|blind|yellow|black|red))
        passed(?!_(?:out|water|urine|wee|blood|clots?|a)\\b)"""
    )
    + r"\b[^,]{0,25}$"
)
SPOKEN = re.compile(
    r"\b"
    + any_of(
        """wr[io]te wrote told said asked discussed mentioned texted emailed messaged spoke rang
        phoned called reported answered talked sent put_to_me explained typed saw posted
        went_through"""
    )
    + r"(?: (?!out\b|up\b)[a-z']+){0,4},? (?:on |at )?$"
)
EVENT = re.compile(
    r"\b"
    + any_of(
        """film movie telenovela telly match game party wedding concert dinner dance mot choir
        church_service soup went_to_(?:the|a|my|see)(?!_(?:toilet|loo|bathroom|doctor|gp|bed))
        bought ordered booked delivered arrived appointment blood_tests? bloods scan mri jab
        vaccin[a-z]* booster cheese brie burger ate shopping holiday flew drove travel[a-z]* born
        died funeral school homework played watched won
        (?:walked|swam|cycled)_\\d+ anniversary
        ran_(?:\\d+k?|(?:a|the)_(?:race|half|marathon|park)) lost_(?:the|to) weather
        snow(?:ed)? rain(?:ed)? sunny birthday platelets? neutrophils? tsh alt creatinine hb
        results? counts?"""
    )
    + r"\b"
)
GREETING = re.compile(
    r"\b(?:how are|thanks?|thank you|hello|hi|bye|good|lovely|nice|weather|busy|closed|open|work)\b[^,]*$"
)
# Of the short names only these are no other word.
SHORT_DAYS = frozenset({"tues", "weds", "thurs", "fri"})
ON = re.compile(r"\b(?:on|last) $")


def onsets(said: Said, found: Iterable[Point]) -> Iterator[Point]:
    """Those of the points that tell an onset. Of weekdays the first: "Monday the feet, Tuesday the knees"."""
    told_by_weekday = False
    for point in found:
        is_weekday = point.sort is Sort.WEEKDAY and not SINCE.search(said.before(point.span[0]))
        if not (is_weekday and told_by_weekday) and _tells(said, point):
            told_by_weekday = told_by_weekday or is_weekday
            yield point


def _tells(said: Said, point: Point) -> bool:
    if said.is_supposed(point.span[0]):
        return False
    before, after = said.before(point.span[0]), said.after(point.span[1])
    since = SINCE.search(before)
    if since:
        return point.sort is not Sort.YEAR and not _is_no_since(since[0], before, after)
    if UNTIL.search(before):
        return bool(WELL.search(before)) and (
            point.sort is Sort.NEAR or (point.sort is Sort.WEEKDAY and not NOT_YET.search(before))
        )
    if NO_ONSET_BEFORE.search(before) or NO_ONSET_AFTER.match(after) or _is_other(before, after):
        return False
    return ENOUGH[point.sort](said, point)


def _is_no_since(since: str, before: str, after: str) -> bool:
    if is_free(before) or TESTED_SINCE.search(before) or NOT_SINCE.search(since):
        return True
    is_ahead = TO.match(after) or TO_COME_AFTER.search(after)
    return after.startswith("'s") or ("from" in since and bool(is_ahead))


def _is_other(before: str, after: str) -> bool:
    """Whether something else was then, or was over, or is yet to come."""
    return bool(
        STOPPED.search(before)
        or SPOKEN.search(before)
        or EVENT.search(before)
        or EVENT.search(after)
        or is_to_come(before, after)
    )


def _near(said: Said, point: Point) -> bool:
    return True


def _needs_since(said: Said, point: Point) -> bool:
    return False


def _today(said: Said, point: Point) -> bool:
    before, after = said.before(point.span[0]), said.after(point.span[1])
    if GREETING.search(before):
        return False
    around = before + after
    # "Queasy today" is an onset; "today it is only a cold" may be the last of many days.
    return bool(not around.strip() or BEGAN.search(around) or COMPLAINT.search(before))


def _weekday(said: Said, point: Point) -> bool:
    before = said.before(point.span[0])
    if NO_WEEKDAY_BEFORE.search(before):
        return False
    words = said.low[slice(*point.span)]
    return words.endswith(("day", "week")) or (words in SHORT_DAYS and bool(ON.search(before)))


def _began(said: Said, point: Point) -> bool:
    before, after = said.before(point.span[0], 30), said.after(point.span[1], 25)
    if BEGAN.search(before) or BEGAN.search(after):
        return True
    words = said.low[slice(*point.span)]
    return words.startswith("last ") and not (before + after).strip()


ENOUGH: dict[Sort, Callable[[Said, Point], bool]] = {
    Sort.NEAR: _near,
    Sort.TODAY: _today,
    Sort.WEEKDAY: _weekday,
    Sort.DATE: _began,
    Sort.MONTH: _began,
    Sort.STRETCH: _began,
    Sort.HOUR: _needs_since,
    Sort.YEAR: _needs_since,
}
