"""One message from arrival to answer: stored first, then the floor and Rasa, the higher speaks first.

Every way through here ends in a reply.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock

from starlette.concurrency import run_in_threadpool

from bedside import store
from bedside.dialogue import Floor
from bedside.knowledge import Knowledge, Responses, in_words
from bedside.model import Clinic, Parsed, Question, Reply, Report, Turn, Urgency, Utterance
from chat.assistant import Assistant, Said
from chat.higher import Chosen, at_least_as_said, choose, higher
from chat.in_time import InTime

logger = logging.getLogger(__name__)

# A reply within 8 s (promise S4): Rasa gets 4.5 s, a message before this one up to what is left of 6 s, and
# the record, which may have gone away meanwhile, the rest.
RASA_SECONDS = 4.5
# What is surely an emergency is told sooner, with or without Rasa.
EMERGENCY_SECONDS = 1.5
MOST_SECONDS = 6.0
RECORDED_SECONDS = 7.5
POLL_SECONDS = 0.05
UNAVAILABLE = Utterance(response="utter_unavailable")
SPOOLED = Utterance(response="utter_spooled")
NOT_RECORDED = Utterance(response="utter_not_recorded")


@dataclass(frozen=True, slots=True)
class Answered:
    """The replies, and the conversation they are in: the patient's next one if theirs was closed."""

    conversation_id: str
    replies: tuple[Reply, ...]


