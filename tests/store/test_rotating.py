"""A key is changed while programs run, by an operator who may be interrupted anywhere."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bedside.model import Reply
from bedside.settings import Settings
from bedside.store import Spooled, open_keys, open_record, open_spool, rotating, tables
from bedside.store import keys as keys_module
from bedside.store.commands import rotating as command
from bedside.store.commands.opening import Record
from bedside.store.opening import read_keys, write_keys
from bedside.store.sealing import Counted
from tests.conftest import MARKER
from tests.killing import KILLED, killed_at

BRUISES = f"I have bruises all over my legs since the {MARKER}"


@pytest.fixture
def settings(record, operate):
    """The deployment that `operate` works on; the record's programs read the same key file."""
    settings = Settings.from_environment()
    record.database.keys = record.database.engine.dialect.keys = open_keys(settings)
    with record.database.writing() as tx:
        tx.execute(tables.keys.delete())
        keys_module.register(tx, record.database.keys, now=record.clock())
    return settings


def test_after_a_rotation_everything_is_sealed_with_a_new_key_and_reads_as_before(
    record, settings, operate
):
    conversations = [record.open() for _ in range(3)]
    for each in conversations:
        record.tell(each, BRUISES)
    record.close(conversations[0])
    before, (old,) = record.everything(), record.database.keys.ids
    code, told, problem = operate("rotate-key")
    assert (code, problem) == (0, "")
    newest, kept = open_keys(settings).ids
    assert kept == old and newest in told
    assert used(record) == {newest}
    assert {row.key for row in record.rows("words")} == {newest}
    assert without_keys(record) == without_keys(before)
    assert operate("rotate-key", "--forget-old")[0] == 0
    assert open_keys(settings).ids == (newest,)
    assert without_keys(record) == without_keys(before)
    assert [row.id for row in record.rows("keys")] == [newest]
    actions = [row.action for row in record.rows("audit")]
    assert actions[-2:] == ["key.added", "key.forgotten"]
    open_record(settings)


def test_a_program_that_runs_meanwhile_writes_with_the_new_key_and_reads_both(
    record, settings, operate
):
    conversation = record.open()
    record.tell(conversation, BRUISES)
    write_keys(settings.key_file, ["a-new-key" * 5, *read_keys(settings)])
    record.tell(conversation, "I am so tired")
    assert len(used(record)) == 2
    texts = [entry.message.text for entry in record.transcript(conversation)]
    assert texts[0] == BRUISES and texts[2] == "I am so tired"


@pytest.mark.parametrize(("module", "step"), [(rotating, 97), (command, 11)])
def test_a_rotation_that_was_cut_short_is_brought_to_its_end(record, settings, module, step):
    for _ in range(2):
        record.tell(record.open(), BRUISES)
    before, ended = record.everything(), None
    for line in range(3, 3000, step):
        record.database.engine.dispose()
        known = set(read_keys(settings))
        ended = killed_at(line, module.__file__, lambda: rotate(record, settings))
        assert ended in (0, KILLED)
        assert without_keys(record) == without_keys(before)
        begun = set(read_keys(settings)) - known
        is_done = used(record) == {open_keys(settings).ids[0]}
        open_record(settings)
        if not is_done or not begun:
            rotate(record, settings)
        assert len(set(read_keys(settings)) - known) == 1
        assert used(record) == {open_keys(settings).ids[0]}
        assert without_keys(record) == without_keys(before)
        if ended == 0:
            break
    assert ended == 0 and line > 3 * step


def test_old_keys_are_kept_while_a_value_needs_them(record, settings, operate):
    record.tell(record.open(), BRUISES)
    write_keys(settings.key_file, ["a-new-key" * 5, *read_keys(settings)])
    code, _, problem = operate("rotate-key", "--forget-old")
    assert code == 1 and "still sealed with an older key: call rotate-key first" in problem
    assert len(read_keys(settings)) == 2


def test_there_is_nothing_to_forget_of_one_key(settings, operate):
    code, _, problem = operate("rotate-key", "--forget-old")
    assert code == 1 and "nothing to forget" in problem


