"""Whether a short message answers yes, no, or don't know. Longer messages are read for signs instead."""

from __future__ import annotations

import re

from bedside.model import DONT_KNOW, NO, YES

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
    r"none|never|negative|neither|nothing( like that)?|can'?t say i have|"
    r"(i )?(do not|don'?t|have not|haven'?t|did not|didn'?t|am not|is not|isn'?t|it (doesn'?t|isn'?t))"
    r"( (think so|any|really))?)\W*$",
    re.IGNORECASE,
)
# Only clear words of consent, and hedges that are the whole message. "Ok" answers nothing.
YES_WORDS = re.compile(
    r"^\W*(y|yes+|yeah+|yea|yep|yup|ya|aye)\b|"
    r"^\W*(well,? )?(sure|correct|exactly|true|indeed|definitely|absolutely|of course|afraid so|"
    r"i'?m afraid so|unfortunately( so| yes)?|sadly( yes)?|i think so|i guess( so)?|kind of|kinda|sort of|"
    r"a (bit|little|tad)|sometimes|slightly|maybe|possibly|probably|"
    r"(i|it|they|he|she|we) (do|does|am|is|are|have|has|did|was))\W*$",
    re.IGNORECASE,
)
TAKEN_BACK = re.compile(r"^\W*no\b.*\b(yes|yeah|yep|actually|maybe)\b", re.IGNORECASE)


def read_reply(text: str) -> str | None:
    """`yes`, `no` or `dont_know` when `text` answers so, else None.

    A hedge counts as yes: the safer reading of "kind of".

    >>> read_reply("no idea"), read_reply("Not really."), read_reply("kind of")
    ('dont_know', 'no', 'yes')
    """
    text = text.replace("\u2019", "'").replace("\u2018", "'")
    if TAKEN_BACK.search(text):
        return None
    for value, words in ((DONT_KNOW, DONT_KNOW_WORDS), (NO, NO_WORDS), (YES, YES_WORDS)):
        if words.search(text):
            return value
    return None
