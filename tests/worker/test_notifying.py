"""The team is told that a flag waits: once, soon, and never about what or whom."""

from __future__ import annotations

import logging
from contextlib import suppress

import pytest

from worker.notifying import Notifier

MARKER = "Zwetschgenkuchen"
BRUISES = f"I have bruises on my legs {MARKER}"


def test_a_flag_is_told_once_and_without_a_patients_word(night, telephone):
    night.report(BRUISES)
    worker = night.worker(telephone.url)
    assert worker.deliver() == 1
    assert worker.deliver() == 0
    night.clock.advance(days=30)
    assert worker.deliver() == 0
    (told,) = telephone.received
    assert told["title"] == "Bedside: a report is waiting (urgent)"
    assert told["message"] == "Please look at it in the console: http://127.0.0.1:8001"
    said = repr(told).lower()
    for word in (MARKER.lower(), "bruis", "leg", "patient", "main"):
        assert word not in said


def test_an_urgency_that_rises_is_told_again(night, telephone):
    first = night.report(BRUISES)
    worker = night.worker(telephone.url)
    worker.deliver()
    second = night.receive("my face is drooping", first.conversation.id)
    night.take_up(second)
    assert worker.deliver() == 1
    assert [each["title"][-11:-1] for each in telephone.received][-1] == "(emergency"


def test_two_workers_tell_a_flag_once(night, telephone, at_once):
    for text in (BRUISES, "I am tired", "my nose bleeds", "my face is drooping"):
        night.report(text)
    at_once(*[night.worker(telephone.url).deliver] * 2)
    assert len(telephone.received) == 4


def test_what_could_not_be_told_is_told_later(night, telephone):
    night.report(BRUISES)
    telephone.status = 503
    worker = night.worker(telephone.url)
    assert worker.deliver() == 0
    assert len(telephone.received) == 1
    telephone.status = 200
    assert worker.deliver() == 0  # not at once
    night.clock.advance(seconds=11)
    assert worker.deliver() == 1
    assert len(telephone.received) == 2


def test_a_telephone_that_is_not_there_is_tried_again(night, telephone):
    night.report(BRUISES)
    telephone.stop()
    assert night.worker(telephone.url).deliver() == 0
    (row,) = night.rows("outbox")
    assert row.delivered_at is None and row.due_at > night.clock()


def test_without_an_address_the_log_says_that_nobody_is_told_and_nothing_else(night, caplog):
    caplog.set_level(logging.DEBUG)
    night.report(BRUISES)
    assert night.worker().deliver() == 1
    assert "nobody is told: BEDSIDE_NOTIFY_URLS is empty" in caplog.text
    assert MARKER not in caplog.text and "bruis" not in caplog.text


def test_no_word_and_no_address_of_a_notification_is_logged(night, telephone, caplog):
    """An Apprise address often holds a password."""
    caplog.set_level(logging.INFO)
    night.report(BRUISES)
    url = telephone.url.replace("://", "://ada:s3cret@")
    night.worker(url).deliver()
    assert telephone.received
    for word in (MARKER, "bruis", "s3cret"):
        assert word not in caplog.text


def test_an_address_that_cannot_be_used_is_refused_without_being_quoted():
    with pytest.raises(ValueError, match="BEDSIDE_NOTIFY_URLS") as caught:
        Notifier(["no-such-service://s3cret"], "http://console")
    assert "s3cret" not in str(caught.value)


def test_a_notification_that_always_fails_does_not_keep_the_others_back(night, telephone):
    class Faulty(Notifier):
        """Its first notification raises, each time."""

        def send(self, delivery):
            if delivery.payload["urgency"] == "emergency":
                raise TypeError
            return super().send(delivery)

    night.report("my face is drooping")
    night.report(BRUISES)
    worker = night.worker(notifier=Faulty([telephone.url], "http://console"))
    for _ in range(3):
        with suppress(TypeError):  # as worker.__main__ does
            worker.deliver()
        night.clock.advance(seconds=61)
    assert len(telephone.received) == 1


def test_a_slow_telephone_does_not_let_another_worker_tell_the_same_again(night):
    told = []

    class Slow(Notifier):
        """Each call takes 20 s; during the fourth the other worker comes."""

        def send(self, delivery):
            told.append(delivery.id)
            night.clock.advance(seconds=20)
            if len(told) == 4:
                other.deliver()
            return True

    first, other = (night.worker(notifier=Slow([], "http://console")) for _ in range(2))
    for text in (BRUISES, "I am tired", "my nose bleeds", "I have a rash", "my face is drooping"):
        night.report(text)
    first.deliver()
    assert len(told) == len(set(told)) == len(night.rows("outbox"))
