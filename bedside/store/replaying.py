"""From the spool to the record: each message once, oldest first, at the time at which it was sent.

All of a message is one commit, and its file is removed after it: whoever dies in between, the file is
still there or the record is complete. Two who replay at once wait for each other at the conversation,
and the second finds the message. No words of a patient go into the log.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import or_, select

from bedside.model import (
    Assessment,
    Clinic,
    Parsed,
    Question,
    Reason,
    Reply,
    Report,
    Source,
    Turn,
    Urgency,
    Utterance,
)
from bedside.store import audit
from bedside.store.conversations import UnknownConversation, answer, lock, place
from bedside.store.database import Database, DatabaseAway, Transaction
from bedside.store.erasing import was_erased
from bedside.store.rows import BY_FLOOR, RECEIVED, Conversation, Message
from bedside.store.spool import NotWhole, Spool, Spooled
from bedside.store.tables import conversations, messages
from bedside.store.taking_up import take_up

logger = logging.getLogger(__name__)

NOT_WHOLE = "it holds no message that can be read with the keys here"
NO_CONVERSATION = (
    "its conversation is not in this record; once it is, move the file back into the spool"
)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of the files: how many are in the record, which were set aside and why, and which
    stay for the next time."""

    done: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayer:
    """Who replays. `floor` decides as `bedside.dialogue.Floor.take_up` does; `by` stands in the audit log."""

    database: Database
    spool: Spool
    clinic: Clinic
    floor: Callable[[Report, str, Question | None, date], tuple[Parsed, Turn]]
    in_words: Callable[[Sequence[Utterance]], Sequence[Reply]]
    knowledge_version: str
    model_version: str
    by: str
    clock: Callable[[], datetime]

    def replay(self, conversation_id: str | None = None) -> Replayed:
        """Put all messages, or those of one conversation, into the record. DatabaseAway leaves the rest
        where they are; no file keeps another back."""
        replayed = Replayed()
        for path, message in self._oldest_first(conversation_id, replayed):
            self._recorded(path, message, replayed)
        if replayed.done:
            logger.warning(
                "messages of the spool that are in the record now: %d", len(replayed.done)
            )
        return replayed

    def _oldest_first(
        self, conversation_id: str | None, replayed: Replayed
    ) -> list[tuple[Path, Spooled]]:
        read = []
        for path in self.spool.waiting(conversation_id):
            try:
                read.append((path, self.spool.read(path)))
            except NotWhole:
                self._set_aside(path, NOT_WHOLE, replayed)
            except FileNotFoundError:  # somebody else has just put it into the record
                continue
            except Exception as error:
                _leave(path, error, replayed)
        return sorted(read, key=lambda each: (each[1].at, each[0].name))

    def _recorded(self, path: Path, message: Spooled, replayed: Replayed) -> None:
        try:
            with self.database.writing() as tx:
                self._record(tx, message)
            self.spool.remove(path)
            replayed.done.append(path.name)
        except DatabaseAway:
            raise
        except UnknownConversation:
            self._without_conversation(path, message, replayed)
        except Exception as error:  # its text could quote the patient, its kind cannot
            _leave(path, error, replayed)

    def _without_conversation(self, path: Path, message: Spooled, replayed: Replayed) -> None:
        """What came for an erased conversation is erased as well; else an operator decides."""
        with self.database.reading() as tx:
            erased = was_erased(tx, message.conversation_id)
        if not erased:
            self._set_aside(path, NO_CONVERSATION, replayed)
            return
        self.spool.remove(path)
        logger.warning("the spooled message %s was removed: its conversation was erased", path.name)

    def _set_aside(self, path: Path, why: str, replayed: Replayed) -> None:
        try:
            self.spool.set_aside(path)
        except FileNotFoundError:  # somebody else has just done it
            return
        except OSError as error:
            _leave(path, error, replayed)
            return
        logger.error("the spooled message %s was set aside: %s", path.name, why)
        replayed.set_aside.append(f"{path.name}: {why}")

    def _record(self, tx: Transaction, spooled: Spooled) -> None:
        """Store the message and its replies as they were, with what the floor makes of it now."""
        conversation = lock(tx, spooled.conversation_id)
        if _is_known(tx, conversation, spooled):
            return
        conversation, message = place(
            tx, conversation, spooled.message_id, spooled.text, at=spooled.at
        )
        if message.state != RECEIVED:  # sent again, into the conversation that followed
            return
        turn = self._taken_up(tx, conversation, message, spooled)
        answer(tx, conversation.id, message, spooled.replies, now=spooled.at)
        if (turn.spoken_urgency or 0) > (_told(spooled) or 0):
            more = self.in_words([each for each in turn.says if each.urgency is not None])
            answer(tx, conversation.id, message, more, now=self.clock())
        audit.note(
            tx,
            clinic_id=conversation.clinic_id,
            by=self.by,
            action="message.replayed",
            subject=f"conversation:{conversation.id}",
            now=self.clock(),
            message=message.id,
            sent_at=spooled.at.isoformat(),
        )

    def _taken_up(
        self, tx: Transaction, conversation: Conversation, message: Message, spooled: Spooled
    ) -> Turn:
        pending = conversation.pending
        parsed, turn = self.floor(
            conversation.report, spooled.text, pending, self.clinic.day(spooled.at)
        )
        # The turn's question was not asked. The one before stays open, unless this was its answer.
        is_open = pending and turn.question and turn.question.about == pending.about
        turn = dataclasses.replace(turn, question=pending if is_open else None)
        take_up(
            tx,
            conversation,
            message,
            parsed,
            _at_least_as_told(turn, _told(spooled)),
            clinic=self.clinic,
            by=BY_FLOOR,
            knowledge_version=self.knowledge_version,
            model_version=self.model_version,
            now=self.clock(),
        )
        return turn


def _leave(path: Path, error: Exception, replayed: Replayed) -> None:
    logger.error("the spooled message %s is left: %s", path.name, type(error).__name__)
    replayed.left.append(path.name)


def _is_known(tx: Transaction, conversation: Conversation, spooled: Spooled) -> bool:
    """Whether the record has the message and what was made of it: in its conversation, or, replayed before,
    in one that followed it and may have ended since. One that is only received came there when nobody
    waited for the database any longer, and is not being answered."""
    row = tx.execute(
        select(messages.c.id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            conversations.c.patient_id == conversation.patient_id,
            messages.c.message_id == spooled.message_id,
            messages.c.position == 0,
            messages.c.state != RECEIVED,
            or_(messages.c.conversation_id == conversation.id, messages.c.at == spooled.at),
        )
    ).first()
    return row is not None


def _told(spooled: Spooled) -> Urgency | None:
    """The highest urgency that the patient was told."""
    told = (reply.urgency for reply in spooled.replies)
    return max((each for each in told if each is not None), default=None)


def _at_least_as_told(turn: Turn, told: Urgency | None) -> Turn:
    """The turn with the urgency that the patient was told, should the record make less of the words."""
    if told is None or (turn.assessment.urgency or 0) >= told:
        return turn
    reason = Reason(
        rule="told_without_record",
        sign="",
        words="",
        urgency=told,
        why="The patient was told so while the record was away.",
        sources=(Source(id="GENERAL"),),
    )
    reasons = (reason, *turn.assessment.reasons)
    return dataclasses.replace(turn, assessment=Assessment(urgency=told, reasons=reasons))
