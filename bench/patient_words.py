"""The words in which a simulated patient tells a sign and answers a question.

Every choice is drawn from the patient's own random numbers, so the same seed uses the same words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from bedside.knowledge import Kind, Knowledge, QuestionEntry
from bedside.model import DONT_KNOW, LAST_INFUSION, NO, YES, Choice
from bench.asked import Asked, Asks
from bench.manner import AMERICAN, spoken
from bench.personas import MEN, Persona
from bench.wording import Bank, filled

ABOUT_ONESELF = re.compile(r"\bI\b|\bI'|\bmy\b", re.IGNORECASE)
BY_TITLE, BY_VALUE, OWN_WORDS = "title", "value", "own words"
HOW = (BY_TITLE, BY_VALUE, OWN_WORDS)
# Somebody terse taps; somebody rambling writes.
HOW_OFTEN: Mapping[str, tuple[int, int, int]] = {
    "terse": (35, 45, 20),
    "rambling": (10, 20, 70),
}
USUALLY = (20, 40, 40)
RECENT = ("today", "yesterday")
# From so many days on, a longer unit may be used.
UNITS = (("years_ago", 365, 800), ("months_ago", 30, 75), ("weeks_ago", 7, 14))
IN_LARGER_UNITS = 0.6
SKIPS = 0.12
ECHOES = 0.3
CHATS = {"rambling": 0.35, "anxious": 0.2, "carer": 0.1}
PHONES = {"US": "555 0142", "CA": "555 0142"}
PHONE = "01632 960456"
# Signs whose words tell the day of the infusion already.
DATED = frozenset({"infusion_fever_chills", "infusion_ms_symptom_flare"})


class Words:
    """Says things as one persona would. `today` is what days ago are counted from."""

    def __init__(
        self, persona: Persona, bank: Bank, knowledge: Knowledge, rng: Random, today: date
    ) -> None:
        self._persona, self._bank, self._knowledge = persona, bank, knowledge
        self._rng, self._today = rng, today
        self._left: dict[str, list[str]] = {}
        self._him = _pronouns(persona.kin) | {"kin": persona.kin}

    def opening(self, signs: Sequence[str]) -> str:
        """The first message."""
        said = self._chatter("open") + " and ".join(self.sign(each) for each in signs)
        if self._persona.tells_infusion and DATED.isdisjoint(signs):
            said += "." + self._infusion()
        return said + self._chatter("close")

    def also(self, sign: str) -> str:
        return self._drawn("also") + self.sign(sign)

    def again(self, sign: str, *, doubted: bool) -> str:
        """The sign told once more, in other words."""
        insists = "insist_carer" if self._persona.kin else "insist"
        return filled(self._drawn(insists if doubted else "again"), self._him) + self.sign(sign)

    def sign(self, sign: str) -> str:
        """The sign in words that this patient has not used yet, as long as there are any."""
        voice = "carer" if self._persona.kin else "self"
        left = self._left.get(sign) or list(self._bank.signs[sign][voice])
        phrase = left.pop(self._rng.randrange(len(left)))
        self._left[sign] = left
        return self._as_spoken(filled(phrase, self._gaps()))

    def aside(self) -> str:
        return self._as_spoken(self._drawn("aside"))

    def thanks(self) -> str:
        return self._as_spoken(self._drawn("thanks"))

    def answer(self, asked: Asked, value: str) -> str:
        """The answer to a question about one fact, or about what was guessed."""
        entry = self._knowledge.questions.get(asked.about[0])
        how = self._how(asked.choices)
        if value == DONT_KNOW:
            return self._button(asked.choices, {"I don't know"}, how) or self._own("dont_know")
        if entry is None or entry.kind is Kind.YES_NO or asked.asks is Asks.CONFIRM:
            return self._button(asked.choices, {value}, how) or self._yes_or_no(entry, value)
        if entry.kind is Kind.CHOICE:
            title = entry.choices[value]
            own = self._bank.answers["choices"][entry.id][value]
            return self._button(asked.choices, {title}, how) or self._as_spoken(self._one(own))
        if entry.kind is Kind.DAYS_AGO:
            fitting = {entry.choices[each] for each in entry.choices if _is_in(value, each)}
            return self._button(asked.choices, fitting, how) or self.days_ago(int(value))
        return self._number(entry, value)

    def picked(self, asked: Asked, facts: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        """What is so, of a list, and which of `facts` it tells: one with a button, or two in own words."""
        how = self._how(asked.choices)
        items = {self._knowledge.questions[fact].item: fact for fact in facts}
        if button := self._button(asked.choices, {next(iter(items))}, how):
            return button, (facts[0],)
        told = tuple(facts[:2])
        return self._chat(" and ".join(self._fact(fact) for fact in told)), told

    def guessed(self, asked: Asked, sign: str) -> str:
        """The one of several guesses that is meant, or none of them."""
        if not sign:
            return self.none(asked)
        plain = self._knowledge.signs[sign].plain
        return self._button(asked.choices, {plain}, self._how(asked.choices)) or self._as_spoken(
            plain
        )

    def none(self, asked: Asked) -> str:
        how = self._how(asked.choices)
        return self._button(asked.choices, {"none of these"}, how) or self._own("none")

    def not_known(self, asked: Asked) -> str:
        how = self._how(asked.choices)
        return self._button(asked.choices, {"I don't know"}, how) or self._own("dont_know")

    def free(self, asks: Asks) -> str:
        """A place, a name with a number, or since when; some skip it."""
        if self._rng.random() < SKIPS:
            return self._own("skip")
        phrase = self._one(self._bank.answers[asks.value])
        phone = PHONES.get(self._persona.region, PHONE)
        return filled(phrase, {"phone": phone, "when": self._onset()})

    def days_ago(self, days: int) -> str:
        """So many days ago, exactly or as one says it of a longer time, with other words around it."""
        if days < len(RECENT):
            return RECENT[days]
        frame, number = self._unit(days)
        phrase = self._one(self._bank.answers[frame])
        return filled(phrase, {"n": str(number), "date": self._date(days)})

    def _ago(self, days: int) -> str:
        """The same in few words, to stand inside a sentence."""
        if days < len(RECENT):
            return RECENT[days]
        frame, number = self._unit(days)
        return filled(self._bank.answers[frame][0], {"n": str(number)})

    def _unit(self, days: int) -> tuple[str, int]:
        for frame, unit, least in UNITS:
            if days >= least and self._rng.random() < IN_LARGER_UNITS:
                return frame, round(days / unit)
        return "days_ago", days

    def _date(self, days: int) -> str:
        day = self._today - timedelta(days=days)
        if self._persona.region in AMERICAN:
            return f"{day:%B} {day.day}, {day.year}"
        return f"{day.day} {day:%B} {day.year}"

    def _infusion(self) -> str:
        phrase = self._drawn("infusion_carer" if self._persona.kin else "infusion")
        when = self._ago(int(self._persona.facts[LAST_INFUSION]))
        return filled(phrase, self._him | {"when": when})

    def _onset(self) -> str:
        told = self._persona.facts["duration_hours"]
        hours = 0.0 if told == DONT_KNOW else float(told)
        return "this morning" if hours < 24 else f"{round(hours / 24)} days ago"

    def _gaps(self) -> dict[str, str]:
        facts = self._persona.facts
        days = facts[LAST_INFUSION]
        known = 0 if days == DONT_KNOW else int(days)
        when = RECENT[known] if known < len(RECENT) else f"{known} days ago"
        return self._him | {
            "temp": self._temperature(facts["temperature_c"]),
            "infusion": when,
            "years": str(known // 365),
        }

    def _temperature(self, value: str) -> str:
        if value == DONT_KNOW:
            value = "38.4"
        if self._persona.region == "US":
            return f"{float(value) * 9 / 5 + 32:.1f}"
        return value

    def _number(self, entry: QuestionEntry, value: str) -> str:
        if entry.id == "temperature_c":
            return filled(
                self._one(["<n>", "it's <n>", "<n> just now"]), {"n": self._temperature(value)}
            )
        unit = "" if entry.unit.startswith(("of", "10")) else entry.unit
        phrase = filled(self._one(self._bank.answers["number"]), {"n": value, "unit": unit})
        return self._as_spoken(phrase.replace("  ", " ").strip())

    def _yes_or_no(self, entry: QuestionEntry | None, value: str) -> str:
        """A yes or no; some repeat what is so."""
        said = self._own(value)
        told_so = entry is not None and value == YES and entry.worse == YES and bool(entry.item)
        if entry is not None and told_so and not self._persona.kin and self._rng.random() < ECHOES:
            return self._chat(f"{said}, {self._fact(entry.id)}")
        return self._chat(said)

    def _fact(self, fact: str) -> str:
        """What is so in own words; a carer repeats the bot's words."""
        if self._persona.kin:
            return self._knowledge.questions[fact].item
        return self._as_spoken(self._one(self._bank.answers["facts"][fact]))

    def _own(self, kind: str) -> str:
        ways = self._bank.answers[kind]
        if self._persona.kin and kind in (YES, NO):
            ways = [way for way in ways if not ABOUT_ONESELF.search(way)]
        return self._as_spoken(self._one(ways))

    def _how(self, choices: Sequence[Choice]) -> str:
        often = HOW_OFTEN.get(self._persona.manner, USUALLY)
        return self._rng.choices(HOW, often)[0] if choices else OWN_WORDS

    def _button(self, choices: Sequence[Choice], values: set[str], how: str) -> str:
        """The button of one of these values, by its title or its value; nothing for own words."""
        for choice in choices:
            if choice.value in values and how != OWN_WORDS:
                return choice.title if how == BY_TITLE else choice.value
        return ""

    def _chat(self, said: str) -> str:
        talks = self._rng.random() < CHATS.get(self._persona.manner, 0.0)
        return said + self._chatter("close") if talks else said

    def _chatter(self, part: str) -> str:
        return filled(self._one(self._bank.chatter[part][self._persona.manner]), self._him)

    def _drawn(self, part: str) -> str:
        return str(self._one(self._bank.chatter[part]))

    def _as_spoken(self, text: str) -> str:
        return spoken(text, self._persona.manner, self._persona.region, self._rng)

    def _one(self, ways: Sequence[str]) -> str:
        return str(ways[self._rng.randrange(len(ways))])


def _pronouns(kin: str) -> dict[str, str]:
    if kin in MEN:
        return {"he": "he", "his": "his", "him": "him"}
    return {"he": "she", "his": "her", "him": "her"}


def _is_in(days: str, span: str) -> bool:
    first, last = span.split("-")
    return int(first) <= int(days) and (not last or int(days) <= int(last))
