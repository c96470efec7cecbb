"""One message read in one pass: lexicon, then the classifier where the lexicon is silent, then ConText."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from spacy.tokens import Doc, Span

from bedside.knowledge import Knowledge
from bedside.language import nlp
from bedside.language.answers import read_reply
from bedside.language.assertion import AssertionFinder
from bedside.language.classifier import ACCEPT, ASK, Classifier
from bedside.language.clauses import clauses
from bedside.language.encoder import Encoder
from bedside.language.lexicon import Found, Lexicon
from bedside.language.measures import measure
from bedside.model import YES, Assertion, Detail, Finding, FoundBy, Mention, Parsed

FEVER = "persistent_fever"
# 38.0 °C is a fever (NHS_FEVER_COPY; the documents give no number).
FEVER_CELSIUS = 38.0
# How far, in characters, the words that say how long ago may stand from the sign.
NEAR = 40
# A clause of fewer words says too little for the classifier: "yes", "since Monday".
FEWEST_WORDS = 2


class Reader:
    """Reads messages. Without a classifier it reads by the lexicon alone, in about a millisecond."""

    def __init__(
        self,
        knowledge: Knowledge,
        classifier: Classifier | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        self._knowledge = knowledge
        self._nlp = nlp.build()
        self._lexicon = Lexicon(knowledge)
        self._assertions = AssertionFinder(self._nlp, knowledge.context)
        self._classifier = classifier
        self._encoder = encoder

    def read(self, text: str, *, intent: str = "") -> Parsed:
        """All that `text` says. Total: any text gives a result, most give an empty one."""
        doc = nlp.read(self._nlp, text)
        found = self._lexicon.find(doc)
        assertions = self._assertions.judge(doc, [match.span for match in found.matches])
        judged = list(zip(found.matches, assertions, strict=True))
        mentions = [
            _mention(text, match.entry, match.span, assertion, cue)
            for match, (assertion, cue) in judged
            if match.entry in self._knowledge.signs
        ]
        details = measure(text[: nlp.MAX_CHARACTERS])
        mentions = [_dated(mention, details) for mention in mentions]
        mentions += _measured_fever(mentions, details)
        mentions += self._classified(text, doc, found, {mention.sign for mention in mentions})
        stated = [
            _finding(text, match.entry, match.span, assertion, cue)
            for match, (assertion, cue) in judged
            if match.entry not in self._knowledge.signs
        ]
        return Parsed(
            text=text,
            intent=intent,
            mentions=tuple(sorted(mentions, key=lambda mention: (mention.start, mention.sign))),
            findings=tuple(stated),
            details=details,
            reply=read_reply(text),
        )

    def _classified(self, text: str, doc: Doc, found: Found, heard: set[str]) -> Iterator[Mention]:
        """Signs of the clauses in which the lexicon found nothing, each sign once."""
        if self._classifier is None or self._encoder is None:
            return
        silent = [clause for clause in clauses(doc) if _is_silent(clause, found)]
        vectors = self._encoder.encode([clause.text for clause in silent])
        for clause, row in zip(silent, self._classifier.probabilities(vectors), strict=True):
            best = int(row.argmax())
            sign, confidence = self._classifier.signs[best], float(row[best])
            if confidence >= ASK and sign not in heard and sign in self._knowledge.signs:
                heard.add(sign)
                yield self._of_clause(text, sign, clause, confidence)

    def _of_clause(self, text: str, sign: str, clause: Span, confidence: float) -> Mention:
        assertion, cue = self._assertions.judge_clause(clause)
        if assertion is Assertion.PRESENT and confidence < ACCEPT:
            assertion = Assertion.POSSIBLE
        return _mention(text, sign, clause, assertion, cue, confidence, FoundBy.CLASSIFIER)


def _is_silent(clause: Span, found: Found) -> bool:
    """Whether the lexicon knows nothing of the clause: neither a sign nor another sense of its words."""
    words = sum(token.is_alpha for token in clause)
    known = [*(match.span for match in found.matches), *found.senses]
    touched = any(span.start < clause.end and clause.start < span.end for span in known)
    return words >= FEWEST_WORDS and not touched


def _words(text: str, span: Span) -> str:
    """The patient's own words: the span's are in lower case."""
    return text[span.start_char : span.end_char]


def _finding(text: str, entry: str, span: Span, assertion: Assertion, cue: str | None) -> Finding:
    """The value of a fact that an entry such as `fluids_kept_down = no`, or a fact alone, states."""
    fact, _, value = entry.partition(" = ")
    return Finding(
        finding=fact,
        value=value or YES,
        text=_words(text, span),
        assertion=assertion,
        cue=cue,
        start=span.start_char,
        end=span.end_char,
    )


def _mention(
    text: str,
    sign: str,
    span: Span,
    assertion: Assertion,
    cue: str | None,
    confidence: float = 1.0,
    found_by: FoundBy = FoundBy.LEXICON,
) -> Mention:
    return Mention(
        sign=sign,
        text=_words(text, span),
        start=span.start_char,
        end=span.end_char,
        assertion=assertion,
        cue=cue,
        confidence=round(min(confidence, 1.0), 4),
        found_by=found_by,
    )


def _dated(mention: Mention, details: Sequence[Detail]) -> Mention:
    """A sign of the past with how long ago it was, where a duration stands near it."""
    if mention.assertion is not Assertion.HISTORICAL:
        return mention
    near = [
        detail.value / 24
        for detail in details
        if detail.kind == "duration_hours"
        and detail.start - mention.end < NEAR
        and mention.start - detail.end < NEAR
    ]
    return dataclasses.replace(mention, days_ago=min(near)) if near else mention


def _measured_fever(mentions: Sequence[Mention], details: Sequence[Detail]) -> Iterator[Mention]:
    """A fever told as a number, unless the message says in words that there is one now."""
    active = (Assertion.PRESENT, Assertion.POSSIBLE)
    if any(mention.sign == FEVER and mention.assertion in active for mention in mentions):
        return
    for detail in details:
        if detail.kind == "temperature_c" and detail.value >= FEVER_CELSIUS:
            yield Mention(
                sign=FEVER,
                text=detail.text,
                start=detail.start,
                end=detail.end,
                assertion=Assertion.PRESENT,
            )
