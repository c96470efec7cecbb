"""The transcript of a flag, and what a clinician may do with it."""

import re
from html import unescape

import pytest

from bedside.model import Reply
from bedside.store import BY_FLOOR, answer, flag_of, lock, message_of


def test_exactly_the_words_of_a_sign_are_marked(desk, signed_in):
    flag_id = desk.report("Hi, new bruises on my legs but no fever.")
    page = signed_in().get(f"/flags/{flag_id}").text
    text = re.search(r'<p class="entry__text">(.*?)</p>', page)[1]
    assert text == (
        'Hi, new <mark class="sign sign--counts">bruises</mark> on my legs '
        'but no <mark class="sign sign--aside">fever</mark>.'
    )


def test_each_mention_is_told_in_words(desk, signed_in):
    flag_id = desk.report("new bruises on my legs but no fever")
    page = signed_in().get(f"/flags/{flag_id}").text
    name = desk.knowledge.signs["unexplained_bruising"].name
    assert f"“bruises”: {name} — <strong>present</strong> (lexicon)" in page
    assert "— <strong>denied, because of “no”</strong> (lexicon)" in page


def test_what_a_patient_writes_is_never_html(desk, signed_in):
    flag_id = desk.report('<script>alert(1)</script> bruises<img src=x> & "chest pain"')
    page = signed_in().get(f"/flags/{flag_id}").text
    assert "<script" not in page and "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; " in page


def test_the_reasons_name_rule_words_source_and_versions(desk, signed_in):
    flag_id = desk.report("new bruises on my legs")
    page = signed_in().get(f"/flags/{flag_id}").text
    bruises = desk.knowledge.signs["unexplained_bruising"]
    source = bruises.sources[0]
    for words in (
        bruises.why,
        "<code>sign:unexplained_bruising</code>",
        "The patient’s words: “bruises”",
        f"{desk.knowledge.register[source.id].title}: {source.locator}",
        "This rule has not been reviewed by a clinician.",
        f"Knowledge version {desk.knowledge.version}, model version lexicon.",
        "Taken up by the assistant.",
    ):
        assert words in unescape(page)
    assert "The knowledge has changed since" not in page


def test_what_a_message_adds_comes_before_what_was_known(desk, signed_in):
    flag_id = desk.report("new bruises", "yes, a bad headache", "no")
    first, second, third = decisions(signed_in().get(f"/flags/{flag_id}").text)
    assert "as before" not in first
    new, old = second.split("1 reason as before")
    assert "RF01_bleed_plus_headache" in new and "sign:unexplained_bruising" in old
    assert "Urgency unchanged" in third and "reasons as before" in third
    assert [part.startswith(" open>") for part in (first, second, third)] == [True, True, False]


def test_a_rule_says_what_it_raised_the_urgency_from(desk, signed_in):
    flag_id = desk.report("new bruises", "a headache")
    _, second = decisions(signed_in().get(f"/flags/{flag_id}").text)
    (bleeding,) = [part for part in second.split("<li") if "RF01_bleed_plus_headache" in part]
    assert "<strong>Emergency, raised from Urgent:</strong>" in bleeding
    assert "“bruises, a headache”" in bleeding


def test_a_rule_of_a_sign_is_named_with_what_it_waited_for(desk, signed_in):
    flag_id = desk.report("new bruises", "a headache")
    page = signed_in().get(f"/flags/{flag_id}").text
    assert "<code>unexplained_bruising: headache_present = yes</code>" in page


def decisions(page):
    """The reasons of each patient's message, which begin with how their fold stands."""
    entries = page.split('<li class="entry entry--patient">')[1:]
    return [
        entry.split('<details class="decision"', 1)[1].split("</li>\n          <li")[0]
        for entry in entries
    ]


def test_what_the_floor_took_up_is_said(desk, signed_in):
    flag_id = desk.report("new bruises", by=BY_FLOOR)
    page = signed_in().get(f"/flags/{flag_id}").text
    assert "Taken up by the floor: the lexicon alone, not the assistant." in page
    assert "Not processed by the assistant: read the whole transcript." in page


