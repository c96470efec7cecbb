"""What stands around a number: whether it is something else's, stands alone, or goes on with a row."""

from __future__ import annotations

import re
from collections.abc import Collection

from bedside.language.measures.words import any_of

# What follows numbers of something else.
UNIT_AFTER = re.compile(
    r" ?(?:[%€£:×]|/ ?\d|over \d|°? ?(?:outside|out there)|in the (?:shade|sun)|x ?10|[ap]\.?m\b"
    r"|(?:st|nd|rd|th)\b|(?:more |or \d |to \d )?"
    + any_of(
        """kgs? kilos? lbs? pounds? stone st mg ml mmol mcg µmol u iu cm mm km miles? fm k per_?cent
        bpm beats euros? quid dollars? bucks pages? years? yrs? yo weeks? wks? days? hours?
        hrs?(?!_?\\d) mins? minutes months? seconds? secs? times x litres? liters? l inch(?:es)? feet
        foot ft m g thousand million people patients steps units points? tests? checks?
        jan(?:uary)? feb(?:ruary)? mar(?:ch)? apr(?:il)? may(?=_\\d|,|$) june? july? aug(?:ust)?
        sept?(?:ember)? oct(?:ober)? nov(?:ember)? dec(?:ember)?"""
    )
    + r"\b)"
)
# What goes before numbers of something else, and is never read.
OTHERS = any_of(
    """weigh(?:s|ed|ing|t)? bmi bp pressure room flat apartment apt ward bay house number no page
    aged? size bus route platform channel exit junction highway sats? oxygen o2 spo2 saturation
    sugars? glucose crp esr ferritin b12 iron vitamin folate calcium albumin bilirubin e?gfr urea
    potassium sodium f?t[34] lymphocytes? wbc wcc cells haematocrit hct hba1c ast ggt alp dose seat
    row unit gate radio street code bra cup waist since until cholesterol ldl ran run km costs? paid
    price born chapter version scored? marathon class year postcode pin extension ext section
    question oximeter edss channel"""
)
FILLERS = any_of(
    """is was of at to in came back are about only levels? result down up now a reads? from for on
    me count"""
)
# A whole number of something else is followed by its noun.
ALONE_AFTER = re.compile(
    r" ?(?:$|[,.;:!?)\]…'\"/-]|"
    + any_of(
        """[cf] and but now this last since for at when with under on in or then again today tonight
        yesterday so which by all already even every each before after only just max i s?he my it
        her his the fever temp temperature still because if while despite to from oral(?:ly)? is was
        earlier overnight most cos bc as that tops ish something odd plus though until till twice
        mid right constantly along sat sitting standing stood lying laying resting walking asleep
        lol haha maybe probably before later once thankfully apparently what should does can are
        not isn't unless without than high low normal per [a-z]+day"""
    )
    + r"\b)"
)
# What a further value of the same kind follows: "128 standing, 84 sitting", "from 1.9 to 0.6".
GOES_ON = re.compile(
    r"(?:[,;:/(>-]|\b(?:and|but|to|then|now|or|was|were|is|it's|its|until|before|today|yesterday|tonight|later"
    r"|earlier|again|after|previously|from|than|peaked|dropped|reached|hit|went|back|this morning"
    r"|last (?:week|month|night|time|year)|[a-z]+day))"
    r"(?: (?:now|today|it|it's|its|is|was|were|then|at|up|down|to|back|about|around|only|just|been|had|by"
    r"|over|under|nearly|almost|like|maybe|easily|more|a|an|the|dropped|rose|fell|went|gone|got|this|last"
    r"|morning|night|week|month|time|before|yesterday|previously|[a-z]+day|that|those|they|s?he|says?)"
    r"[ ,]*)*[ >]*$"
)
# An hour of the day is no value: "at 6".
O_CLOCK = re.compile(r"\b(?:at|by|until|till|past|around) $")
AGED = re.compile(r"\b(?:i'?m|i am|s?he'?s|s?he is|am|aged?) $")


def other_before(names: str = OTHERS) -> re.Pattern[str]:
    """What ends with one of `names`, words that number something, and what may stand before the number."""
    return re.compile(rf"(?:[£$€#]|\b(?:{names})(?: {FILLERS})* ?[:=(-]? ?)$")


OTHER_BEFORE = other_before()


def is_further(before: str, after: str, number: float, told: Collection[float]) -> bool:
    """Whether a number goes on with values told before: it stands alone and is no age and no hour."""
    if not told or not ALONE_AFTER.match(after) or AGED.search(before):
        return False
    is_hour = number <= 12 and number == int(number) and O_CLOCK.search(before)
    return bool(GOES_ON.search(before)) and not is_hour
