"""What patients write, annotated in the text itself: sentences.txt, one sentence a line.

    No <persistent_fever absent>fever</> but my <bleeding present>gums bleed</>

An annotation names a sign or finding and its assertion; `a|b` allows either, a comma adds another.
Everything that is found must be annotated, and everything annotated found; where a span begins and
ends is left to the lexicon. known_misses.txt holds, in the same format, what is not yet read right;
a sentence that is read right moves from there to sentences.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bedside.language import Reader
from bedside.model import Assertion, Finding, Mention, Parsed
from tests.builders import KNOWLEDGE

HERE = Path(__file__).parent
TAG = re.compile(r"<(?P<labels>[^<>/]+)>(?P<words>.*?)</>")


@dataclass(frozen=True)
class Label:
    """What a sentence says of one sign or finding, and where."""

    entry: str
    assertions: frozenset[Assertion]
    start: int
    end: int

    def fits(self, mention: Mention) -> bool:
        overlaps = mention.start < self.end and self.start < mention.end
        return self.entry == mention.sign and overlaps and mention.assertion in self.assertions

    def fits_finding(self, finding: Finding) -> bool:
        return self.entry == finding.finding and finding.assertion in self.assertions


def annotated(line: str) -> tuple[str, list[Label]]:
    """The sentence without its annotations, and the labels with offsets into it."""
    text, labels, at = "", [], 0
    for tag in TAG.finditer(line):
        text += line[at : tag.start()]
        for label in tag["labels"].split(","):
            entry, assertions = label.split()
            either = frozenset(Assertion(each) for each in assertions.split("|"))
            labels.append(Label(entry, either, len(text), len(text) + len(tag["words"])))
        text, at = text + tag["words"], tag.end()
    return text + line[at:], labels


def misread(parsed: Parsed, labels: list[Label]) -> Iterator[str]:
    """What was overlooked, and what was found that the annotation does not have."""
    signs = [label for label in labels if label.entry in KNOWLEDGE.signs]
    stated = [label for label in labels if label.entry in KNOWLEDGE.findings]
    given = {name for label in signs for name in KNOWLEDGE.signs[label.entry].gives}
    for label in signs:
        if not any(label.fits(mention) for mention in parsed.mentions):
            yield f"overlooked {label.entry}"
    for label in stated:
        if not any(label.fits_finding(finding) for finding in parsed.findings):
            yield f"overlooked {label.entry}"
    for mention in parsed.mentions:
        if not any(label.fits(mention) for label in signs):
            yield f"found {mention.sign} {mention.assertion.value} ({mention.cue})"
    for finding in parsed.findings:
        fits = any(label.fits_finding(finding) for label in stated)
        if not fits and finding.finding not in given:
            yield f"found {finding.finding} {finding.assertion.value} ({finding.cue})"


def lines(name: str) -> list[str]:
    rows = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [row for row in rows if row.strip() and not row.startswith("#")]


SENTENCES = lines("sentences.txt")


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_is_read_as_its_writer_meant_it(reader: Reader, line: str) -> None:
    text, labels = annotated(line)
    assert list(misread(reader.read(text), labels)) == []


def test_the_known_misses_are_about_things_we_know_and_are_in_no_other_file() -> None:
    misses = lines("known_misses.txt")
    entries = {label.entry for line in misses for label in annotated(line)[1]}
    assert entries <= {*KNOWLEDGE.signs, *KNOWLEDGE.findings}
    assert set(misses).isdisjoint(SENTENCES)


@pytest.mark.parametrize("sign", sorted(KNOWLEDGE.signs))
@pytest.mark.parametrize("assertion", ["present", "absent", "someone_else"])
def test_every_sign_has_sentences_that_say_and_deny_it(sign: str, assertion: str) -> None:
    of_sign = [label for line in SENTENCES for label in annotated(line)[1] if label.entry == sign]
    assert any(Assertion(assertion) in label.assertions for label in of_sign)


def test_an_annotation_becomes_a_label_with_offsets_into_the_plain_text() -> None:
    text, labels = annotated("No <persistent_fever absent, fever absent>fever</> at all")
    assert text == "No fever at all"
    assert [(each.entry, text[each.start : each.end]) for each in labels] == [
        ("persistent_fever", "fever"),
        ("fever", "fever"),
    ]


@pytest.mark.parametrize(
    ("said", "read_as", "wrong"),
    [
        ("my <bleeding present>gums bleed</>", "my gums are fine", ["overlooked bleeding"]),
        ("my gums bleed", "my gums bleed", ["found bleeding present (None)"]),
        (
            "my <bleeding absent>gums bleed</>",
            "my gums bleed",
            ["overlooked bleeding", "found bleeding present (None)"],
        ),
        ("a <headache_present present>headache</>", "a hat", ["overlooked headache_present"]),
        ("a headache", "a headache", ["found headache_present present (None)"]),
    ],
)
def test_a_sentence_that_is_misread_is_noticed(
    reader: Reader, said: str, read_as: str, wrong: list[str]
) -> None:
    assert list(misread(reader.read(read_as), annotated(said)[1])) == wrong
