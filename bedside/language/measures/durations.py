"""Which lengths of time tell how long a patient has had something.

"For three days" does, and so does a bare "two weeks". An age does not, nor how often something comes, how
long a queue or an infusion took, how long to wait, or what came before or after something else. The words
around the length decide; when they decide nothing, it counts.
"""

from __future__ import annotations

import re

from bedside.language.measures.bare import ALONE_AFTER
from bedside.language.measures.lengths import Length
from bedside.language.measures.numbers import BELOW_100
from bedside.language.measures.said import Said, clause_after, clause_before
from bedside.language.measures.words import any_of

# "Two days before." is said for "ago", too.
AGO = re.compile(r"[ ,]*(?:(?:ago|gone|back(?! (?:to|pain|ache|is|hurts)))\b|before\W*$)")

_SOME = rf"(?:\d+(?:[.,]\d+)?|{BELOW_100}|an?|couple of|few|several|many|dozen|hundred)"
OFTEN = re.compile(
    r"(?:\b(?:ev(?:e?r?y)|each|at|per|alternate|another|once|twice|thrice|times|last me"
    r"|(?:once|twice|thrice|times?|only|first [a-z]+|x) (?:in|within|every))"
    r"(?: (?:the|last|other|about|this|single|or so))*|[x@/])[ -]*$"
)
# "Forty kilos a day", "a pad an hour", "on a good day".
RATE = re.compile(
    rf"\b(?:\d+[a-z]+|{_SOME}(?: [a-z']+){{0,2}}) $|(?<!going )(?<!getting )\bon $"
    r"|\b(?:pads?|tampons?|tablets?|pills?|glasses|litres?|quid|euros?|kilos?|fags|pints|hours?) $"
)
ONE = re.compile(r"(?:an?|one)[ -](?:(?:full|whole|good|bad)[ -])?[a-z]+$")
# Words that make "a day" a length, and no rate: "for a day", "hurting an hour, now".
ONE_BEFORE = re.compile(
    r"(?:\b(?:for|in|over|about|after|past|than|been|within|around|only|just|nearly|almost|maybe|going on"
    r"|getting on|be|is|it's|quite|half|good|worse|say|like|under|well|(?:part|most|much) of)|[,(:-]|^) *$"
)
IDIOM = re.compile(r"(?:an?|one)[ -](?:(?:full|whole|good|bad)[ -])?(?:min(?:ute)?|day|night)$")
IDIOM_BEFORE = re.compile(
    r"\b(?:for|over|than|lasted|past|about|within|maybe|nearly|almost|(?:part|most|much) of) $"
)
NOW = re.compile(r" ?(?:now|later|on|already|straight|running|and a|or)\b")

AGE = re.compile(r"[ -]*(?:old|of age|olds|y/?o)\b")
AGE_BEFORE = re.compile(
    r"\b(?:age(?:d| is| of|:)?|i'?m|i am|s?he'?s|s?he is|who'?s|turned|turning|am)(?: now| only| just)? $"
)
YEARS_BEFORE = re.compile(
    r"\b(?:for|over|past|last|about|nearly|almost|these|since|been)(?: [a-z]+)? $"
)
NIGHTS = re.compile(
    r" (?:running|in a row|straight|now|on the trot|solid|back to back|without|of no)\b"
)
NIGHTS_BEFORE = re.compile(r"\b(?:for|in|past|last|these)(?: the)?(?: last| past)? $")

