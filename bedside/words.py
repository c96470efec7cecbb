"""The words of a text, as search compares them: lower case, each as its dictionary form. Pure."""

from __future__ import annotations

import gzip
import json
import re
from functools import lru_cache
from importlib.resources import files

WORD = re.compile(r"[^\W_]+")
LONGEST = 40


def words_of(text: str) -> frozenset[str]:
    """The text's words of two letters or more: "Bruises, and bruised" gives "bruise" and "and"."""
    found = WORD.findall(text.casefold())
    return frozenset(_lemma(word) for word in found if 2 <= len(word) <= LONGEST)


def _lemma(word: str) -> str:
    return _lemmas().get(word, word)


@lru_cache(maxsize=1)
def _lemmas() -> dict[str, str]:
    """The table that spaCy's lookup lemmatizer reads, which the language reads messages with."""
    packed = files("spacy_lookups_data") / "data" / "en_lemma_lookup.json.gz"
    lemmas: dict[str, str] = json.loads(gzip.decompress(packed.read_bytes()))
    return lemmas
