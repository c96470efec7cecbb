"""What was written while the database was away is put into the record by the worker, and the team told."""

from __future__ import annotations

import logging

import pytest

from bedside import store
from bedside.model import Urgency
from worker import __main__ as program

MARKER = "Zwetschgenkuchen"
BRUISES = f"I have bruises on my legs {MARKER}"
STROKE = f"my face is drooping on one side {MARKER}"


def written(night):
    return [row.text for row in night.rows("messages") if row.sender == "patient"]


def test_a_spooled_message_is_in_the_record_after_one_round_and_the_team_is_told_once(
    night, telephone
):
    night.spools(BRUISES)
    night.clock.advance(hours=2)
    worker = night.worker(telephone.url)
    for number in range(3):
        program._round(worker, number)
    (flag,) = night.rows("flags")
    assert (flag.urgency, flag.unprocessed) == ("urgent", True)
    assert [each["title"] for each in telephone.received] == [
        "Bedside: a report is waiting (urgent)"
    ]
    assert written(night) == [BRUISES]


def test_an_emergency_that_was_spooled_is_flagged_as_one(night):
    night.spools(STROKE)
    assert night.worker().replay() == 1
    (flag,) = night.rows("flags")
    assert flag.urgency == Urgency.EMERGENCY.word


def test_a_spooled_message_is_not_answered_a_second_time_as_left_behind(night):
    night.spools(BRUISES)
    night.clock.advance(hours=2)
    worker = night.worker()
    assert (worker.replay(), worker.answer_left_behind()) == (1, 0)


def test_two_workers_replay_a_message_once(night, at_once):
    night.spools(BRUISES)
    at_once(*(each.replay for each in (night.worker(), night.worker())))
    assert written(night) == [BRUISES]
    assert len(night.rows("reports")) == len(night.rows("flags")) == 1
    assert night.spool.waiting() == []


def test_while_the_database_is_away_the_worker_goes_on_and_the_spool_stays(night, caplog):
    night.spools(BRUISES)
    with night.database.writing() as tx:
        tx.exec_driver_sql("alter table conversations rename to elsewhere")
    program._round(night.worker(), 0)
    assert "the database is away" in caplog.text
    assert len(night.spool.waiting()) == 1
    with night.database.writing() as tx:
        tx.exec_driver_sql("alter table elsewhere rename to conversations")
    program._round(night.worker(), 1)
    assert written(night) == [BRUISES]


def test_a_spool_that_cannot_be_read_does_not_keep_the_team_from_being_told(
    night, telephone, monkeypatch, caplog
):
    night.report(STROKE)

    def refuses(*_):
        raise PermissionError(MARKER)

    monkeypatch.setattr(night.spool, "waiting", refuses)
    program._round(night.worker(telephone.url), 0)
    assert len(telephone.received) == 1
    assert "replay failed: PermissionError" in caplog.text and MARKER not in caplog.text


def test_a_cut_while_the_worker_replays_leaves_the_file_to_the_next_round(night, monkeypatch):
    night.spools(BRUISES)
    worker = night.worker()

    def cut(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("bedside.store.replaying.answer", cut)
        with pytest.raises(KeyboardInterrupt):
            worker.replay()
    assert written(night) == [] and len(night.spool.waiting()) == 1
    assert worker.replay() == 1
    assert written(night) == [BRUISES]


def test_no_word_of_a_patient_is_logged(night, caplog):
    caplog.set_level(logging.DEBUG)
    night.spools(BRUISES)
    night.spool.keep(
        store.Spooled(
            conversation_id="none such", message_id="s1", text=MARKER, at=night.clock(), replies=()
        )
    )
    night.worker().replay()
    assert "set aside" in caplog.text and "in the record now: 1" in caplog.text
    assert MARKER not in caplog.text
