"""One message in one pass: lexicon and heads hear the signs, ConText and a head say how they are meant."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

from spacy.tokens import Doc

from bedside.knowledge import Knowledge
from bedside.language import hearing, judging, nlp
from bedside.language.answers import read_reply, without_denial
from bedside.language.assertion import AssertionFinder
from bedside.language.classifier import Classifier
from bedside.language.emergencies import EmergencyFinder
from bedside.language.encoder import Encoder, Vectors, shared_encoder
from bedside.language.hearing import Heard
from bedside.language.judging import Judged
from bedside.language.languages import LanguageFinder, is_english
from bedside.language.lexicon import Lexicon
from bedside.language.measures import measure
from bedside.language.topics import TopicFinder, may_ask, meanings_of
from bedside.model import (
    ACTIVE,
    DONT_KNOW,
    NO,
    YES,
    Assertion,
    Detail,
    Finding,
    FoundBy,
    Mention,
    Parsed,
    Urgency,
)

FEVER = "persistent_fever"
# 38.0 °C is a fever (NHS_FEVER_COPY; the documents give no number).
FEVER_CELSIUS = 38.0
# How far, in characters, the words that say how long ago may stand from the sign.
NEAR = 40
NOT_UNDERSTOOD = "nlu_fallback"
# Said of who writes: no relative and no "never" in it makes it somebody else's, or denied.
OF_THE_WRITER = frozenset({"reporter", "never_treated", "under_17"})
# Below this a message's intent is not understood.
SURE_OF_INTENT = 0.25
# An answer that only the intent tells must be surer: a wrong "no" closes a question.
SURE_OF_REPLY = 0.7
REPLY_OF_INTENT = {"affirm": YES, "deny": NO, "dont_know": DONT_KNOW, "skip": DONT_KNOW}


class Reader:
    """Reads messages. Without a classifier it reads by the lexicon and ConText alone. `questions` are the
    meanings of the questions that the documents answer, where they were kept."""

    def __init__(
        self,
        knowledge: Knowledge,
        classifier: Classifier | None = None,
        encoder: Encoder | None = None,
        questions: Vectors | None = None,
    ) -> None:
        self._knowledge = knowledge
        self._nlp = nlp.build()
        self._lexicon = Lexicon(knowledge)
        self._assertions = AssertionFinder(self._nlp, knowledge.context)
        self._languages = LanguageFinder(knowledge.languages)
        self._emergencies = EmergencyFinder(knowledge.languages)
        self._classifier = classifier
        self._encoder = encoder
        self._questions = questions

    @property
    def is_trained(self) -> bool:
        """Whether it has trained heads."""
        return self._classifier is not None

    @cached_property
    def topics(self) -> TopicFinder | None:
        """What finds the question that a message asks, when there are trained heads. Without what the
        questions mean it is made on first use, which takes about a second."""
        if self._classifier is None or self._encoder is None:
            return None
        faq, meanings = self._knowledge.faq, self._questions
        return TopicFinder(faq, meanings_of(faq, self._encoder) if meanings is None else meanings)

    def read(
        self, text: str, *, intent: str = "", today: date | None = None, topic: bool = True
    ) -> Parsed:
        """All that `text` says; `today` is what "since Tuesday" counts from.

        Total: any text gives a result, most give an empty one. An `intent` that is given stands. Without
        `topic` nobody looks for a question that the documents answer.
        """
        details = measure(text[: nlp.MAX_CHARACTERS], today)
        heard, judged, (likeliest, certainty) = self._heard(text, details, today)
        mentions = [
            _dated(_mention(text, each, *meant), details)
            for each, meant in zip(heard, judged, strict=True)
            if each.entry in self._knowledge.signs
        ]
        spoken, emergencies = self._emergencies.find(text[: nlp.MAX_CHARACTERS])
        language = self._languages.find(text[: nlp.MAX_CHARACTERS]) or spoken
        mentions = [*_beside(emergencies, mentions, text), *emergencies]
        if language is not None:
            likeliest, certainty = likeliest and NOT_UNDERSTOOD, 0.0
        reply = read_reply(text) or self._meant_reply(heard, likeliest, certainty)
        return Parsed(
            text=text,
            intent=intent or likeliest,
            intent_confidence=certainty,
            mentions=tuple(sorted(mentions, key=lambda mention: (mention.start, mention.sign))),
            findings=tuple(
                _finding(text, each, *meant)
                for each, meant in zip(heard, judged, strict=True)
                if each.entry not in self._knowledge.signs
            ),
            details=details,
            reply=reply if language is None else None,
            language=language,
            topic=self._topic(text, intent or likeliest) if topic and not language else None,
        )

    def _heard(
        self, text: str, details: Sequence[Detail], today: date | None
    ) -> tuple[list[Heard], list[Judged], tuple[str, float]]:
        """What the message speaks of, how each is meant, and the likeliest intent with its certainty."""
        read = without_denial(text[: nlp.MAX_CHARACTERS])
        doc = nlp.read(self._nlp, read)
        heard = hearing.by_lexicon(self._lexicon, doc)
        numbers = _fevers(doc, details)
        if self._classifier is None or self._encoder is None:
            heard += numbers
            judged = judging.by_context(self._assertions, doc, heard, today)
            return *_without_doubled(heard, judged, numbers), ("", 0.0)
        pieces = self._encoder.pieces(read)
        sure, intent, certainty = hearing.sure_of(read, doc, pieces, self._classifier)
        heard = hearing.weighed(heard, sure, self._classifier, self._knowledge) + numbers
        opinions = judging.by_context(self._assertions, doc, heard, today)
        judged = judging.by_head(self._classifier, read, pieces, heard, opinions, self._urgency)
        intent = intent if certainty >= SURE_OF_INTENT else NOT_UNDERSTOOD
        return *_without_doubled(heard, judged, numbers), (intent, round(certainty, 4))

    def _topic(self, text: str, intent: str) -> str | None:
        """The question that the documents answer. The message's pieces are remembered from its reading, so
        the encoder does not run again."""
        if not may_ask(text, intent) or self.topics is None or self._encoder is None:
            return None
        read = without_denial(text[: nlp.MAX_CHARACTERS])
        return self.topics.find(nlp.read(self._nlp, read), self._encoder.pieces(read), intent)

    def _meant_reply(self, heard: Sequence[Heard], intent: str, certainty: float) -> str | None:
        """The answer that a message without a sign gives in other words: "that would be a negative"."""
        signs = any(each.entry in self._knowledge.signs for each in heard)
        return None if signs or certainty < SURE_OF_REPLY else REPLY_OF_INTENT.get(intent)

    def _urgency(self, entry: str) -> Urgency:
        sign = self._knowledge.signs.get(entry)
        return Urgency.UNCLEAR if sign is None else sign.urgency


def trained_reader(knowledge: Knowledge, heads: Path | None) -> Reader:
    """A reader with the heads of that file, or without any when there is none or it is not whole: then it
    still reads by the lexicon."""
    try:
        classifier = Classifier.load(heads) if heads is not None else None
    except (OSError, KeyError, ValueError):
        classifier = None
    return Reader(knowledge, classifier, shared_encoder() if classifier else None)


def _finding(text: str, heard: Heard, assertion: Assertion, cue: str | None) -> Finding:
    """The value of a fact that an entry such as `fluids_kept_down = no`, or a fact alone, states."""
    fact, _, value = heard.entry.partition(" = ")
    if fact in OF_THE_WRITER:
        assertion, cue = Assertion.PRESENT, None
    start, end = heard.place.start, heard.place.end
    return Finding(
        finding=fact,
        value=value or YES,
        text=text[start:end],
        assertion=assertion,
        cue=cue,
        start=start,
        end=end,
    )


def _mention(text: str, heard: Heard, assertion: Assertion, cue: str | None) -> Mention:
    start, end = heard.place.start, heard.place.end
    return Mention(
        sign=heard.entry,
        text=text[start:end],
        start=start,
        end=end,
        assertion=assertion,
        cue=cue,
        confidence=round(min(heard.confidence, 1.0), 4),
        found_by=heard.found_by,
    )


def _beside(told: Sequence[Mention], heard: Sequence[Mention], text: str) -> Sequence[Mention]:
    """What was heard in English, less what the heads only guess, where an emergency is told in another
    language and the rest of the text is not English."""
    for each in told:
        text = text.replace(each.text, " ")
    if not told or is_english(text):
        return heard
    return [
        each
        for each in heard
        if each.found_by is FoundBy.LEXICON or each.assertion is not Assertion.POSSIBLE
    ]


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


def _fevers(doc: Doc, details: Sequence[Detail]) -> list[Heard]:
    """Fevers told as a number."""
    hot = [each for each in details if each.kind == "temperature_c" and each.value >= FEVER_CELSIUS]
    spans = (doc.char_span(each.start, each.end, alignment_mode="expand") for each in hot)
    return [Heard(FEVER, span) for span in spans if span is not None]


def _without_doubled(
    heard: Sequence[Heard], judged: Sequence[Judged], numbers: Sequence[Heard]
) -> tuple[list[Heard], list[Judged]]:
    """All, less the numbers that only repeat a fever which the message tells in words."""
    both = list(zip(heard, judged, strict=True))
    in_words = any(
        each.entry == FEVER and each not in numbers and meant in ACTIVE for each, (meant, _) in both
    )
    kept = [(each, how) for each, how in both if not (in_words and each in numbers)]
    return [each for each, _ in kept], [how for _, how in kept]
