"""An operator makes a backup while the programs run, and puts one back into an empty database."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tarfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bedside import store
from bedside.store import Database, schema, snapshots, tables
from bedside.store.keys import register
from tests.conftest import MARKER
from tests.databases import empty
from tests.keys import KEYS, write_key

# What a file is, does not depend on the database, and PostgreSQL makes scratch databases slowly.
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WORDS = f"I have bruises on my legs and {MARKER}"


@pytest.fixture(autouse=True)
def ports_of_our_own(monkeypatch):
    """Whatever else runs on this machine, no program of this deployment does."""
    for name in ("CHAT", "CONSOLE", "ACTIONS"):
        monkeypatch.setenv(f"BEDSIDE_{name}_PORT", "1")


@pytest.fixture
def told(record, spool):
    """A record with a patient's conversation, and two files in the spool, one set aside."""
    with record.database.writing() as tx:  # as the first migration of an empty database does
        register(tx, KEYS, now=record.clock())
    conversation_id = record.open()
    record.tell(conversation_id, WORDS)
    for number, at in enumerate((record.clock(), record.clock())):
        spool.keep(
            store.Spooled(
                conversation_id=conversation_id,
                message_id=f"s{number}",
                text=WORDS,
                at=at,
                replies=(),
            )
        )
        if number == 0:
            spool.set_aside(*spool.waiting())
    return conversation_id


@pytest.fixture
def file(tmp_path):
    return tmp_path / "out" / "record.backup"


@dataclass
class Elsewhere:
    """Another, empty database and var, as on a new machine with the same key."""

    url: str
    var: Path
    run: Callable[..., tuple[int, str, str]]
    monkeypatch: pytest.MonkeyPatch

    def operate(self, *arguments):
        with self.monkeypatch.context() as here:
            here.setenv("BEDSIDE_DATABASE_URL", self.url)
            here.setenv("BEDSIDE_VAR", str(self.var))
            return self.run(*arguments)

    def database(self):
        return Database(self.url, KEYS)


@pytest.fixture
def elsewhere(record, tmp_path, monkeypatch, operate):
    var = tmp_path / "new"
    write_key(var)
    if not record.is_postgresql:
        yield Elsewhere(f"sqlite:///{var / 'bedside.db'}", var, operate, monkeypatch)
        return
    name = f"{record.database.engine.url.database}_{uuid.uuid4().hex[:8]}"
    try:
        record.database.alone(f"CREATE DATABASE {name} TEMPLATE template0")
    except store.DatabaseAway as error:
        pytest.skip(f"this role may not make another database: {error}")
    url = record.database.engine.url.set(database=name).render_as_string(hide_password=False)
    yield Elsewhere(url, var, operate, monkeypatch)
    record.database.alone(f"DROP DATABASE {name} WITH (FORCE)")


def read(database):
    """All rows of a database that was opened for this."""
    with database.reading() as tx:
        rows = {
            each.name: tx.execute(each.select().order_by(*each.primary_key)).all()
            for each in tables.metadata.sorted_tables
        }
    database.engine.dispose()
    return rows


def without_last_lines(rows):
    """The rows without the lines that say that a backup was made or restored."""
    lines = [row for row in rows["audit"] if not row.action.startswith("record.")]
    return {**rows, "audit": lines, "audit_heads": None}


def files_in(folder):
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


# There and back


def test_a_backup_is_restored_as_it_was_with_its_spool(
    record, told, spool, operate, file, elsewhere, tmp_path
):
    before, spooled = record.everything(), files_in(spool.folder)
    code, said, problem = operate("backup", str(file))
    assert (code, problem) == (0, "")
    assert "Verified by a restore" in said and "The key is not in it" in said
    assert oct(file.stat().st_mode)[-3:] == "600"
    assert files_in(file.parent) == [file.name]
    code, said, problem = elsewhere.operate("restore", str(file))
    assert (code, problem) == (0, "")
    assert "every audit log fits" in said and "Files of the spool that were restored: 2" in said
    after = read(elsewhere.database())
    assert without_last_lines(after) == without_last_lines(before)
    assert files_in(tmp_path / "new" / "spool") == spooled
    assert after["audit"][-1].action == "record.restored"
    assert elsewhere.operate("verify-audit")[0] == 0
    assert schema.differences(elsewhere.database()) == []