def test_times_are_those_of_the_clinic(desk, signed_in):
    desk.clock.now = desk.clock.now.replace(month=7)
    flag_id = desk.report("new bruises")
    assert "Thu 2 Jul 2026, 15:05" in signed_in().get(f"/flags/{flag_id}").text


def test_a_reply_that_came_too_late_is_marked(desk, signed_in):
    flag_id = desk.report("new bruises")
    with desk.database.writing() as tx:
        conversation = lock(tx, flag_of(tx, "main", flag_id).conversation_id)
        message = message_of(tx, conversation.id, "m0")
        answer(
            tx, conversation.id, message, [Reply(text="Late words")], now=desk.clock(), shown=False
        )
    page = signed_in().get(f"/flags/{flag_id}").text
    assert page.count("Came too late, not shown to the patient") == 1
    assert page.index("Reply to m0") < page.index("Late words") < page.index("Came too late")


def test_the_contact_a_patient_gave_stands_beside_the_flag(desk, signed_in):
    asked = ("none of these", "they did not say", "they did not say", "Monday", "I don't know")
    flag_id = desk.report("new bruises", *asked, "Rosa, 020 7946 0000")
    page = signed_in().get(f"/flags/{flag_id}").text
    assert "“Rosa, 020 7946 0000”" in page.split("Transcript</h2>")[0]


def test_reading_a_transcript_writes_who_read_it(desk, signed_in):
    flag_id = desk.report("new bruises")
    client = signed_in()
    assert desk.audit("transcript.read") == []
    client.get(f"/flags/{flag_id}")
    (line,) = desk.audit("transcript.read")
    assert line.actor == desk.audit("signed_in")[0].actor


@pytest.mark.parametrize("flag_id", ["999", "0", "x", "-1", "1.0", "9" * 5000, "٣", "%00", "1'--"])
def test_a_flag_that_does_not_exist_is_not_found(desk, signed_in, flag_id):
    answer = signed_in().get(f"/flags/{flag_id}")
    assert answer.status_code == 404
    assert "There is no such page or flag in your clinic." in answer.text


def test_another_clinics_flag_is_not_found_in_the_same_words(desk, signed_in, move):
    flag_id = desk.report("I have chest pain", clinic_id="elsewhere")
    client = signed_in()
    theirs = client.get(f"/flags/{flag_id}")
    assert theirs.status_code == 404
    assert theirs.text == client.get("/flags/999").text == client.get("/nothing-here").text
    assert desk.audit("transcript.read") == []


def test_another_clinics_flag_cannot_be_moved(desk, signed_in, token_of):
    flag_id = desk.report("I have chest pain", clinic_id="elsewhere")
    client = signed_in()
    token = token_of(client.get("/").text)
    answer = client.post(f"/flags/{flag_id}", data={"token": token, "to": "claimed"})
    assert answer.status_code == 404
    assert desk.audit("flag.claimed") == []


def test_a_flag_is_claimed_then_contacted_then_closed(desk, signed_in, move):
    flag_id = desk.report("I have chest pain")
    client = signed_in()
    assert move(client, flag_id, "claimed").headers["location"] == f"/flags/{flag_id}"
    assert "Claimed by Dr Ada" in client.get(f"/flags/{flag_id}").text
    assert move(client, flag_id, "contacted").status_code == 303
    assert move(client, flag_id, "closed", reason="Seen today").status_code == 303
    page = client.get(f"/flags/{flag_id}").text
    assert "Closed by Dr Ada" in page and "Seen today" in page and "This flag is closed." in page
    assert [len(desk.audit(f"flag.{state}")) for state in ("claimed", "contacted", "closed")] == [
        1
    ] * 3


def test_a_new_flag_offers_only_to_be_claimed(desk, signed_in):
    flag_id = desk.report("I have chest pain")
    page = signed_in().get(f"/flags/{flag_id}").text
    assert re.findall(r'name="to" value="(\w+)"', page) == ["claimed"]


