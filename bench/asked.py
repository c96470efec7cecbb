"""What the bot asks for, read in its replies alone: the words of its questions and its buttons."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bedside.dialogue import HOW_TO_REACH_YOU, SINCE_WHEN, WHERE_ARE_YOU
from bedside.knowledge import Knowledge, Responses
from bedside.knowledge.responses import GAP
from bedside.model import Choice, Reply


class Asks(enum.Enum):
    """Which kind of thing is asked for. `SUMS_UP` ends the conversation; `AGAIN` wants other words,
    `DOUBTS` took what was told for denied, past or somebody else's."""

    FACT = "fact"
    LIST = "list"
    CONFIRM = "confirm"
    GUESSES = "guesses"
    WHOSE = "whose"
    WHERE = "where"
    CONTACT = "contact"
    ONSET = "onset"
    STRANGE = "strange"
    AGAIN = "again"
    DOUBTS = "doubts"
    SUMS_UP = "sums up"
    NOTHING = "nothing"


QUESTIONS = frozenset(
    {
        Asks.FACT,
        Asks.LIST,
        Asks.CONFIRM,
        Asks.GUESSES,
        Asks.WHOSE,
        Asks.WHERE,
        Asks.CONTACT,
        Asks.ONSET,
        Asks.STRANGE,
    }
)
OPEN_QUESTIONS = {
    WHERE_ARE_YOU: Asks.WHERE,
    HOW_TO_REACH_YOU: Asks.CONTACT,
    SINCE_WHEN: Asks.ONSET,
}
WANTS_OTHER_WORDS = (
    "utter_not_recognised",
    "utter_correct",
    "utter_worse",
    "utter_nothing_noted",
    "utter_unavailable",
    "utter_not_recorded",
)
# The question whose a sign is, in its first words and in others.
TREATED = "the person who has had Lemtrada"
NOT_UNDERSTOOD = ("utter_which", "utter_once_more")
TOOK_IT_FOR_ANOTHER = ("utter_denied", "utter_past", "utter_someone_else", "utter_about_lemtrada")


@dataclass(frozen=True, slots=True)
class Asked:
    """`about` are the facts, or the sign to confirm; `key` is the same for the same question."""

    asks: Asks
    about: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        return (self.asks.value, *sorted(self.about))


class Ear:
    """Understands the bot's replies by the texts that it may say."""

    def __init__(self, knowledge: Knowledge, responses: Responses) -> None:
        entries = knowledge.questions.values()
        self._facts = {entry.text: entry.id for entry in entries if entry.text}
        self._items = {entry.item: entry.id for entry in entries if entry.item}
        self._plain = {sign.plain: sign.id for sign in knowledge.signs.values()}
        self._said = {
            name: re.compile(".*".join(map(re.escape, GAP.split(text)[::2])), re.DOTALL)
            for name, text in responses.texts.items()
            if GAP.sub("", text).strip()
        }

    def said(self, reply: Reply, *names: str) -> bool:
        """Whether the reply is one of these responses."""
        return any(self._said[name].fullmatch(reply.text) for name in names)

    def missed(self, replies: Sequence[Reply]) -> bool:
        """Whether the bot says that it did not understand, or takes what was told for something else."""
        names = (*WANTS_OTHER_WORDS, *TOOK_IT_FOR_ANOTHER, *NOT_UNDERSTOOD)
        return any(self.said(reply, *names) for reply in replies)

    def asked(self, replies: Sequence[Reply]) -> Asked:
        """The last thing that the replies ask for, `DOUBTS` and `AGAIN` only when there is no question."""
        if any(self.said(reply, "utter_summary") for reply in replies):
            return Asked(Asks.SUMS_UP)
        for reply in reversed(replies):
            if question := self._question(reply):
                return question
        for reply in replies:
            if self.said(reply, *TOOK_IT_FOR_ANOTHER):
                return Asked(Asks.DOUBTS)
            if self.said(reply, *WANTS_OTHER_WORDS):
                return Asked(Asks.AGAIN)
        return Asked(Asks.NOTHING)

    def _question(self, reply: Reply) -> Asked | None:
        for question, asks in OPEN_QUESTIONS.items():
            if question in reply.text:
                return Asked(asks)
        values = [choice.value for choice in reply.choices]
        if listed := tuple(self._items[value] for value in values if value in self._items):
            return Asked(Asks.LIST, listed, reply.choices)
        if guessed := tuple(self._plain[value] for value in values if value in self._plain):
            return Asked(Asks.GUESSES, guessed, reply.choices)
        return self._single(reply) if values else self._fact(reply)

    def _single(self, reply: Reply) -> Asked:
        """A question with buttons that is about one thing, in its first words or in others."""
        if TREATED in reply.text:
            named = (sign for plain, sign in self._plain.items() if plain in reply.text)
            return Asked(Asks.WHOSE, tuple(named), reply.choices)
        for plain, sign in self._plain.items():
            if f"about {plain}?" in reply.text or f"Is it {plain} that" in reply.text:
                return Asked(Asks.CONFIRM, (sign,), reply.choices)
        if asked := self._fact(reply):
            return asked
        meant = [item for item in self._items if f"I mean {item}." in reply.text]
        about = (self._items[meant[0]],) if meant else (reply.text,)
        return Asked(Asks.FACT if meant else Asks.STRANGE, about, reply.choices)

    def _fact(self, reply: Reply) -> Asked | None:
        for words, fact in self._facts.items():
            if words in reply.text:
                return Asked(Asks.FACT, (fact,), reply.choices)
        return None