# Verbs and nouns whose length it is, with at most three words between.
_PASTIMES = any_of(
    """wait(?:ed|ing)? queue[ds]? queu(?:e)?ing park(?:ing|ed)? driv(?:e|en|ing) drove flight flew
    journey trip holidays? vacation cruise travell?(?:ed|ing)? play(?:ed|ing) watch(?:ed|ing)
    walk(?:ed|ing)? jogg?(?:ed|ing)? march(?:ed|ing) cook(?:ed|ing)? bak(?:ed|ing) boil(?:ed)? oven
    slept sleep(?:ing)? napp?(?:ed)? rested garden(?:ed|ing) shopping swam cycled hiked studied
    cleaned chatted talked on_hold on_the_phone sat_in stood_in stuck_in spent spend skip(?:ped)?
    shift training danc(?:ed|ing) s[iau]ng singing meeting back_to_school"""
)
_LIVES = any_of(
    """married together_for known liv(?:ed|ing) moved smok(?:ed|er|ing) vap(?:ed|ing)
    work(?:ed|ing)_(?:here|there|at|in|as|for)
    (?:nurse|teacher|driver|builder|farmer|patient|customer)_(?:for|of) retired served taught nursed
    career dating sober driven owned diagnos(?:ed|is) sclerosis the_ms
    (?:had|have|has|got|with|my)_(?:the_)?(?:ms|rrms) stylist_of friends?_(?:of|for)"""
)
_CARE = any_of(
    """took takes? taking on_the_pill contraception r[ua]n_the_drip
    drip_(?:ran|took|takes|lasted|runs|over)
    infusions?_(?:took|takes|lasted|lasts|is|was|runs|ran|over|will|of) bloods blood_work tests?
    (?:my|the|last)_bloods labs? mri scan smear check-?up appointment vaccin[a-z]* jab booster
    review dentist wedding funeral platelets checked tested results?
    (?:course|treatment|drip)_lasts? stopped_smoking gave_up (?:during|of)_the"""
)
_PAID = (
    r"[£€$] ?\d+(?:\.\d+)?|(?:euros?|quid|dollars?|bucks?|pounds?) (?:for|an?)"
    r"|costs?|charged?|paid|pay"
)
_DUTY = any_of(
    """must(?!_(?:say|admit|be|have)) should need_to have_to gotta supposed_to told_(?:me_)?to can_i
    do_i could_i how_long how_many"""
)
_NEW_CLAUSE = any_of("and but so now with which started began")
ELSE_BEFORE = re.compile(
    rf"\b(?:{_PASTIMES}|{_LIVES}|{_CARE})\b(?: +(?!{_NEW_CLAUSE}\b)[a-z0-9']+){{0,3}} *$"
    rf"|(?:{_PAID})(?: [a-z]+){{0,3}} $|\b{_DUTY}\b[^,]{{0,40}}$"
)
# "Haven't slept in three days" is a complaint.
LACKS = re.compile(
    r"(?:n't|\bnot|\bno|\bnever|\bunable|\bbarely|\bhardly|\bcannot|\bwithout|\bcant|\bdont|\bdidnt"
    r"|\bhavent|\bhasnt|\bstuck in (?:my )?bed|\bout of)\b"
)
# "Haven't seen her in a month".
OTHERS = re.compile(
    r"\b(?:seen|met|near|visited|spoken to|heard from) [a-z']+(?: [a-z]+)? (?:in|for)(?: about| over)? $"
)
ELSE_AFTER = re.compile(
    r"[ -]*(?:"
    + any_of(
        """old early late(?!r) overdue off(?!_(?:my|her|his|food)) apart to_go
        to_(?:wait|get|drive|the) in_labour each per away '?_?time from_now before(?!\\W*$) until
        till between prior in_advance worth max at_a_time shifts? infusions? drip holidays? break
        weekend trip flight journey wait notice clinic line helpline supply prescription packs?
        return tape ecg holter monitor ticket parking course sentence urine_collection marathon walk
        hike drive parents meeting session lecture exam class interview call zoom film movie concert
        in_(?:the|a)_(?:queue|car|waiting) on_(?:hold|the_phone) married sober clean smoker
        at_(?:the|a)_(?:post|bank|station|airport|shop|supermarket|desk|bus)
        on_(?:the_)?(?:pill|antibiotics|steroids|road|bus|train|motorway)
        on_(?:tecfidera|tysabri|interferon|copaxone)"""
    )
    + r"\b|of "
    + any_of(
        """pickup football hockey golf telly tv driving waiting queu marriage service teaching
        training cooking sleep walking my_life work treatment the_drip infusion lemtrada steroids
        antibiotics experience holiday leave peace your freedom rain snow remission age being
        unbroken bloods? tests? labs netflix meetings? homework gardening shopping"""
    )
    + ")"
)
OTHER_EVENT = re.compile(
    r"[ -]*(?:(?:after|following|post)\b|since (?:my|they|i|we|the) last (?:took|had|blood|test|scan|one))"
)
# "A 24 hour pharmacy", "a 5 minute walk": a number of one unit that a noun follows, of no complaint.
COUNTED_ONE = re.compile(
    rf"(?:\d+|(?!one\b){BELOW_100}|couple|few|half an)[ -](?:minute|hour|day|week|month|year)"
)
NOUN = re.compile(r" (?!long\b|straight\b|delay\b|bug\b|history\b|stint\b|bout\b)[a-z]{3,}")
CANNOT_GO = re.compile(r"\b(?:can'?t|cannot|never|couldn'?t|can) (?:even )?go $")
IN_BED = re.compile(
    r" (?:in (?:my )?bed|on the (?:sofa|couch|toilet|loo|bathroom|floor)|of (?:agony|hell|pain))"
)

