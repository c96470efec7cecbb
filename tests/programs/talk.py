"""Conversations with the five running programs, in the language of tests/talk.py.

A patient speaks through chat's API alone. The record is read beside the programs, of this patient only;
a clinician closes a flag at the console.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import or_, select, update
from typing_extensions import Self

from bedside import store
from bedside.knowledge import Knowledge
from bedside.model import Reply, reply_from_json
from bedside.store import tables
from tests.programs.running import Programs
from tests.talk import Line, Talk, invited

# Promise S4, measured from the patient's browser.
REPLY_WITHIN = 8.0


class TalkOverHttp(Talk):
    """A talk with the running programs; every reply to it comes within 8 s."""

    def __init__(self, programs: Programs, knowledge: Knowledge, name: str | None = None) -> None:
        super().__init__(programs.clinic, knowledge, programs.database)
        self.programs = programs
        self.patience, self.waited = REPLY_WITHIN, 0.0
        self.patient = programs.patient(**self._invitation(name))
        self.conversation_id = self.patient.conversation_id

    # Where it runs

    def new_message_id(self) -> str:
        return str(uuid4())

    def take(self, message_id: str, text: str) -> tuple[Reply, ...]:
        started = time.monotonic()
        response = self.patient.sends(text, message_id)
        self.waited = time.monotonic() - started
        assert self.waited < self.patience
        assert response.status_code == 200, response.text
        assert response.json()["message_id"] == message_id
        self.conversation_id = self._conversation_of(message_id) or self.conversation_id
        return tuple(
            reply_from_json({"urgency": None, **each}) for each in response.json()["replies"]
        )

    def _invitation(self, name: str | None) -> dict[str, str]:
        if name is None:
            return {}
        with self.database.writing() as tx:
            store.ensure_clinic(tx, self.clinic, now=self.now)
            return {"invitation": invited(tx, self.clinic, name, self.now)}

    def _conversation_of(self, message_id: str) -> str | None:
        """Where the record has the message; None when it could not be recorded."""
        of_it = tables.messages.c.message_id == message_id
        with self.database.reading() as tx:
            found = tx.execute(select(tables.messages.c.conversation_id).where(of_it)).scalars()
            return next(iter(found), None)

    # What the patient does

    def says_without_record(self, text: str) -> Self:
        """The patient writes while the database is away."""
        self.replies = self.take(self.new_message_id(), text)
        self._note_lines(text)
        self._check_replies()
        return self

    def later(self, **span: float) -> Self:
        """Time passes: what the record holds of this patient becomes that much older."""
        conversations = self._conversation_ids()
        with self.database.writing() as tx:
            for name in ("conversations", "messages", "reports", "flags", "outbox"):
                table = tables.metadata.tables[name]
                for row in tx.execute(self._theirs(name, conversations, [])).all():
                    older = {
                        column: value - timedelta(**span)
                        for column, value in row._mapping.items()
                        if isinstance(value, datetime)
                    }
                    tx.execute(update(table).where(table.c.id == row.id).values(older))
        self.lines.append(Line("", f"{span} later"))
        return self

    # What the record keeps of this patient

    def _tables(self, *names: str) -> list[list[Any]]:
        conversations = self._conversation_ids()
        with self.database.reading() as tx:
            flags = select(tables.flags.c.id).where(
                tables.flags.c.conversation_id.in_(conversations)
            )
            subjects = [f"conversation:{each}" for each in conversations]
            subjects += [f"flag:{each}" for each in tx.execute(flags).scalars()]
            return [list(tx.execute(self._theirs(name, conversations, subjects))) for name in names]

    def _conversation_ids(self) -> list[str]:
        ours = tables.conversations
        patient = select(ours.c.patient_id).where(ours.c.id == self.conversation_id)
        with self.database.reading() as tx:
            found = select(ours.c.id).where(ours.c.patient_id == patient.scalar_subquery())
            return list(tx.execute(found).scalars())

    @staticmethod
    def _theirs(name: str, conversations: list[str], subjects: list[str]) -> Any:
        """The rows of a table that belong to these conversations."""
        table = tables.metadata.tables[name]
        rows = select(table).order_by(*table.primary_key)
        if name == "conversations":
            return rows.where(table.c.id.in_(conversations))
        if name == "audit":
            return rows.where(table.c.subject.in_(subjects))
        if name == "outbox":  # flag:<conversation>:<urgency>
            return rows.where(or_(*(table.c.key.contains(each) for each in conversations)))
        if name == "mentions":
            messages = tables.messages
            of_them = messages.c.conversation_id.in_(conversations)
            return rows.where(table.c.message_id.in_(select(messages.c.id).where(of_them)))
        return rows.where(table.c.conversation_id.in_(conversations))

    @property
    def notifications_are_sent(self) -> bool:
        return all(row.delivered_at for row in self.rows("outbox") if row.kind == "notify")

    # What the clinic does

    def clinician_closes(self, reason: str = "spoke to the patient") -> Self:
        nurse, flag = self.programs.nurse(), self.flag
        nurse.moves(flag.id, "claimed")
        nurse.moves(flag.id, "closed", reason)
        self.lines.append(Line("", f"A nurse claims the flag and closes it: {reason}"))
        return self


Start = Callable[..., TalkOverHttp]
