"""`make thresholds`: how the evidence for a sign is weighed, and from when it is asked about and accepted.

Cross-validation on data/nlu/: the sign heads are trained on two thirds of the messages and read the rest,
beside the lexicon, three times over. Only messages in which every sign is marked are counted. Written to
bedside/language/thresholds.json, for people to read and to commit, with figures to bench/results.md; minutes.
`--figures` keeps the thresholds as they are.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from bedside.knowledge import Knowledge, load
from bedside.language import hearing, nlp, shared_encoder
from bedside.language.classifier import NOTHING, Head
from bedside.language.features import of_texts
from bedside.language.lexicon import Lexicon
from bedside.language.training import Encoded, encoded, train_intents, train_signs
from bedside.language.weighing import FILE, Evidence, Thresholds, confidence, evidence
from bedside.model import Urgency
from bench.figures import share
from bench.nlu_data import FULLY_MARKED, examples
from bench.results import write_section

Numbers = npt.NDArray[Any]
FOLDS = 3
# Less sure signs are not kept as evidence: no threshold is so low.
FAINTEST = 0.01
# Of the messages with the sign, at least so many are asked about or taken, if the limits below allow it.
RECALL_FLOOR = {True: 0.97, False: 0.93}
# Asked about from: between these, a grave sign (True) sooner. More questions would tire people.
ASK = {True: (0.3, 0.45), False: (0.4, 0.45)}
# Taken as meant where so many are right, between these. (A message about one sign names its siblings by words
# that nobody marked, so a share of what counts as wrong here is not.)
PRECISION = 0.93
ACCEPT = (0.6, 0.7)


@dataclass(frozen=True, slots=True)
class Seen:
    """The evidence for one sign in one message that the heads had not seen, and whether it is there."""

    sign: str
    evidence: Evidence
    is_there: bool


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.thresholds", description=__doc__)
    parser.add_argument(
        "--figures", action="store_true", help="keep the thresholds, write figures only"
    )
    options = parser.parse_args()
    knowledge = load()
    known = encoded(shared_encoder(), examples())
    counted = {example.text for example in examples(FULLY_MARKED)}
    seen = [each for fold in range(FOLDS) for each in _held_out(known, fold, counted, knowledge)]
    if options.figures:
        thresholds = Thresholds.from_json(FILE.read_text(encoding="utf-8"))
    else:
        thresholds = fitted(seen, knowledge)
        FILE.write_text(thresholds.to_json(), encoding="utf-8")
        print(f"wrote {FILE.name} from {len(counted)} messages")
    figures = held_out_figures(seen, thresholds, knowledge)
    write_section("cross-validation", figures, target=FILE.stem)
    return 0


def fitted(seen: Sequence[Seen], knowledge: Knowledge) -> Thresholds:
    """Weights and thresholds that fit what was seen."""
    rows = np.asarray([each.evidence.numbers() for each in seen])
    there = np.asarray([each.is_there for each in seen])
    weighed = LogisticRegression(C=1.0).fit(rows, there)
    bare = Thresholds(tuple(map(float, weighed.coef_[0])), float(weighed.intercept_[0]), {}, {})
    sure = np.asarray([confidence(each.evidence, bare) for each in seen])
    ask, accept = {}, {}
    for sign in knowledge.signs:
        of_it = np.asarray([each.sign == sign for each in seen])
        is_grave = knowledge.signs[sign].urgency >= Urgency.URGENT
        ask[sign] = round(_asked_from(sure[of_it & there], is_grave), 3)
        accept[sign] = round(_taken_from(sure[of_it], there[of_it]), 3)
    weights = tuple(round(each, 4) for each in bare.weights)
    return Thresholds(weights, round(bare.bias, 4), ask, accept)


def held_out_figures(seen: Sequence[Seen], thresholds: Thresholds, knowledge: Knowledge) -> str:
    """Markdown: how well signs are heard, however they are meant, in messages the heads had not seen."""
    rows = []
    for name, lowest in (
        ("emergency and urgent signs", Urgency.URGENT),
        ("all signs", Urgency.UNCLEAR),
    ):
        of_it = [each for each in seen if knowledge.signs[each.sign].urgency >= lowest]
        sure = [(each, confidence(each.evidence, thresholds)) for each in of_it]
        for verb, chosen in (
            ("asked about or taken", thresholds.asks),
            ("taken", thresholds.accepts),
        ):
            got = [each.is_there for each, certainty in sure if chosen(each.sign, certainty)]
            there = sum(each.is_there for each in of_it)
            rows.append(share(f"recall, {name}, {verb}", sum(got), there))
            rows.append(share(f"precision, {name}, {verb}", sum(got), len(got)))
    return "\n".join(
        [
            f"## Hearing, {FOLDS}-fold cross-validation on the messages of data/nlu/{FULLY_MARKED}",
            "",
            "Lexicon and heads together, before anything is said of how a sign is meant. The weights and"
            " thresholds were fitted to the same held-out messages.",
            "",
            "| measure | signs | share | 95 % interval |",
            "|---|---|---|---|",
            *rows,
        ]
    )


def _asked_from(there: Numbers, is_grave: bool) -> float:
    """The highest confidence that still finds enough of the messages with the sign, within the limits."""
    lowest, highest = ASK[is_grave]
    found = float(np.quantile(there, 1 - RECALL_FLOOR[is_grave])) if len(there) else lowest
    return float(np.clip(found, lowest, highest))


def _taken_from(sure: Numbers, there: Numbers) -> float:
    """The lowest confidence from which enough are right, within the limits."""
    for level in np.arange(*ACCEPT, 0.02):
        taken = sure >= level
        if taken.any() and there[taken].mean() >= PRECISION:
            return float(level)
    return ACCEPT[1]


def _held_out(
    known: Sequence[Encoded], fold: int, counted: set[str], knowledge: Knowledge
) -> Iterator[Seen]:
    """What heads that were trained on the other folds see in this one."""
    print(f"fold {fold + 1} of {FOLDS} ...", file=sys.stderr, flush=True)
    language, lexicon = nlp.build(), Lexicon(knowledge)
    others = [each for each in known if _fold(each) != fold]
    terms, head = train_signs(others, language)
    intents = train_intents(others, terms)
    for each in known:
        text = each.example.text
        if _fold(each) == fold and text in counted:
            doc = nlp.read(language, text)
            named = {heard.entry for heard in hearing.by_lexicon(lexicon, doc)}
            stretches = hearing.stretches_of(doc)
            places = [hearing.place_of(span) for span in stretches]
            vectors = np.stack([each.pieces.mean(place.start, place.end) for place in places])
            texts = [text[place.start : place.end] for place in places]
            rows = of_texts(terms.letters, terms.words, texts, vectors)
            reports = intents.probabilities(rows.row(0))[0, intents.classes.index(hearing.REPORT)]
            yield from _seen(each, named, head.probabilities(rows), float(reports), head)


def _seen(
    known: Encoded, named: set[str], sure: Numbers, report: float, head: Head
) -> Iterator[Seen]:
    meant = {span.sign for span in known.example.spans}
    nothing = head.classes.index(NOTHING)
    for column, sign in enumerate(head.classes):
        surest = float(sure[:, column].max())
        if sign != NOTHING and (surest >= FAINTEST or sign in named or sign in meant):
            by_lexicon = sign in named
            known_of_it = evidence(sure, column, nothing, by_lexicon=by_lexicon, report=report)
            yield Seen(sign, known_of_it, sign in meant)


def _fold(known: Encoded) -> int:
    return zlib.crc32(known.example.text.encode()) % FOLDS


if __name__ == "__main__":
    sys.exit(main())