TO_COME = re.compile(
    r"\b"
    + any_of(
        """will i'll ill_(?:be|go|see|have|need|get|come|start|call|ring)
        gonna going_to due next booked? upcoming appointment hoping planning want_to
        see_you starts should_i can_i must_i wait(?:ing)?_(?:for|on) would invited flying travelling
        hopefully (?:seeing|see)_(?:the|my|an?) exam interview (?:is|'s)_on(?=_$) i_start
        (?:have|need|got)_to i_have_(?:my|an?)_[a-z]+ turns
        (?:one|infusion|course|round|treatment|scan|mri|appointment|bloods)(?:'?s_on|_is)
        i'?m_having_(?:my|an?)_[a-z]+_(?:on|in)"""
    )
    + r"\b"
)
IN = re.compile(r"(?:^| )(?:in|within) $")
IS_IN = re.compile(r"(?:\bis|\bare|'s) (?:with)?in $")
TO_COME_AFTER = re.compile(
    r"\b(?:will|shall|i'll|going to|gonna|is my|i have my|i've my|i start)\b"
)
HAS_BEEN = re.compile(
    r"\b(?:been|had|started|began|was|were|over|past|last|have(?! (?:to|my|an?)\b)|has)\b"
)

# What patients complain of: stems, for the vaguest times count only where one is near.
COMPLAINT = re.compile(
    r"\b(?:"
    + any_of(
        """pain ache aching hurt sore bl(?:oo|ee)d bruis rash spots?\\b itch numb tingl dizz faint
        blacked passed_out fit\\b fits\\b seizure vomit sick threw throw fever temp\\b temperature
        shiver chill swell swollen lump blur vision weak cough pee wee\\b urine poo\\b runs\\b diarr
        nausea queasy tired exhaust palpitat heart headache migraine stiff breath cramp wheez sweat
        yellow period clots?\\b nose gums? cry panic anxious low\\b down\\b confus wobbl double burn
        sting off_my shingles pneumonia stroke infection cancer epilep depress overdose suicid
        asthma sepsis pleurisy mening jaundice hepatitis thrush abscess vertigo poisoning thyroid
        stones?\\b hoarse voice wired awake sleep constipat bowel"""
    )
    + ")"
)

