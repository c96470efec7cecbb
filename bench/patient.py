"""A simulated patient at the keyboard: what it says next to what the bot just said.

It tells one sign after the other, answers what was asked, says it in other words when it was not
understood, and stops when the bot sums up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from bedside.knowledge import Knowledge
from bedside.model import DONT_KNOW, NO, YES, Reply
from bench.asked import OPEN_QUESTIONS, QUESTIONS, Asked, Asks, Ear
from bench.hidden import ALIKE
from bench.patient_words import Words
from bench.personas import Persona
from bench.wording import Bank

# Who is not understood so often gives up.
MOST_RETOLD = 3
ASIDES = {"rambling": 0.15, "anxious": 0.15, "plain": 0.05}
TELLS_ONLY = 0.5


@dataclass(frozen=True, slots=True)
class Said:
    """A message with what it tells: signs, facts, and whether it answers the question that was open."""

    text: str
    signs: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    answers: bool = False
    is_last: bool = False


class Patient:
    """One persona in one conversation."""

    def __init__(
        self, persona: Persona, bank: Bank, knowledge: Knowledge, ear: Ear, today: date
    ) -> None:
        self._persona, self._knowledge, self._ear = persona, knowledge, ear
        self._rng = Random(f"words {persona.seed}")
        self._words = Words(persona, bank, knowledge, self._rng, today)
        self._untold = list(persona.signs)
        self._told: list[str] = []
        self._retold = 0
        self._has_just_told = False
        self._strayed = False
        self._was_advised = False

    def opens(self) -> Said:
        """The first message: one sign, or two of three from somebody who rambles."""
        many = len(self._untold) > 2 and self._persona.manner == "rambling"
        signs = tuple(self._tell() for _ in range(2 if many else 1))
        told = self._persona.tells_infusion
        facts = {fact: self._persona.facts[fact] for fact in ("days_since_last_infusion",) if told}
        self._has_just_told = True
        return Said(self._words.opening(signs), signs, facts)

    def replies(self, heard: Sequence[Reply]) -> Said | None:
        """The next message; none when the bot has summed up, or there is nothing left to say."""
        said = self._next(heard)
        self._has_just_told = said is not None and bool(said.signs)
        return said

    def _next(self, heard: Sequence[Reply]) -> Said | None:
        asked = self._ear.asked(heard)
        self._was_advised |= any(reply.urgency is not None for reply in heard)
        if asked.asks is Asks.SUMS_UP:
            return None
        patience = self._retold < MOST_RETOLD
        if self._has_just_told and self._ear.missed(heard) and patience:
            return self._tells_again(self._told[-1], doubted=asked.asks is Asks.DOUBTS)
        if self._untold:
            return self._tells_more(asked)
        if asked.asks in QUESTIONS:
            return self._strays() or self._answers(asked)
        if patience and (asked.asks is not Asks.NOTHING or not self._was_advised):
            earlier = self._told[-1 - self._retold % len(self._told)]
            return self._tells_again(earlier, doubted=asked.asks is Asks.DOUBTS)
        return Said(self._words.thanks(), is_last=True)

    def _tell(self) -> str:
        self._told.append(self._untold.pop(0))
        return self._told[-1]

    def _tells_more(self, asked: Asked) -> Said:
        """The next sign, after the answer to what was asked or without one."""
        if asked.asks not in QUESTIONS or asked.asks in OPEN_QUESTIONS.values():
            sign = self._tell()
            return Said(self._words.also(sign), (sign,))
        if self._rng.random() < TELLS_ONLY:
            sign = self._tell()
            return Said(self._words.also(sign), (sign,))
        answer, sign = self._answers(asked), self._tell()
        text = f"{answer.text}. {self._words.also(sign)}"
        return Said(text, (sign,), answer.facts, answers=True)

    def _tells_again(self, sign: str, *, doubted: bool) -> Said:
        self._retold += 1
        return Said(self._words.again(sign, doubted=doubted), (sign,))

    def _strays(self) -> Said | None:
        """Once in a while somebody asks something back first."""
        if self._strayed or self._rng.random() >= ASIDES.get(self._persona.manner, 0.0):
            return None
        self._strayed = True
        return Said(self._words.aside())

    def _answers(self, asked: Asked) -> Said:
        if asked.asks in OPEN_QUESTIONS.values():
            return Said(self._words.free(asked.asks), answers=True)
        if asked.asks is Asks.LIST:
            return self._picks(asked)
        if asked.asks is Asks.GUESSES:
            meant = [sign for sign in asked.about if self._means(sign)]
            return Said(self._words.guessed(asked, meant[0] if meant else ""), answers=True)
        if asked.asks in (Asks.CONFIRM, Asks.WHOSE):
            value = YES if any(map(self._means, asked.about)) else NO
            return Said(self._words.answer(asked, value), answers=True)
        if asked.asks is Asks.STRANGE:
            return Said(self._words.not_known(asked), answers=True)
        [fact] = asked.about
        value = self._persona.facts[fact]
        return Said(self._words.answer(asked, value), facts={fact: value}, answers=True)

    def _means(self, sign: str) -> bool:
        """Whether the patient would say yes to being understood so."""
        mine = self._persona.signs
        return sign in mine or any(sign in ALIKE.get(each, ()) for each in mine)

    def _picks(self, asked: Asked) -> Said:
        """What is so of a list, else none of it, else that nobody knows."""
        entries = self._knowledge.questions
        truth = {fact: self._persona.facts[fact] for fact in asked.about}
        so = [fact for fact, value in truth.items() if value == entries[fact].worse]
        if so:
            text, told = self._words.picked(asked, so)
            return Said(text, facts={fact: truth[fact] for fact in told}, answers=True)
        unknown = [fact for fact, value in truth.items() if value == DONT_KNOW]
        if len(unknown) == len(truth) or any(entries[fact].unknown_counts_as for fact in unknown):
            told_unknown = dict.fromkeys(truth, DONT_KNOW)
            return Said(self._words.not_known(asked), facts=told_unknown, answers=True)
        return Said(self._words.none(asked), facts=truth, answers=True)
