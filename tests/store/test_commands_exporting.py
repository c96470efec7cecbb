"""An operator finds a patient, and takes out all that is held on them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from bedside import store
from bedside.answering import CONTACT
from bedside.store import exporting

WORDS = "I have bruises on my legs, Małgorzata schläft nicht. العربية 🙂 漢字"


@pytest.fixture
def rosa(record):
    """An invited patient with two conversations; gives back her id."""
    with record.database.writing() as tx:
        secret = store.invite(
            tx,
            clinic_id="main",
            name="Rosa Łuksza",
            contact="+48 (22) 555-0123",
            by="operator",
            now=record.clock(),
        )
    conversation_id = record.open(invitation=secret)
    record.tell(conversation_id, WORDS)
    record.close(conversation_id)
    record.clock.advance(hours=1)
    record.tell(conversation_id, "My gums bleed now")
    return record.conversation(conversation_id).patient_id


@pytest.mark.parametrize(
    "words", ["rosa", "ŁUKSZA", "luksza", "sa łu", "0048 22 5550123"[2:], "225550123"]
)
def test_a_patient_is_found_however_the_name_or_number_is_written(rosa, operate, words):
    code, told, _ = operate("find-patient", words)
    assert code == 0
    assert rosa in told and "2 conversations" in told


def test_who_told_their_name_in_the_chat_is_found_too(record, operate):
    conversation_id = record.open()
    record.tell(conversation_id, "I have bruises on my legs")
    while (pending := record.conversation(conversation_id).pending).id != CONTACT:
        record.tell(conversation_id, "no")
    record.tell(conversation_id, "Jo Bloggs, 020 7946 0000")
    assert pending.id == exporting.CONTACT
    code, told, _ = operate("find-patient", "bloggs")
    assert code == 0 and record.conversation(conversation_id).patient_id in told


def test_what_was_damaged_stops_neither_a_search_nor_an_export(record, rosa, operate, tmp_path):
    for column in ("conversations SET report", "reports SET report", "messages SET text"):
        record.tamper(f"UPDATE {column} = 'v1.00000000.AAAA'")
    assert operate("find-patient", "rosa")[0] == 0
    assert operate("export", rosa, "--to", str(tmp_path / "out"))[0] == 0
    assert "This text cannot be read" in text_of(tmp_path / "out" / "patient.pdf")
    code, said, _ = operate("reassess", record.rows("conversations")[0].id)
    assert code == 0 and "it cannot be read" in said


def test_nobody_is_found_by_nothing_or_by_another_name(rosa, operate):
    assert operate("find-patient", " ")[0] == 1
    assert operate("find-patient", "Peter") == (
        1,
        "",
        "No patient of this clinic has such a name or contact.\n",
    )


def test_a_search_is_in_the_audit_log_without_its_words(record, rosa, operate):
    operate("find-patient", "rosa")
    line = record.rows("audit")[-1]
    assert (line.actor, line.action, line.subject) == (
        "operator",
        "patients.searched",
        "clinic:main",
    )
    assert line.detail == {"found": 1}


def test_an_export_holds_all_that_was_written_noted_advised_and_flagged(
    record, rosa, operate, tmp_path
):
    folder = tmp_path / "out"
    code, _, problem = operate("export", rosa, "--to", str(folder))
    assert (code, problem) == (0, "")
    assert {oct(each.stat().st_mode)[-3:] for each in folder.iterdir()} == {"600"}
    held = json.loads((folder / "patient.json").read_text(encoding="utf-8"))
    assert held["patient"]["name"] == "Rosa Łuksza"
    first, second = held["conversations"]
    assert [each["text"] for each in first["messages"]] == [WORDS, "Thank you."]
    assert first["messages"][0]["mentions"][0]["sign"]
    assert first["messages"][0]["reports"][0]["reasons"]
    assert first["flags"][0]["closed_reason"] == "spoke to her"
    assert second["messages"][0]["text"] == "My gums bleed now"
    actions = {line["action"] for line in held["audit"]}
    assert {"patient.invited", "conversation.opened", "flag.closed"} <= actions
    assert "invitation_sha256" not in held["patient"]
    assert record.rows("audit")[-1].action == "patient.exported"


def test_the_reading_copy_can_be_read_with_letters_of_other_alphabets(rosa, operate, tmp_path):
    operate("export", rosa, "--to", str(tmp_path / "out"))
    text = text_of(tmp_path / "out" / "patient.pdf")
    assert "Małgorzata schläft nicht" in text
    assert "[U+1F642]" in text and "[U+6F22]" in text
    assert "Rosa Łuksza" in text and "My gums bleed now" in text and "spoke to her" in text


def test_a_message_that_would_break_a_page_does_not(record, operate, tmp_path):
    conversation_id = record.open()
    record.tell(conversation_id, "I have bruises " + "x" * 900 + "\n\t\u202e\u0007\ud7ff end")
    patient = record.conversation(conversation_id).patient_id
    assert operate("export", patient, "--to", str(tmp_path / "out"))[0] == 0
    assert "end" in text_of(tmp_path / "out" / "patient.pdf")


def test_an_export_takes_no_folder_that_is_there_and_no_patient_that_is_not(
    record, rosa, operate, tmp_path
):
    assert "is there already" in operate("export", rosa, "--to", str(tmp_path))[2]
    code, _, problem = operate("export", "nobody", "--to", str(tmp_path / "out"))
    assert code == 1 and "no such patient" in problem
    assert not (tmp_path / "out").exists()


def test_an_export_that_cannot_be_written_leaves_nothing_and_is_not_noted(
    record, rosa, operate, tmp_path
):
    (tmp_path / "file").write_text("")
    code, _, problem = operate("export", rosa, "--to", str(tmp_path / "file" / "out"))
    assert code == 1 and "cannot be written" in problem
    assert "patient.exported" not in {line.action for line in record.rows("audit")}


def text_of(pdf: Path) -> str:
    """What a reader of the PDF sees, lines joined."""
    try:
        drawn = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("pdftotext is not installed (Debian: poppler-utils)")
    return re.sub(r"\s+", " ", drawn.stdout.decode())
