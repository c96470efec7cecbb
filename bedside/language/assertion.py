"""Whether a sign is said to be there, denied, past, only possible, supposed, or somebody else's.

medspaCy's ConText with the cues of patients' language (bedside/knowledge/context.yml). The cue that
decided is kept, so that a clinician can see why.
"""

from __future__ import annotations

from collections.abc import Sequence

from medspacy.context import ConText, ConTextRule
from medspacy.context.context_modifier import ConTextModifier
from spacy.language import Language
from spacy.tokens import Doc, Span

from bedside.knowledge import ContextCues
from bedside.model import Assertion

GROUP = "bedside"
# A denial or a date rarely reaches further than this many words without a new cue.
REACH_WORDS = {Assertion.ABSENT: 12, Assertion.HISTORICAL: 7, Assertion.POSSIBLE: 6}
STRONGEST_FIRST = (
    Assertion.SOMEONE_ELSE,
    Assertion.HYPOTHETICAL,
    Assertion.ABSENT,
    Assertion.HISTORICAL,
    Assertion.POSSIBLE,
)
# "I had Lemtrada two years ago" dates the treatment, not the bruises named before it; and who
# speaks of a relative's treatment writes for the patient.
TREATMENT = {
    "lemtrada",
    "alemtuzumab",
    "infusion",
    "infusions",
    "treatment",
    "course",
    "drip",
    "campath",
}


class AssertionFinder:
    """ConText with the project's cues."""

    def __init__(self, nlp: Language, cues: ContextCues) -> None:
        self._context = ConText(
            nlp, rules=None, input_span_type="group", span_group_name=GROUP, span_attrs=None
        )
        self._context.add(_rules(cues))

    def judge(self, doc: Doc, spans: Sequence[Span]) -> list[tuple[Assertion, str | None]]:
        """For each of `spans` its assertion and the cue that decided it, if any did."""
        if not spans:
            return []
        modifiers = self._modifiers(doc)
        return [_decide(span, modifiers, spans) for span in spans]

    def judge_clause(self, clause: Span) -> tuple[Assertion, str | None]:
        """The assertion of a whole clause, whose own words may hold the cue."""
        modifiers = self._modifiers(clause.doc)
        target = _longest_run_without(clause, modifiers)
        return _decide(target, modifiers, [target]) if target else (Assertion.PRESENT, None)

    def _modifiers(self, doc: Doc) -> list[ConTextModifier]:
        if doc._.context_graph is None:
            doc.spans[GROUP] = []
            self._context(doc)
        return list(doc._.context_graph.modifiers)


def _decide(
    span: Span, modifiers: Sequence[ConTextModifier], spans: Sequence[Span]
) -> tuple[Assertion, str | None]:
    deciding = [each for each in modifiers if each.modifies(span) and _counts(span, each, spans)]
    for assertion in STRONGEST_FIRST:
        for modifier in deciding:
            if modifier.category == assertion.name:
                return assertion, span.doc[slice(*modifier.modifier_span)].text
    return Assertion.PRESENT, None


def _longest_run_without(clause: Span, modifiers: Sequence[ConTextModifier]) -> Span | None:
    """The longest part of `clause` that is no cue."""
    cues = {i for each in modifiers for i in range(*each.modifier_span)}
    runs: list[list[int]] = [[]]
    for token in clause:
        if token.i in cues:
            runs.append([])
        else:
            runs[-1].append(token.i)
    longest = max(runs, key=len)
    return clause.doc[longest[0] : longest[-1] + 1] if longest else None


def _counts(span: Span, modifier: ConTextModifier, spans: Sequence[Span]) -> bool:
    doc = span.doc
    start, end = modifier.modifier_span
    # The "no" of "no energy" belongs to that sign, and denies nothing else.
    if any(other.start < end and start < other.end for other in spans):
        return False
    if modifier.category == Assertion.HISTORICAL.name:
        between = doc[min(span.end, end) : max(span.start, start)]
        return not any(token.lower_ in TREATMENT for token in between)
    if modifier.category == Assertion.SOMEONE_ELSE.name:
        return not any(token.lower_ in TREATMENT for token in doc)
    return True


def _rules(cues: ContextCues) -> list[ConTextRule]:
    rules = [
        ConTextRule(
            cue,
            assertion.name,
            direction=direction.upper(),
            max_scope=REACH_WORDS.get(assertion),
        )
        for (assertion, direction), words in cues.cues.items()
        for cue in words
    ]
    rules += [ConTextRule(word, "END", direction="TERMINATE") for word in cues.ends]
    rules += [ConTextRule(word, "NOTHING", direction="PSEUDO") for word in cues.pseudo]
    return rules
