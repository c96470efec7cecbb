"""What patients write, annotated in the text itself: sentences.txt, one sentence a line.

    No <persistent_fever absent>fever</> but my <nose_gum_or_mouth_bleeding present>gums bleed</>

An annotation names a sign or a fact (`fluids_kept_down=no`; the value is yes when none stands there)
and its assertion; `a|b` allows either, a comma adds another. Everything that is found must be
annotated, and everything annotated found; only a fact that an annotated sign gives anyway may be left
out. Where a span begins and ends is left to the lexicon. known_misses.txt holds, in the same format,
what is not yet read right; a sentence that is read right moves from there to sentences.txt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bedside.language import Reader
from bedside.model import YES, Assertion, Finding, Mention, Parsed
from bench.annotated import Label, annotated
from tests.builders import EMERGENCIES, KNOWLEDGE, SIGNS

HERE = Path(__file__).parent


def fits(label: Label, mention: Mention) -> bool:
    overlaps = mention.start < label.end and label.start < mention.end
    return mention.sign in label.entries and overlaps and mention.assertion in label.assertions


def fits_finding(label: Label, finding: Finding) -> bool:
    stated = (finding.finding, finding.value)
    return label.fact == stated and finding.assertion in label.assertions


def misread(parsed: Parsed, labels: Sequence[Label]) -> Iterator[str]:
    """What was overlooked, and what was found that the annotation does not have."""
    signs = [label for label in labels if label.entry in KNOWLEDGE.signs]
    stated = [label for label in labels if label.entry not in KNOWLEDGE.signs]
    given = {
        (atom.name, atom.value) for label in signs for atom in KNOWLEDGE.signs[label.entry].gives
    }
    for label in signs:
        if not any(fits(label, mention) for mention in parsed.mentions):
            yield f"overlooked {label.entry}"
    for label in stated:
        if not any(fits_finding(label, finding) for finding in parsed.findings):
            yield f"overlooked {label.entry}"
    for mention in parsed.mentions:
        if not any(fits(label, mention) for label in signs):
            yield f"found {mention.sign} {mention.assertion.value} ({mention.cue})"
    for finding in parsed.findings:
        is_told = any(fits_finding(label, finding) for label in stated)
        if not is_told and (finding.finding, finding.value) not in given:
            yield f"found {_entry(finding)} {finding.assertion.value} ({finding.cue})"


def _entry(finding: Finding) -> str:
    """The fact as an annotation writes it."""
    return finding.finding if finding.value == YES else f"{finding.finding}={finding.value}"


def lines(name: str) -> list[str]:
    rows = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [row for row in rows if row.strip() and not row.startswith("#")]


SENTENCES = lines("sentences.txt")
LABELS = [label for line in SENTENCES for label in annotated(line).labels]
SAID = {Assertion.PRESENT, Assertion.POSSIBLE}


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_is_read_as_its_writer_meant_it(reader: Reader, line: str) -> None:
    meant = annotated(line)
    assert list(misread(reader.read(meant.text), meant.labels)) == []


def test_the_known_misses_are_about_things_we_know_and_are_in_no_other_file() -> None:
    misses = lines("known_misses.txt")
    labels = [label for line in (*misses, *SENTENCES) for label in annotated(line).labels]
    unknown = [
        label.entry
        for label in labels
        if label.entry not in KNOWLEDGE.signs and label.fact[0] not in KNOWLEDGE.questions
    ]
    assert unknown == []
    assert set(misses).isdisjoint(SENTENCES)


@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_has_sentences_that_say_and_deny_it(sign: str) -> None:
    said = [label.assertions for label in LABELS if label.entry == sign]
    assert sum(bool(each & SAID) for each in said) >= 2
    assert any(Assertion.ABSENT in each for each in said)


@pytest.mark.parametrize("sign", EMERGENCIES)
def test_every_emergency_has_a_sentence_in_which_another_person_has_it(sign: str) -> None:
    said = [label.assertions for label in LABELS if label.entry == sign]
    assert any(Assertion.SOMEONE_ELSE in each for each in said)


def test_many_facts_are_heard_in_the_sentences() -> None:
    facts = {label.fact for label in LABELS if label.entry not in KNOWLEDGE.signs}
    assert len(facts) >= 25


def test_an_annotation_becomes_a_label_with_offsets_into_the_plain_text() -> None:
    meant = annotated(
        "I <nausea_or_vomiting present, fluids_kept_down=no present>keep nothing down</>"
    )
    text, labels = meant.text, meant.labels
    assert text == "I keep nothing down"
    assert [(each.entry, text[each.start : each.end]) for each in labels] == [
        ("nausea_or_vomiting", "keep nothing down"),
        ("fluids_kept_down=no", "keep nothing down"),
    ]
    assert labels[1].fact == ("fluids_kept_down", "no")


@pytest.mark.parametrize(
    ("said", "read_as", "wrong"),
    [
        ("my <fatigue present>energy is gone</>", "my gums are fine", ["overlooked fatigue"]),
        ("so tired", "so tired", ["found fatigue present (None)"]),
        (
            "so <fatigue absent>tired</>",
            "so tired",
            ["overlooked fatigue", "found fatigue present (None)"],
        ),
        (
            "<walking_ability=cannot_walk present>stuck</>",
            "a hat",
            ["overlooked walking_ability=cannot_walk"],
        ),
        ("it is getting worse", "it is getting worse", ["found getting_worse present (None)"]),
    ],
)
def test_a_sentence_that_is_misread_is_noticed(
    reader: Reader, said: str, read_as: str, wrong: list[str]
) -> None:
    assert list(misread(reader.read(read_as), annotated(said).labels)) == wrong
