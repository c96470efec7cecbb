"""What a clinician sees first."""

import re

from bedside.store import BY_FLOOR


def rows(html):
    return re.findall(r'<tr class="queue__row.*?</tr>', html, re.S)


def test_the_most_urgent_and_longest_waiting_flag_comes_first(desk, signed_in):
    desk.report("new bruises on my legs")
    desk.clock.advance(minutes=1)
    desk.report("I have chest pain")
    desk.clock.advance(minutes=1)
    desk.report("I am so tired")
    found = rows(signed_in().get("/").text)
    assert ["Chest pain" in found[0], "Bruises" in found[1], "Tiredness" in found[2]] == [True] * 3


def test_a_row_says_in_words_how_urgent_what_since_when_and_until_when(desk, signed_in):
    desk.report("new bruises on my legs, and a fever")
    desk.clock.advance(minutes=12)
    (row,) = rows(signed_in().get("/").text)
    for words in ("Emergency", "Anonymous", "a fever", "12 min", "due in 3 min", "New"):
        assert words in row
    assert "Not processed" not in row


def test_a_flag_that_is_overdue_says_by_how_much(desk, signed_in):
    desk.report("I have chest pain")
    desk.clock.advance(minutes=35)
    assert "overdue by 20 min" in signed_in().get("/").text


def test_a_patient_who_was_invited_has_a_name(desk, signed_in):
    desk.report("I have chest pain", invitation=desk.invite("Rosa <b>", "020 7946 0000"))
    page = signed_in().get("/").text
    assert "Rosa &lt;b&gt;" in page and "Anonymous" not in page


def test_a_flag_that_the_assistant_did_not_process_is_marked(desk, signed_in):
    desk.report("hello", by=BY_FLOOR)
    page = signed_in().get("/").text
    assert "Not processed by the assistant" in page
    assert "Nothing was recognised: a person has to read it" in page


def test_an_empty_queue_says_so(desk, signed_in):
    client = signed_in()
    assert "No flags are open." in client.get("/").text
    assert "No flag has been closed yet." in client.get("/closed").text


def test_a_closed_flag_is_on_the_other_tab_with_its_reason(desk, signed_in, move):
    flag_id = desk.report("I have chest pain")
    client = signed_in()
    move(client, flag_id, "claimed")
    assert "by Dr Ada" in client.get("/").text
    move(client, flag_id, "closed", reason="Seen in the ward")
    assert "No flags are open." in client.get("/").text
    assert "Seen in the ward" in client.get("/closed").text


def test_another_clinics_flags_are_not_in_the_queue(desk, signed_in):
    desk.report("I have chest pain", clinic_id="elsewhere")
    assert "No flags are open." in signed_in().get("/").text


def test_ada_and_nobody_else_is_asked_to_sign_in_once(desk):
    for path in ("/", "/closed", "/flags/1"):
        assert desk.client().get(path).status_code == 303


def test_seeing_the_queue_is_in_the_audit_log(desk, signed_in):
    signed_in().get("/")

    (line,) = desk.audit("queue.read")[:1]
    assert line.actor == desk.audit("signed_in")[0].actor
