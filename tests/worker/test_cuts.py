"""A program dies, or loses the database, at any one statement or commit; who is left finishes it once.

Each test goes through all the places: it cuts at the first statement or commit, lets the others mend it,
looks at the record, and goes on to the next place until the work is done before the cut.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from actions.deployment import Deployment
from actions.taking_up import taken_up
from bedside import store
from bedside.knowledge import in_words
from bedside.model import Reply, Urgency
from bedside.store import tables
from bedside.store.following_up import FOLLOW_UP_AFTER
from bedside.store.outbox import CLAIM_FOR
from chat.assistant import Said
from chat.turns import Turns

BRUISES = "I have bruises on my legs"
STROKE = "my face is drooping on one side"
URGENCIES = {BRUISES: Urgency.URGENT, STROKE: Urgency.EMERGENCY}


class Died(BaseException):
    """A program is killed: nothing in it catches this."""


@dataclass
class Cut:
    """Where it comes: at the statement or commit with this number. `dies` is the program; otherwise the
    database goes away, at a commit only after it was done."""

    number: int
    dies: bool
    seen: int = 0

    @property
    def came(self) -> bool:
        return self.seen >= self.number

    def at_statement(self, *_):
        self.seen += 1
        if self.seen == self.number:
            raise Died if self.dies else gone()

    def at_commit(self, commit):
        def committed(connection):
            if self.dies:
                self.at_statement()
            commit(connection)
            if not self.dies:
                self.at_statement()

        return committed


def gone():
    return OperationalError("", {}, Exception("server closed the connection unexpectedly"))


@contextmanager
def cut_at(night, number, *, dies=True) -> Iterator[Cut]:
    cut, engine = Cut(number, dies), night.database.engine
    commit = engine.dialect.do_commit
    event.listen(engine, "before_cursor_execute", cut.at_statement)
    engine.dialect.do_commit = cut.at_commit(commit)
    try:
        with suppress(Died):
            yield cut
    finally:
        engine.dialect.do_commit = commit
        event.remove(engine, "before_cursor_execute", cut.at_statement)


def places() -> Iterator[int]:
    return itertools.count(1)


@dataclass
class Actions:
    """Rasa and the action server, which may die `alone`, without the chat."""

    night: object
    alone: bool

    async def ask(self, conversation_id, text, metadata, *, seconds):
        night = self.night
        try:
            says = taken_up(
                Deployment(night.database, night.knowledge, night.clinic),
                conversation_id,
                metadata["message_id"],
                night.reader.read(text, intent="report_symptom"),
                model_version="test",
            )
        except (Died, store.DatabaseAway) as error:
            if isinstance(error, Died) and not self.alone:
                raise
            return Said(failure="RemoteProtocolError")
        words = in_words(says, night.responses, night.clinic, night.knowledge, night.clock())
        return Said(replies=words, complete=True)


@dataclass
class Patient:
    """Somebody who writes to a chat that is started again as often as it dies."""

    night: object
    conversation_id: str
    heard: list[tuple[Reply, ...]] = field(default_factory=list)

    def sends(self, text, message_id="m1", *, alone=False):
        night = self.night
        turns = Turns(
            night.database,
            night.knowledge,
            night.responses,
            night.clinic,
            Actions(night, alone),
            night.clock,
            night.floor,
            night.spool,
        )
        answered = asyncio.run(turns.take(self.conversation_id, message_id, text))
        self.heard.append(answered.replies)
        return answered.replies

    def rows(self, name):
        table = tables.metadata.tables[name]
        theirs = table.c.conversation_id == self.conversation_id
        with self.night.database.reading() as tx:
            return tx.execute(select(table).where(theirs).order_by(table.c.id)).all()


def patient(night):
    with night.database.writing() as tx:
        return Patient(night, store.open_conversation(tx, clinic_id="main", now=night.clock()).id)


# Who finishes it


def the_worker(night, writing, text):
    night.clock.advance(seconds=21)
    night.worker().replay()
    night.worker().answer_left_behind()


def the_patient_who_sends_it_again_at_once(night, writing, text):
    """The lease of the dead still holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chat.turns.MOST_SECONDS", 0.01)
        writing.sends(text)


def the_patient_who_sends_it_again_later(night, writing, text):
    night.clock.advance(seconds=16)
    writing.sends(text)


FINISHED = [
    (BRUISES, the_worker),
    (STROKE, the_patient_who_sends_it_again_at_once),
    (BRUISES, the_patient_who_sends_it_again_later),
]


# What the record must hold then


