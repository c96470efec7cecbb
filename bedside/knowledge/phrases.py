"""Cues as context.yml writes them: `no|any <sign> of`, with choices and classes of words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

PATTERN = re.compile("/(.+)/")
CLASS = re.compile("<([a-z_]+)>")

Classes = Mapping[str, Sequence[str]]


def spelt_out(cue: str, classes: Classes) -> Iterator[str]:
    """`cue` once for each choice of its words; ValueError when it names a class that is not there.

    >>> list(spelt_out("no|any sign of", {}))
    ['no sign of', 'any sign of']
    >>> list(spelt_out("my <kin>", {"kin": ["mum", "dad"]}))
    ['my mum', 'my dad']

    What stands between slashes is a regular expression, and remains one.

    >>> list(spelt_out("/(?:my|our) (?:<kin>)/", {"kin": ["mum", "dad"]}))
    ['/(?:my|our) (?:mum|dad)/']
    """
    if PATTERN.fullmatch(cue):
        yield _pattern(CLASS.sub(lambda found: "|".join(_class(found[1], classes)), cue))
        return
    for words in itertools.product(*(_choices(word, classes) for word in cue.split())):
        yield " ".join(words)


def _pattern(cue: str) -> str:
    try:
        re.compile(cue[1:-1])
    except re.error as error:
        raise ValueError(str(error)) from error
    return cue


def _choices(word: str, classes: Classes) -> Iterator[str]:
    for choice in word.split("|"):
        named = CLASS.search(choice)
        if named is None:
            yield choice
        else:
            for member in _class(named[1], classes):
                yield choice[: named.start()] + member + choice[named.end() :]


def _class(name: str, classes: Classes) -> Sequence[str]:
    if name not in classes:
        raise ValueError(f"there is no class {name!r}")
    return classes[name]
