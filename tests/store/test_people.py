"""Who writes: a patient whom the clinic invited by a link that works once, or an anonymous one."""

from __future__ import annotations

import pytest

from bedside import store


def invite(record, name="Rosa"):
    with record.database.writing() as tx:
        return store.invite(
            tx,
            clinic_id="main",
            name=name,
            contact="020 7946 0000",
            by="operator",
            now=record.clock(),
        )


def test_an_invited_patients_flag_has_a_name_and_a_number(record):
    conversation_id = record.open(invitation=invite(record))
    record.tell(conversation_id, "I have bruises")
    flag = record.flag(conversation_id)
    assert (flag.patient_name, flag.patient_contact) == ("Rosa", "020 7946 0000")


def test_an_anonymous_patient_has_no_name(record):
    conversation_id = record.open()
    record.tell(conversation_id, "I have bruises")
    assert record.flag(conversation_id).patient_name is None


def test_a_link_works_once(record):
    secret = invite(record)
    record.open(invitation=secret)
    with pytest.raises(store.UnknownInvitation):
        record.open(invitation=secret)
    assert len(record.rows("conversations")) == 1


def test_a_link_used_twice_at_once_works_once(record, at_once):
    secret = invite(record)
    results = at_once(*[lambda: record.open(invitation=secret)] * 3)
    assert sum(isinstance(each, str) for each in results) == 1
    assert sum(isinstance(each, store.UnknownInvitation) for each in results) == 2


@pytest.mark.parametrize("forged", ["", "x", "a" * 200, "' or 1=1 --", "\x00", "é"])
def test_a_forged_link_is_refused(record, forged):
    invite(record)
    with pytest.raises(store.UnknownInvitation):
        record.open(invitation=forged)
    assert record.rows("conversations") == []


def test_the_secret_itself_is_kept_nowhere(record):
    secret = invite(record)
    assert secret not in repr(record.everything())


def test_an_invited_patients_next_conversation_is_still_theirs(record):
    old = record.open(invitation=invite(record))
    record.tell(old, "I have bruises")
    record.close(old)
    received = record.tell(old, "I am tired")
    assert record.flag(received.conversation.id).patient_name == "Rosa"


def test_a_clinicians_username_is_taken_once(record):
    def add():
        with record.database.writing() as tx:
            store.add_clinician(
                tx,
                clinic_id="main",
                username="ada",
                name="Ada",
                password_hash="-",
                by="operator",
                now=record.clock(),
            )

    add()
    with pytest.raises(ValueError, match="already"):
        add()
    assert len(record.rows("clinicians")) == 1
