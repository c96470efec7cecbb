"""How each sign in a message is meant: ConText's opinion, and a trained head that knows it.

ConText alone sees cues; the head was shown how people tell of their mothers, their youth and the leaflet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from spacy.tokens import Doc

from bedside.language import features
from bedside.language.assertion import AssertionFinder
from bedside.language.classifier import Classifier
from bedside.language.encoder import Pieces
from bedside.language.hearing import Heard
from bedside.language.lexicon import DENIALS
from bedside.model import Assertion, FoundBy, Urgency

Judged = tuple[Assertion, str | None]
# From so sure a "present" on, the sign is taken as the patient's, and now: surer where ConText sees a cue
# (True) that speaks against it.
SURE_PRESENT = {False: 0.6, True: 0.7}
# From so sure on it is asked about, a grave sign (True) sooner: setting one aside is the worst error.
DOUBTED = {False: 0.5, True: 0.35}
# A denial of a grave sign in which ConText sees no denying word must be surer than this.
SURE_UNCUED = 0.7
SET_ASIDE = (Assertion.ABSENT, Assertion.HISTORICAL)


def by_context(
    finder: AssertionFinder, doc: Doc, heard: Sequence[Heard], today: date | None
) -> list[Judged]:
    """ConText's opinion of each, with the cue that decided it."""
    by_words = [each for each in heard if each.found_by is FoundBy.LEXICON]
    opinions = iter(finder.judge(doc, [each.span for each in by_words], today))
    return [
        next(opinions)
        if each.found_by is FoundBy.LEXICON
        else finder.judge_clause(each.span, today)
        for each in heard
    ]


def by_head(
    classifier: Classifier,
    text: str,
    pieces: Pieces,
    heard: Sequence[Heard],
    opinions: Sequence[Judged],
    urgency_of: Callable[[str], Urgency],
) -> list[Judged]:
    """The head's judgement of each, given ConText's. A sign that is not sure enough is only possible; so is
    an emergency in the lexicon's words that ConText takes as present and the head as denied or past."""
    if not heard:
        return []
    told = [(each.place, opinion) for each, (opinion, _) in zip(heard, opinions, strict=True)]
    rows = features.of_mentions(classifier.around, text, pieces, told)
    classes = [Assertion(name) for name in classifier.assertions.classes]
    judged = []
    for at, sure in enumerate(classifier.assertions.probabilities(rows)):
        each, (opinion, cue) = heard[at], opinions[at]
        by_class = dict(zip(classes, map(float, sure), strict=True))
        urgency = urgency_of(each.entry)
        meant = decided(by_class, opinion, is_grave=urgency >= Urgency.URGENT)
        if meant in SET_ASIDE and urgency is Urgency.EMERGENCY and _is_plain(each, opinion):
            meant = Assertion.POSSIBLE
        if meant is Assertion.ABSENT and _is_plain(each, opinion) and _denies(each):
            meant = opinion
        if meant is not opinion:
            cue = classifier.cue(rows.row(at), meant)
        if meant is Assertion.PRESENT and not each.is_accepted:
            meant = Assertion.POSSIBLE
        judged.append((meant, cue))
    return judged


def _denies(heard: Heard) -> bool:
    """Whether the words of the sign or fact hold a denial of their own, which denies it not once more: "the
    spots do not fade"."""
    return any(token.norm_ in DENIALS or token.lower_ == "n't" for token in heard.span)


def _is_plain(heard: Heard, opinion: Assertion) -> bool:
    return heard.found_by is FoundBy.LEXICON and opinion is Assertion.PRESENT


def decided(sure: Mapping[Assertion, float], opinion: Assertion, is_grave: bool) -> Assertion:
    """The assertion that the head's certainties and ConText's opinion lead to.

    >>> decided({Assertion.PRESENT: 0.4, Assertion.ABSENT: 0.55}, Assertion.ABSENT, is_grave=True)
    <Assertion.POSSIBLE: 'possible'>
    """
    present = sure[Assertion.PRESENT]
    if present >= SURE_PRESENT[opinion is not Assertion.PRESENT]:
        return Assertion.PRESENT
    if present >= DOUBTED[is_grave]:
        return Assertion.POSSIBLE
    best = max(
        (each for each in sure if each is not Assertion.PRESENT), key=lambda each: sure[each]
    )
    uncued = best is Assertion.ABSENT and opinion is not Assertion.ABSENT
    return Assertion.POSSIBLE if uncued and is_grave and sure[best] < SURE_UNCUED else best