# "Fine for a month", "no fever since Monday" tell of no complaint.
_WELL = any_of(
    """gone fine clear better well grand ok okay normal good stopped settled quiet easier
    improv(?:ed|ing) brighter calmer"""
)
_NOTHING = any_of("fever temp(?:erature)? pain bleeding symptoms? headaches? problems? rash")
_SINCE = r"(?:since|from|for)\b(?: (?:about|over|the|last|past))* $"
WELL_SINCE = re.compile(rf"\b{_WELL}(?: again| now)?,? {_SINCE}")
NOT_WELL = re.compile(r"(?:n't|\b(?:not|never|hardly|hasnt|havent|isnt))\b")
NOTHING_SINCE = re.compile(rf"\bno (?:more |further )?{_NOTHING}(?: at all)? {_SINCE}")

# "About a week", and no more, is an answer.
ANSWER = re.compile(
    r"\W*(?:"
    + any_of(
        """about over under less_than more_than around nearly almost roughly for maybe i'?d_say only
        at_least since like probably approx just it'?s_been been well oh um yes hmm i_think say
        easily a_good up_to must_be"""
    )
    + r"\W+)*"
)


def is_free(before: str) -> bool:
    """Whether somebody has been well since the time that follows `before`."""
    is_well = WELL_SINCE.search(before) and not NOT_WELL.search(before)
    return bool(is_well or NOTHING_SINCE.search(before))


def is_duration(said: Said, length: Length) -> bool:
    """Whether a length of time tells how long a patient has had something."""
    before, after = said.before(length.span[0]), said.after(length.span[1])
    if ANSWER.fullmatch(before) and not after.strip(" ,.-"):
        return True
    is_ago = bool(AGO.match(after))
    unit, words = length.unit, length.words
    return not (
        is_free(before)
        or (said.is_supposed(length.span[0]) and not is_ago)
        or (_is_how_often(words, before, after) and not (is_ago and ONE.fullmatch(words)))
        or _is_age_or_life(unit, before, after, is_ago=is_ago)
        or (unit == "night" and not (NIGHTS.match(after) or NIGHTS_BEFORE.search(before)))
        or _is_of_something_else(before, after, is_ago=is_ago)
        or is_to_come(before, after, is_in=bool(IN.search(before)))
        or (_is_of_a_noun(words, after) and not is_ago)
    )


def is_to_come(before: str, after: str, *, is_in: bool = False) -> bool:
    """Whether a time between `before` and `after` lies ahead; `is_in` when "in" stands right before it."""
    before = clause_before(before)
    if is_in and IS_IN.search(before):
        return True
    is_ahead = bool(TO_COME.search(before) or TO_COME_AFTER.search(clause_after(after[:35])))
    return is_ahead and (is_in or not HAS_BEEN.search(before))


def _is_of_a_noun(words: str, after: str) -> bool:
    is_one = COUNTED_ONE.fullmatch(words) and NOUN.match(after) and not ALONE_AFTER.match(after)
    return bool(is_one) and not COMPLAINT.search(after)


def _is_how_often(words: str, before: str, after: str) -> bool:
    if OFTEN.search(before):
        return True
    if not ONE.fullmatch(words) or NOW.match(after):
        return False
    if IDIOM.fullmatch(words) and not IDIOM_BEFORE.search(before):
        return True
    return bool(RATE.search(before)) and not ONE_BEFORE.search(before)


def _is_age_or_life(unit: str, before: str, after: str, *, is_ago: bool) -> bool:
    """Years are mostly of a life: they count only with a complaint near."""
    if AGE.match(after):
        return True
    if unit not in ("year", "yr"):
        return False
    if not is_ago and (AGE_BEFORE.search(before) or not YEARS_BEFORE.search(before)):
        return True
    return not COMPLAINT.search(before + after)


def _is_of_something_else(before: str, after: str, *, is_ago: bool) -> bool:
    lacks = LACKS.search(clause_before(before)) or IN_BED.match(after)
    if OTHERS.search(before) or (ELSE_BEFORE.search(before) and not lacks):
        return True
    if is_ago:
        return False
    if CANNOT_GO.search(before) and after.startswith(" without"):
        return True
    return bool(ELSE_AFTER.match(after) or OTHER_EVENT.match(after))
