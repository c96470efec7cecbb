"""Two worker programs, really started, on one record and one spool: each piece of work is done once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bedside.settings import ROOT
from bedside.store.following_up import FOLLOW_UP_AFTER
from tests.keys import write_key
from tests.worker.conftest import Night, Telephone
from worker.rounds import LEFT_BEHIND

SPOOLED = [f"I have had a rash for {days} days" for days in range(2, 8)]
STROKES = [f"my face is drooping on one side, for {minutes} minutes" for minutes in range(2, 5)]
PATIENCE_SECONDS = 60
A_FEW_ROUNDS = 3.0


def test_what_waits_for_a_worker_is_done_once_by_two(
    night: Night, telephone: Telephone, tmp_path: Path
) -> None:
    night.clock.now = datetime.now(timezone.utc) - FOLLOW_UP_AFTER - 2 * LEFT_BEHIND
    for text in STROKES:
        night.receive(text)
    night.clock.advance(seconds=LEFT_BEHIND.total_seconds() + 1)
    assert night.worker().answer_left_behind() == len(STROKES)
    for text in SPOOLED:
        night.spools(text)

    write_key(tmp_path)
    with two_workers(night, telephone, tmp_path):
        wait_until_done(night)
        time.sleep(A_FEW_ROUNDS)

    texts = [row.text for row in night.rows("messages") if row.sender == "patient"]
    assert sorted(texts) == sorted([*STROKES, *SPOOLED])
    assert len(follow_ups(night)) == len(STROKES)
    assert len(telephone.received) == len(notifications(night)) == len(STROKES) + len(SPOOLED)


@contextmanager
def two_workers(night: Night, telephone: Telephone, folder: Path) -> Iterator[None]:
    environment = {
        **os.environ,
        "BEDSIDE_VAR": str(folder),
        "BEDSIDE_DATABASE_URL": night.database.engine.url.render_as_string(hide_password=False),
        "BEDSIDE_CLINIC_FILE": str(ROOT / "tests" / "clinic.yml"),
        "BEDSIDE_MODELS": str(folder / "none"),
        "BEDSIDE_NOTIFY_URLS": telephone.url,
    }
    command = [sys.executable, "-W", "ignore", "-m", "worker"]
    workers = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(2)]
    try:
        yield
        assert [each.poll() for each in workers] == [None, None]
    finally:
        for each in workers:
            each.terminate()
        for each in workers:
            each.wait(PATIENCE_SECONDS)


def wait_until_done(night: Night) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_done(night):
        assert time.monotonic() < until, "the workers did not do it"
        time.sleep(0.2)


def is_done(night: Night) -> bool:
    told = all(row.delivered_at is not None for row in notifications(night))
    return not night.spool.waiting() and told and len(follow_ups(night)) >= len(STROKES)


def notifications(night: Night) -> list[Any]:
    return [row for row in night.rows("outbox") if row.kind == "notify"]


def follow_ups(night: Night) -> list[Any]:
    return [row for row in night.rows("messages") if row.message_id.startswith("follow-up:")]
