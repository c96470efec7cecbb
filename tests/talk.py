"""A small language for conversations: a patient says something, hears something, and the record keeps it.

`Talk` is the language; what holds for every message of every conversation is checked at each `say`, in
`_check`. `TalkInProcess` has it without Rasa: chat stores a message, the trained reader reads it, the
rule of its intent speaks first, the action takes it up, and chat chooses the words. Conversations with
the running programs are in tests/programs/talk.py.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from sqlalchemy import event, select
from typing_extensions import Self

from actions.deployment import Deployment
from actions.taking_up import taken_up
from bedside import store
from bedside.dialogue import Floor
from bedside.knowledge import Knowledge, Responses, clinic_facts, load, load_responses
from bedside.knowledge.responses import region_of
from bedside.language import Reader
from bedside.model import (
    ACTIVE,
    Assertion,
    Clinic,
    FlagState,
    Parsed,
    Reply,
    Urgency,
    Utterance,
)
from bedside.settings import ROOT, Settings, read_clinic
from bedside.store import Database, schema, tables
from chat.assistant import Assistant, Said, escaped
from chat.turns import Turns
from tests.forbidden import forbidden_in
from tests.keys import KEYS

# In the clinic's own time; tests/clinic.yml has the hours.
OPEN = "2026-11-25 10:00"  # a Wednesday
NIGHT = "2026-11-25 22:30"
SUNDAY = "2026-11-29 11:00"
HOLIDAY = "2026-12-25 11:00"  # a Friday
# Whom a patient can reach; one of them is in every reply that carries an urgency.
WAYS_TO_A_PERSON = ("emergency_number", "team_phone", "out_of_hours")
# More answers than any conversation may need.
MOST_QUESTIONS = 12


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Place:
    """What all conversations share: the words, the knowledge, the reader, an empty record to copy."""

    folder: Path
    knowledge: Knowledge = field(default_factory=load)
    responses: Responses = field(default_factory=load_responses)
    clinic: Clinic = field(default_factory=lambda: read_clinic(ROOT / "tests" / "clinic.yml"))
    talks: list[TalkInProcess] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    @cached_property
    def floor(self) -> Floor:
        """Chat's floor, with the trained heads; its reader reads for the assistant, too."""
        floor = Floor(self.knowledge, Settings.from_environment({}).heads)
        assert floor.model_version == "heads", "there are no trained heads: `make train`"
        # The same words on the same day are read the same: once is enough for all conversations.
        setattr(floor._reader, "read", cache(floor._reader.read))  # noqa: B010
        return floor

    @property
    def reader(self) -> Reader:
        return self.floor._reader

    @cached_property
    def speaks_first(self) -> dict[str, str]:
        """What Rasa's rules say before the action is called, by intent."""
        rules = yaml.safe_load((ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
        steps = [rule["steps"] for rule in rules if "intent" in rule["steps"][0]]
        return {
            first["intent"]: second["action"]
            for first, second, *_ in steps
            if second["action"].startswith("utter_")
        }

    @cached_property
    def empty_record(self) -> Path:
        path = self.folder / "empty.db"
        database = Database(f"sqlite:///{path}", KEYS)
        schema.migrate(database)
        database.engine.dispose()
        return path

    def start(self, at: str = OPEN, *, name: str | None = None, **clinic: Any) -> TalkInProcess:
        """A patient opens the page at `at`, in the clinic's own time. A `name` makes it a patient whom
        the clinic has invited; the other words change the clinic: `region="US"`."""
        here = dataclasses.replace(self.clinic, **clinic)
        path = self.folder / f"talk{next(self._numbers)}.db"
        shutil.copy(self.empty_record, path)
        local = datetime.fromisoformat(at).replace(tzinfo=here.zone)
        clock = Clock(local.astimezone(timezone.utc))
        database = Database(f"sqlite:///{path}", KEYS)
        # What survives a power cut is not tested here, and waiting for the disk takes most of the time.
        event.listen(
            database.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF")
        )
        talk = TalkInProcess(self, here, database, clock)
        talk.opens_the_page(name)
        self.talks.append(talk)
        return talk

    def close(self) -> None:
        """Let go of the records of all conversations so far."""
        for talk in self.talks:
            talk.database.engine.dispose()
        self.talks.clear()


def emergency_intent(parsed: Parsed, knowledge: Knowledge) -> str | None:
    """The intent that the sign extractor sets before all others."""
    heard = {
        (each.assertion, knowledge.signs[each.sign].crisis)
        for each in parsed.mentions
        if knowledge.signs[each.sign].urgency is Urgency.EMERGENCY
    }
    if (Assertion.PRESENT, False) in heard:
        return "report_emergency"
    if heard & {(Assertion.PRESENT, True), (Assertion.POSSIBLE, True)}:
        return "report_crisis"
    return "report_possible_emergency" if (Assertion.POSSIBLE, False) in heard else None


class InProcess(Assistant):
    """What Rasa does with a message, without Rasa."""

    def __init__(self, place: Place, here: Deployment, clock: Clock) -> None:
        self._place, self._here, self._clock = place, here, clock
        self.lock = threading.Lock()
        self.is_away = False
        self.intents: list[str] = []
        self.failures: list[Exception] = []

    async def ask(
        self, conversation_id: str, text: str, metadata: dict[str, Any], *, seconds: float
    ) -> Said:
        if self.is_away:
            return Said(failure="ConnectError")
        message_id = str(metadata["message_id"])
        try:
            replies = await asyncio.to_thread(
                self._answer, conversation_id, message_id, escaped(text)
            )
        except Exception as error:  # the conversation's test fails with it
            self.failures.append(error)
            raise
        return Said(replies=replies, complete=True)

    def _answer(self, conversation_id: str, message_id: str, text: str) -> list[Reply]:
        with self.lock:
            parsed = self._place.reader.read(text, today=self._here.clinic.day(self._clock.now))
        intent = emergency_intent(parsed, self._place.knowledge) or parsed.intent
        self.intents.append(intent)
        parsed = dataclasses.replace(parsed, intent=intent)
        says = taken_up(
            self._here, conversation_id, message_id, parsed, model_version="conversation tests"
        )
        first = self._place.speaks_first.get(intent)
        spoken = [Utterance(response=first)] if first else []
        return [self._in_words(each) for each in spoken + [s for s in says if s.response != first]]

    def _in_words(self, utterance: Utterance) -> Reply:
        """As Rasa's channel gives it: with the urgency that the domain gives to the response."""
        facts = clinic_facts(self._here.clinic, self._place.knowledge, self._clock.now)
        reply = self._place.responses.say(utterance, facts)
        urgency = self._place.responses.urgencies.get(utterance.response)
        return dataclasses.replace(reply, urgency=urgency)


class HonestTurns(Turns):
    """Chat's turns, in which a fault of the code is not answered like a fault of the machine."""

    async def _without_record(
        self, text: str, last: Utterance, said: Sequence[Reply]
    ) -> tuple[Reply, ...]:
        fault = sys.exc_info()[1]
        if fault is not None and not isinstance(fault, store.DatabaseAway):
            raise fault
        return await super()._without_record(text, last, said)


@dataclass(frozen=True)
class Line:
    """One line of the transcript: what the patient wrote, what was replied, or what happened meanwhile."""

    who: str
    text: str
    choices: tuple[str, ...] = ()
    urgency: Urgency | None = None


class Talk:
    """One patient and the assistant, wherever it runs. Every method that checks gives back the talk, to be
    read on."""

    def __init__(self, clinic: Clinic, knowledge: Knowledge, database: Database) -> None:
        self.clinic, self.knowledge, self.database = clinic, knowledge, database
        self.began = self.now.astimezone(clinic.zone)
        self.replies: tuple[Reply, ...] = ()
        self.lines: list[Line] = []
        self.conversation_id = ""

    # Where it runs

    @property
    def now(self) -> datetime:
        return store.utc_now()

    def in_their_time(self) -> AbstractContextManager[Any]:
        """All programs see the talk's own time within it."""
        return nullcontext()

    def take(self, message_id: str, text: str) -> tuple[Reply, ...]:
        """What the assistant replies to the message; it may have begun the next conversation."""
        raise NotImplementedError

    def new_message_id(self) -> str:
        raise NotImplementedError

    # What the patient does

    def say(self, text: str, message_id: str | None = None) -> Self:
        """The patient writes; what comes back is heard next."""
        before = self.conversation_id, self.stands
        with self.in_their_time():
            self.replies = self.take(message_id or self.new_message_id(), text)
        self._note_lines(text)
        self._check(text, *before)
        return self

    def picks(self, title: str) -> Self:
        """The patient presses the button with these words."""
        values = {choice.title: choice.value for choice in self.replies[-1].choices}
        assert title in values, f"no such button: {sorted(values)}"
        return self.say(values[title])

    def answers_all(self, text: str) -> Self:
        """The patient answers every question with the same words, until none is left."""
        for _ in range(MOST_QUESTIONS):
            if self.pending is None:
                return self
            self.say(text)
        raise AssertionError(f"still asking after {MOST_QUESTIONS} answers: {self.pending}")

    def says_at_once(self, *texts: str) -> list[tuple[Reply, ...]]:
        """Several messages that are sent before the first is answered; the replies to each."""
        sent = [(self.new_message_id(), text) for text in texts]
        with self.in_their_time(), ThreadPoolExecutor(len(sent)) as pool:
            return list(pool.map(lambda message: self.take(*message), sent))

    # What the patient hears

    @property
    def heard(self) -> str:
        """All that was replied to the last message."""
        return "\n".join(reply.text for reply in self.replies)

    @property
    def first_sentence(self) -> str:
        return re.split(r"(?<=[.!?])\s", self.replies[0].text)[0]

    def hears(self, *words: str) -> Self:
        missing = [each for each in words if each.casefold() not in self.heard.casefold()]
        assert missing == [], self.heard
        return self

    def hears_first(self, *words: str) -> Self:
        """In the first sentence of the first reply."""
        first = self.first_sentence.casefold()
        assert [each for each in words if each.casefold() not in first] == [], self.first_sentence
        return self

    def does_not_hear(self, *words: str) -> Self:
        found = [each for each in words if each.casefold() in self.heard.casefold()]
        assert found == [], self.heard
        return self

    def urgency(self, word: str | None) -> Self:
        """The highest urgency that the replies carry; None when none does."""
        highest = max((r.urgency for r in self.replies if r.urgency is not None), default=None)
        assert (highest.word if highest else None) == word, self.heard
        return self

    def asks(self, *words: str) -> Self:
        """The last reply is a question, with these words in it or on its buttons."""
        assert self.pending is not None, f"nothing is asked: {self.heard}"
        last = self.replies[-1]
        asked = " ".join([last.text, *(choice.title for choice in last.choices)]).casefold()
        assert [each for each in words if each.casefold() not in asked] == [], asked
        return self

    def asks_nothing(self) -> Self:
        assert self.pending is None, self.pending
        return self

    def asks_nothing_more(self, *words: str) -> Self:
        """Whatever is asked now, it is not this."""
        return self if self.pending is None else self.does_not_hear(*words)

    # What the record keeps

    @property
    def conversation(self) -> store.Conversation:
        with self.database.reading() as tx:
            return store.lock(tx, self.conversation_id)

    @property
    def pending(self) -> Any:
        return self.conversation.pending

    @property
    def stands(self) -> Urgency | None:
        """The highest urgency that the conversation has seen."""
        return self.conversation.urgency

    def rows(self, table: str) -> list[Any]:
        return self._tables(table)[0]

    def _tables(self, *names: str) -> list[list[Any]]:
        """All rows of these tables, from one state of the record."""
        with self.database.reading() as tx:
            wanted = [tables.metadata.tables[name] for name in names]
            return [
                list(tx.execute(select(table).order_by(*table.primary_key))) for table in wanted
            ]

    def notes(self, *signs: str) -> Self:
        """The report holds these signs as the patient's own, in this conversation."""
        active = {m.sign for m in self.conversation.report.mentions if m.assertion in ACTIVE}
        assert active >= set(signs), active
        return self

    def notes_no_sign(self) -> Self:
        active = [m.sign for m in self.conversation.report.mentions if m.assertion in ACTIVE]
        assert active == []
        return self

    def reports(self, sign: str, assertion: str) -> Self:
        """The last message was read as saying this of the sign."""
        last = max(row.id for row in self.rows("messages") if row.sender == store.PATIENT)
        read = {(r.sign, r.assertion) for r in self.rows("mentions") if r.message_id == last}
        assert (sign, assertion) in read, read
        return self

    def knows(self, **answers: str) -> Self:
        """The report holds these answers."""
        kept = self.conversation.report.answers
        assert {id_: kept.get(id_) for id_ in answers} == answers, dict(kept)
        return self

    def flagged(self, word: str) -> Self:
        """This conversation has one flag, of that urgency."""
        flags = [row for row in self.rows("flags") if row.conversation_id == self.conversation_id]
        assert [row.urgency for row in flags] == [word]
        return self

    def not_flagged(self) -> Self:
        assert self.rows("flags") == []
        return self

    def not_flagged_now(self) -> Self:
        """This conversation has no flag, whatever earlier ones had."""
        assert self.conversation_id not in {row.conversation_id for row in self.rows("flags")}
        return self

    @property
    def flag(self) -> store.FlagView:
        """This conversation's open flag, as the queue shows it."""
        with self.database.reading() as tx:
            (flag,) = (
                each
                for each in store.flags(tx, self.clinic.id)
                if each.conversation_id == self.conversation_id
            )
        return flag

    def flag_is_due(self, at: str) -> Self:
        """By when somebody must have looked, in the clinic's own time."""
        assert f"{self.flag.due_at.astimezone(self.clinic.zone):%Y-%m-%d %H:%M}" == at
        return self

    def stands_at_least(self, word: str) -> Self:
        assert (self.stands or 0) >= Urgency.of(word), self.stands
        return self

    def team_is_told(self, *words: str) -> Self:
        """The notifications that wait to be sent, in order: how urgent, and nothing else."""
        waiting = [row.payload for row in self.rows("outbox") if row.kind == "notify"]
        assert waiting == [{"clinic": self.clinic.id, "urgency": each} for each in words]
        return self

    def audited(self, *actions: str) -> Self:
        """The audit log holds these lines, in this order and maybe others between them."""
        lines = iter([row.action for row in self.rows("audit")])
        assert all(action in lines for action in actions), [r.action for r in self.rows("audit")]
        return self

    # What the clinic does

    def clinician_closes(self, reason: str = "spoke to the patient") -> Self:
        with self.database.writing() as tx:
            known = store.clinician(tx, username="nurse")
            by = known.id if known else self._nurse(tx)
            (flag,) = (
                each
                for each in store.flags(tx, self.clinic.id)
                if each.conversation_id == self.conversation_id
            )
            store.move(tx, flag, FlagState.CLAIMED, by=by, now=self.now)
            store.move(tx, flag, FlagState.CLOSED, by=by, now=self.now, reason=reason)
        self.lines.append(Line("", f"A nurse claims the flag and closes it: {reason}"))
        return self

    def _nurse(self, tx: store.Transaction) -> str:
        return store.add_clinician(
            tx,
            clinic_id=self.clinic.id,
            username="nurse",
            name="A Nurse",
            password_hash="-",
            by="operator",
            now=self.now,
        )

    # What holds for every message

    def _note_lines(self, text: str) -> None:
        self.lines.append(Line("patient", text))
        self.lines += [
            Line("Bedside", each.text, tuple(c.title for c in each.choices), each.urgency)
            for each in self.replies
        ]

    def _check(self, text: str, conversation_id: str, before: Urgency | None) -> None:
        told = self._check_replies()
        self._check_record(text)
        if conversation_id == self.conversation_id and before is not None:  # S2
            assert self.stands is not None and self.stands >= before
        if conversation_id == self.conversation_id and (self.stands or 0) > (before or 0):
            assert told >= (self.stands or 0), "the urgency rose, and nothing was said of it"

    def _check_replies(self) -> Urgency:
        """Gives back the highest urgency that was told."""
        assert self.replies and all(reply.text.strip() for reply in self.replies)  # S4
        assert [each for reply in self.replies for each in forbidden_in(reply.text)] == []  # S5
        told = max(reply.urgency or Urgency.UNCLEAR for reply in self.replies)
        if told is Urgency.EMERGENCY:  # S1
            assert region_of(self.clinic, self.knowledge).emergency in self.first_sentence
        facts = clinic_facts(self.clinic, self.knowledge, self.now)
        for reply in self.replies:
            ways = [facts[way] for way in WAYS_TO_A_PERSON if facts[way] in reply.text]
            assert ways or reply.urgency is None, reply.text
        return told

    def _check_record(self, text: str) -> None:
        messages, flags, reports, outbox, audit = self._tables(
            "messages", "flags", "reports", "outbox", "audit"
        )
        stored = [row for row in messages if row.sender == store.PATIENT]
        assert {row.state for row in stored} == {store.ANSWERED}  # S3
        assert len({row.message_id for row in stored}) == len(stored)
        assert len({row.conversation_id for row in flags}) == len(flags)
        for report in reports:  # S6
            assert report.knowledge_version and report.model_version
            assert all(each["rule"] and each["sources"] for each in report.reasons)
        if len(text) > 8:  # S7
            assert text not in json.dumps([list(row) for row in (*outbox, *audit)], default=str)


class TalkInProcess(Talk):
    """A talk with a record and a clock of its own, in this process and without Rasa."""

    def __init__(self, place: Place, clinic: Clinic, database: Database, clock: Clock) -> None:
        self.place, self.clock = place, clock
        super().__init__(clinic, place.knowledge, database)
        here = Deployment(database, place.knowledge, clinic)
        self.assistant = InProcess(place, here, clock)
        self._numbers = count(1)
        self._turns = HonestTurns(
            database,
            place.knowledge,
            place.responses,
            clinic,
            self.assistant,
            clock,
            place.floor,
            store.Spool(Path(f"{database.engine.url.database}.spool"), KEYS),
        )
        # One reader for both, and spaCy's matcher is not made for two threads.
        self.assistant.lock = self._turns._floor_lock

    @property
    def now(self) -> datetime:
        return self.clock.now

    def in_their_time(self) -> AbstractContextManager[Any]:
        return patch.object(store, "utc_now", self.clock)

    def new_message_id(self) -> str:
        return f"m{next(self._numbers)}"

    def take(self, message_id: str, text: str) -> tuple[Reply, ...]:
        answered = asyncio.run(self._turns.take(self.conversation_id, message_id, text))
        if self.assistant.failures:
            raise self.assistant.failures[0]
        self.conversation_id = answered.conversation_id
        return answered.replies

    def opens_the_page(self, name: str | None = None) -> Self:
        with self.database.writing() as tx:
            store.ensure_clinic(tx, self.clinic, now=self.now)
            invitation = invited(tx, self.clinic, name, self.now) if name else None
            self.conversation_id = store.open_conversation(
                tx, clinic_id=self.clinic.id, now=self.now, invitation=invitation
            ).id
        return self

    def says_without_record(self, text: str) -> Self:
        """The patient writes while the database is away, so that nothing of it can be looked up."""
        with self.database.writing() as tx:
            tx.exec_driver_sql("alter table conversations rename to elsewhere")
        self.replies = self.take(self.new_message_id(), text)
        return self

    def later(self, **span: float) -> Self:
        """Time passes: `hours=5`."""
        self.clock.now += timedelta(**span)
        amounts = " and ".join(f"{number:g} {unit}" for unit, number in span.items())
        self.lines.append(Line("", f"{amounts} later"))
        return self


def invited(tx: store.Transaction, clinic: Clinic, name: str, now: datetime) -> str:
    """The one-time link of a patient whom the clinic knows by name."""
    return store.invite(
        tx, clinic_id=clinic.id, name=name, contact="01632 960999", by="operator", now=now
    )


Start = Callable[..., TalkInProcess]
