"""A start with the right key, the first start, and the starts that are refused with a sentence."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bedside.model import Reply
from bedside.settings import ROOT, Settings, SettingsError
from bedside.store import (
    DatabaseAway,
    Spooled,
    check_current,
    open_record,
    open_spool,
    opening,
    schema,
)
from bedside.store.opening import new_key, open_keys, read_keys, write_keys
from tests.killing import killed_at

FIRST, SECOND = "1" * 64, "2" * 64


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return given(tmp_path)


def given(tmp_path, **more):
    return Settings.from_environment({"BEDSIDE_VAR": str(tmp_path / "var"), **more})


def filled(settings):
    database = open_record(settings)
    schema.migrate(database)
    database.engine.dispose()
    return database


def test_the_first_start_makes_a_key_for_its_owner_alone(settings):
    filled(settings)
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
    (key,) = read_keys(settings)
    assert len(key) == 64
    filled(settings)
    assert read_keys(settings) == (key,)
    assert not list(settings.var.glob("key.*"))


def test_two_deployments_have_two_keys(tmp_path):
    one, other = given(tmp_path / "one"), given(tmp_path / "other")
    filled(one), filled(other)
    assert read_keys(one) != read_keys(other)


FIRST_START = """
import sys
from bedside.settings import Settings
from bedside.store import open_record, schema

settings = Settings.from_environment({"BEDSIDE_VAR": sys.argv[1]})
print("ready", flush=True)
sys.stdin.readline()
print(open_record(settings).keys.ids[0])
"""


def test_programs_that_start_at_once_make_one_key(settings):
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", FIRST_START, str(settings.var)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for program in programs:
        program.stdout.readline()
    for program in programs:
        program.stdin.write("go\n")
        program.stdin.flush()
    said = {program.communicate(timeout=30)[0].strip() for program in programs}
    assert len(said) == 1 and len(said.pop()) == 8
    assert [path.name for path in settings.var.iterdir() if "key" in path.name] == ["key"]


def test_who_is_killed_while_writing_keys_leaves_the_old_ones_or_the_new_ones_whole(settings):
    settings.var.mkdir()
    for line in range(1, 100):
        write_keys(settings.key_file, [FIRST])
        ended = killed_at(
            line, opening.__file__, lambda: write_keys(settings.key_file, [SECOND, FIRST])
        )
        assert read_keys(settings) in [(FIRST,), (SECOND, FIRST)]
        if ended == 0:
            break
    assert ended == 0 and line > 5 and read_keys(settings) == (SECOND, FIRST)


def test_who_is_killed_at_the_first_start_leaves_a_whole_key_or_none(tmp_path):
    for line in range(1, 200):
        here = given(tmp_path / str(line))
        ended = killed_at(line, opening.__file__, lambda here=here: open_keys(here))
        assert not here.key_file.exists() or len(*read_keys(here)) == 64
        assert len(open_keys(here).ids) == 1
        if ended == 0:
            break
    assert ended == 0 and line > 20


def test_a_record_without_its_key_is_refused_and_no_new_key_is_made(settings):
    filled(settings)
    settings.key_file.unlink()
    with pytest.raises(SettingsError, match="the key that opens them is not in the key file"):
        open_record(settings)
    assert not settings.key_file.exists()


def test_a_record_with_another_key_is_refused_and_the_missing_one_is_named(settings):
    (id_,) = filled(settings).keys.ids
    write_keys(settings.key_file, [SECOND])
    with pytest.raises(SettingsError, match=f"sealed with key {id_}, which is not in the key file"):
        open_record(settings)


def test_a_spool_without_its_key_is_refused(settings, now):
    sent = Spooled(
        conversation_id="c1", message_id="m1", text="x", at=now, replies=(Reply(text="y"),)
    )
    open_spool(settings).keep(sent)
    settings.key_file.unlink()
    with pytest.raises(SettingsError, match="put it back"):
        open_spool(settings)


def test_a_first_start_while_the_database_is_away_makes_no_key(tmp_path):
    away = given(tmp_path, BEDSIDE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(SettingsError, match="does not say whether it needs one"):
        open_record(away)
    assert not away.key_file.exists()


def test_a_record_that_is_away_is_opened_when_the_key_is_there(tmp_path):
    away = given(tmp_path, BEDSIDE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    away.var.mkdir()
    write_keys(away.key_file, [FIRST])
    assert open_record(away).keys.ids


def test_a_record_that_comes_back_with_another_key_is_written_to_by_nobody(settings):
    (id_,) = filled(settings).keys.ids
    right = read_keys(settings)
    write_keys(settings.key_file, [SECOND])
    home = settings.var / "bedside.db"
    home.rename(home.with_suffix(".away"))
    home.mkdir()  # there is a database, and it cannot be opened
    database = open_record(settings)
    home.rmdir()
    home.with_suffix(".away").rename(home)
    for _ in range(2):
        with pytest.raises(DatabaseAway, match=f"sealed with key {id_}"), database.writing():
            pytest.fail("a value sealed with another key could have been written")
    write_keys(settings.key_file, [SECOND, *right])
    with database.writing():
        assert database.keys.ids[1] == id_


def test_a_key_from_the_environment_needs_no_file(tmp_path):
    settings = given(tmp_path, BEDSIDE_KEY=FIRST)
    check_current(filled(settings))
    assert not settings.key_file.exists()
    assert FIRST not in repr(settings)
    with pytest.raises(SettingsError, match="which is not in BEDSIDE_KEY"):
        open_record(given(tmp_path, BEDSIDE_KEY=SECOND))


def test_several_lines_are_several_keys_newest_first(settings):
    settings.var.mkdir()
    write_keys(settings.key_file, [FIRST])
    old = filled(settings).keys.ids
    write_keys(settings.key_file, [SECOND, FIRST])
    assert open_record(settings).keys.ids[1:] == old


@pytest.mark.parametrize("content", ["", "\n", "secret\n", f"{FIRST}\nsecret\n"])
def test_what_cannot_be_a_key_is_refused_and_left_as_it_is(settings, content):
    settings.var.mkdir()
    settings.key_file.touch(mode=0o600)
    settings.key_file.write_text(content)
    with pytest.raises(SettingsError, match="fewer than 32 characters"):
        open_record(settings)
    assert settings.key_file.read_text() == content


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_refused(settings, mode):
    settings.var.mkdir()
    write_keys(settings.key_file, [new_key()])
    settings.key_file.chmod(mode)
    with pytest.raises(SettingsError, match="others than its owner may read"):
        open_record(settings)


def test_keys_that_change_while_a_program_runs_seal_what_it_writes_next(settings):
    database = filled(settings)
    (old,) = database.keys.ids
    write_keys(settings.key_file, [SECOND, *read_keys(settings)])
    with database.writing():
        assert database.keys.ids[1:] == (old,)


def test_a_key_file_that_is_gone_does_not_stop_a_program_that_runs(settings, caplog):
    database = filled(settings)
    settings.key_file.unlink()
    with database.writing():
        assert len(database.keys.ids) == 1
    assert "cannot be read any more" in caplog.text