def is_whole(night, writing, text, message_id="m1"):
    """Stored once, answered once, one flag, told once, and nothing waits in the spool."""
    again, urgency = writing.sends(text, message_id), URGENCIES[text]
    written, *shown = (
        row for row in writing.rows("messages") if row.shown and row.message_id == message_id
    )
    assert (written.sender, written.text, written.state) == ("patient", text, "answered")
    assert {row.sender for row in shown} == {"assistant"}
    assert [row.text for row in shown] == [reply.text for reply in again]
    assert again[0].urgency is urgency
    (flag,) = writing.rows("flags")
    assert flag.urgency == urgency.word
    by = [row.processed_by for row in writing.rows("reports") if row.message_id == written.id]
    assert by and len(by) == len(set(by))
    raised = f"flag:{writing.conversation_id}:{urgency.word}"
    assert [row.key for row in night.rows("outbox")].count(raised) == 1
    subject = f"conversation:{writing.conversation_id}"
    audited = [row.action for row in night.rows("audit") if row.subject == subject]
    assert audited.count("flag.raised") == 1
    assert night.spool.waiting() == []


def audit_is_whole(night):
    with night.database.reading() as tx:
        assert store.verify_audit(tx, "main").fault is None


@pytest.mark.parametrize(("text", "finishes"), FINISHED)
def test_a_turn_whose_programs_die_anywhere_is_finished_once(night, text, finishes):
    for number in places():
        writing = patient(night)
        with cut_at(night, number) as cut:
            writing.sends(text)
        finishes(night, writing, text)
        is_whole(night, writing, text)
        if not cut.came:
            break
    audit_is_whole(night)
    assert number > 20


def test_a_turn_whose_action_server_dies_anywhere_is_answered_all_the_same(night):
    for number in places():
        writing = patient(night)
        with cut_at(night, number) as cut:
            writing.sends(STROKE, alone=True)
        the_worker(night, writing, STROKE)
        is_whole(night, writing, STROKE)
        if not cut.came:
            break
    audit_is_whole(night)


@pytest.mark.parametrize(("text", "finishes"), FINISHED)
def test_a_turn_that_loses_the_database_anywhere_is_answered_at_once_and_finished_once(
    night, text, finishes
):
    for number in places():
        writing = patient(night)
        with cut_at(night, number, dies=False) as cut:
            writing.sends(text)
        (told,) = writing.heard
        assert told[0].urgency is URGENCIES[text]
        finishes(night, writing, text)
        the_worker(night, writing, text)
        is_whole(night, writing, text)
        if not cut.came:
            break
    audit_is_whole(night)


@pytest.mark.parametrize("dies", [True, False])
def test_a_spooled_message_is_recorded_once_wherever_the_worker_is_cut(night, dies):
    for number in places():
        writing = patient(night)
        night.spool.keep(spooled(night, writing))
        with cut_at(night, number, dies=dies) as cut, suppress(store.DatabaseAway):
            night.worker().replay()
        night.worker().replay()
        is_whole(night, writing, BRUISES, "kept")
        if not cut.came:
            break
    audit_is_whole(night)


def test_a_spooled_message_is_recorded_once_wherever_the_chat_dies_on_the_next_message(night):
    for number in places():
        writing = patient(night)
        night.spool.keep(spooled(night, writing))
        with cut_at(night, number) as cut:
            writing.sends("none of these", "m2")
        the_worker(night, writing, BRUISES)
        is_whole(night, writing, BRUISES, "kept")
        order = [row.message_id for row in writing.rows("messages") if row.sender == "patient"]
        assert order in (["kept"], ["kept", "m2"])
        if not cut.came:
            break
    audit_is_whole(night)


def spooled(night, writing):
    return store.Spooled(
        conversation_id=writing.conversation_id,
        message_id="kept",
        text=BRUISES,
        at=night.clock(),
        replies=(Reply(text="Call your team today.", urgency=Urgency.URGENT),),
    )


@pytest.mark.parametrize("dies", [True, False])
def test_a_follow_up_is_written_once_wherever_the_worker_is_cut(night, dies):
    for number in places():
        writing = patient(night)
        writing.sends(STROKE)
        night.clock.now += FOLLOW_UP_AFTER * 1.1
        with cut_at(night, number, dies=dies) as cut, suppress(store.DatabaseAway):
            night.worker().follow_up()
        night.worker().follow_up()
        night.worker().follow_up()
        written = [row for row in writing.rows("messages") if row.message_id != "m1"]
        assert len(written) == 1
        if not cut.came:
            break
    audit_is_whole(night)


class Team:
    """Takes notifications."""

    def __init__(self):
        self.told = []

    def send(self, delivery):
        self.told.append(delivery.id)
        return True


@pytest.mark.parametrize("dies", [True, False])
def test_the_team_is_told_of_a_flag_wherever_the_worker_is_cut_and_seldom_twice(night, dies):
    """Twice only when the worker is cut after it told them and before it noted that."""
    twice = 0
    for number in places():
        patient(night).sends(BRUISES)
        team = Team()
        with cut_at(night, number, dies=dies) as cut, suppress(store.DatabaseAway):
            night.worker(notifier=team).deliver()
        night.clock.now += CLAIM_FOR * 1.1
        night.worker(notifier=team).deliver()
        night.worker(notifier=team).deliver()
        assert len(set(team.told)) == 1 and len(team.told) <= 2
        twice += len(team.told) == 2
        if not cut.came:
            break
    assert twice < number / 2
