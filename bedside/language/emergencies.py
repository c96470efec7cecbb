"""An emergency that is told in another language, by the few phrases for it that the knowledge has. Pure.

Signs are read in English only, and nobody's language is guessed from fewer than four words; "no puedo
respirar" waits for neither. Whether it is denied, past or somebody else's is not read: it is possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bedside.knowledge import OtherLanguage
from bedside.knowledge.plain import PlainWord, plain, plain_words
from bedside.language.languages import IDEOGRAPH
from bedside.model import Assertion, Mention

# The sign of a sense: it tells none.
NOTHING = ""
# So many words of "me duele mucho el pecho" stand between "duele pecho"; a sign more makes another word of
# a Chinese one.
GAP = 2


@dataclass(frozen=True, slots=True)
class Phrase:
    """The plain words by which a language tells a sign; up to `gap` others may stand between two of them."""

    language: str
    sign: str
    words: tuple[str, ...]
    gap: int

    def last(self, said: Sequence[str], first: int) -> int | None:
        """Where the last word of the phrase is said, when its first is at `first`; None when it is not."""
        at = first
        for word in self.words[1:]:
            if word not in said[at + 1 : at + 2 + self.gap]:
                return None
            at = said.index(word, at + 1)
        return at


@dataclass(frozen=True, slots=True)
class Told:
    """A phrase, and from where to where it stands in a text."""

    phrase: Phrase
    start: int
    end: int

    def covers(self, other: Told) -> bool:
        """Whether the other phrase is a part of this one."""
        return self.start <= other.start and other.end <= self.end


class EmergencyFinder:
    """The phrases of all languages, found by their first word."""

    def __init__(self, languages: Mapping[str, OtherLanguage]) -> None:
        self._known = {each.id: frozenset(map(plain, each.words)) for each in languages.values()}
        self._by_first: dict[str, list[Phrase]] = {}
        for phrase in _phrases(languages):
            self._by_first.setdefault(phrase.words[0], []).append(phrase)

    def find(self, text: str) -> tuple[str | None, tuple[Mention, ...]]:
        """The language that `text` tells an emergency in, and each sign once; None and nothing for nearly
        every text. Who only says that they cannot speak English tells the language."""
        words = list(plain_words(text))
        told = list(self._told(words))
        if not told:
            return None, ()
        mentions: dict[str, Mention] = {}
        for each in _meant(told):
            mentions.setdefault(each.phrase.sign, _mention(text, each))
        return self._language({word.plain for word in words}, told), tuple(mentions.values())

    def _told(self, words: Sequence[PlainWord]) -> Iterator[Told]:
        """All phrases that are said, in the order of the text."""
        said = [word.plain for word in words]
        for first, word in enumerate(said):
            for phrase in self._by_first.get(word, ()):
                last = phrase.last(said, first)
                if last is not None:
                    yield Told(phrase, words[first].start, words[last].end)

    def _language(self, said: set[str], told: Sequence[Told]) -> str:
        """The language of most phrases and frequent words; of equals the first of the file."""
        spoken = [each.phrase.language for each in told]
        possible = (language for language in self._known if language in spoken)
        return max(possible, key=lambda each: spoken.count(each) + len(said & self._known[each]))


def _phrases(languages: Mapping[str, OtherLanguage]) -> Iterator[Phrase]:
    for language in languages.values():
        for sign, phrases in (*language.emergencies.items(), (NOTHING, language.senses)):
            yield from (_phrase(language.id, sign, tuple(each.split())) for each in phrases)


def _phrase(language: str, sign: str, words: tuple[str, ...]) -> Phrase:
    return Phrase(language, sign, words, gap=0 if IDEOGRAPH.match(words[0]) else GAP)


def _meant(told: Sequence[Told]) -> Iterator[Told]:
    """What tells a sign, and is no part of a sense: of "no puedo hablar inglés" nothing."""
    senses = [each for each in told if each.phrase.sign == NOTHING]
    for each in told:
        if each.phrase.sign != NOTHING and not any(sense.covers(each) for sense in senses):
            yield each


def _mention(text: str, told: Told) -> Mention:
    return Mention(
        sign=told.phrase.sign,
        text=text[told.start : told.end],
        start=told.start,
        end=told.end,
        assertion=Assertion.POSSIBLE,
    )
