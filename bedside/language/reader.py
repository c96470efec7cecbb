"""One message read in one pass: lexicon, then the classifier where the lexicon is silent, then ConText."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc, Span

from bedside.knowledge import Knowledge
from bedside.language import nlp
from bedside.language.answers import read_reply
from bedside.language.assertion import AssertionFinder
from bedside.language.classifier import ACCEPT, ASK, Classifier
from bedside.language.clauses import clauses
from bedside.language.encoder import Encoder
from bedside.language.lexicon import Lexicon
from bedside.language.measures import measure
from bedside.model import Assertion, Detail, Finding, FoundBy, Mention, Parsed

FEVER = "persistent_fever"
# 38.0 °C is a fever (NHS_FEVER; the documents give no number).
FEVER_CELSIUS = 38.0
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
        self._lexicon = Lexicon(self._nlp, knowledge)
        self._assertions = AssertionFinder(self._nlp, knowledge.context)
        self._classifier = classifier
        self._encoder = encoder

    def read(self, text: str, *, intent: str = "") -> Parsed:
        """All that `text` says. Total: any text gives a result, most give an empty one."""
        doc = nlp.read(self._nlp, text)
        matches = self._lexicon.find(doc)
        spans = [match.span for match in matches]
        judged = list(zip(matches, self._assertions.judge(doc, spans), strict=True))
        mentions = [
            _mention(match.entry, match.span, assertion, cue)
            for match, (assertion, cue) in judged
            if match.entry in self._knowledge.signs
        ]
        details = measure(text[: nlp.MAX_CHARACTERS])
        mentions += _measured_fever(mentions, details)
        mentions += self._classified(doc, spans, mentions)
        stated = [
            Finding(finding=match.entry, text=match.span.text, assertion=assertion, cue=cue)
            for match, (assertion, cue) in judged
            if match.entry in self._knowledge.findings
        ]
        return Parsed(
            text=text,
            intent=intent,
            mentions=tuple(sorted(mentions, key=lambda mention: (mention.start, mention.sign))),
            findings=(*stated, *self._given(mentions)),
            details=details,
            reply=read_reply(text),
        )

    def _classified(
        self, doc: Doc, spans: Sequence[Span], mentions: Sequence[Mention]
    ) -> Iterator[Mention]:
        """Signs of the clauses in which the lexicon found nothing."""
        if self._classifier is None or self._encoder is None:
            return
        silent = [clause for clause in clauses(doc) if _is_silent(clause, spans)]
        vectors = self._encoder.encode([clause.text for clause in silent])
        heard = {mention.sign for mention in mentions}
        for clause, row in zip(silent, self._classifier.probabilities(vectors), strict=True):
            best = int(row.argmax())
            sign, confidence = self._classifier.signs[best], float(row[best])
            if confidence >= ASK and sign not in heard and sign in self._knowledge.signs:
                yield self._of_clause(sign, clause, confidence)

    def _of_clause(self, sign: str, clause: Span, confidence: float) -> Mention:
        assertion, cue = self._assertions.judge_clause(clause)
        if assertion is Assertion.PRESENT and confidence < ACCEPT:
            assertion = Assertion.POSSIBLE
        return _mention(sign, clause, assertion, cue, confidence, FoundBy.CLASSIFIER)

    def _given(self, mentions: Sequence[Mention]) -> Iterator[Finding]:
        """The findings that a sign states by itself, with the sign's own assertion."""
        for mention in mentions:
            for finding in self._knowledge.signs[mention.sign].gives:
                yield Finding(
                    finding=finding,
                    text=mention.text,
                    assertion=mention.assertion,
                    cue=mention.cue,
                )


def _is_silent(clause: Span, spans: Sequence[Span]) -> bool:
    words = sum(token.is_alpha for token in clause)
    touched = any(span.start < clause.end and clause.start < span.end for span in spans)
    return words >= FEWEST_WORDS and not touched


def _mention(
    sign: str,
    span: Span,
    assertion: Assertion,
    cue: str | None,
    confidence: float = 1.0,
    found_by: FoundBy = FoundBy.LEXICON,
) -> Mention:
    return Mention(
        sign=sign,
        text=span.text,
        start=span.start_char,
        end=span.end_char,
        assertion=assertion,
        cue=cue,
        confidence=round(min(confidence, 1.0), 4),
        found_by=found_by,
    )


def _measured_fever(mentions: Sequence[Mention], details: Sequence[Detail]) -> Iterator[Mention]:
    """A fever told as a number, in a message that names no fever in words."""
    if any(mention.sign == FEVER for mention in mentions):
        return
    for detail in details:
        if detail.kind == "temperature_celsius" and detail.value >= FEVER_CELSIUS:
            yield Mention(
                sign=FEVER,
                text=detail.text,
                start=detail.start,
                end=detail.end,
                assertion=Assertion.PRESENT,
            )
