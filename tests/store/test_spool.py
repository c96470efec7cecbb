"""What patients write while the database is away is kept on the disk, and put into the record once."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import stat
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bedside import store
from bedside.dialogue import Floor
from bedside.knowledge import in_words
from bedside.model import LAST_INFUSION, Choice, Reply, Report, Urgency, as_json
from bedside.review import due_at
from bedside.store import Database, KeyRing, Spool, Spooled, replaying, tables
from bedside.store import __main__ as commands
from bedside.store import spool as module
from tests.conftest import MARKER
from tests.keys import KEYS, write_key
from tests.killing import KILLED, killed_at

pytestmark = pytest.mark.usefixtures("no_words_in_any_log")

BRUISES = f"I have bruises on my legs {MARKER}"
STROKE = f"my face is drooping {MARKER}"
KEPT = Reply(text="I have kept this message.")
URGENT = Reply(text="Call the team today.", urgency=Urgency.URGENT)
EMERGENCY = Reply(text="Call 999.", urgency=Urgency.EMERGENCY)


@pytest.fixture
def spool(tmp_path):
    return Spool(tmp_path / "var" / "spool", KEYS)


@pytest.fixture(scope="session")
def floor(knowledge):
    return Floor(knowledge)


@pytest.fixture
def replayer(record, spool, floor, responses):
    """What the worker replays with."""

    def spoken(utterances):
        return in_words(utterances, responses, record.clinic, record.knowledge, record.clock())

    return store.Replayer(
        database=record.database,
        spool=spool,
        clinic=record.clinic,
        floor=floor.take_up,
        in_words=spoken,
        knowledge_version=record.knowledge.version,
        model_version="lexicon",
        by="worker",
        clock=record.clock,
    )


def message(conversation_id, text=BRUISES, message_id="s1", *, at, replies=(URGENT, KEPT)):
    return Spooled(
        conversation_id=conversation_id, message_id=message_id, text=text, at=at, replies=replies
    )


def patients_words(record):
    return [row.text for row in record.rows("messages") if row.sender == "patient"]


def files(spool):
    return sorted(path.name for path in spool.folder.rglob("*") if path.is_file())


def aside(spool):
    folder = spool.folder / "aside"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# What is kept


def test_a_message_is_kept_as_it_was_sent_and_answered(spool, now):
    choice = Choice(title="A headache", value="a headache")
    kept = message("c1", "😀 bruises\n'; --", at=now, replies=(Reply(text="?", choices=(choice,)),))
    spool.keep(kept)
    (path,) = spool.waiting()
    assert spool.read(path) == kept


def test_the_file_is_for_its_owner_alone_and_its_name_says_nothing(spool, now):
    spool.keep(message("conversation", message_id="message", at=now))
    (path,) = spool.waiting()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "conversation" not in path.name and "message" not in path.name
    assert files(spool) == [path.name]


def test_the_file_and_then_its_name_are_on_the_disk_before_it_counts_as_kept(
    spool, now, monkeypatch
):
    done = []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(descriptor):
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        done.append(f"sync {kind}")
        real_fsync(descriptor)

    def replace(old, new):
        done.append("rename")
        real_replace(old, new)

    spool.keep(message("c0", at=now))
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    spool.keep(message("c1", at=now))
    assert done == ["sync file", "rename", "sync folder"]


def test_a_message_sent_again_is_kept_once_with_its_first_answer(spool, now):
    spool.keep(message("c1", at=now))
    again = spool.keep(message("c1", "other words", at=now + timedelta(minutes=1), replies=(KEPT,)))
    assert again == message("c1", at=now)
    assert len(spool.waiting()) == 1


def test_a_message_sent_again_over_a_broken_file_is_kept(spool, now):
    spool.keep(message("c1", at=now))
    (path,) = spool.waiting()
    path.write_bytes(b"{")
    spool.keep(message("c1", at=now))
    assert spool.read(path) == message("c1", at=now)


def test_a_message_sent_eight_times_at_once_is_kept_once(spool, now, at_once):
    kept = at_once(*[lambda: spool.keep(message("c1", at=now))] * 8)
    assert kept == [message("c1", at=now)] * 8
    assert len(files(spool)) == 1


def test_the_same_id_in_two_conversations_is_two_messages(spool, now):
    spool.keep(message("c1", at=now))
    spool.keep(message("c2", at=now))
    assert len(spool.waiting()) == 2
    (path,) = spool.waiting("c2")
    assert spool.read(path).conversation_id == "c2"


@pytest.mark.parametrize("fails", ["write", "fsync", "replace"])
def test_a_full_disk_is_told_and_leaves_no_half_of_a_message(spool, now, monkeypatch, fails):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    spool.keep(message("c0", at=now))
    before = files(spool)
    if fails == "write":
        monkeypatch.setattr(module, "created", full)
    else:
        monkeypatch.setattr(os, fails, full)
    with pytest.raises(OSError, match="No space"):
        spool.keep(message("c1", at=now))
    assert files(spool) == before


def test_a_folder_that_cannot_be_made_is_told(spool, now):
    spool.folder.parent.write_text("a file where the folder should be")
    with pytest.raises(OSError):
        spool.keep(message("c1", at=now))


def test_what_is_written_is_sealed_and_what_is_read_is_not(spool, now):
    spool.keep(message("c1", at=now))
    (path,) = spool.waiting()
    assert MARKER.encode() not in path.read_bytes()
    assert spool.read(path) == message("c1", at=now)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "a\0b"},
        {"message_id": "m" * 65},
        {"message_id": ""},
        {"conversation_id": None},
        {"text": 17},
    ],
)
def test_what_no_record_could_take_is_no_message(now, wrong):
    good = {"conversation_id": "c1", "message_id": "m1", "text": "x", "at": now, "replies": ()}
    with pytest.raises(ValueError):
        Spooled(**{**good, **wrong})


# What is replayed


def test_a_replayed_message_is_in_the_record_with_its_time_and_what_was_replied(
    record, spool, replayer
):
    conversation_id, sent_at = record.open(), record.clock()
    spool.keep(message(conversation_id, at=sent_at))
    record.clock.advance(hours=5)
    assert len(replayer.replay().done) == 1
    told = record.transcript(conversation_id)
    assert [entry.message.text for entry in told] == [BRUISES, URGENT.text, KEPT.text]
    assert {entry.message.at for entry in told} == {sent_at}
    assert told[0].message.state == "answered" and all(entry.shown for entry in told)
    assert [mention.sign for mention in told[0].mentions] == ["unexplained_bruising"]
    assert files(spool) == []


def test_its_flag_is_due_counted_from_when_the_patient_wrote(record, spool, replayer):
    conversation_id, sent_at = record.open(), record.clock()
    spool.keep(message(conversation_id, at=sent_at))
    record.clock.advance(hours=5)
    replayer.replay()
    flag = record.flag(conversation_id)
    assert (flag.urgency, flag.unprocessed) == (Urgency.URGENT, True)
    assert flag.raised_at == sent_at
    assert flag.due_at == due_at(Urgency.URGENT, sent_at, record.clinic)
    (notification,) = record.rows("outbox")
    assert notification.due_at == record.clock()


def test_the_audit_log_says_that_it_came_from_the_spool(record, spool, replayer):
    conversation_id, sent_at = record.open(), record.clock()
    spool.keep(message(conversation_id, at=sent_at))
    record.clock.advance(hours=5)
    replayer.replay()
    (line,) = (row for row in record.rows("audit") if row.action == "message.replayed")
    assert (line.actor, line.subject) == ("worker", f"conversation:{conversation_id}")
    assert line.at == record.clock()
    assert line.detail["sent_at"] == sent_at.isoformat()
    with record.database.reading() as tx:
        assert store.verify_audit(tx, "main").fault is None


def test_words_that_nobody_knows_are_for_a_person_too(record, spool, replayer):
    """The patient was told that the team will see it."""
    conversation_id = record.open()
    spool.keep(message(conversation_id, "lorem ipsum", at=record.clock(), replies=(KEPT,)))
    replayer.replay()
    assert record.flag(conversation_id).unprocessed


def test_messages_are_replayed_in_the_order_in_which_they_were_sent(record, spool, replayer):
    conversation_id, sent_at = record.open(), record.clock()
    for number in (3, 1, 2, 0):
        at = sent_at + timedelta(seconds=number)
        spool.keep(message(conversation_id, f"number {number}", f"m{number}", at=at))
    assert len(replayer.replay().done) == 4
    assert patients_words(record) == [f"number {number}" for number in range(4)]


def test_since_yesterday_counts_from_the_day_on_which_it_was_written(record, spool, replayer):
    conversation_id = record.open()
    text = "my last infusion was yesterday"
    spool.keep(message(conversation_id, text, at=record.clock()))
    record.clock.advance(days=3)
    replayer.replay()
    answers = record.conversation(conversation_id).report.answers
    assert answers[LAST_INFUSION].startswith("2026-11-24")


def test_an_answer_to_the_open_question_is_taken_as_one_and_no_unseen_question_is_open(
    record, spool, replayer
):
    conversation_id = record.open()
    record.tell(conversation_id, BRUISES)
    asked = record.conversation(conversation_id).pending
    spool.keep(message(conversation_id, "none of these", at=record.clock(), replies=(KEPT,)))
    replayer.replay()
    conversation = record.conversation(conversation_id)
    assert {conversation.report.answers[fact] for fact in asked.about} == {"no"}
    assert conversation.pending is None


def test_the_question_stays_open_that_the_message_did_not_answer(record, spool, replayer):
    conversation_id = record.open()
    record.tell(conversation_id, BRUISES)
    asked = record.conversation(conversation_id).pending
    spool.keep(message(conversation_id, "lorem ipsum", at=record.clock(), replies=(KEPT,)))
    replayer.replay()
    assert record.conversation(conversation_id).pending == asked


def test_what_is_more_urgent_with_the_record_is_told_after_what_was_told(record, spool, replayer):
    """A headache by itself is not urgent; with the bruises that were told before it is an emergency."""
    conversation_id = record.open()
    record.tell(conversation_id, BRUISES)
    spool.keep(message(conversation_id, "a headache", at=record.clock(), replies=(KEPT,)))
    replayer.replay()
    *_, kept, advice = record.transcript(conversation_id)
    assert kept.message.text == KEPT.text
    assert advice.urgency is Urgency.EMERGENCY and "999" in advice.message.text.split(". ")[0]
    assert record.flag(conversation_id).urgency is Urgency.EMERGENCY


def test_the_record_never_makes_less_of_it_than_the_patient_was_told(record, spool, replayer):
    conversation_id = record.open()
    spool.keep(message(conversation_id, "hm", at=record.clock(), replies=(EMERGENCY, KEPT)))
    replayer.replay()
    flag = record.flag(conversation_id)
    assert flag.urgency is Urgency.EMERGENCY
    assert flag.reasons[0]["rule"] == "told_without_record" and flag.reasons[0]["sources"]


def test_who_was_told_an_emergency_and_is_silent_is_followed_up(record, spool, replayer):
    conversation_id = record.open()
    spool.keep(message(conversation_id, STROKE, at=record.clock(), replies=(EMERGENCY, KEPT)))
    record.clock.advance(minutes=11)
    replayer.replay()
    with record.database.reading() as tx:
        assert store.perhaps_silent(tx, now=record.clock()) == [conversation_id]


def test_a_message_that_was_recorded_unheard_is_not_stored_again_but_answered_as_was_told(
    record, spool, replayer
):
    """The database went away after its commit and before it could say so, or hung."""
    conversation_id = record.open()
    received = record.receive(conversation_id, BRUISES, "s1")
    spool.keep(message(conversation_id, at=record.clock()))
    assert len(replayer.replay().done) == 1
    assert patients_words(record) == [BRUISES]
    with record.database.reading() as tx:
        assert store.replies_to(tx, conversation_id, received.message.message_id) == (URGENT, KEPT)
    assert len(record.rows("flags")) == len(record.rows("reports")) == 1
    assert files(spool) == []


def test_a_message_that_is_in_the_record_and_answered_is_left_as_it_is(record, spool, replayer):
    conversation_id = record.open()
    record.answer(record.receive(conversation_id, BRUISES, "s1"))
    spool.keep(message(conversation_id, at=record.clock()))
    before = record.everything()
    assert len(replayer.replay().done) == 1
    assert record.everything() == before
    assert files(spool) == []


def test_a_message_to_a_conversation_that_was_closed_begins_the_next_one_once(
    record, spool, replayer
):
    """Also when the program died before it removed the file, and the next one was closed meanwhile."""
    old = record.open()
    record.tell(old, BRUISES)
    record.close(old)
    for _ in range(2):
        spool.keep(message(old, STROKE, at=record.clock(), replies=(EMERGENCY, KEPT)))
        replayer.replay()
        (new,) = (row.id for row in record.rows("conversations") if row.id != old)
        if record.flag(new).state.value == "new":
            record.close(new)
    assert patients_words(record) == [BRUISES, STROKE]
    assert len(record.rows("flags")) == 2


def test_a_message_sent_again_to_the_next_conversation_before_the_replay_is_stored_once(
    record, spool, replayer
):
    old, sent_at = record.open(), record.clock()
    record.tell(old, BRUISES)
    record.close(old)
    spool.keep(message(old, STROKE, "m77", at=sent_at))
    record.clock.advance(seconds=9)
    record.receive(old, STROKE, "m77")
    replayer.replay()
    assert patients_words(record) == [BRUISES, STROKE]


def test_the_same_id_in_another_conversation_of_the_patient_is_another_message(
    record, spool, replayer
):
    old = record.open()
    record.answer(record.receive(old, "hello", "s1"))
    record.tell(old, BRUISES)
    record.close(old)
    new = record.tell(old, "now my nose bleeds").conversation.id
    record.clock.advance(seconds=5)
    spool.keep(message(new, STROKE, "s1", at=record.clock()))
    replayer.replay()
    assert STROKE in patients_words(record)


def test_the_messages_of_one_conversation_can_be_replayed_alone(record, spool, replayer):
    one, other = record.open(), record.open()
    spool.keep(message(one, "from one", at=record.clock()))
    spool.keep(message(other, "from the other", at=record.clock()))
    replayer.replay(one)
    assert patients_words(record) == ["from one"]
    assert len(spool.waiting(other)) == 1


def test_an_empty_spool_asks_the_database_nothing(record, replayer):
    with record.statements() as counted:
        assert replayer.replay().done == []
    assert counted == {"statements": 0, "commits": 0}


@pytest.mark.parametrize("replayers", [2, 5])
def test_however_many_replay_at_once_each_message_is_stored_once(
    record, spool, replayer, at_once, replayers
):
    conversation_id, sent_at = record.open(), record.clock()
    for number in range(4):
        at = sent_at + timedelta(seconds=number)
        spool.keep(message(conversation_id, f"bruises {number}", f"m{number}", at=at))
    results = at_once(*[replayer.replay] * replayers)
    assert [each for each in results if isinstance(each, Exception)] == []
    assert [each.left or each.set_aside for each in results] == [[]] * replayers
    assert patients_words(record) == [f"bruises {number}" for number in range(4)]
    assert len(record.rows("reports")) == 4
    assert len(record.rows("flags")) == len(record.rows("outbox")) == 1
    assert files(spool) == []


def test_while_the_database_is_away_nothing_of_the_spool_is_lost(record, spool, replayer):
    conversation_id = record.open()
    spool.keep(message(conversation_id, at=record.clock()))
    before = files(spool)
    with record.database.writing() as tx:
        tx.exec_driver_sql("alter table conversations rename to elsewhere")
    with pytest.raises(store.DatabaseAway):
        replayer.replay()
    assert files(spool) == before
    with record.database.writing() as tx:
        tx.exec_driver_sql("alter table elsewhere rename to conversations")
    assert len(replayer.replay().done) == 1


# What cannot be replayed

BROKEN = [
    ("an empty file", b""),
    ("half a file", b'{"conversation_id": "c1", "text": "Zwetschgenkuchen'),
    ("no object", b"[17]"),
    ("noise", bytes(range(256))),
    ("nothing of a message", b"{}"),
    ("no time", b'{"conversation_id": "c", "message_id": "m", "text": "t", "replies": []}'),
    (
        "a time without a zone",
        b'{"conversation_id": "c", "message_id": "m", "text": "t", "replies": [],'
        b' "at": "2026-11-25T10:00:00"}',
    ),
]


@pytest.mark.parametrize("content", [content for _, content in BROKEN], ids=[n for n, _ in BROKEN])
def test_a_broken_file_is_set_aside_and_told_by_name_and_keeps_nobody_back(
    record, spool, replayer, caplog, content
):
    conversation_id = record.open()
    spool.keep(message(conversation_id, at=record.clock()))
    broken = spool.folder / "0000-broken.json"
    broken.write_bytes(content)
    replayed = replayer.replay()
    assert (len(replayed.done), len(replayed.set_aside)) == (1, 1)
    assert "0000-broken.json" in caplog.text and "set aside" in caplog.text
    (name,) = aside(spool)
    assert name.startswith("0000-broken.json")
    assert (spool.folder / "aside" / name).read_bytes() == content
    assert replayer.replay().set_aside == []


def test_a_message_of_no_conversation_in_this_record_is_set_aside_and_can_be_put_back(
    record, spool, replayer, caplog
):
    """The database was lost, or another one is in its place."""
    spool.keep(message("none such", at=record.clock()))
    (sentence,) = replayer.replay().set_aside
    assert "its conversation is not in this record" in sentence and sentence in caplog.text.replace(
        " was set aside", ""
    )
    assert patients_words(record) == []
    (name,) = aside(spool)

    with record.database.writing() as tx:
        store.open_conversation(tx, clinic_id="main", now=record.clock())
        tx.exec_driver_sql("update conversations set id = 'none such'")
    back = spool.folder / name
    os.replace(spool.folder / "aside" / name, back)
    an_hour_ago = back.stat().st_mtime - 3600
    os.utime(back, (an_hour_ago, an_hour_ago))
    assert len(replayer.replay().done) == 1
    assert patients_words(record) == [BRUISES]


def test_two_files_of_one_name_are_both_kept_aside(spool, now):
    for _ in range(2):
        spool.keep(message("c1", at=now))
        spool.set_aside(spool.waiting()[0])
    assert len(aside(spool)) == 2


def test_a_message_that_the_program_fails_on_stays_and_keeps_nobody_back(
    record, spool, replayer, monkeypatch, caplog
):
    one, other = record.open(), record.open()
    spool.keep(message(one, at=record.clock()))
    spool.keep(message(other, at=record.clock()))
    real = replaying.take_up

    def fails_on_one(tx, conversation, *given, **named):
        if conversation.id == one:
            raise KeyError(MARKER)
        real(tx, conversation, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(replaying, "take_up", fails_on_one)
        replayed = replayer.replay()
    assert (len(replayed.done), len(replayed.left)) == (1, 1)
    assert replayed.left[0] in caplog.text and "KeyError" in caplog.text
    assert {row.conversation_id for row in record.rows("messages")} == {other}
    assert len(replayer.replay().done) == 1


def test_a_file_that_cannot_be_read_stays(record, spool, replayer, monkeypatch):
    spool.keep(message(record.open(), at=record.clock()))

    def refuses(path):
        raise PermissionError(path)

    with monkeypatch.context() as patch:
        patch.setattr(spool, "read", refuses)
        assert len(replayer.replay().left) == 1
    assert len(replayer.replay().done) == 1


def test_a_file_that_cannot_be_removed_is_replayed_to_no_effect(
    record, spool, replayer, monkeypatch
):
    spool.keep(message(record.open(), at=record.clock()))

    def refuses(path):
        raise PermissionError(path)

    with monkeypatch.context() as patch:
        patch.setattr(spool, "remove", refuses)
        assert len(replayer.replay().left) == 1
    before = record.everything()
    assert len(replayer.replay().done) == 1
    assert record.everything() == before


# Who dies in the middle


def test_a_file_that_somebody_is_writing_is_left_alone_and_taken_when_they_died(
    record, spool, replayer
):
    spool.keep(message(record.open(), at=record.clock()))
    (path,) = spool.waiting()
    unfinished = path.with_name(f"{path.name}.0123")
    path.rename(unfinished)
    assert replayer.replay().done == []
    a_while_ago = unfinished.stat().st_mtime - module.UNFINISHED_SECONDS - 1
    os.utime(unfinished, (a_while_ago, a_while_ago))
    assert len(replayer.replay().done) == 1
    assert patients_words(record) == [BRUISES]


def test_whoever_is_killed_while_keeping_a_message_leaves_it_whole_or_not_kept(spool, now):
    for line in range(1, 500):
        sent = message("c1", message_id=f"s{line}", at=now)
        ended = killed_at(line, module.__file__, partial(spool.keep, sent))
        whole = [spool.read(path) for path in spool.waiting()]
        assert sent in whole or ended == KILLED
        spool.keep(sent)
        assert len(spool.waiting()) == line
        if ended == 0:
            break
    assert ended == 0 and line > 20


def test_whoever_is_killed_while_replaying_leaves_the_file_or_the_whole_of_it_in_the_record(
    record, spool, replayer, floor
):
    url = record.database.engine.url.render_as_string(hide_password=False)
    decided = floor.take_up(Report(), BRUISES, None, record.clinic.day(record.clock()))
    killed = dataclasses.replace(replayer, database=Database(url, KEYS), floor=lambda *_: decided)
    for line in range(1, 500):
        conversation_id = record.open()
        spool.keep(message(conversation_id, at=record.clock()))
        record.database.engine.dispose()
        ended = killed_at(line, replaying.__file__, killed.replay)
        assert ended in (0, KILLED)
        assert spool.waiting() or is_complete(record, conversation_id)
        replayer.replay()
        assert is_complete(record, conversation_id)
        assert spool.waiting() == []
        if ended == 0:
            break
    assert ended == 0 and line > 20


def is_complete(record, conversation_id):
    """Whether the record has the message of this conversation once, with all that it led to."""
    counts = []
    with record.database.reading() as tx:
        for name in ("messages", "reports", "flags"):
            table = tables.metadata.tables[name]
            of_it = select(table).where(table.c.conversation_id == conversation_id)
            counts.append(len(tx.execute(of_it).all()))
        lines = select(tables.audit.c.action).where(
            tables.audit.c.subject == f"conversation:{conversation_id}"
        )
        actions = tx.execute(lines).scalars().all()
    assert counts in ([0, 0, 0], [3, 1, 1])
    assert actions.count("message.replayed") == counts[1]
    return counts[1] == 1


# By hand


@pytest.fixture
def operate(record, spool, monkeypatch, tmp_path, capsys):
    """`python -m bedside.store …` for this record; gives back the exit code and what was printed."""
    url = record.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("BEDSIDE_DATABASE_URL", url)
    monkeypatch.setenv("BEDSIDE_VAR", str(spool.folder.parent))
    write_key(spool.folder.parent)
    monkeypatch.setenv("BEDSIDE_MODELS", str(tmp_path / "no models"))
    monkeypatch.setenv("BEDSIDE_CLINIC_FILE", "tests/clinic.yml")

    def run(*arguments):
        code = commands.main(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_an_operator_replays_and_reads_how_many(record, spool, operate):
    conversation_id = record.open()
    for number in range(3):
        spool.keep(message(conversation_id, message_id=f"m{number}", at=record.clock()))
    code, told, _ = operate("replay")
    assert (code, told) == (0, "Messages of the spool that are in the record now: 3\n")
    assert patients_words(record) == [BRUISES] * 3
    assert "operator" in {row.actor for row in record.rows("audit")}
    assert files(spool) == []


def test_an_operator_is_told_what_was_set_aside_and_never_its_words(record, spool, operate):
    spool.keep(message("none such", at=record.clock()))
    code, told, problem = operate("replay")
    assert (code, told) == (1, "Messages of the spool that are in the record now: 0\n")
    assert "Set aside: " in problem and "its conversation is not in this record" in problem
    assert MARKER not in told + problem


def test_a_file_from_before_files_were_sealed_is_replayed(record, spool, replayer):
    sent = message(record.open(), at=record.clock())
    spool.keep(sent)
    (path,) = spool.waiting()
    path.write_text(json.dumps({**as_json(sent), "at": sent.at.isoformat()}))
    assert len(replayer.replay().done) == 1
    assert patients_words(record) == [BRUISES]


def test_a_file_that_another_key_sealed_is_set_aside_for_an_operator(record, spool, replayer):
    Spool(spool.folder, KeyRing(["another key" * 5])).keep(message("c1", at=record.clock()))
    replayed = replayer.replay()
    assert len(replayed.set_aside) == 1 and "no message that can be read" in replayed.set_aside[0]