def test_a_flag_claimed_by_one_clinician_is_not_moved_by_another(desk, signed_in, move):
    flag_id = desk.report("I have chest pain")
    move(signed_in(), flag_id, "claimed")
    desk.add_clinician("grace")
    grace = signed_in("grace")
    page = grace.get(f"/flags/{flag_id}").text
    assert re.findall(r'name="to" value="(\w+)"', page) == ["claimed"]
    assert "Take it over from Dr Ada" in page
    refused = move(grace, flag_id, "contacted")
    assert refused.status_code == 409
    assert "Another clinician has claimed this flag." in refused.text


def test_a_flag_is_taken_over_when_that_is_meant(desk, signed_in, move):
    flag_id = desk.report("I have chest pain")
    move(signed_in(), flag_id, "claimed")
    desk.add_clinician("grace")
    grace = signed_in("grace")
    assert move(grace, flag_id, "claimed").status_code == 409
    assert move(grace, flag_id, "claimed", take_over="yes").status_code == 303
    assert "Claimed by Dr Grace" in grace.get(f"/flags/{flag_id}").text
    assert len(desk.audit("flag.taken_over")) == 1


def test_a_flag_is_given_back_to_the_queue(desk, signed_in, move):
    flag_id = desk.report("I have chest pain")
    client = signed_in()
    move(client, flag_id, "claimed")
    assert "Give it back to the queue" in client.get(f"/flags/{flag_id}").text
    assert move(client, flag_id, "new").status_code == 303
    page = client.get(f"/flags/{flag_id}").text
    assert re.findall(r'name="to" value="(\w+)"', page) == ["claimed"]
    assert "Claimed by" not in page


def test_a_flag_is_not_closed_without_a_reason(desk, signed_in, move):
    flag_id = desk.report("I have chest pain")
    client = signed_in()
    move(client, flag_id, "claimed")
    for reason in ("", "  \n "):
        refused = move(client, flag_id, "closed", reason=reason)
        assert refused.status_code == 409
        assert "Say why you close it." in refused.text
    assert desk.audit("flag.closed") == []


def test_a_reason_given_in_vain_is_not_lost(desk, signed_in, move):
    flag_id = desk.report("I have chest pain")
    client = signed_in()
    move(client, flag_id, "claimed")
    move(client, flag_id, "contacted")
    refused = move(client, flag_id, "claimed", reason="Seen <today>")
    assert refused.status_code == 409
    assert "Seen &lt;today&gt;</textarea>" in refused.text


def test_a_refused_move_shows_the_transcript_and_so_is_a_read(desk, signed_in, move):
    flag_id = desk.report("I have chest pain")
    refused = move(signed_in(), flag_id, "contacted")
    assert refused.status_code == 409 and "Reply to m0" in refused.text
    assert len(desk.audit("transcript.read")) == 2


@pytest.mark.parametrize("token", [None, "", "wrong", "é", "0" * 64])
def test_a_move_without_the_forms_token_is_refused(desk, signed_in, token):
    flag_id = desk.report("I have chest pain")
    fields = {"to": "claimed"} if token is None else {"to": "claimed", "token": token}
    answer = signed_in().post(f"/flags/{flag_id}", data=fields)
    assert answer.status_code == 403
    assert "did not come from this console" in answer.text
    assert desk.audit("flag.claimed") == []


def test_a_token_of_another_session_is_refused(desk, signed_in, token_of):
    flag_id = desk.report("I have chest pain")
    token = token_of(signed_in().get("/").text)
    answer = signed_in().post(f"/flags/{flag_id}", data={"to": "claimed", "token": token})
    assert answer.status_code == 403


def test_signing_out_needs_the_token_too(desk, signed_in):
    client = signed_in()
    assert client.post("/sign-out", data={}).status_code == 403
    assert client.get("/").status_code == 200
