"""What was done to the audit log behind Bedside's back is found, and said in a sentence."""

from __future__ import annotations

import re

import pytest

from bedside import store
from bedside.store import __main__ as commands
from bedside.store import audit
from bedside.store.audit import GENESIS, digest_of
from tests.keys import write_key


@pytest.fixture
def told(record):
    """A record with six lines in the clinic's audit log."""
    for number in range(1, 7):
        with record.database.writing() as tx:
            audit.note(
                tx,
                clinic_id="main",
                by=f"clinician:{number}",
                action="flag.claimed",
                subject=f"flag:{number}",
                now=record.clock(),
                word=f"w{number}",
            )
        record.clock.advance(seconds=1)
    return record


def verify(record, kept=None):
    with record.database.reading() as tx:
        return store.verify_audit(tx, "main", kept=kept)


def line(record, number):
    (row,) = (row for row in record.rows("audit") if row.number == number)
    return dict(row._mapping)


def rewritten(row, **changed):
    """Statement that puts other words into a line, and the digest that fits them."""
    new = row | changed
    sets = [f"{key} = '{value}'" for key, value in changed.items()]
    sets.append(f"digest = '{digest_of(new)}'")
    return f"UPDATE audit SET {', '.join(sets)} WHERE number = {row['number']}"


def test_a_log_that_nobody_touched_is_whole(told):
    verified = verify(told)
    assert (verified.number, verified.fault) == (6, None)
    assert verified.digest == line(told, 6)["digest"]


def test_a_log_without_a_line_is_whole(record):
    verified = verify(record)
    assert (verified.number, verified.digest, verified.fault) == (0, GENESIS, None)


CHANGED = "line 3 was changed after it was written"


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (['UPDATE audit SET detail = \'{"word": "other"}\' WHERE number = 3'], CHANGED),
        (["UPDATE audit SET detail = '{}' WHERE number = 3"], CHANGED),
        (["UPDATE audit SET actor = 'clinician:9' WHERE number = 3"], CHANGED),
        (["UPDATE audit SET action = 'flag.closed' WHERE number = 3"], CHANGED),
        (["UPDATE audit SET subject = 'flag:9' WHERE number = 3"], CHANGED),
        (["UPDATE audit SET at = '2026-11-25 09:00:00' WHERE number = 3"], CHANGED),
        (["UPDATE audit SET digest = previous WHERE number = 3"], CHANGED),
        (["UPDATE audit SET clinic_id = 'other' WHERE number = 3"], "line 3 is missing"),
        (["DELETE FROM audit WHERE number = 1"], "line 1 is missing: the next one is line 2"),
        (["DELETE FROM audit WHERE number = 3"], "line 3 is missing: the next one is line 4"),
        (["DELETE FROM audit WHERE number IN (3, 4)"], "lines 3 to 4 are missing: the next one"),
        (["DELETE FROM audit WHERE number = 6"], "line 6 is missing: the end was cut off"),
        (["DELETE FROM audit WHERE number > 4"], "lines 5 to 6 are missing: the end was cut off"),
        (["DELETE FROM audit"], "lines 1 to 6 are missing: the end was cut off"),
        (["DELETE FROM audit_heads"], "its head is missing, so nothing says that line 6 is"),
        ([f"UPDATE audit_heads SET digest = '{GENESIS}'"], "its head was changed: it does not"),
        (["UPDATE audit_heads SET number = 9"], "lines 7 to 9 are missing: the end was cut off"),
        (["UPDATE audit_heads SET number = 2"], "its head was changed: it names line 2 as the"),
        (
            [
                "DELETE FROM audit WHERE number = 3",
                "UPDATE audit SET number = 3 WHERE number = 4",
                "UPDATE audit SET number = 4 WHERE number = 5",
                "UPDATE audit SET number = 5 WHERE number = 6",
            ],
            "line 3 is out of order",
        ),
        (
            [
                "UPDATE audit SET number = 99 WHERE number = 3",
                "UPDATE audit SET number = 3 WHERE number = 5",
                "UPDATE audit SET number = 5 WHERE number = 99",
            ],
            "line 3 is out of order: it was moved or put in",
        ),
        (
            [
                "INSERT INTO audit (at, clinic_id, actor, action, subject, detail, number, previous,"
                " digest) SELECT at, clinic_id, actor, action, subject, detail, 0, previous, digest"
                " FROM audit WHERE number = 2"
            ],
            "a line was put in after line 0: it has the number 0",
        ),
        (
            [
                "UPDATE audit SET number = -number WHERE number > 2",
                "UPDATE audit SET number = 1 - number WHERE number < 0",
                "INSERT INTO audit (at, clinic_id, actor, action, subject, detail, number, previous,"
                " digest) SELECT at, clinic_id, actor, action, subject, detail, 3, digest, digest"
                " FROM audit WHERE number = 2",
            ],
            CHANGED,
        ),
    ],
)
def test_what_was_done_to_the_log_is_found(told, statements, fault):
    told.tamper(*statements)
    assert verify(told).fault.startswith(fault)


