"""Whether a sign is said to be there, denied, past, only possible, supposed, or somebody else's.

medspaCy's ConText with the cues of patients' language (bedside/knowledge/context.yml) finds the cues
and how far each reaches; what stands between a cue and a sign, and around them, decides whether it speaks of
that sign. The cue that decided is kept, so that a clinician can see why. Where the words leave a doubt the
sign is there: an emergency that is set aside is the worst mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from medspacy.context import ConText, ConTextRule
from medspacy.context.context_modifier import ConTextModifier
from spacy.language import Language
from spacy.tokens import Doc, Span

from bedside.knowledge import ContextCues
from bedside.model import Assertion

GROUP = "bedside"
BREAK = "BREAK"
STRONGEST_FIRST = (
    Assertion.HYPOTHETICAL,
    Assertion.SOMEONE_ELSE,
    Assertion.ABSENT,
    Assertion.HISTORICAL,
    Assertion.POSSIBLE,
)
# A cue rarely reaches further than this many words without a new one. (Not ConText's own max_scope: a scope
# that it cuts short is no longer ended by "but".)
REACH = {Assertion.ABSENT: 12, Assertion.HISTORICAL: 20, Assertion.POSSIBLE: 6}
# "Nothing" denies what follows at once: not in "she has nothing wrong with her but gets headaches".
SHORT_REACH, SHORT = 4, {"nothing", "nowt"}
# A date told within these days is not past, whatever its year.
RECENT_DAYS = 60


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# How clauses and lists are made.
STOPS = _set(', ; : . ! ? ( ) / ... - " .. • |')
JOINTS = _set(", and & / plus")
WITH_IT = {("with", "the"), ("with", "my"), ("with", "this")}
# What may follow a "no" that answers: nothing, or a new thought.
NEW_THOUGHT = STOPS - {"?"} | _set(
    "but and so just only though thank thankfully either or yet except whatsoever since &"
)
THOUGHT_ENDS = _set(", ; : . ! ? - and but though if when so")
ARTICLES = _set("my the a an our his her")

# Who speaks, and of whom.
OWN = _set("i im i'm my me ive myself mine we us our")
SELF = _set("i i'm ive my me mine myself")
THIRD = _set("he she his her they their him hers")
TELLS = _set(
    "says say said saying thinks think thought reckons reckon recons noticed notices spotted told tells "
    "asked asks saw sees calls called claims pointed found finds counted mentioned worried worries swears "
    "shows showed"
)
# "The man I know", "a friend of mine": these own words are about the other person.
KNOWS = _set(
    "share shared sit sat know knew work worked live lived teach met mentor watch watched had"
)
OF_ONES = _set("of at in from on by")
WHO = _set("who where whom that")
# Before a person these make him no subject: "caught a cold from my son", "they told my mum".
OBJECT_AFTER = _set(
    "with to from for at by than like after since before without on near off told tell asked gave as am 'm "
    "being had have having got lost see saw visit visited met took take drove feed fed lift lifted hold held "
    "carry carried pick picked walk walked"
)
LOOKING = _set("reading watching during")
ON_ME = _set("on in under behind round around to")
HAS = _set("has had is was are were have gets got 's")
# For a husband or wife one may write, so the patient may be meant.
SPOUSE = _set(
    "husband husbands hubby wife missus spouse partner boyfriend girlfriend fiance fiancé fiancee fiancée"
)

# "I had Lemtrada two years ago" dates the treatment, not the bruises named before it; and who speaks of a
# relative's treatment writes for the patient.
TREATMENT = _set(
    "lemtrada alemtuzumab campath infusion infusions treatment course round drip dose bag"
)
DIAGNOSED = TREATMENT | _set("ms diagnosed diagnosis born married")
TREATED = TREATMENT - {"dose", "bag"} | _set("treated patient carer caring behalf reports denies")
KIN = "(?:husband|wife|partner|mum|mom|mam|mother|dad|father|son|daughter|sister|brother)"
FOR_PATIENT = re.compile(
    rf"\b{KIN} (?:here|writing|typing)\b|\b(?:this is|i'm|im|i am) (?:the|her|his|\w+'s) {KIN}\b"
)
ROUNDS = _set("one two three 1 2 3 of")
AFTER = _set("after during before with")

# Denials and answers.
NEGATIVE = _set("n't nt not no cannot unable never")
YES = _set("yes yep yeah y yup present positive")
ANSWERS = _set(
    "no not none nil nope nah n't n n. nt zero 0 i me have had find any one negative never neither"
)
ASKED = _set(": - , ? ... ( =")
SAYING = _set("no there it is was were do did have had has does am i we he she you u ask asked")
OTHERS = OWN | _set("or and but which")
FOUND = _set("find found see saw feel")
LINKS = _set(
    "is are was were 's s 're all absolutely perfectly completely quite pretty very totally also business "
    "thing"
)
# Without these one is ill: "appetite: none".
WANTED = _set(
    "appetite energy sleep strength feeling power sensation balance wee pee urine breath my the a"
)
LISTED = _set("x n ok okay fine normal good neg")
ENDED = _set("better gone")
THIS = _set("this that these")

# Time.
NO_DATE_AFTER = _set("since from for like than every until at")
COUNTS = _set("a an one two three four five six seven eight nine ten few couple of some many the")
AGAIN = _set("again worse still returned")
BACK_AFTER = _set("is are 's s come comes coming it creeping fever")
ONSET = _set(
    "started began came turned appeared noticed onset developed diagnosed stopped finished died"
)
# One may be there still: "in my thirties".
DECADES = _set("teens twenties twentys thirties forties")
AM = _set("am 'm im")
HAD = _set("had was were got did gave caught 'd i'd went brought")
REFERS = _set("that it this thats all")
ALSO = _set("also too same before")
RECENT = re.compile(
    r"\b(?:now|today|tonight|yesterday|currently|since|lately|recently|nowadays|(?:days?|hours?|weeks?) ago"
    r"|this (?:morning|afternoon|evening|week|time)|last (?:night|week)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)
YEAR = re.compile(r"\b20\d\d\b")

# Questions. "Should I worry about my chest pain" asks about a pain that is there.
HERE = _set("i im i'm ive my mine ours this these now today having")
RIGHT_NOW = _set("now having today these this")
CONDITIONAL = _set(
    "if case out watch suppose supposing imagine event say ever know odds chance chances risk"
)
DRUG = _set("drug stuff medicine medication treatment one course thing infusion")
HAS_IT = re.compile(
    r"\b(?:i have|i've|ive|i've got|i got|i am having|i'm having|im having) "
    r"(?:it|one|them|that|this|these|those|both|all|had)\b"
    r"|right now|\bmine\b|that'?s me|that is me|because my"
)
LASTING = re.compile(
    r"\bfor (?:an?|[0-9]+|two|three|four|five|six) (?:hours?|days?|weeks?)\b|\bsince\b"
)
# What a leaflet lists or one supposes goes on over commas.
TELLING = _set(
    "leaflet leaflets booklet pamphlet brochure handout sheet form card warnings page mentions lists warned "
    "warns read suppose supposing imagine say hypothetically worst recognise recognize explain"
)
IF_IT_IS = re.compile(r"\b(?:is|does|are) (?:it|this|that)\b.* if\b")
ASKING = _set("is are does do can could would will should might may ought has")
# These open a question even without its mark; "is" may have lost its subject: "is bleeding".
SURELY_ASKING = _set("does would should ought")
WH = _set("what which who where when how whats wot wich")
RELATIVE = _set("which who where when")
BEFORE_QUESTION = _set(
    ', ; : - " and so or but please sorry question know hi then well ok in at after to'
)
NOT_GENERAL = _set("n't nt not it this that these those")
HELP = _set("help helps take stop stops treat cure relieve ease for done about else think")


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a message in lower case, the sentence of each, the message itself, and the day it was
    written, where that is known."""

    words: tuple[str, ...]
    sentences: tuple[tuple[int, int], ...]
    text: str
    today: date | None

    @classmethod
    def of(cls, doc: Doc, today: date | None) -> Said:
        sentences = [(sentence.start, sentence.end) for sentence in doc.sents]
        return cls(
            words=tuple(token.lower_ for token in doc),
            sentences=tuple(each for each in sentences for _ in range(*each)),
            text=doc.text,
            today=today,
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some words of a message that follow each other."""

    said: Said
    start: int
    end: int

    @property
    def words(self) -> tuple[str, ...]:
        return self.said.words[self.start : self.end]

    @property
    def last(self) -> str:
        return self.said.words[self.end - 1]

    @property
    def before(self) -> str:
        """The word before, in the message."""
        return self.said.words[self.start - 1] if self.start else ""

    @property
    def after(self) -> str:
        """The word after, in the message."""
        return self.said.words[self.end] if self.end < len(self.said.words) else ""

    @property
    def sentence(self) -> Stretch:
        return Stretch(self.said, *self.said.sentences[self.start])

    @property
    def segment(self) -> Stretch:
        """The words around it up to the next stops."""
        words, (first, last) = self.said.words, self.said.sentences[self.start]
        start, end = self.start, self.end
        while start > first and words[start - 1] not in STOPS:
            start -= 1
        while end < last and words[end] not in STOPS:
            end += 1
        return Stretch(self.said, start, end)

    def holds(self, words: AbstractSet[str]) -> bool:
        """Whether one of `words` is among its own."""
        return not words.isdisjoint(self.words)

    def covers(self, other: Stretch) -> bool:
        return self.start <= other.start and other.end <= self.end

    def between(self, other: Stretch) -> Stretch:
        """What stands between it and `other`, in either order."""
        start, end = min(self.end, other.end), max(self.start, other.start)
        return Stretch(self.said, start, max(start, end))

    def words_without(self, other: Stretch) -> tuple[str, ...]:
        """Its words but those of `other`."""
        return tuple(
            word
            for at, word in enumerate(self.words, self.start)
            if not other.start <= at < other.end
        )


@dataclass(frozen=True, slots=True)
class Sign(Stretch):
    """The words that name a sign, and those that name the other signs of the message."""

    others: tuple[Stretch, ...] = ()

    def thought(self, start: int) -> Stretch:
        """The words from `start` over the sign to the end of its thought, six words on at most."""
        end, last = self.end, min(self.end + 6, self.sentence.end)
        while end < last and self.said.words[end] not in THOUGHT_ENDS:
            end += 1
        return Stretch(self.said, min(start, self.start), end)

    def is_listed(self, stops: Sequence[int]) -> bool:
        """Whether each of `stops` ends an item of a list of signs: "fever, chills or cough"."""
        ends = [other.end for other in self.others]
        return all(any(0 <= stop - end <= 1 for end in ends) for stop in stops)


@dataclass(frozen=True, slots=True)
class Cue(Stretch):
    """Words that may decide an assertion, and which words they reach."""

    assertion: Assertion
    direction: str
    reach: tuple[int, int]
    text: str

    def reaches(self, sign: Sign) -> bool:
        """Whether the reach holds the sign; "don't have" reaches into "have a temperature"."""
        first = self.end if self.start < sign.start < self.end < sign.end else sign.start
        far = max(sign.start - self.end, self.start - sign.end)
        is_near = far < (SHORT_REACH if self.holds(SHORT) else REACH.get(self.assertion, far + 1))
        is_apart = first >= self.end or sign.end <= self.start
        return is_near and is_apart and first < self.reach[1] and self.reach[0] < sign.end


class AssertionFinder:
    """ConText with the project's cues."""

    def __init__(self, nlp: Language, cues: ContextCues) -> None:
        self._context = ConText(
            nlp, rules=None, input_span_type="group", span_group_name=GROUP, span_attrs=None
        )
        self._context.add(list(_rules(cues)))

    def judge(
        self, doc: Doc, spans: Sequence[Span], today: date | None = None
    ) -> list[tuple[Assertion, str | None]]:
        """For each of `spans` its assertion and the cue that decided it, if any did. `today` tells whether a
        year is this one."""
        if not spans:
            return []
        said = Said.of(doc, today)
        cues = list(_cues(said, doc, self._modifiers(doc)))
        places = dict.fromkeys((span.start, span.end) for span in spans)
        judged = {}
        for place in places:
            others = tuple(Stretch(said, *each) for each in places if each != place)
            judged[place] = _decide(Sign(said, *place, others), cues)
        return [judged[span.start, span.end] for span in spans]

    def judge_clause(self, clause: Span, today: date | None = None) -> tuple[Assertion, str | None]:
        """The assertion of a whole clause, whose own words may hold the cue."""
        modifiers = self._modifiers(clause.doc)
        run = _longest_run_without(clause, modifiers)
        if not run:
            return Assertion.PRESENT, None
        said = Said.of(clause.doc, today)
        sign = Sign(said, run[0], run[-1] + 1)
        return _decide(sign, list(_cues(said, clause.doc, modifiers)))

    def _modifiers(self, doc: Doc) -> list[ConTextModifier]:
        if doc._.context_graph is None:
            doc.spans[GROUP] = []
            self._context(doc)
        return list(doc._.context_graph.modifiers)


def _cues(said: Said, doc: Doc, modifiers: Sequence[ConTextModifier]) -> Iterator[Cue]:
    for each in modifiers:
        if each.category in Assertion.__members__:
            start, end = each.modifier_span
            yield Cue(
                said,
                start,
                end,
                assertion=Assertion[each.category],
                direction=each.direction,
                reach=each.scope_span,
                text=doc[start:end].text,
            )


def _longest_run_without(clause: Span, modifiers: Sequence[ConTextModifier]) -> list[int]:
    """The places of the longest part of `clause` that is no cue."""
    cues = {i for each in modifiers for i in range(*each.modifier_span)}
    runs: list[list[int]] = [[]]
    for token in clause:
        if token.i in cues:
            runs.append([])
        else:
            runs[-1].append(token.i)
    return max(runs, key=len)


def _decide(sign: Sign, cues: Sequence[Cue]) -> tuple[Assertion, str | None]:
    # The "no" of "no energy" belongs to that sign, and denies nothing else.
    free = [cue for cue in cues if not any(o.start <= cue.start < o.end for o in sign.others)]
    for assertion in STRONGEST_FIRST:
        for cue in free:
            if cue.assertion is assertion and DECIDES[assertion](sign, cue):
                return assertion, cue.text
        if assertion is Assertion.HYPOTHETICAL and (word := _general_question(sign)):
            return assertion, word
    return Assertion.PRESENT, None


# Denied


def _is_denied(sign: Sign, cue: Cue) -> bool:
    is_backward = cue.direction != "FORWARD"
    if sign.start < cue.start and cue.end == sign.end and is_backward:
        return sign.end - sign.start <= 4 and _closes(cue)  # "ears are grand"
    if sign.holds(NEGATIVE | {"except"}) or _is_affirmed(sign) or _is_first(sign, cue):
        return False  # nobody denies a "can't breathe"
    if cue.start >= sign.end:
        return is_backward and _answers(cue, sign)
    if cue.direction == "BACKWARD" or not cue.reaches(sign):
        return False
    return not _is_answer(cue, sign) and _goes_on(cue, sign)


def _answers(cue: Cue, sign: Sign) -> bool:
    """Whether the cue answers the sign before it: "bruises: none", "a rash? no", "itching is not"."""
    gap = Stretch(sign.said, sign.end, cue.start)
    words, marks = set(gap.words) - STOPS, set(gap.words) & STOPS
    if sign.sentence.holds(ENDED):  # "my cough is better, the pain isn't"
        return False
    if cue.last not in ANSWERS:
        return _describes(cue, words, marks)
    is_closed = _closes(cue) or cue.holds({"say", "said", "says"})
    if not is_closed or WANTED.issuperset(sign.words):
        return False
    if words <= SAYING and marks <= ASKED | {"."}:
        return "." not in marks or sign.sentence.holds(TELLS | {"ask", "asking"})
    is_one = STOPS.isdisjoint(gap.words[:-1]) and gap.last not in STOPS - {",", "-"}
    has_searched = "and" in words and cue.holds(FOUND)
    return len(gap.words) <= 5 and is_one and (has_searched or not words & OTHERS)


def _describes(cue: Cue, words: set[str], marks: set[str]) -> bool:
    """Whether a description that is no denial speaks of what stands before: "gums: fine"."""
    if marks and not words:
        return marks <= ASKED - {","}
    return words <= LINKS and not marks and (cue.end - cue.start > 1 or bool(words) or _closes(cue))


def _closes(cue: Cue) -> bool:
    """Whether nothing follows that the cue could speak of instead: "no" answers, "no idea" does not."""
    sentence = cue.sentence
    if cue.end == sentence.end or cue.last.endswith("."):
        return True
    if cue.text in LISTED and sentence.words.count(cue.text) > 1:
        return True  # "breathing ok pulse ok"
    numbered = sentence.words[cue.end - sentence.start + 1 :][:1] in ((")",), (".",))
    return cue.after in NEW_THOUGHT or cue.after.isspace() or (cue.after.isdigit() and numbered)


def _is_answer(cue: Cue, sign: Sign) -> bool:
    """Whether a cue that could go either way answers what stands before: "fever nil cough nil"."""
    if cue.direction != "BIDIRECTIONAL" or cue.text in ("no", "not"):
        return False
    for other in sign.others:
        if 0 <= cue.start - other.end <= 1 and ASKED.issuperset(other.between(cue).words):
            return other.before != cue.text
    return False


def _is_affirmed(sign: Sign) -> bool:
    """Whether a "yes" follows: "falling: yes"."""
    after = sign.said.words[sign.end : sign.end + 2]
    return bool(YES & set(after if after[:1] == (":",) else after[:1]))


def _is_first(sign: Sign, cue: Cue) -> bool:
    """Whether a denial says that there is one now: "never had a pain like this", "no fever until today"."""
    after = sign.said.words[sign.end : sign.thought(sign.end).end]
    if {"until", "till", "before"} & set(after):
        return True
    if any(one == "like" and two in THIS for one, two in pairwise(after)):
        return True
    between = cue.between(sign)
    is_such = bool({"like", "as"} & set(after)) or between.holds({"so", "such", "this", "these"})
    return "never" in cue.words and is_such


def _goes_on(cue: Cue, sign: Sign) -> bool:
    """Whether a denial reaches the sign over a comma or "and", as in a list: "no fever, chills or cough"."""
    said = sign.said
    joints = [at for at in range(cue.end, sign.start) if said.words[at] in JOINTS]
    last = min(sign.end + 4, sign.sentence.end)
    if _is_set_against(cue, sign):
        return False
    if not joints or {"or", "nor"} & set(said.words[cue.end : last]):
        return True
    # "Not sneezing, wheezing" is no list.
    return cue.last not in NEGATIVE - {"no"} and sign.is_listed(joints)


def _is_set_against(cue: Cue, sign: Sign) -> bool:
    """Whether only what stands before the sign is denied: "no fever with the pain"."""
    denied = [other.end for other in sign.others if cue.end <= other.start < sign.start]
    if not denied:
        return False
    pairs = pairwise(sign.said.words[min(denied) : sign.start + 1])
    return sign.after == "though" or any(pair in WITH_IT for pair in pairs)


# Past


def _is_past(sign: Sign, cue: Cue) -> bool:
    is_brief = sign.covers(cue) and _is_brief(sign, cue)
    if not (is_brief or _is_dated_by_next(sign, cue) or _is_one_statement(sign, cue)):
        return False
    if _is_no_date(cue) or _is_this_year(cue) or _is_other_habit(sign, cue):
        return False
    return not (_is_recent(sign, cue) or _comes_again(sign, cue) or _dates_treatment(sign, cue))


def _is_brief(sign: Sign, cue: Cue) -> bool:
    """Whether the sign is told with its date and no more: "fits as a child"."""
    is_clause = sign.holds(STOPS | TREATMENT | {"and", "is", "'s"})
    return cue.end - cue.start < sign.end - sign.start <= 8 and not is_clause


def _is_dated_by_next(sign: Sign, cue: Cue) -> bool:
    """Whether the next sentence dates this one: "I had the shakes. That was three years ago"."""
    sentence = cue.sentence
    refers = sentence.words[0] in REFERS and cue.start - sentence.start <= 5
    return refers and sign.sentence.end == sentence.start and not sentence.holds(ALSO)


def _is_one_statement(sign: Sign, cue: Cue) -> bool:
    """A date holds for its own statement and, when it is told first, for what follows the comma."""
    if not cue.reaches(sign):
        return False
    between = cue.between(sign)
    stops = [at for at, word in enumerate(between.words, between.start) if word in STOPS]
    if not stops or len(stops) == len(between.words):
        return True
    if cue.end <= sign.start:
        is_first = sign.is_listed(stops) or cue.start - cue.segment.start <= 2
        return cue.direction != "FORWARD" and is_first  # "history of asthma, chest pain"
    return len(stops) == 1 and cue.start - stops[0] <= 3


def _is_recent(sign: Sign, cue: Cue) -> bool:
    """Whether the sign's own clause says that it is recent, or began then, or leaves it open."""
    around = sign.segment.words_without(cue)
    if RECENT.search(" ".join(around)):
        return True
    if cue.holds({"ago", "back"}) and ONSET & {*around, *cue.segment.words}:
        return True
    is_now = HAD.isdisjoint(around) or cue.sentence.holds(AM)
    return cue.holds(DECADES) and is_now


def _is_other_habit(sign: Sign, cue: Cue) -> bool:
    """Whether "used to" speaks of something else: "I used to inhale a pie, now I vomit"."""
    return cue.last == "to" and sign.start - cue.end > 3


def _comes_again(sign: Sign, cue: Cue) -> bool:
    words = sign.sentence.words_without(cue)
    pairs = set(pairwise(words))
    is_back = any(second == "back" and first in BACK_AFTER for first, second in pairs)
    is_again = "again" in words and ("never", "again") not in pairs
    return is_back or is_again or not AGAIN.isdisjoint(sign.segment.words_without(cue))


def _dates_treatment(sign: Sign, cue: Cue) -> bool:
    """Whether the date is that of the treatment or the diagnosis: "Lemtrada in 2019, now bruises"."""
    segment, own = cue.segment, sign.segment
    is_apart = not segment.start <= sign.start < segment.end
    for at in range(segment.start, segment.end):
        word = sign.said.words[at]
        if word not in DIAGNOSED or cue.start <= at < cue.end or sign.start <= at < sign.end:
            continue
        # "Hives after the infusion in 2019" are dated themselves.
        is_event = bool(AFTER & set(sign.said.words[max(at - 3, 0) : at]))
        is_near = min(abs(at - cue.start), abs(at - cue.end)) <= 6
        if is_near and not is_event and (is_apart or word in TREATMENT):
            return True
    is_one = (own.start, own.end) == (segment.start, segment.end)
    return not is_one and cue.between(sign).holds(TREATMENT)


def _is_no_date(cue: Cue) -> bool:
    """Whether the cue says how long, or what it was like: "since two years ago", "like last year"."""
    before = (word for word in reversed(cue.said.words[: cue.start]) if word not in COUNTS)
    return next(before, "") in NO_DATE_AFTER


def _is_this_year(cue: Cue) -> bool:
    year, today = YEAR.search(cue.text), cue.said.today
    if year is None or today is None:
        return False
    return int(year[0]) >= (today - timedelta(days=RECENT_DAYS)).year


# Supposed


def _is_supposed(sign: Sign, cue: Cue) -> bool:
    if not cue.reaches(sign) or HAS_IT.search(sign.said.text) or _asks_of_here(sign, cue):
        return False
    is_behind = cue.start >= sign.end
    if "if" in cue.words and IF_IT_IS.search(" ".join(sign.sentence.words)):
        return False  # "is it flu if your neck is stiff"
    between = cue.between(sign)
    stops = [at for at, word in enumerate(between.words, between.start) if word in STOPS]
    return not stops or (not is_behind and (cue.holds(TELLING) or sign.is_listed(stops)))


def _asks_of_here(sign: Sign, cue: Cue) -> bool:
    """Whether a question speaks of something that the patient seems to have."""
    if cue.start >= sign.end:
        return sign.sentence.holds(HERE)
    thought = sign.thought(cue.end)
    if cue.holds(CONDITIONAL) or ("i" in cue.words and "should" not in cue.words):
        return bool(_pointing(thought) & RIGHT_NOW)
    return bool(_pointing(thought) & HERE or LASTING.search(" ".join(thought.words)))


def _general_question(sign: Sign) -> str:
    """The word that opens the general question around the sign ("are cold sores catching?"), or none."""
    sentence, words = sign.sentence, sign.said.words
    is_marked = sentence.last == "?"
    for at in range(sentence.start, sign.start):
        before = words[at - 1] if at > sentence.start else ""
        is_relative = before == "," and words[at] in RELATIVE  # "at home, which is where I bled"
        starts = not is_relative and (not before or before in BEFORE_QUESTION)
        if not (starts and _asks(words[at], words[at + 1], is_marked)):
            continue
        # "Which is worse, shingles or flu" goes on; "what is happening, chest pain" does not.
        goes_on = words[at] == "which" or not set(words[at + 1 : sign.start]) & (STOPS - {'"'})
        rest = _pointing(sign.thought(at + 1))
        is_number = any(each.isdigit() for word in sign.words for each in word)
        is_here = bool(rest & (HERE | HELP)) or HAS_IT.search(sign.said.text) is not None
        return words[at] if goes_on and not (is_here or is_number) else ""
    return ""


def _asks(word: str, following: str, is_marked: bool) -> bool:
    """Whether `word` opens a general question, with a question mark or as "what does"."""
    if following in NOT_GENERAL:
        return False
    if word in WH:
        return is_marked or following in ASKING
    return word in (ASKING if is_marked else SURELY_ASKING)


def _pointing(stretch: Stretch) -> set[str]:
    """Its words, without the "this" of "this drug" and "on this"."""
    words = stretch.said.words
    return {
        words[at]
        for at in range(stretch.start, stretch.end)
        if words[at] not in ("this", "these")
        or (words[at - 1] not in ("on", "off") and DRUG.isdisjoint(words[at + 1 : at + 2]))
    }


# Somebody else's


def _is_anothers(sign: Sign, cue: Cue) -> bool:
    if not cue.reaches(sign) or _is_for_patient(sign.said) or _is_object(cue):
        return False
    if _may_be_patient(cue) and not _tells_of_self(sign.said):
        return False
    if cue.start >= sign.end:
        return True
    between = sign.thought(cue.end)
    places = range(between.start, between.end)
    if any(_is_own(at, cue, sign) for at in places):
        return False
    words = sign.said.words
    third = [at for at in places if words[at] in THIRD and at <= sign.start + 2]
    told = [at for at in places if words[at] in TELLS and at < sign.start]
    if told:
        return bool(third) and third[-1] > told[-1]
    return bool(third) or _tells_of_person(sign, cue)


def _is_own(at: int, cue: Cue, sign: Sign) -> bool:
    """Whether the writer speaks of himself: "my mum and I", not "a friend of mine", "the man I know"."""
    words = sign.said.words
    word, before, after = words[at], words[at - 1], words[at + 1 : at + 2]
    if word == "your":  # "he goes, your eyes are yellow", not "he never had your Lemtrada"
        return TREATED.isdisjoint(after)
    if word not in OWN:
        return False
    if at >= sign.end:
        return before in ON_ME and word in ("me", "my")
    is_named = before in OF_ONES and at - cue.end <= 1
    is_told = before in TELLS and word in ("me", "us")
    is_known = before != "that" and bool(WHO & set(words[max(at - 4, cue.start) : at]))
    knows = word in ("i", "we") and not KNOWS.isdisjoint(after)
    return not (is_named or is_told or is_known or knows)


def _tells_of_person(sign: Sign, cue: Cue) -> bool:
    """Whether no stop parts the person from the sign but those of a list or of "my son, six, has"."""
    words, between = sign.said.words, range(cue.end, sign.start)
    closed = max((at for at in between if words[at] == ")"), default=cue.end - 1)
    stops = [at for at in between if words[at] in STOPS and at > closed]
    return sign.is_listed(stops) or (len(stops) == 2 and words[stops[1] + 1] in HAS)


def _is_object(cue: Cue) -> bool:
    """Whether the person is none of whom the sentence tells: "caught a cold from my son"."""
    before = list(cue.said.words[cue.sentence.start : cue.start])
    is_bare = not before or before[-1] not in ARTICLES
    while before and before[-1] in ARTICLES:
        before.pop()
    if is_bare and TELLS & set(before[-4:]):
        return True  # "my son asked why mummy is yellow"
    last = before[-1] if before else ""
    is_adjective = is_bare and len(before) > 1 and before[-2] in ARTICLES  # "my hearing dog"
    is_acted_on = last.endswith("ing") and last not in LOOKING and not is_adjective
    return is_acted_on or last in OBJECT_AFTER


def _may_be_patient(cue: Cue) -> bool:
    """Whether it is the writer's own husband or wife, for whom he may write."""
    return cue.holds(SPOUSE) and cue.before not in ("'s", "s", "of")


def _tells_of_self(said: Said) -> bool:
    """Whether the writer speaks of himself too, or says that another is no patient."""
    for at, word in enumerate(said.words):
        if word in SELF and SPOUSE.isdisjoint(said.words[at + 1 : at + 2]):
            return True
        if word in TREATED | {"ms"} and _is_negated(said, at):
            return True
    return False


def _is_for_patient(said: Said) -> bool:
    """Whether somebody writes for the one who had the treatment."""
    if FOR_PATIENT.search(" ".join(said.words).replace(" 's", "'s")):
        return True
    places = (at for at, word in enumerate(said.words) if word in TREATED)
    return any(_is_anothers_treatment(said, at) for at in places)


def _is_anothers_treatment(said: Said, at: int) -> bool:
    before = said.words[said.sentences[at][0] : at]
    is_other_sense = said.words[at] == "round" and ROUNDS.isdisjoint(said.words[at + 1 : at + 2])
    if is_other_sense or before[-1:] == ("of",) or _is_negated(said, at):
        return False
    subject = next((word for word in reversed(before) if word in OWN | THIRD), "")
    return subject not in OWN - {"my", "our"} and {"my", "our"}.isdisjoint(before[-2:])


def _is_negated(said: Said, at: int) -> bool:
    return not NEGATIVE.isdisjoint(said.words[max(at - 5, said.sentences[at][0]) : at])


# Doubted


def _is_doubted(sign: Sign, cue: Cue) -> bool:
    between = cue.between(sign).words
    if cue.start < sign.start:
        return cue.reaches(sign) and {",", "and"}.isdisjoint(between)
    return cue.reaches(sign) and {",", "and"}.isdisjoint(between[:-1]) and _closes(cue)


DECIDES: dict[Assertion, Callable[[Sign, Cue], bool]] = {
    Assertion.ABSENT: _is_denied,
    Assertion.HISTORICAL: _is_past,
    Assertion.HYPOTHETICAL: _is_supposed,
    Assertion.SOMEONE_ELSE: _is_anothers,
    Assertion.POSSIBLE: _is_doubted,
}


def _rules(cues: ContextCues) -> Iterator[ConTextRule]:
    for (assertion, direction), words in cues.cues.items():
        is_outlasting = assertion in (Assertion.SOMEONE_ELSE, Assertion.HISTORICAL)
        for cue in words:
            yield _rule(
                cue,
                assertion.name,
                "BIDIRECTIONAL" if direction == "both" else direction.upper(),
                terminated_by=() if is_outlasting else (BREAK,),
                # Cues of one kind end each other; a second person does not: "a lad at my sister's school".
                excluded_types={cue} if assertion is Assertion.SOMEONE_ELSE else None,
            )
    yield from (_rule(word, "END", "TERMINATE") for word in cues.ends)
    yield from (_rule(word, BREAK, "PSEUDO") for word in cues.breaks)
    yield from (_rule(word, "NOTHING", "PSEUDO") for word in cues.pseudo)


def _rule(cue: str, category: str, direction: str, **further: Any) -> ConTextRule:
    pattern = cue[1:-1] if re.fullmatch("/.+/", cue) else None
    return ConTextRule(cue, category, direction=direction, pattern=pattern, **further)
