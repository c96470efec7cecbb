"""Heart rates, in beats a minute: "pulse is 132", "heart going 158", "138 on the watch"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bedside.language.measures.numbers import NUMBER, value_of
from bedside.language.measures.said import Said
from bedside.language.measures.words import any_of
from bedside.model import Detail

LOWEST, HIGHEST = 25, 250

_NO_RATE = (
    r"(?! ?(?:[%:°]|/ ?\d|[.,]\d|"
    + any_of(
        """years? yrs yo mins? minutes hours? days? weeks? months? times degrees kg mg over [ap]m x
        extra st nd th miles steps [cf] seconds secs"""
    )
    + r"\b))"
)
# Words that may stand between the heart and its rate.
_BETWEEN = any_of(
    """is are was were at of only just now up to the rate reading about around under over below
    above more than gone went goin going has been jumped racin[g']? along lying down resting
    rest(?:ed)? sat sitting steady regular banging hammering pounding thumping beats? beating runs?
    runnin[g']? doing hits? hitting in like clappers my it it's its sa(?:ys|id) show(?:s|ing) stuck
    here today this morning and high fast low slow very really so as even an? still measured reads
    on watch fitbit which that me stand(?:ing)? walk flying pumping galloping fluttering
    constant(?:ly)? hovering between averaging peaked spiked clocked nearly almost roughly approx
    ticking away out chest mad crazy train from sits back got gets? getting bed awake when i la?y
    lie monitor machine apple app counted ok fine normal elevated irregular thready weak through
    roof shot took off"""
)
# A heart alone is not told from an attack: it must do something.
_DOES = any_of(
    """going? racin[g']? runnin[g']? run beats? beating pounding hammering doing thumping banging
    hitt?(?:ing)? flying galloping pumping"""
)
_HEART = any_of(
    rf"""pulse(?:_?rate)? puls heart_?-?(?:rate|beat) r?hr bpm ticker tachy(?:cardi[ac])?
    heart(?=(?:_(?:(?:just|at|up|only)_)*(?:[12]\d\d|two_hundred|is|was|(?:(?:is|was)_)?{_DOES}|took_off|went|jumped|at_(?=\d{{3}}))|'s)\b)"""
)
OF_HEART = re.compile(
    rf"\b{_HEART}(?:[ ,:=~(-]+(?:{_BETWEEN}\b)?|'s(?= )){{0,10}}[ ,:=~(-]*"
    rf"(?:\d{{2,3}} ?(?:-|to|and|or) ?)?(?P<value>{NUMBER}){_NO_RATE}"
)
BEATS = re.compile(
    rf"(?P<value>{NUMBER}) ?(?:bpm\b|b/min|beats?(?:/| (?:an?|per|every|each|the|to the|in an?|in one) )min)"
)
_WATCH = r"(?:apple |smart ?)?(?:watch|fitbit|garmin|monitor)"
ON_THE_WATCH = re.compile(
    rf"(?P<value>{NUMBER}) (?:on|by|according to) (?:my|the|his|her) "
    rf"(?:{_WATCH}|machine|clip|screen|app|phone)\b"
)
WATCH_SAYS = re.compile(
    rf"\b{_WATCH}(?: (?:sa(?:ys|id)|show(?:s|ed|ing)|read(?:s|ing)|is|was|ha[ds]|me|it|at|it's|going))+ "
    rf"(?P<value>{NUMBER}){_NO_RATE}"
)
HEART = re.compile(r"\b(?:heart|pulse|ticker|palpitations?|bpm|beats?)\b")
_WATCHES = ("watch", "fitbit", "garmin", "monitor")
READ_BY = (
    (OF_HEART, ("heart", "puls", "hr", "bpm", "ticker", "tachy")),
    (BEATS, ("bpm", "beat", "b/min")),
    (ON_THE_WATCH, (*_WATCHES, "machine", "clip", "screen", "app", "phone")),
    (WATCH_SAYS, _WATCHES),
)


def pulses(said: Said) -> Iterator[Detail]:
    seen: set[int] = set()
    for pattern, anchors in READ_BY:
        if pattern in (ON_THE_WATCH, WATCH_SAYS) and not HEART.search(said.low):
            continue
        for match in said.around(anchors, pattern, 25, 110):
            start, end = match.span("value")
            value = value_of(match["value"])
            if start in seen or not LOWEST <= value <= HIGHEST or said.is_imagined(start):
                continue
            seen.add(start)
            yield said.detail("heart_rate_bpm", value, (start, end))