def test_a_restored_record_goes_on(record, told, operate, file, elsewhere):
    operate("backup", str(file))
    elsewhere.operate("restore", str(file))
    code, said, _ = elsewhere.operate("replay")
    assert (code, said) == (0, "Messages of the spool that are in the record now: 1\n")
    there = dataclasses.replace(record, database=elsewhere.database())
    there.tell(told, "My gums bleed now")
    assert there.flag(told).reasons
    with pytest.raises(store.DatabaseAway), there.database.writing() as tx:
        tx.exec_driver_sql("DELETE FROM audit")
    there.database.engine.dispose()


@ON_SQLITE
def test_a_backup_says_what_it_holds_and_is_noted(record, told, operate, file):
    _, said, _ = operate("backup", str(file))
    assert "messages 2" in said and "Files of the spool: 2" in said
    line = record.rows("audit")[-1]
    assert (line.actor, line.action) == ("operator", "record.backed_up")
    assert MARKER not in said


def test_a_backup_holds_neither_the_key_nor_a_patients_words(record, told, operate, file):
    operate("backup", str(file))
    content = file.read_bytes()
    assert MARKER.encode() not in content
    assert not any(each.encode() in content for each in KEYS._secrets)


def test_a_backup_is_one_state_while_patients_write(record, told, operate, file, at_once):
    ends = at_once(
        lambda: operate("backup", str(file)),
        *(lambda: record.tell(record.open(), WORDS) for _ in range(4)),
    )
    assert ends[0][0] == 0, ends[0]


@ON_SQLITE
def test_an_erased_patient_is_back_after_a_restore_and_the_operator_is_told(
    record, told, operate, file, elsewhere
):
    patient = record.conversation(told).patient_id
    operate("backup", str(file))
    _, said, _ = elsewhere.operate("restore", str(file))
    assert "Who was erased after" in said and "is back" in said
    assert elsewhere.operate("erase", patient, "--yes", "--even-open")[0] == 0
    assert read(elsewhere.database())["messages"] == []


def test_a_backup_of_sqlite_does_not_go_into_postgresql_nor_the_other_way(
    record, told, operate, file, elsewhere, tmp_path
):
    operate("backup", str(file))
    other = f"sqlite:///{tmp_path / 'other.db'}"
    if not record.is_postgresql:
        other = os.environ.get("BEDSIDE_TEST_POSTGRES_URL", "")
        if not other:
            pytest.skip("BEDSIDE_TEST_POSTGRES_URL is not set, so PostgreSQL is not tested")
    code, _, problem = elsewhere.operate("restore", str(file), "--into", other)
    assert code == 1 and "the backup is of" in problem


def test_a_restore_into_another_database_leaves_the_spool_alone(
    record, told, spool, operate, file, elsewhere, tmp_path
):
    operate("backup", str(file))
    url = elsewhere.database().engine.url.render_as_string(hide_password=False)
    code, said, problem = elsewhere.operate("restore", str(file), "--into", url)
    assert (code, problem) == (0, "")
    assert "Files of the spool that were left out: 2" in said
    assert not (tmp_path / "new" / "spool").exists()


# What is refused


def test_a_database_with_a_record_is_never_restored_over(record, told, operate, file, elsewhere):
    operate("backup", str(file))
    assert elsewhere.operate("restore", str(file))[0] == 0
    before = read(elsewhere.database())
    code, _, problem = elsewhere.operate("restore", str(file))
    assert code == 1 and "the database is not empty" in problem
    assert read(elsewhere.database()) == before


def test_a_migrated_database_without_anybody_is_empty(record, told, operate, file, elsewhere):
    operate("backup", str(file))
    assert elsewhere.operate("migrate")[0] == 0
    assert elsewhere.operate("restore", str(file))[0] == 0
    assert len(read(elsewhere.database())["messages"]) == 2


@ON_SQLITE
def test_a_file_that_is_there_is_never_written_over(record, told, operate, file):
    file.parent.mkdir()
    file.write_text("precious")
    code, _, problem = operate("backup", str(file))
    assert code == 1 and "is there already" in problem
    assert file.read_text() == "precious"