class Turns:
    """Takes messages for one clinic. Holds no state of any conversation."""

    def __init__(
        self,
        database: store.Database,
        knowledge: Knowledge,
        responses: Responses,
        clinic: Clinic,
        assistant: Assistant,
        clock: Callable[[], datetime],
        floor: Floor,
        spool: store.Spool,
    ) -> None:
        self._in_time = InTime()
        self._database = database
        self._knowledge = knowledge
        self._responses = responses
        self._clinic = clinic
        self._assistant = assistant
        self._clock = clock
        self._floor = floor
        self._floor_lock = Lock()
        self._spool = spool
        self._replayer = store.Replayer(
            database=database,
            spool=spool,
            clinic=clinic,
            floor=self._taken_up,
            in_words=self._in_words,
            knowledge_version=knowledge.version,
            model_version=floor.model_version,
            by="chat",
            clock=clock,
        )
        self._late: set[asyncio.Task[None]] = set()

    async def take(self, conversation_id: str, message_id: str, text: str) -> Answered:
        """The replies to a message, which is stored before anything else happens.

        UnknownConversation when there is none. Without a database it is kept in the spool, and the
        reply says so, after the floor's advice.
        """
        started, at, holder = time.monotonic(), self._clock(), str(uuid.uuid4())
        try:
            received = await self._in_time(self._receive, conversation_id, message_id, text, holder)
        except store.DatabaseAway:
            told = await self._without_record(text, SPOOLED, [])
            spooled = store.Spooled(
                conversation_id=conversation_id,
                message_id=message_id,
                text=text,
                at=at,
                replies=told,
            )
            return Answered(conversation_id, await run_in_threadpool(self._kept, spooled))
        said = Said()
        try:
            received = await self._wait_for_lease(received, holder, started)
            if received.replies is not None:
                return Answered(received.conversation.id, received.replies)
            parsed = await run_in_threadpool(self._read, text)
            said = await self._ask(received, parsed, started)
            in_time = len(said.replies)
            replies = await self._in_time(
                self._settle, received, parsed, said, seconds=_left(RECORDED_SECONDS, started)
            )
            self._keep_late(received, said, in_time)
            return Answered(received.conversation.id, replies)
        except store.UnknownConversation:  # erased meanwhile, and the message with it
            raise
        except Exception as error:  # the message is stored, and the worker takes it up
            logger.error("a message could not be answered yet: %s", type(error).__name__)
            replies = await self._without_record(text, UNAVAILABLE, said.replies)
            return Answered(received.conversation.id, replies)

    async def finish(self) -> None:
        """Wait shortly for late replies when the program stops."""
        if self._late:
            await asyncio.wait(self._late, timeout=2)

    def _receive(
        self, conversation_id: str, message_id: str, text: str, holder: str
    ) -> store.Received:
        self._replay(conversation_id)
        with self._database.writing() as tx:
            return store.receive(
                tx, conversation_id, message_id, text, holder=holder, now=self._clock()
            )

    def _replay(self, conversation_id: str) -> None:
        """What was written to this conversation while the database was away comes before what is
        written now."""
        try:
            self._replayer.replay(conversation_id)
        except OSError as error:
            logger.error("the spool cannot be read: %s", type(error).__name__)

    def _kept(self, spooled: store.Spooled) -> tuple[Reply, ...]:
        """Keep the message in the spool; gives back what to reply: that it is kept, or that it is not."""
        try:
            replies = self._spool.keep(spooled).replies
        except Exception as error:  # whatever it is, nobody may believe that the team will read it
            logger.error("a message could not be recorded, nor kept: %s", type(error).__name__)
            return (*spooled.replies[:-1], *self._in_words([NOT_RECORDED]))
        logger.error("a message could not be recorded yet: it is kept in the spool")
        return replies

    def _taken_up(
        self, report: Report, text: str, pending: Question | None, today: date
    ) -> tuple[Parsed, Turn]:
        with self._floor_lock:
            return self._floor.take_up(report, text, pending, today)

    async def _wait_for_lease(
        self, received: store.Received, holder: str, started: float
    ) -> store.Received:
        """Wait while an earlier message, or this one sent twice, is being answered."""
        while not received.leased and received.replies is None:
            if not _left(MOST_SECONDS, started):
                break
            await asyncio.sleep(POLL_SECONDS)
            received = await self._in_time(
                self._acquire, received, holder, seconds=_left(RECORDED_SECONDS, started)
            )
        return received

    def _acquire(self, received: store.Received, holder: str) -> store.Received:
        with self._database.writing() as tx:
            return store.acquire(
                tx, received.conversation.id, received.message, holder=holder, now=self._clock()
            )

    async def _ask(self, received: store.Received, parsed: Parsed, started: float) -> Said:
        seconds = min(self._patience(received.conversation, parsed), _left(MOST_SECONDS, started))
        if not received.leased or not seconds:
            return Said()
        said = await self._assistant.ask(
            received.conversation.id,
            received.message.text,
            {"message_id": received.message.message_id},
            seconds=seconds,
        )
        if not said.complete:
            logger.warning("Rasa did not answer: %s", said.failure or "too late")
        return said

    def _patience(self, conversation: store.Conversation, parsed: Parsed) -> float:
        """How long Rasa may take: not long when the lexicon alone hears an emergency."""
        turn = self._decide(conversation.report, parsed, conversation.pending)
        is_emergency = turn.spoken_urgency is Urgency.EMERGENCY
        return EMERGENCY_SECONDS if is_emergency else RASA_SECONDS

    def _settle(self, received: store.Received, parsed: Parsed, said: Said) -> tuple[Reply, ...]:
        """Choose the replies and store them, in one transaction with what the record lacks."""
        with self._database.writing() as tx:
            conversation = store.lock(tx, received.conversation.id)
            message = store.message_of(tx, conversation.id, received.message.message_id)
            if message is None or message.state == store.ANSWERED:
                return store.replies_to(tx, conversation.id, received.message.message_id)
            decided = store.advice_for(tx, message)
            # The floor speaks from where the assistant began: on what that has recorded, the same words
            # would be told once more, and undo a correction.
            began = received.conversation if decided else conversation
            turn = self._decide(began.report, parsed, began.pending)
            chosen = self._chosen(said, decided, turn)
            if chosen.by_floor:
                if decided:  # an answer must not answer the next question too, which stays open
                    turn = self._decide(conversation.report, parsed, None)
                    turn = dataclasses.replace(turn, question=conversation.pending)
                self._record(
                    tx, conversation, message, parsed, at_least_as_said(turn, chosen.replies)
                )
            store.answer(tx, conversation.id, message, chosen.replies, now=self._clock())
            return chosen.replies

    def _chosen(self, said: Said, decided: Sequence[Utterance], turn: Turn) -> Chosen:
        whole = said.complete and said.replies
        return choose(
            said=self._in_words(decided) if decided and not whole else said.replies,
            was_taken_up=bool(decided),
            floor=self._in_words(turn.says),
            floor_asks=turn.question is not None,
            unavailable=self._in_words([UNAVAILABLE])[0],
        )

    def _record(
        self,
        tx: store.Transaction,
        conversation: store.Conversation,
        message: store.Message,
        parsed: Parsed,
        turn: Turn,
    ) -> None:
        store.take_up(
            tx,
            conversation,
            message,
            parsed,
            turn,
            clinic=self._clinic,
            by=store.BY_FLOOR,
            knowledge_version=self._knowledge.version,
            model_version=self._floor.model_version,
            now=self._clock(),
        )

    async def _without_record(
        self, text: str, last: Utterance, said: Sequence[Reply]
    ) -> tuple[Reply, ...]:
        """Without the record: what the words of this one message call for, or what Rasa said to them
        if that is higher, then `last`."""
        turn = self._decide(Report(), await run_in_threadpool(self._read, text), None)
        floor = self._in_words([each for each in turn.says if each.urgency is not None])
        told = [reply for reply in said if reply.urgency is not None]
        return (*higher(told, floor), *self._in_words([last]))

    def _decide(self, report: Report, parsed: Parsed, pending: Question | None) -> Turn:
        return self._floor.decide(report, parsed, pending, self._clinic.day(self._clock()))

    def _read(self, text: str) -> Parsed:
        with self._floor_lock:  # spaCy's matcher is not made for two threads
            return self._floor.read(text, self._clinic.day(self._clock()))

    def _in_words(self, utterances: Sequence[Utterance]) -> list[Reply]:
        return in_words(utterances, self._responses, self._clinic, self._knowledge, self._clock())

    def _keep_late(self, received: store.Received, said: Said, in_time: int) -> None:
        """What Rasa says after its time is kept for the clinician, and not shown."""
        if said.running is not None and not said.running.done():
            task = asyncio.create_task(self._store_late(received, said, in_time))
            self._late.add(task)
            task.add_done_callback(self._late.discard)

    async def _store_late(self, received: store.Received, said: Said, shown: int) -> None:
        if said.running is not None:
            await said.running
        late = said.replies[shown:]
        if late:
            try:
                await self._in_time(self._store_unshown, received, late)
            except store.UnknownConversation:
                logger.warning("late replies were let go: their conversation was erased")
            except store.DatabaseAway:
                logger.error("late replies could not be kept: the database is away")

    def _store_unshown(self, received: store.Received, late: Sequence[Reply]) -> None:
        with self._database.writing() as tx:
            store.lock(tx, received.conversation.id)
            store.answer(
                tx,
                received.conversation.id,
                received.message,
                late,
                now=self._clock(),
                shown=False,
            )


def _left(seconds: float, started: float) -> float:
    return max(0.0, seconds - (time.monotonic() - started))
