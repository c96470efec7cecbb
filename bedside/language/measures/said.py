"""A message as the patterns of this package see it: lower case, straight quotes, offsets unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from bedside.language.measures.typos import Mend, mended, original
from bedside.language.measures.words import any_of, words_of
from bedside.model import Detail

Span = tuple[int, int]
# A word, or a pattern that begins with few characters: both are found fast.
Anchor = str | re.Pattern[str]

# One character for one, so that offsets into the patient's own text stay exact.
PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "–": "-", "—": "-", "\u00a0": " ", "\t": " "}
)
# Nobody tells more in one message; what repeats itself more often must not cost time.
MOST_PLACES = 100
# A stop between digits is a decimal point.
SENTENCE_END = re.compile(r"[!?;\n]|\.(?!\d)(?<!\bno\.)")

# Words after which a text only imagines or quotes. "Not sure if" does neither.
_SURE_IF = "".join(
    f"(?<!{word} )"
    for word in words_of("sure know see wondering wonder asking ask as even check tell dunno idea")
)
_SOMEBODY = any_of(
    """my an? the i it s?he his her your you someone somebody one that this there temp[a-z]* we they
    blood"""
)
IMAGINED = re.compile(
    rf"\b{_SURE_IF}(?:if|in case|unless|whenever) {_SOMEBODY}\b[^,]*$"
    r"|\bwould (?:an?|my|it|the|that)\b[^,]*$|\b(?:at|in) (?:what|which)\b|\b"
    + any_of(
        """suppos(?:e|ing) hypothetically imagine in_theory what_if in_the_event
        (?<!must_)say_(?:i|it|my) what_happens if_ever odds_of chances?_of cut-?off limit_is
        normal_(?:is|range) counts_as (?:call|ring)_if read(?:ing)?_about
        told_(?:(?:me|us)_)?to_(?:ring|call|come)
        (?:leaflet|booklet|book|page|website|blog|sheet|card)_(?:\\d+_)?(?:sa(?:ys?|id)|reads?:?|lists?|tells?|states)"""
    )
    + r"\b"
)
# "How soon do people lose their hair?" A question may be about what is so, and then no temperature is lost.
ASKED = re.compile(
    r"\b(?:would|could|should|will|does|do|can|might|may)"
    r" (?:my|an?|i|it|the|they|people|one|many|most|patients)\b[^,]*$"
    r"|\b(?:how (?:soon|long|many|likely|common|fast|often)|after how|likel(?:y|ier))\b"
)
# "If it helps, it is 38.9", "could it be that I have been": told for sure all the same.
FOR_SURE = re.compile(
    r"\b(?:helps?|matters?|relevant|any use|that means|if it counts)\b"
    r"|(?<!temperature )(?<!temp )(?<!point )(?<!number )\b"
    r"(?:do|should) i (?:go|ring|call|come|need|worry|be)\b"
    r"|\b(?:and|but|so|now) (?:it'?s|it is|mine|my|i'?m|i've|i have|s?he'?s|this|now)\b[^,]*$"
    r"|\b(?:my|her|his) [a-z]+ (?:is|are|was|were|ha(?:s|ve)|hurts?|feels?|aches?)\b[^,]*$"
    r"|\b(?:i|my|s?he|her|his|it)(?: [a-z]+)?(?:'?ve|'s| have| has)? (?:had|been)\b[^,]*$"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A text, the same in lower case with slips in cue words mended, and the day on which it was written,
    where that is known."""

    text: str
    low: str
    today: date | None
    mends: tuple[Mend, ...] = ()

    @classmethod
    def of(cls, text: str, today: date | None) -> Said:
        low = text.lower()
        if len(low) != len(text):  # "İ" grows when it is lowered
            low = "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
        low, mends = mended(low.translate(PLAIN))
        return cls(text, low, today, mends)

    def has(self, words: Iterable[str]) -> bool:
        """Whether any of `words` stands in the text, be it within another."""
        return any(word in self.low for word in words)

    def around(
        self, anchors: Iterable[Anchor], pattern: re.Pattern[str], back: int, ahead: int
    ) -> Iterator[re.Match[str]]:
        """The matches of `pattern` near one of `anchors`, words without which it cannot match.

        They begin at most `back` characters before an anchor, and `ahead` is how far behind it they, and what
        they look at, may reach. To look for words first takes a small part of the time.
        """
        end = 0
        for place, word_end in self._places(anchors)[:MOST_PLACES]:
            for match in pattern.finditer(self.low, max(end, place - back), word_end + ahead):
                if match.start() > word_end:
                    break
                end = match.end()
                yield match

    def _places(self, anchors: Iterable[Anchor]) -> list[Span]:
        found: list[Span] = []
        for word in anchors:
            if isinstance(word, re.Pattern):
                found += (match.span() for match in word.finditer(self.low))
                continue
            at = self.low.find(word)
            while at >= 0:
                found.append((at, at + len(word)))
                at = self.low.find(word, at + len(word))
        return sorted(found)

    def before(self, at: int, most: int = 60) -> str:
        """The words before `at` in its sentence, at most so many characters."""
        piece = self.low[max(0, at - most) : at]
        cut = 0
        for end in SENTENCE_END.finditer(piece):
            cut = end.end()
        return piece[cut:]

    def after(self, at: int, most: int = 40) -> str:
        """The words from `at` on in its sentence, at most so many characters."""
        piece = self.low[at : at + most]
        end = SENTENCE_END.search(piece)
        return piece[: end.start()] if end else piece

    def is_imagined(self, at: int) -> bool:
        """Whether what stands at `at` is only imagined or quoted: "if it goes over 38"."""
        before = self.before(at, 90)
        return bool(IMAGINED.search(before)) and not FOR_SURE.search(before)

    def is_supposed(self, at: int) -> bool:
        """Whether what stands at `at` is imagined, quoted or asked: "do they ache for a week?"."""
        before = self.before(at, 90)
        is_told = not (IMAGINED.search(before) or ASKED.search(before))
        return not is_told and not FOR_SURE.search(before)

    def detail(self, kind: str, value: float, span: Span, off: float = 0.0) -> Detail:
        """A detail at a place of `low`; `told` gives it its place in the text."""
        start, end = span
        words = self.low[start:end].rstrip()
        end = start + len(words)
        return Detail(
            kind=kind, value=float(value), text=words, start=start, end=end, off=float(off)
        )

    def told(self, detail: Detail) -> Detail:
        """The detail with the patient's own words and where they stand in the text."""
        start = original(detail.start, self.mends)
        end = original(detail.end, self.mends, is_end=True)
        return replace(detail, text=self.text[start:end], start=start, end=end)


def clause_before(before: str) -> str:
    """The last clause of `before`."""
    return before.rpartition(",")[2]


def clause_after(after: str) -> str:
    """The first clause of `after`."""
    return after.partition(",")[0]


def overlaps(span: Span, taken: Iterable[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)