@ON_SQLITE
def test_without_the_key_nothing_is_restored_and_none_is_made(
    record, told, operate, file, elsewhere, monkeypatch, tmp_path
):
    operate("backup", str(file))
    (tmp_path / "new" / "key").unlink()
    code, _, problem = elsewhere.operate("restore", str(file))
    assert code == 1 and f"sealed with key {KEYS.ids[0]}" in problem
    assert not (tmp_path / "new" / "key").exists()
    monkeypatch.setenv(
        "BEDSIDE_KEY", "another key of more than thirty-two characters".replace(" ", "-")
    )
    assert elsewhere.operate("restore", str(file))[0] == 1


@ON_SQLITE
def test_a_spool_with_messages_of_others_stops_a_restore(
    record, told, operate, file, elsewhere, tmp_path
):
    operate("backup", str(file))
    store.Spool(tmp_path / "new" / "spool", KEYS).keep(
        store.Spooled(
            conversation_id="c", message_id="m", text="hello", at=record.clock(), replies=()
        )
    )
    code, _, problem = elsewhere.operate("restore", str(file))
    assert code == 1 and "holds messages that are not in the backup" in problem


@ON_SQLITE
def test_a_program_that_answers_stops_a_restore(
    record, told, operate, file, elsewhere, monkeypatch
):
    operate("backup", str(file))
    with socket.create_server(("127.0.0.1", 0)) as program:
        port = program.getsockname()[1]
        monkeypatch.setenv("BEDSIDE_CHAT_PORT", str(port))
        code, _, problem = elsewhere.operate("restore", str(file))
    assert code == 1 and f"a program answers at port {port}" in problem


def test_who_is_connected_to_postgresql_stops_a_restore(record, told, operate, file, elsewhere):
    if not record.is_postgresql:
        pytest.skip("SQLite does not tell who has it open")
    operate("backup", str(file))
    other = elsewhere.database()
    with other.reading():
        code, _, problem = elsewhere.operate("restore", str(file))
    other.engine.dispose()
    assert code == 1 and "1 others are connected" in problem


# Files that are none, or not whole


@pytest.mark.parametrize("share", [0, 0.02, 0.3, 0.7, 0.9])
@ON_SQLITE
def test_a_file_that_is_cut_off_restores_nothing(record, told, operate, file, elsewhere, share):
    operate("backup", str(file))
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])
    refused(elsewhere, file, "cut off", "begin with a manifest", "manifest cannot be read")


@ON_SQLITE
def test_a_file_that_is_none_restores_nothing(file, elsewhere):
    file.parent.mkdir()
    file.write_text("a shopping list\n" * 1000)
    refused(elsewhere, file, "was never a backup")


@ON_SQLITE
def test_a_file_that_is_not_there_restores_nothing(file, elsewhere):
    refused(elsewhere, file, "No such file")


@ON_SQLITE
def test_a_changed_byte_is_found(record, told, operate, file, elsewhere):
    operate("backup", str(file))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    refused(elsewhere, file, "is not what was backed up")


@pytest.mark.parametrize(
    "name",
    ["../evil", "/tmp/evil", "spool/../../evil", "spool/.evil", "record2", "spool/aside/x/y"],
)
@ON_SQLITE
def test_a_name_that_leads_elsewhere_is_refused(
    record, told, operate, file, elsewhere, name, tmp_path
):
    operate("backup", str(file))
    added(file, tarfile.TarInfo(name))
    refused(elsewhere, file, "which no backup has")
    assert list(tmp_path.rglob("evil")) == []


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE]
)
@ON_SQLITE
def test_what_is_no_file_is_refused(record, told, operate, file, elsewhere, kind):
    operate("backup", str(file))
    member = tarfile.TarInfo(f"spool/{'a' * 32}.json")
    member.type, member.linkname = kind, "/etc/passwd"
    added(file, member)
    refused(elsewhere, file, "which no backup has")


@ON_SQLITE
def test_a_second_record_is_refused(record, told, operate, file, elsewhere):
    operate("backup", str(file))
    added(file, tarfile.TarInfo("record"))
    refused(elsewhere, file, "which no backup has")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": 2}, "in a format this one cannot read"),
        ({"revision": "9999"}, "a newer version of Bedside"),
        ({"rows": 3}, "manifest cannot be read"),
        ({"heads": {"main": 1}}, "manifest cannot be read"),
        ({"unknown": 1}, "manifest cannot be read"),
        ({"files": {}}, "is not what was backed up"),
        ({"schema": "elsewhere"}, "is of the schema elsewhere"),
    ],
)
@ON_SQLITE
def test_a_manifest_that_says_something_else_is_refused(
    record, told, operate, file, elsewhere, change, sentence
):
    operate("backup", str(file))
    with_manifest(file, change)
    refused(elsewhere, file, sentence)