def test_a_line_that_was_written_again_with_a_fitting_digest_is_found(told):
    told.tamper(rewritten(line(told, 3), actor="clinician:9"))
    assert verify(told).fault.startswith("line 4 does not follow line 3")
    assert verify(told).number == 3


def test_the_last_line_written_again_with_a_fitting_digest_does_not_fit_the_head(told):
    told.tamper(rewritten(line(told, 6), actor="clinician:9"))
    assert verify(told).fault == "its head was changed: it does not hold the digest of line 6"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET detail = '{\"word' WHERE number = 3",
        "UPDATE audit SET detail = 'NaN' WHERE number = 3",
        "UPDATE audit SET at = 'yesterday' WHERE number = 3",
        "UPDATE audit SET actor = x'ff' WHERE number = 3",
    ],
)
def test_what_cannot_be_read_any_more_was_changed(told, statement):
    if told.is_postgresql:
        pytest.skip("PostgreSQL keeps types")
    told.tamper(statement)
    assert verify(told).fault.startswith(CHANGED)


def test_a_digest_that_was_kept_shows_that_the_end_was_cut_off_head_and_all(told):
    kept = verify(told).digest
    assert verify(told, kept).kept
    told.tamper("DELETE FROM audit WHERE number = 6", head_at(told, 5))
    assert verify(told).fault is None
    assert not verify(told, kept).kept


def test_a_digest_that_was_kept_shows_that_everything_was_written_again(told):
    kept, early = verify(told).digest, line(told, 2)["digest"]
    statements, previous = [], line(told, 2)["digest"]
    for number in range(3, 7):
        new = line(told, number) | {"actor": "clinician:9", "previous": previous}
        previous = digest_of(new)
        statements.append(
            rewritten(line(told, number), actor="clinician:9", previous=new["previous"])
        )
    told.tamper(*statements, f"UPDATE audit_heads SET digest = '{previous}'")
    assert verify(told).fault is None
    assert not verify(told, kept).kept
    assert verify(told, early).kept


def test_lines_that_follow_do_not_lose_a_digest_that_was_kept(told):
    kept = verify(told).digest
    told.tell(told.open(), "I have bruises on my legs")
    assert verify(told, kept).kept
    assert verify(told, GENESIS).kept


def head_at(record, number):
    return f"UPDATE audit_heads SET number = {number}, digest = '{line(record, number)['digest']}'"


@pytest.fixture
def command(told, monkeypatch, capsys, tmp_path):
    """Runs `python -m bedside.store verify-audit`; gives back its status and what it printed."""
    url = told.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("BEDSIDE_DATABASE_URL", url)
    monkeypatch.setenv("BEDSIDE_VAR", str(tmp_path))
    write_key(tmp_path)

    def run(*arguments):
        status = commands.main(["verify-audit", *arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_the_operator_reads_how_many_lines_there_are_and_the_digest_to_keep(told, command):
    digest = line(told, 6)["digest"]
    whole = f"Clinic main: 6 lines, each follows the one before it.\nDigest of the last: {digest}\n"
    assert command() == command("--clinic", "main") == (0, whole, "")
    assert command("--expect", digest) == command("--expect", digest.upper()) == (0, whole, "")


def test_the_operator_reads_what_does_not_fit(told, command):
    told.tamper("UPDATE audit SET actor = 'x' WHERE number = 3")
    assert command() == (
        1,
        "",
        "Clinic main: line 3 was changed after it was written: it does not fit its digest. "
        "Lines 1 to 2 fit together.\n",
    )


def test_the_operator_reads_that_a_digest_that_was_kept_is_gone(told, command):
    kept = line(told, 6)["digest"]
    told.tamper("DELETE FROM audit WHERE number = 6", head_at(told, 5))
    status, out, err = command("--expect", kept)
    assert status == 1 and "5 lines" in out
    assert (
        err
        == f"No line has the digest {kept}: lines were removed or written again since it was kept.\n"
    )


def test_every_clinic_is_looked_at(told, command):
    with told.database.writing() as tx:
        audit.note(tx, clinic_id="other", by="x", action="x", subject="x", now=told.clock())
    told.tamper("DELETE FROM audit WHERE clinic_id = 'other'")
    status, out, err = command()
    assert status == 1
    assert out.startswith("Clinic main: 6 lines")
    assert err == "Clinic other: line 1 is missing: the end was cut off.\n"
    assert command("--clinic", "main")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--clinic", "elsewhere"], "The record knows no clinic 'elsewhere'."),
        (["--expect", "abc"], "A digest has 64 characters, 0 to 9 and a to f."),
    ],
)
def test_a_slip_of_the_operator_is_not_taken_for_tampering(command, arguments, sentence):
    assert command(*arguments) == (1, "", f"{sentence}\n")


def test_no_patients_word_is_printed(told, command):
    told.tell(told.open(), "I have Zwetschgenkuchen on my legs")
    told.tamper("UPDATE audit SET actor = 'x' WHERE number = 3")
    assert not re.search("Zwetschgen", "".join(map(str, command())))
