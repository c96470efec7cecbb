"""Transactions: whole or not at all, patient with each other for a while, silent about their words."""

from __future__ import annotations

import os
import resource
import socket
import threading
import time

import pytest
from sqlalchemy import text

from bedside.store import Database, DatabaseAway
from bedside.store import database as module
from tests.keys import KEYS

MARKER = "Zwetschgenkuchen"


def test_an_exception_undoes_the_transaction(record):
    before = record.everything()

    def fail():
        with record.database.writing() as tx:
            tx.execute(text("update clinics set team = 'other'"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert record.everything() == before


def test_a_database_that_is_away_says_so_without_the_patients_words(record):
    conversation_id = record.open()
    with record.database.writing() as tx:
        tx.execute(text("alter table messages rename to elsewhere"))
    try:
        with pytest.raises(DatabaseAway) as caught:
            record.receive(conversation_id, f"I have bruises {MARKER}")
    finally:
        with record.database.writing() as tx:
            tx.execute(text("alter table elsewhere rename to messages"))
    assert MARKER not in repr(caught.value)
    assert caught.value.__suppress_context__ and "\n" not in str(caught.value)


def test_a_server_that_is_not_there_is_away_within_the_time_of_a_turn():
    database = Database("postgresql://nobody@127.0.0.1:1/none", KEYS)
    started = time.monotonic()
    with pytest.raises(DatabaseAway), database.reading():
        pass
    assert time.monotonic() - started < 4


def test_a_connection_whose_packets_get_lost_is_given_up_within_seconds(database):
    if database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no connection that could get lost")
    with database.engine.connect() as connection:
        descriptor = os.dup(connection.connection.fileno())
    with socket.socket(fileno=descriptor) as wire:
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 5000
        silence = [
            wire.getsockopt(socket.IPPROTO_TCP, option)
            for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        ]
    assert silence == [3, 1, 2]


def test_a_writer_waits_only_so_long_for_another(database_url, monkeypatch, request):
    """Else a patient gets no answer while another program holds the record."""
    monkeypatch.setattr(module, "BUSY_SECONDS", 1)
    one, other = Database(database_url, KEYS), Database(database_url, KEYS)
    with one.writing() as tx:
        tx.execute(text("insert into clinics values ('x', 'x', '2026-01-01')"))
    ended = threading.Event()

    def wait():
        with pytest.raises(DatabaseAway), other.writing() as tx:
            tx.execute(text("update clinics set team = 'other'"))
        ended.set()

    with one.writing() as tx:
        tx.execute(text("update clinics set team = 'one'"))
        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        in_time = ended.wait(2)
    thread.join(5)
    for each in (one, other):
        each.engine.dispose()
    assert in_time


def test_more_writers_than_connections_are_told_in_time_that_the_database_is_away(
    database_url, monkeypatch, request
):
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite has a connection for each transaction")
    database = Database(database_url, KEYS)
    assert database.engine.pool.timeout() <= module.BUSY_SECONDS
    database.engine.dispose()


def test_a_reader_sees_one_state_of_the_record(record, request):
    with record.database.reading() as tx:
        before = tx.execute(text("select count(*) from conversations")).scalar_one()
        record.open()
        after = tx.execute(text("select count(*) from conversations")).scalar_one()
    assert before == after == 0


@pytest.fixture
def database_url(database):
    return database.engine.url.render_as_string(hide_password=False)


def test_a_new_record_on_a_full_disk_is_not_waited_for(tmp_path, monkeypatch):
    def waits(_):
        raise AssertionError("it waited")

    monkeypatch.setattr(module, "sleep", waits)
    database = Database(f"sqlite:///{tmp_path / 'bedside.db'}", KEYS)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))  # no file can grow
    try:
        with pytest.raises(DatabaseAway, match="disk"), database.reading():
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
