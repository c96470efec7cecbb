"""The page that searches transcripts by whole words."""

from __future__ import annotations

import pytest

BRUISES = "I have bruises all over my legs and never bumped into anything"


@pytest.fixture
def look_for(signed_in, token_of):
    def post(words, username="ada"):
        client = signed_in(username)
        token = token_of(client.get("/search").text)
        return client.post("/search", data={"words": words, "token": token})

    return post


def test_a_flag_is_found_by_the_words_of_its_patient(desk, look_for):
    flag = desk.report(BRUISES)
    page = look_for("bruise legs")
    assert page.status_code == 200
    assert f"/flags/{flag}" in page.text and "1 conversation with all of these words" in page.text
    (line,) = desk.audit("transcripts.searched")
    assert line.detail == {"found": [flag]}


def test_what_nobody_wrote_is_a_sentence(desk, look_for):
    desk.report(BRUISES)
    assert "No flagged conversation holds all of these words" in look_for("headache").text


def test_no_word_is_a_sentence(look_for):
    page = look_for("?")
    assert page.status_code == 400 and "Write at least one word" in page.text


def test_another_clinics_words_are_not_found(desk, look_for):
    desk.report(BRUISES, clinic_id="other")
    assert "No flagged conversation" in look_for("bruises").text


def test_what_was_searched_for_is_shown_and_escaped(look_for):
    page = look_for('"><script>alert(1)</script>')
    assert "<script>" not in page.text


def test_a_search_needs_somebody_who_is_signed_in_and_their_token(desk, signed_in):
    assert desk.client().get("/search").status_code == 303
    assert desk.client().post("/search", data={"words": "x"}).status_code in (303, 403)
    assert signed_in().post("/search", data={"words": "bruises"}).status_code == 403
    assert desk.audit("transcripts.searched") == []
