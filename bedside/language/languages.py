"""The language a message is written in, when it is not English. Pure.

Most messages are told to be English by their frequent words. The detector (35 MB, 0.3 s to load, 0.2 ms a
message) is loaded for the first message that looks foreign, and must agree with the words. Of the 26,384
messages of data/nlu one is taken for another language, and it is mostly Spanish; of 44 in 22 languages that
the words were not chosen by, 42 are found, each in its language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

from bedside.knowledge import OtherLanguage

# Nobody's language is guessed from less.
FEWEST_WORDS = 4
# So many different words that are frequent in a language speak for it.
FEWEST_KNOWN = 2
# From this share on, the frequent English words say that a message is English, however it is spelt.
ENGLISH_SHARE = 0.25
SURE = 0.9
HARDLY = 0.05
FREQUENT = (
    "the and to of i i'm i've im ive my is was it it's its in on for with but have has had not this "
    "that are be been do don't dont does did can can't cant just so you your me we at as from or when "
    "what how why if no up all out about after since before feel feeling get got getting am an he she "
    "they her his will would could should very really there been more some any now day days today "
    "yesterday week night last because then than too off down who which like still keep keeps going "
    "go one back bit"
)
ENGLISH = frozenset(FREQUENT.split())
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
# What comes after the letters of Latin script, without its signs for Vietnamese.
OTHER_SCRIPT = re.compile(r"[\u0370-\u1dff\u2c00-\ua6ff\uac00-\ufaff\ufb50-\ufeff]")
# Written without spaces: each sign counts as a word.
IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")


class LanguageFinder:
    """Tells the languages of the knowledge from English and from each other."""

    def __init__(self, languages: Mapping[str, OtherLanguage]) -> None:
        self._known = {each.id: each.words for each in languages.values()}
        self._names = tuple(sorted(languages))

    def find(self, text: str) -> str | None:
        """The language of `text`; None when it is English, too short to tell, or none that is known."""
        if not text.isascii() and _is_in_other_script(text):
            return self._detected(text, self._names)
        words = _words(text)
        if len(words) < FEWEST_WORDS or _are_english(words):
            return None
        possible = tuple(self._by_words(set(words)))
        return self._detected(text, possible) if possible else None

    def _by_words(self, words: set[str]) -> Iterable[str]:
        """The languages that words of the message speak for: frequent ones, and with one of them those with
        a letter that English has not."""
        foreign = {word for word in words if not word.isascii()}
        for name, known in self._known.items():
            speaking = words & known
            if speaking and len(speaking | foreign) >= FEWEST_KNOWN:
                yield name

    def _detected(self, text: str, possible: Sequence[str]) -> str | None:
        """The detector's language, when it is one of `possible` and surely not English."""
        certainties = _detector(self._names).compute_language_confidence_values(text)
        name = certainties[0].language.name.lower()
        english = next(each.value for each in certainties if each.language == Language.ENGLISH)
        is_sure = certainties[0].value >= SURE and english <= HARDLY
        return name if is_sure and name in possible else None


def is_english(text: str) -> bool:
    """Whether the frequent English words say so; not of a text without words."""
    words = _words(text)
    return bool(words) and _are_english(words)


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower().replace("\u2019", "'"))


def _are_english(words: Sequence[str]) -> bool:
    return sum(word in ENGLISH for word in words) >= ENGLISH_SHARE * len(words)


def _is_in_other_script(text: str) -> bool:
    """Whether most letters of `text`, and enough words, are in another script than English."""
    letters = sum(map(str.isalpha, text))
    others = len(OTHER_SCRIPT.findall(text))
    words = max(len(text.split()), len(IDEOGRAPH.findall(text)))
    return others > letters / 2 and words >= FEWEST_WORDS


@lru_cache(maxsize=1)
def _detector(names: tuple[str, ...]) -> LanguageDetector:
    """The detector of this process, which loads its models with the first text. The accurate mode takes ten
    times the memory and seconds to load."""
    languages = [Language.from_str(name) for name in names]
    builder = LanguageDetectorBuilder.from_languages(Language.ENGLISH, *languages)
    return builder.with_low_accuracy_mode().build()
