"""The words of the simulated patients, from bench/bank/: none of them comes from the training messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from bedside.settings import ROOT

BANK = ROOT / "bench" / "bank"
GAP = re.compile(r"<(\w+)>")
# Something for every gap, to read a phrase as a patient would have written it.
SAMPLE = {
    "he": "he",
    "his": "his",
    "him": "him",
    "kin": "husband",
    "temp": "38.6",
    "infusion": "yesterday",
    "years": "6",
    "n": "12",
    "unit": "days",
    "date": "3 May 2026",
    "when": "yesterday",
    "phone": "01632 960456",
}


@dataclass(frozen=True, slots=True)
class Bank:
    """Ways to tell each sign (`self` and `carer`), ways to answer, and chatter to put around."""

    signs: Mapping[str, Mapping[str, tuple[str, ...]]]
    answers: Mapping[str, Any]
    chatter: Mapping[str, Any]


def load_bank() -> Bank:
    """The bank as its three files write it."""
    signs, answers, chatter = (
        yaml.safe_load((BANK / f"{name}.yml").read_text(encoding="utf-8"))
        for name in ("signs", "answers", "chatter")
    )
    told = {
        sign: {voice: tuple(phrases) for voice, phrases in voices.items()}
        for sign, voices in signs.items()
    }
    return Bank(told, answers, chatter)


def filled(phrase: str, gaps: Mapping[str, str]) -> str:
    """The phrase with its gaps filled; KeyError when one is not given.

    >>> filled("<he> hurts <his> toe", SAMPLE)
    'he hurts his toe'
    """
    return GAP.sub(lambda gap: gaps[gap[1]], phrase)


def phrases(bank: Bank) -> Iterator[str]:
    """Everything a patient may write, with the gaps filled by samples."""
    for part in (bank.signs, bank.answers, bank.chatter):
        yield from (filled(phrase, SAMPLE) for phrase in _texts(part) if phrase.strip())


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    else:
        for each in part.values() if isinstance(part, Mapping) else part:
            yield from _texts(each)
