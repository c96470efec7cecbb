"""Whether a short message answers yes, no, or don't know. Longer messages are read for signs instead."""

from __future__ import annotations

import re

from bedside.model import DONT_KNOW, NO, YES

# An answer stands at the start of the message; what follows may add to it.
DONT_KNOW_WORDS = re.compile(
    r"^\W*(i\s*)?(am |'?m )?((really |honestly )?(do not|don'?t|dont|dunno|not|no) ?(really )?"
    r"(know|sure|certain|idea|clue)|dunno|idk|unsure|can'?t (say|tell)|cannot (say|tell)|no idea|"
    r"no clue|not a clue|hard to (say|tell)|skip)\b",
    re.IGNORECASE,
)
NO_WORDS = re.compile(
    r"^\W*(no+|nope|nah|naw|not (really|at all|any|yet)|none|never|negative|neither|"
    r"(i )?(do not|don'?t|have not|haven'?t|did not|didn'?t|am not|is not|isn'?t))\b",
    re.IGNORECASE,
)
YES_WORDS = re.compile(
    r"^\W*(y|yes+|yeah+|yea|yep|yup|ya|aye|sure|ok|okay|correct|right|exactly|true|indeed|definitely|"
    r"absolutely|of course|afraid so|unfortunately|sadly|i think so|i guess( so)?|kind of|kinda|sort of|"
    r"a (bit|little)|sometimes|slightly|maybe|possibly|probably)\b|"
    r"^\W*(i|it|they|he|she|we) (do|does|am|is|are|have|has|did|was)\W*$",
    re.IGNORECASE,
)


def read_reply(text: str) -> str | None:
    """`yes`, `no` or `dont_know` when `text` answers so, else None.

    A hedge counts as yes: the safer reading of "kind of".

    >>> read_reply("no idea"), read_reply("Not really."), read_reply("kind of")
    ('dont_know', 'no', 'yes')
    """
    for value, words in ((DONT_KNOW, DONT_KNOW_WORDS), (NO, NO_WORDS), (YES, YES_WORDS)):
        if words.search(text):
            return value
    return None
