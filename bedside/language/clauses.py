"""Where one thing a patient says ends and the next begins."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Span, Token

BREAKS = {",", ";", ":", ".", "!", "?", "/", "-", "...", "(", ")"}
JOINS = {"but", "and", "also", "plus", "although", "though", "however", "then", "or"}


def clauses(doc: Doc) -> Iterator[Span]:
    """The clauses of `doc` in order, without the punctuation and joining words between them."""
    start = None
    for token in doc:
        if _divides(token):
            if start is not None:
                yield doc[start : token.i]
            start = None
        elif start is None:
            start = token.i
    if start is not None:
        yield doc[start:]


def _divides(token: Token) -> bool:
    return token.text in BREAKS or token.lower_ in JOINS or token.is_space
