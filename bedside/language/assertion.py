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
# A denial or a date rarely reaches further than this many words without a new cue. (Not ConText's own
# max_scope: a scope that it cuts short is no longer ended by "but".)
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


# Who says "my" speaks for himself, whoever noticed; what is back is not past.
OWN = {"i", "im", "i'm", "my", "me", "ive", "myself"}
AGAIN = {"again", "worse", "back", "still"}
NEGATIVE = {"n't", "nt", "not", "no", "cannot", "unable", "never"}
# "Should I worry about my chest pain" asks about a pain that is there.
HERE = OWN | {"this", "these", "now", "today", "having"}
CONDITIONAL = {"if", "case", "out", "watch"}
RIGHT_NOW = {"now", "having"}


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
    deciding = [each for each in modifiers if _modifies(each, span) and _counts(span, each, spans)]
    for assertion in STRONGEST_FIRST:
        for modifier in deciding:
            if modifier.category == assertion.name:
                cue = span.doc[slice(*modifier.modifier_span)]
                if assertion is Assertion.HYPOTHETICAL and _is_here(span, cue):
                    return Assertion.POSSIBLE, cue.text
                return assertion, cue.text
    return Assertion.PRESENT, None


def _modifies(modifier: ConTextModifier, span: Span) -> bool:
    """Whether the cue's reach holds the span; "don't have" reaches into "have a temperature"."""
    start, end = modifier.modifier_span
    into = start < span.start < end < span.end
    return bool(modifier.modifies(span.doc[end : span.end] if into else span))


def _is_here(span: Span, cue: Span) -> bool:
    """Whether a question speaks of something that the patient seems to have."""
    around = span.doc[min(cue.end, span.start) : min(span.end + 6, span.sent.end)]
    return bool(_words(around) & (RIGHT_NOW if _words(cue) & CONDITIONAL else HERE))


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
    """Whether the cue really speaks of the span, by what stands between and around them."""
    start, end = modifier.modifier_span
    # The "no" of "no energy" belongs to that sign, and denies nothing else.
    if any(other.start <= start < other.end for other in spans):
        return False
    assertion = Assertion[modifier.category] if modifier.category in Assertion.__members__ else None
    if assertion is None or max(span.start - end, start - span.end) >= REACH_WORDS.get(
        assertion, 99
    ):
        return False
    between = _words(span.doc[min(span.end, end) : max(span.start, start)])
    if assertion is Assertion.ABSENT and _words(span) & NEGATIVE:
        return False  # nobody denies a "can't breathe"
    if assertion is Assertion.ABSENT:
        return start >= span.end or _denial_goes_on(span, end, spans)
    if assertion is Assertion.HISTORICAL:
        return not between & TREATMENT and not _words(span.sent) & AGAIN
    if assertion is Assertion.SOMEONE_ELSE:
        return not _words(span.doc[end : span.end]) & OWN and not _words(span.doc) & TREATMENT
    return True


def _denial_goes_on(span: Span, cue_end: int, spans: Sequence[Span]) -> bool:
    """A denial crosses a comma or "and" only within a list: "no fever, chills or cough"."""
    doc = span.doc
    breaks = (i for i in range(cue_end, span.start) if doc[i].lower_ in {",", "and"})
    first = next(breaks, None)
    if first is None or any(cue_end <= other.start < first for other in spans):
        return True
    return bool(_words(doc[cue_end : span.sent.end]) & {"or", "nor"})


def _words(tokens: Span | Doc) -> set[str]:
    return {token.lower_ for token in tokens}


def _rules(cues: ContextCues) -> list[ConTextRule]:
    rules = [
        ConTextRule(
            cue,
            assertion.name,
            direction=direction.upper(),
        )
        for (assertion, direction), words in cues.cues.items()
        for cue in words
    ]
    rules += [ConTextRule(word, "END", direction="TERMINATE") for word in cues.ends]
    rules += [ConTextRule(word, "NOTHING", direction="PSEUDO") for word in cues.pseudo]
    return rules
