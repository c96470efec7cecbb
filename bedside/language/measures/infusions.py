"""What a text tells of the infusions: how long ago the last one was, and which course.

"An infusion three weeks ago" tells how long ago it is; "three weeks after the infusion" tells the least, for
that is when something else began. Courses of tablets and infusions of something else are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bedside.language.measures.durations import COMPLAINT
from bedside.language.measures.numbers import NTH, value_of
from bedside.language.measures.points import Point
from bedside.language.measures.said import Said, Span
from bedside.language.measures.words import any_of, words_of
from bedside.model import Detail

DAYS_SINCE = "days_since_last_infusion"
LEAST_DAYS_SINCE = "least_days_since_last_infusion"

_DRUG = r"(?:lemtrada|alemtuzumab|campath|lem)"
_OTHER_DRUG = "".join(
    f"(?<!{word} )"
    for word in words_of(
        "iron steroid steroids saline antibiotic vaccine tysabri ocrevus covid dental nose nasal"
    )
)
_NO_OTHER_DRUG = (
    rf"(?!(?:'s)? of (?!(?:the |my )?(?:{_DRUG}|treatment|infusion)"
    r"|(?:yesterday|last|this|today|[a-z]+day)\b|\d)"
    r"| (?:of )?(?:vaccin|jab|booster|antibiotic|steroid|pills?|tablets?))"
)
_FIGURE = r"(?:one|two|three|four|five|[1-5])"
# "Round" is a preposition, too, and everybody says "of course".
_ROUND = (
    r"(?:(?:(?<=my )|(?<=the )|(?<=nd )|(?<=st )|(?<=rd )|(?<=second )|(?<=third ))round"
    rf"|round(?= {_FIGURE}\b))"
)
INFUSION = (
    rf"(?:\b{_DRUG}\b"
    rf"|{_OTHER_DRUG}\b(?:infusions?|drip|treatments?|(?<!of )course|dose|cycle"
    rf"|(?:last|final|first|second|third) bag|{_ROUND})\b{_NO_OTHER_DRUG})"
)
INFUSION_STEMS = words_of("lem campath infus drip treat course round dose cycle bag")
SPOKEN_OF = (*INFUSION_STEMS, "finished day", "completed day")

# Between an infusion and its date stand few words, and none of a complaint or of what began then.
INFUSED = re.compile(rf"{INFUSION}|\b(?:treated|infused|hooked (?:up )?to (?:the|my) drip)\b")
WORD = re.compile(r"[a-z']+")
MOST_WORDS = 8
NOT_OF_IT = re.compile(
    r"\?|\b"
    + any_of(
        """and_(?:the|my|i|now) but since so(?!_far) because will is are next due until till before
        after then if for started(?!_(?:my|the|on|in|last)) began came_(?:on|up) noticed from by
        every bloods? tests? results? scan appointment gave felt feel stopped to can do does how now
        i'?ve"""
    )
    + r"\b"
)
# These date an infusion when the message speaks of one: "3 courses, last one 2 years ago".
FINISHED = re.compile(
    r"\b(?:(?:finished|completed)(?: (?:my |the )?day (?:three|five|3|5))?|treated|infused"
    r"|last (?:one|bag|dose|day|in|was|on)|(?:got|came) home|(?:most recent|latest)(?: one)?)"
    r"(?: (?:was|is|it|them|on|about|around|over|just|only|last|back|in|all|this))*[ ,:]*$"
)
_HAD = any_of("had got finished completed did was received started took has_had have_had ended")
AFTER_DATE = re.compile(
    r"[ ,-]*(?:exactly )?(?:(?:this )?(?:morning|afternoon|evening|night)[ ,]*)?"
    rf"(?:(?:when |that )?(?:i|she|he|we|mum|mom|my [a-z]+|that|it) )?(?:i've |since )?{_HAD}"
    rf"(?: (?!and\b|but\b|after\b)[a-z0-9]+){{0,4}}? {INFUSION}"
)
# "The first course in 2016" was not the last, and after "2021 and" the last is still to follow.
ONLY = re.compile(r"\b(?:nothing|none|no more|only|haven't had|so far|not had)\b")
FIRST = re.compile(r"\b(?:first|1st|(?:round|course|infusion) (?:one|1))\b.{0,20}$")
LONG_AGO_DAYS = 300
AND_YEAR = re.compile(r"(?:,| and| &|/|-| to) ?(?:in )?20\d\d")

# "Three weeks after my infusion", "12 days post infusion", "ten months since round two".
AFTER_INFUSION = re.compile(
    r"(?: (?:today|tomorrow|now|on the \w+|on [a-z]+day))?[ -]*"
    r"(?P<how>after|since|post|from|following|out from|on from|into)\b[ -]*"
    rf"(?:(?!(?:every|each|any|and|but)\b)[a-z0-9']+ ){{0,4}}?{INFUSION}"
)
# "No Lemtrada for four years", "haven't had a drip in 3 years".
NONE_FOR = re.compile(
    rf"\b(?:no|not had|(?:haven't|havent|hasn't) had|without)(?: (?:any|an?|my|more|another))* {INFUSION}"
    r" (?:for|in)(?: (?:about|over|nearly|almost|the last|the past))* $"
)
COUNTED_TO_NOW = frozenset({"since", "out from", "on from"})
IS_NOW = re.compile(
    r"\b(?:i'?m|i am|am|now|currently|s?he'?s|it'?s|is|been)"
    r"(?: (?:about|only|just|now|over|nearly|almost|around))* *$"
)
ON_THE_DAY = re.compile(
    r"(?<!second )(?<!first )(?<!third )(?<!last )(?<!2nd )(?<!1st )(?<!3rd )"
    rf"\b(?:day|morning|afternoon|evening|night) of (?:\w+ )?(?:last )?{INFUSION}(?!,? (?:back )?(?:in|on)\b)"
)
PART_OF_DAY = ("day of ", "ing of ", "noon of ", "night of ")

