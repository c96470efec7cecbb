"""Which signs and facts a message speaks of, and where: by the lexicon, and by the trained heads beside it.

Says nothing about whether they are denied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Span

from bedside.knowledge import Knowledge
from bedside.language.classifier import NOTHING, Classifier
from bedside.language.clauses import clauses
from bedside.language.encoder import Pieces, Vectors
from bedside.language.features import Place
from bedside.language.lexicon import Lexicon
from bedside.language.weighing import Thresholds, confidence, evidence
from bedside.model import FoundBy, Urgency

REPORT = "report_symptom"
# A clause of fewer words says too little to the heads: "yes", "today".
FEWEST_WORDS = 2
# In a message that is so unlikely to be a report the heads' guesses are not asked about, but for emergencies:
# of 127 such guesses in cross-validation 54 were right, and those mostly denied or supposed.
HARDLY_A_REPORT = 0.27
# A sign in the lexicon's words is asked about from so sure on, an emergency (True) sooner. Below, another
# sign's words hold it ("throat closing" in an allergic reaction).
FAINTEST_NAMED = {False: 0.25, True: 0.05}
# What a place says of a sign counts beside a better one when it is at least so sure.
SURE_OF_PLACE = 0.5


@dataclass(frozen=True, slots=True)
class Heard:
    """A sign, or a fact's value, that a stretch of the text speaks of, and how sure that is."""

    entry: str
    span: Span
    found_by: FoundBy = FoundBy.LEXICON
    confidence: float = 1.0
    is_accepted: bool = True

    @property
    def place(self) -> Place:
        return place_of(self.span)


@dataclass(frozen=True, slots=True)
class Sure:
    """How sure the heads are of each sign in each stretch, (stretches, signs), the whole text first; and of
    the message being a report."""

    stretches: tuple[Span, ...]
    signs: Vectors
    report: float


def place_of(span: Span) -> Place:
    """Where the span stands in the patient's text."""
    return Place(span.start_char, span.end_char)


def by_lexicon(lexicon: Lexicon, doc: Doc) -> list[Heard]:
    """What the lexicon alone hears."""
    return [Heard(match.entry, match.span) for match in lexicon.find(doc).matches]


def stretches_of(doc: Doc) -> tuple[Span, ...]:
    """The whole, each sentence and each clause, as far as they differ."""
    sentences = list(doc.sents)
    parts = [doc[:], *(sentences if len(sentences) > 1 else ()), *clauses(doc)]
    long_enough = (each for each in parts if _words(each) >= FEWEST_WORDS)
    return tuple(dict.fromkeys([doc[:], *long_enough]))


def _words(span: Span) -> int:
    return sum(token.is_alpha for token in span)


def weighed(
    heard: Sequence[Heard], sure: Sure, classifier: Classifier, knowledge: Knowledge
) -> list[Heard]:
    """What the lexicon heard as far as the heads bear it out, and what they hear beside it. What the
    lexicon has words for is asked about even where the heads find it rather unlikely."""
    thresholds, classes = classifier.thresholds, classifier.signs.classes
    says_too_little = _words(sure.stretches[0]) < FEWEST_WORDS
    named = {each.entry for each in heard}
    nothing = classes.index(NOTHING)
    kept = [each for each in heard if each.entry not in classes]
    for column, sign in enumerate(classes):
        if sign in knowledge.signs:
            row = sure.signs[:, column]
            known = evidence(
                sure.signs, column, nothing, by_lexicon=sign in named, report=sure.report
            )
            certainty = confidence(known, thresholds)
            is_emergency = knowledge.signs[sign].urgency is Urgency.EMERGENCY
            is_named = sign in named and certainty >= FAINTEST_NAMED[is_emergency]
            is_idle = sure.report < HARDLY_A_REPORT and not is_emergency
            enough = thresholds.accepts if is_idle else thresholds.asks
            if is_named or (
                enough(sign, certainty) and not (says_too_little and sign not in named)
            ):
                kept += _of_sign(sign, certainty, heard, sure.stretches, row, thresholds)
    return sorted(kept, key=lambda each: (each.span.start, each.entry))


def _of_sign(
    sign: str,
    certainty: float,
    heard: Sequence[Heard],
    stretches: Sequence[Span],
    row: Vectors,
    thresholds: Thresholds,
) -> Iterator[Heard]:
    """The lexicon's words for the sign, and the stretches that speak of it elsewhere, surest first."""
    is_accepted = thresholds.accepts(sign, certainty)
    taken: list[Span] = []
    for each in heard:
        if each.entry == sign:
            taken.append(each.span)
            yield Heard(sign, each.span, FoundBy.LEXICON, certainty, is_accepted)
    for at in (-row).argsort(kind="stable"):
        span, is_sure = stretches[int(at)], row[at] >= SURE_OF_PLACE
        overlaps = any(span.start < other.end and other.start < span.end for other in taken)
        if not overlaps and (is_sure or not taken):
            taken.append(span)
            yield Heard(sign, span, FoundBy.CLASSIFIER, certainty, is_accepted)


def sure_of(text: str, doc: Doc, pieces: Pieces, classifier: Classifier) -> tuple[Sure, str, float]:
    """What the heads say of a message: its signs, and its likeliest intent with how sure that is."""
    stretches = stretches_of(doc)
    signs, intents = classifier.of_places(text, pieces, [place_of(each) for each in stretches[1:]])
    best = int(intents.argmax())
    classes = classifier.intents.classes
    report = float(intents[classes.index(REPORT)]) if REPORT in classes else 1.0
    return Sure(stretches, signs, report), classes[best], float(intents[best])