def refused(elsewhere, file, *sentences):
    code, said, problem = elsewhere.operate("restore", str(file))
    assert (code, said) == (1, "")
    assert any(each in problem for each in sentences), problem
    assert problem.count("\n") == 1 and problem.startswith("Nothing was restored")
    database = elsewhere.database()
    assert snapshots.is_empty(database)
    database.engine.dispose()


def added(file, member):
    with tarfile.open(file, "a") as tar:
        tar.addfile(member, io.BytesIO())


def with_manifest(file, change):
    with tarfile.open(file) as old:
        members = [(each, old.extractfile(each).read()) for each in old]
    with tarfile.open(file, "w") as new:
        for member, content in members:
            if member.name == "manifest.json":
                content = json.dumps({**json.loads(content), **change}).encode()
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))


# Who dies, and what is full


def command(record, tmp_path, *arguments, **how):
    """The command as a program of its own."""
    environment = os.environ | {"PYTHONPATH": os.getcwd()}
    return subprocess.Popen(
        [sys.executable, "-m", "bedside.store", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **how,
    )


def test_a_backup_that_is_killed_leaves_no_half_file_and_the_next_one_cleans_up(
    record, told, operate, file, tmp_path
):
    running = command(record, tmp_path, "backup", str(file))
    until = time.monotonic() + 30
    while not list(file.parent.glob(".record.backup.unfinished.*/taken/*")):
        assert time.monotonic() < until and running.poll() is None
        time.sleep(0.001)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert not file.exists()
    assert operate("backup", str(file))[0] == 0
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_a_disk_that_is_full_is_one_sentence_and_no_half_file(
    record, told, operate, file, tmp_path
):
    most = 25_000 if record.is_postgresql else 100_000

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    running = command(record, tmp_path, "backup", str(file), preexec_fn=small)
    _, problem = running.communicate()
    assert running.returncode == 1
    assert problem.startswith("The backup was not made: ") and problem.count("\n") == 1
    assert list(file.parent.iterdir()) == []


@ON_SQLITE
def test_a_restore_that_died_after_the_spool_can_be_said_again(
    record, told, operate, file, elsewhere, monkeypatch
):
    operate("backup", str(file))
    with monkeypatch.context() as dies:
        dies.setattr(snapshots, "put_back", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            elsewhere.operate("restore", str(file))
    code, said, problem = elsewhere.operate("restore", str(file))
    assert (code, problem) == (0, "") and "restored: 2" in said


def test_a_role_that_may_make_no_database_says_that_it_did_not_verify(
    record, told, operate, file, monkeypatch
):
    if not record.is_postgresql:
        pytest.skip("SQLite needs no right for a scratch file")

    def refuse(*_):
        raise store.DatabaseAway("permission denied to create database")

    monkeypatch.setattr(Database, "alone", refuse)
    code, said, _ = operate("backup", str(file))
    assert code == 0 and "Not verified by a restore" in said


def test_no_scratch_database_is_left(record, told, operate, file):
    if not record.is_postgresql:
        pytest.skip("SQLite has none")
    name = make_url(os.environ["BEDSIDE_TEST_POSTGRES_URL"]).database
    record.database.alone(f'CREATE DATABASE "{name}_check_dead"')
    operate("backup", str(file))
    left = record.database.alone("SELECT datname FROM pg_database")
    assert [each for (each,) in left if each.startswith(f"{name}_check_")] == []


@ON_SQLITE
def test_the_password_is_not_among_the_arguments(record, told, monkeypatch, tmp_path):
    seen = {}

    def run(arguments, *, env, **_):
        seen.update(arguments=arguments, env=env)
        return subprocess.CompletedProcess(arguments, 0, b"", b"")

    monkeypatch.setattr(subprocess, "run", run)
    url = make_url("postgresql://ada:s3cret@db.example/bedside?sslmode=require")
    snapshots._run(url, "pg_dump", snapshots._address_of(url))
    assert "s3cret" not in "".join(seen["arguments"]) and "sslmode=require" in seen["arguments"][1]
    assert seen["env"]["PGPASSWORD"] == "s3cret"


@pytest.fixture(autouse=True)
def emptied_at_the_end(database):
    yield
    if database.engine.dialect.name == "postgresql":
        empty(database)
