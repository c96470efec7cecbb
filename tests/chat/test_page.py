"""The patient's page: the numbers at once, without a script, and nothing from anywhere else."""

from __future__ import annotations

import re

from bedside.settings import ROOT


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_page_has_the_numbers_before_anything_is_written(chat):
    text = text_of(chat.client.get("/").text)
    assert "In danger now? Call 999" in text
    assert "01632 960123" in text and "NHS 111" in text
    assert "Mon to Thu 09:00 to 17:00, Fri 09:00 to 16:00" in text
    assert "Nobody watches this chat live" in text
    assert not re.search(r"\{\w+\}", text)


def test_a_clinic_with_numbers_of_its_own_has_no_banner(chat):
    assert re.search(r'<aside class="placeholder" hidden>', chat.client.get("/").text)


def test_a_clinic_that_was_not_filled_in_says_so_on_the_page(make_chat):
    page = make_chat("clinic.yml").client.get("/").text
    assert re.search(r'<aside class="placeholder" >', page)
    assert "01632 960123 (example)" in page
    assert "Call 112, or your local emergency number" in text_of(page)


def test_the_clinics_own_words_cannot_become_mark_up(make_chat, tmp_path):
    clinic = (tmp_path / "clinic.yml").absolute()
    words = (ROOT / "tests" / "clinic.yml").read_text()
    clinic.write_text(words.replace("the MS team", '"<b>team</b> {phone}"'))
    page = make_chat(str(clinic)).client.get("/").text
    assert "&lt;b&gt;team&lt;/b&gt; {phone}" in page and "<b>team" not in page


def test_the_page_does_not_need_the_database_or_rasa(chat):
    chat.rasa_is_away()
    chat.database_is_away()
    assert chat.client.get("/").status_code == 200


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(chat):
    page = chat.client.get("/").text
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page)
    for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        assert chat.client.get(path).status_code == 200


def test_every_answer_has_the_headers_that_keep_it_to_itself(chat, patient):
    for response in (
        chat.client.get("/"),
        chat.client.get("/nothing"),
        chat.client.get("/static/chat.css"),
        patient.send("hello"),
        patient.send(""),
    ):
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "http" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"


def test_nothing_a_patient_wrote_is_cached(chat, patient):
    for response in (
        patient.send("hello"),
        patient.client.get("/api/messages"),
        chat.client.get("/"),
    ):
        assert response.headers["cache-control"] == "no-store"