def test_a_value_that_is_damaged_is_counted_and_keeps_nothing_back(record, settings, operate):
    for _ in range(2):
        record.tell(record.open(), BRUISES)
    damage(record, "messages", "text", 1)
    code, told, _ = operate("rotate-key")
    assert code == 0 and "no key here opens, left as they are: 1." in told
    code, told, _ = operate("rotate-key", "--forget-old")
    assert code == 0 and "left as they are: 1." in told
    assert len(read_keys(settings)) == 1


def test_what_is_in_the_spool_is_sealed_anew_too(record, settings, operate):
    spool = open_spool(settings)
    sent = Spooled(
        conversation_id="c1",
        message_id="m1",
        text=BRUISES,
        at=record.clock(),
        replies=(Reply(text="x"),),
    )
    spool.keep(sent)
    (path,) = spool.waiting()
    spool.set_aside(path)
    spool.keep(sent)
    assert operate("rotate-key")[0] == 0
    assert operate("rotate-key", "--forget-old")[0] == 0
    spool = open_spool(settings)
    assert [spool.read(each) for each in (*spool.waiting(), *spool.aside.iterdir())] == [sent] * 2


def test_a_file_of_the_spool_that_is_damaged_is_counted(record, settings, operate):
    spool = open_spool(settings)
    spool.aside.mkdir(parents=True)
    (spool.aside / "x.json").write_bytes(b"v1.\xff")
    code, told, _ = operate("rotate-key")
    assert code == 0 and "left as they are: 1." in told


def test_two_who_rotate_at_once_add_one_key(record, settings, operate):
    with command._alone(settings.var):
        code, _, problem = operate("rotate-key")
    assert code == 1 and "Another rotate-key is running" in problem
    assert len(read_keys(settings)) == 1


def test_keys_from_the_environment_are_put_there_by_the_operator(
    record, settings, operate, monkeypatch
):
    record.tell(record.open(), BRUISES)
    (old,) = read_keys(settings)
    settings.key_file.unlink()
    monkeypatch.setenv("BEDSIDE_KEY", old)
    code, _, problem = operate("rotate-key")
    assert code == 1 and "put a new one before the others" in problem
    new = "a-new-key" * 5
    monkeypatch.setenv("BEDSIDE_KEY", f"{new} {old}")
    assert operate("rotate-key")[0] == 0
    code, told, _ = operate("rotate-key", "--forget-old")
    assert code == 0 and "take the others out of BEDSIDE_KEY" in told
    monkeypatch.setenv("BEDSIDE_KEY", new)
    open_record(Settings.from_environment())
    assert not settings.key_file.exists()


def test_a_record_of_many_values_is_sealed_page_by_page(record, settings, operate, monkeypatch):
    monkeypatch.setattr(rotating, "AT_ONCE", 2)
    for _ in range(5):
        record.tell(record.open(), BRUISES)
    damage(record, "messages", "text", 3)
    assert operate("rotate-key")[0] == 0
    assert rotating.sealed_before(record.database) == Counted(damaged=3)


def rotate(record, settings):
    """As `rotate-key` does, without reading the knowledge each time."""
    command._seal_anew(Record(settings, record.clinic))


def damage(record, table, column, count):
    """Flip something in the first `count` values of the column."""
    with record.database.writing() as tx:
        tx.execute(
            text(
                f"UPDATE {table} SET {column} = replace({column}, '.', '.AAAA') WHERE id IN "
                f"(SELECT id FROM {table} ORDER BY id LIMIT {count})"
            )
        )


def used(record):
    """The ids of the keys that values of the record are sealed with."""
    found = set()
    with record.database.reading() as tx:
        for table in rotating._sealed_tables():
            for name in rotating._places(table):
                values = tx.execute(text(f'SELECT "{name}" FROM {table.name}')).scalars()
                found |= {value.split(".")[1] for value in values if value}
    return found


def without_keys(record):
    """All rows but those that a rotation adds."""
    everything = record if isinstance(record, dict) else record.everything()
    return {
        name: [row for row in rows if not getattr(row, "action", "").startswith("key.")]
        for name, rows in everything.items()
        if name not in ("keys", "audit_heads", "words")
    }
