"""The worker's rounds: put the spool into the record, deliver what is due, answer what was left behind,
and write once more to who was told an emergency and fell silent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from bedside import store
from bedside.dialogue import CONTACT, WHERE_ARE_YOU, Floor
from bedside.knowledge import Knowledge, Responses, clinic_facts, in_words
from bedside.model import Clinic, Question, Reply, Urgency, Utterance
from worker.notifying import Notifier

logger = logging.getLogger(__name__)

# Longer than chat may take for an answer (8 s): what is older, nobody is working on.
LEFT_BEHIND = timedelta(seconds=20)
# What is due after these waits for the next round, so that the round's other work is not kept back.
MOST_IN_A_ROUND = 20
HOLDER = "worker"
UNAVAILABLE = Utterance(response="utter_unavailable")
FOLLOW_UP = Utterance(response="utter_follow_up", urgency=Urgency.EMERGENCY)
FOLLOW_UP_CRISIS = Utterance(response="utter_follow_up_crisis", urgency=Urgency.EMERGENCY)
IS_SOMEBODY_WITH_YOU = Question(id=CONTACT, about=(CONTACT,), text=WHERE_ARE_YOU)


class Rounds:
    def __init__(
        self,
        database: store.Database,
        knowledge: Knowledge,
        responses: Responses,
        clinic: Clinic,
        notifier: Notifier,
        floor: Floor,
        spool: store.Spool,
        clock: Callable[[], datetime] = store.utc_now,
    ) -> None:
        self._database = database
        self._knowledge = knowledge
        self._responses = responses
        self._clinic = clinic
        self._notifier = notifier
        self._clock = clock
        self._floor = floor
        self._replayer = store.Replayer(
            database=database,
            spool=spool,
            clinic=clinic,
            floor=floor.take_up,
            in_words=self._in_words,
            knowledge_version=knowledge.version,
            model_version=floor.model_version,
            by=HOLDER,
            clock=clock,
        )

    def replay(self) -> int:
        """Put what patients wrote while the database was away into the record; gives back how much."""
        return len(self._replayer.replay().done)

    def deliver(self) -> int:
        """Send what is due; gives back how many went out. What failed comes back later."""
        return sum(self._each(self._delivered, each) for each in self._due())

    def _due(self) -> Iterator[store.Delivery]:
        """Each is claimed only when its turn has come: a claim lasts a minute, and behind some slow ones
        another worker would take it for left, and tell the team twice."""
        for _ in range(MOST_IN_A_ROUND):
            with self._database.writing() as tx:
                claimed = store.claim(tx, now=self._clock(), most=1)
            if not claimed:
                return
            yield from claimed

    def answer_left_behind(self) -> int:
        """Answer messages whose program died, by the floor; gives back how many."""
        with self._database.reading() as tx:
            left = store.left_behind(tx, before=self._clock() - LEFT_BEHIND)
        return sum(self._each(self._answered, *each) for each in left)

    def follow_up(self) -> int:
        """Write once to each patient who was told an emergency and is silent; gives back to how many."""
        with self._database.reading() as tx:
            waiting = store.perhaps_silent(tx, now=self._clock())
        return sum(self._each(self._followed_up, each) for each in waiting)

    @staticmethod
    def _each(work: Callable[..., bool], *row: Any) -> bool:
        """Do the work for one row; one that fails must not keep the others back."""
        try:
            return work(*row)
        except store.DatabaseAway:
            raise
        except Exception as error:  # its text could quote a patient, its kind cannot
            logger.error("%s failed: %s", work.__name__, type(error).__name__)
            return False

    def _delivered(self, delivery: store.Delivery) -> bool:
        sent = self._notifier.send(delivery)
        with self._database.writing() as tx:
            if sent:
                store.delivered(tx, delivery, now=self._clock())
            else:
                store.failed(tx, delivery, now=self._clock())
        return sent

    def _answered(self, conversation_id: str, message: store.Message) -> bool:
        with self._database.writing() as tx:
            received = store.acquire(tx, conversation_id, message, holder=HOLDER, now=self._clock())
            if not received.leased:
                return False
            says = store.advice_for(tx, message) or self._taken_up(tx, received)
            replies = self._in_words(says or (UNAVAILABLE,))
            store.answer(tx, conversation_id, message, replies, now=self._clock())
        logger.warning("answered message %s, which was left behind", message.id)
        return True

    def _taken_up(self, tx: store.Transaction, received: store.Received) -> tuple[Utterance, ...]:
        conversation = received.conversation
        parsed, turn = self._floor.take_up(
            conversation.report,
            received.message.text,
            conversation.pending,
            self._clinic.day(self._clock()),
        )
        store.take_up(
            tx,
            conversation,
            received.message,
            parsed,
            turn,
            clinic=self._clinic,
            by=store.BY_FLOOR,
            knowledge_version=self._knowledge.version,
            model_version=self._floor.model_version,
            now=self._clock(),
        )
        return turn.says

    def _in_words(self, utterances: Sequence[Utterance]) -> list[Reply]:
        return in_words(utterances, self._responses, self._clinic, self._knowledge, self._clock())

    def _followed_up(self, conversation_id: str) -> bool:
        with self._database.writing() as tx:
            conversation = store.lock(tx, conversation_id)
            if not store.is_silent(tx, conversation, now=self._clock()):
                return False
            where_known = CONTACT in conversation.report.answers
            store.follow_up(
                tx,
                conversation,
                self._follow_up(tx, conversation_id),
                asks=None if where_known else IS_SOMEBODY_WITH_YOU,
                by=HOLDER,
                now=self._clock(),
            )
        logger.warning("followed up a silence after an emergency")
        return True

    def _follow_up(self, tx: store.Transaction, conversation_id: str) -> Reply:
        """The words, with the crisis line again when the patient was given it."""
        facts = clinic_facts(self._clinic, self._knowledge, self._clock())
        told = (
            entry.message.text
            for entry in store.transcript(tx, conversation_id)
            if entry.urgency is Urgency.EMERGENCY
        )
        crisis = any(f"call {facts['crisis_line']}" in text for text in told)
        return self._responses.say(FOLLOW_UP_CRISIS if crisis else FOLLOW_UP, facts)