_COURSE = r"(?:course|round|infusions?|cycle|treatments?)"
# "Infusion two weeks ago" is no second one, nor are blisters round one side.
_NO_DATE = (
    r"(?![.,]?\d|[:/%]| ?(?:-|to|or) ?(?:\d|two|three)|(?: or \w+)? (?:and a half )?"
    + any_of(
        """couple few min hour hr day week wk month year yr more other jan feb mar apr may jun jul
        aug sep oct nov dec of_(?:it|them|(?:my|the)_(?!lem|alem|camp|treat|inf|drip)) side eye leg
        ear arm ankle finger foot hand"""
    )
    + ")"
)
_LOT = rf"(?:lot|set|go|time) (?:of|on|with) (?:the )?(?:{_DRUG}|infusions|drip)"
_HAD_SOME = any_of(
    "had done did taken received got finished completed after through following with only just the"
)
COURSE = re.compile(
    rf"\b(?P<nth>{'|'.join(NTH)}) (?:and (?:last|final) )?(?:year )?(?:(?:of )?{_DRUG} )?"
    rf"(?:\b{_COURSE}\b(?! day\b){_NO_OTHER_DRUG}|{_LOT}|(?:year of )?{_DRUG}\b)"
    rf"|\b(?P<too>first|second|1st|2nd) (?:and|or) (?:the |my )?(?=(?:second|third|2nd|3rd) {_COURSE}\b)"
    rf"|\b{_OTHER_DRUG}{_COURSE} ?(?:number |n[or]\.? ?|#)?(?P<figure>{_FIGURE})\b{_NO_DATE}"
    rf"{_NO_OTHER_DRUG}"
    rf"|\byear (?P<year>{_FIGURE}) (?:of )?(?:{_DRUG}|infusions?|course|round)"
    rf"|(?:\b{_HAD_SOME} (?:all |my |both |the )*|[(,] ?|^)(?P<number>{_FIGURE}) (?:full |{_DRUG} )?"
    rf"(?:courses?|rounds?|cycles?)\b{_NO_OTHER_DRUG}"
    rf"|\b(?P<both>both) (?:my )?(?:courses|rounds){_NO_OTHER_DRUG}"
)
# "Round two" stands alone, and "dark round one edge" does not.
ROUND = re.compile(rf"round ?(?:number |n[or]\.? ?|#)?{_FIGURE}$")
ROUND_ALONE = re.compile(
    r"\W*$|\W*[,.;:!?)(]| (?:of (?:lem|alem|camp|treat|the)|"
    + any_of(
        """and but or this last next in on at was is has had have gave made went now nothing so with i
        it my she he we then about started finished done ended back did left floored knocked wiped
        complete since almost for over after because which when tomorrow today yesterday hit"""
    )
    + r"\b)"
)
OTHER_COURSE = re.compile(
    r"\b(?:starter|pudding|dessert|soup|menu|wine|golf|drinks|pub|antibiotic|steroid tab|vaccin)"
)


def courses(said: Said) -> Iterator[Detail]:
    """Which course a text speaks of: "second course", "round two", "after my first round"."""
    for match in said.around(INFUSION_STEMS, COURSE, 40, 60):
        if OTHER_COURSE.search(said.low, max(0, match.start() - 40), match.end() + 40):
            continue
        if ROUND.match(match[0]) and not ROUND_ALONE.match(said.after(match.end())):
            continue
        words = match[str(match.lastgroup)]
        yield said.detail("course_number", NTH.get(words) or value_of(words), match.span())


def of_infusion(said: Said, span: Span, ago_end: int | None) -> str | None:
    """Which kind of detail the length of time at `span` is, if it dates an infusion.

    `ago_end` is where the "ago" behind it ends, if there is one.
    """
    if not said.has(SPOKEN_OF) or said.is_imagined(span[0]):
        return None
    if ago_end is not None:
        return DAYS_SINCE if _is_dated(said, (span[0], ago_end)) else None
    if NONE_FOR.search(said.before(span[0])):
        return DAYS_SINCE
    after = AFTER_INFUSION.match(said.after(span[1], 70))
    if after is None:
        return None
    is_now = after["how"] in COUNTED_TO_NOW or IS_NOW.search(said.before(span[0]))
    return DAYS_SINCE if is_now else LEAST_DAYS_SINCE


def is_infusion(said: Said, point: Point) -> bool:
    """Whether the last infusion was at `point`."""
    if not said.has(SPOKEN_OF) or AND_YEAR.match(said.after(point.span[1])):
        return False
    is_first = point.days > LONG_AGO_DAYS and FIRST.search(said.before(point.span[0]))
    if is_first and not ONLY.search(said.low):
        return False
    return _is_dated(said, point.span)


def _is_dated(said: Said, span: Span) -> bool:
    before, after = said.before(span[0], 90), said.after(span[1], 70)
    if AFTER_DATE.match(after) or FINISHED.search(before):
        return True
    *_, gap = (None, *(before[each.end() :] for each in INFUSED.finditer(before)))
    if gap is None or NOT_OF_IT.search(gap) or COMPLAINT.search(gap):
        return False
    return len(WORD.findall(gap)) <= MOST_WORDS


def on_the_day(said: Said) -> Iterator[Detail]:
    """Days and parts of days of an infusion, which tell that it is not still to come."""
    if said.has(INFUSION_STEMS):
        for match in said.around(PART_OF_DAY, ON_THE_DAY, 10, 60):
            yield said.detail(LEAST_DAYS_SINCE, 0.0, match.span())
