"""The project's spaCy pipeline: blank English, lookup lemmas, sentences by punctuation.

About 0.03 ms a message; the published `en_core_web_md` took 5-7 ms and its vectors found fewer
signs (docs/adr/0004-a-small-sentence-encoder.md).
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

# A longer text would only cost time: chat/ refuses longer messages before they come here.
MAX_CHARACTERS = 4000

# spaCy's tokenizer takes the square of such a row's length.
ROW = re.compile(r"([^\w\s])\1{3,}")
# Slips of the thumb: spaCy would keep each as one unknown word, and the denial with it.
CAN_NOT = ("ca't", "can;t", "can,t", "cann't", "can't'", 'can"t', "cna't", "cnat", "cnt")
DO_NOT = ("do't", "don;t", "don,t", 'don"t', "dno't", "dnot", "dnt")
# One character for one, so that offsets into the patient's own text stay exact.
SAME_LENGTH = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u02bc": "'",
        "\u0060": "'",
        "\u00b4": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u00a0": " ",
        "\n": ".",
        "\r": " ",
        "\t": " ",
    }
)


def build() -> Language:
    """A new pipeline, ready to use."""
    nlp = spacy.blank("en")
    for verb, slips in (("can", CAN_NOT), ("do", DO_NOT)):
        for slip in slips:
            parts = [{"ORTH": slip[:2], "NORM": verb}, {"ORTH": slip[2:], "NORM": "not"}]
            nlp.tokenizer.add_special_case(slip, parts)  # type: ignore[union-attr]
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()
    return nlp


def save(folder: Path) -> None:
    """Write the pipeline where Rasa's `SpacyNLP` loads it from."""
    build().to_disk(folder)


def read(nlp: Language, text: str) -> Doc:
    """`text` in lower case as tokens and sentences; their offsets are offsets into `text` itself."""
    plain = text[:MAX_CHARACTERS].translate(SAME_LENGTH)
    return nlp(ROW.sub(_thinned, "".join(map(_plain, plain))))


def _thinned(row: re.Match[str]) -> str:
    """A row of the same sign: three of them say as much, and spaces keep the length."""
    return row[0][:3].ljust(len(row[0]))


def _plain(character: str) -> str:
    """Lower case, where that is one character too ("CANT BREATHE" is tokenized like "cant breathe"),
    and a space for emoji, which spaCy takes long to part from each other."""
    if unicodedata.category(character) in ("So", "Sk", "Co", "Cn", "Cs"):
        return " "
    lower = character.lower()
    return lower if len(lower) == 1 else character
