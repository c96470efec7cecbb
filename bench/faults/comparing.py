"""What patients sent and saw, beside what is stored: every promise that was broken, by name."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection, Engine

from bedside.model import Urgency
from bedside.review import needs_flag
from bedside.store import Transaction, audited_clinics, verify_audit
from bedside.store.tables import conversations, flags, messages, outbox, reports
from bench.faults.patients import MARGIN, REPLY_WITHIN, Sent, Talk

SETTLES_WITHIN = 180.0


def settled(engine: Engine, spool: Path) -> bool:
    """Whether all is done within some minutes: every message answered, every notification sent, the spool
    empty."""
    deadline = time.monotonic() + SETTLES_WITHIN
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if not (_unanswered(connection) or _untold(connection) or _spooled(spool)):
                return True
        time.sleep(1)
    return False


def broken(talks: Sequence[Talk], engine: Engine, spool: Path) -> dict[str, int]:
    """How often each promise was broken."""
    found: Counter[str] = Counter()
    for talk in talks:
        found.update(of_talk(talk.sent, talk.reads()))
    with engine.connect() as connection:
        by_id = _conversations_of(connection)
        found["urgent conversations without exactly one flag"] = _without_one_flag(
            connection, talks, by_id
        )
        found["urgency told above what is stored"] = _told_above(connection, talks, by_id)
        found["messages taken up twice"] = _taken_up_twice(connection)
        found["messages left unanswered in the record"] = _unanswered(connection)
        found["notifications not sent"] = _untold(connection)
        found["audit logs that do not fit"] = _audit_faults(connection)
    found["messages left in the spool"] = _spooled(spool)
    return dict(found)


def notifications(engine: Engine) -> int:
    """How many the team had to get."""
    with engine.connect() as connection:
        return _count(connection, outbox, outbox.c.kind == "notify")


def of_talk(sent: Iterable[Sent], lines: Sequence[dict[str, Any]]) -> Counter[str]:
    """Of one conversation, from the page alone."""
    written = Counter(line["message_id"] for line in lines if line["sender"] == "patient")
    shown = Counter(
        (line["message_id"], line["text"]) for line in lines if line["sender"] != "patient"
    )
    answered = {message_id for message_id, _ in shown}
    found: Counter[str] = Counter()
    for each in sent:
        stored = written[each.message_id]
        found["messages lost"] += not stored and not each.was_told_not_recorded
        found["messages stored twice"] += stored > 1
        found["messages stored and not answered"] += bool(stored) and (
            each.message_id not in answered
        )
        late = each.waited > REPLY_WITHIN + MARGIN
        found["patients left in silence"] += not each.replies or late
        found["urgency told below what the words call for"] += (each.told or 0) < (
            each.calls_for or 0
        )
    found["messages answered twice"] = sum(count > 1 for count in shown.values())
    return found


def _conversations_of(connection: Connection) -> dict[str, str]:
    """The patients' messages, and the conversation each is in."""
    rows = connection.execute(
        select(messages.c.message_id, messages.c.conversation_id).where(messages.c.position == 0)
    )
    return {row.message_id: row.conversation_id for row in rows}


def _without_one_flag(connection: Connection, talks: Sequence[Talk], by_id: dict[str, str]) -> int:
    count = dict(
        connection.execute(
            select(flags.c.conversation_id, func.count()).group_by(flags.c.conversation_id)
        ).all()
    )
    urgent = {
        by_id[sent.message_id]
        for talk in talks
        for sent in talk.sent
        if sent.message_id in by_id and sent.calls_for and needs_flag(sent.calls_for)
    }
    return sum(count.get(each, 0) != 1 for each in urgent)


def _told_above(connection: Connection, talks: Sequence[Talk], by_id: dict[str, str]) -> int:
    stored = {
        row.id: Urgency.of(row.urgency) if row.urgency else 0
        for row in connection.execute(select(conversations.c.id, conversations.c.urgency))
    }
    return sum(
        (sent.told or 0) > stored[by_id[sent.message_id]]
        for talk in talks
        for sent in talk.sent
        if sent.message_id in by_id
    )


def _taken_up_twice(connection: Connection) -> int:
    twice = (
        select(reports.c.message_id)
        .group_by(reports.c.message_id, reports.c.processed_by)
        .having(func.count() > 1)
    )
    return len(connection.execute(twice).all())


def _unanswered(connection: Connection) -> int:
    return _count(
        connection, messages, (messages.c.position == 0) & (messages.c.state != "answered")
    )


def _untold(connection: Connection) -> int:
    return _count(connection, outbox, (outbox.c.kind == "notify") & outbox.c.delivered_at.is_(None))


def _audit_faults(connection: Connection) -> int:
    tx = Transaction(connection, writes=False)
    return sum(verify_audit(tx, clinic).fault is not None for clinic in audited_clinics(tx))


def _count(connection: Connection, table: Any, where: Any) -> int:
    return int(
        connection.execute(select(func.count()).select_from(table).where(where)).scalar_one()
    )


def _spooled(spool: Path) -> int:
    return sum(path.is_file() for path in spool.rglob("*"))
