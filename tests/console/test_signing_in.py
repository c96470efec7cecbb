"""Who gets into the console, and what is written down about it."""

import pytest
from itsdangerous import URLSafeTimedSerializer

from console.auth import MOST_REFUSED


def test_a_clinician_signs_in_and_sees_the_queue(desk, sign_in):
    client = desk.client()
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = client.get("/")
    assert page.status_code == 200
    assert "Dr Ada" in page.text


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(desk, sign_in):
    wrong = sign_in(desk.client(), password="something else")
    unknown = sign_in(desk.client(), username="nobody")
    assert wrong.status_code == unknown.status_code == 401
    sentence = "The user name or the password is not right."
    assert sentence in wrong.text and sentence in unknown.text


def test_a_name_nobody_has_is_checked_against_a_hash_too(desk, sign_in, monkeypatch):
    checked = []
    monkeypatch.setattr(
        "argon2.PasswordHasher.verify", lambda self, kept, given: checked.append(kept) or True
    )
    assert sign_in(desk.client(), username="nobody").status_code == 401
    assert checked[0].startswith("$argon2id$")


def test_every_sign_in_is_in_the_audit_log_without_the_name_typed(desk, sign_in):
    sign_in(desk.client())
    sign_in(desk.client(), password="something else")
    sign_in(desk.client(), username="my-password-by-mistake")
    (signed_in,) = desk.audit("signed_in")
    wrong, unknown = desk.audit("sign_in.refused")
    assert signed_in.actor == wrong.actor and signed_in.actor.startswith("clinician:")
    assert unknown.actor == "unknown"
    assert "my-password-by-mistake" not in str([*unknown])


def test_the_cookie_is_kept_from_scripts_and_other_sites(desk, sign_in):
    cookie = sign_in(desk.client()).headers["set-cookie"]
    assert cookie.startswith("bedside_console=")
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/;" in cookie
    assert "Secure" not in cookie


def test_the_cookie_is_only_sent_by_https_when_it_came_by_https(desk, sign_in):
    client = desk.client()
    client.base_url = "https://testserver"
    assert "Secure" in sign_in(client).headers["set-cookie"]


@pytest.mark.parametrize("cookie", ["", "garbage", "a.b.c", "é", "x" * 5000])
def test_a_forged_cookie_leads_to_the_sign_in_page(desk, cookie):
    answer = desk.client().get("/", headers={"cookie": f"bedside_console={cookie}".encode()})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")


def test_a_cookie_signed_with_another_key_is_forged(desk):
    forged = URLSafeTimedSerializer("another key", salt="console").dumps(
        {"id": "1", "clinician_id": "1", "password_mark": "1"}
    )
    answer = desk.client().get("/", headers={"cookie": f"bedside_console={forged}"})
    assert answer.headers["location"] == "/sign-in?next=/"


def test_a_session_ends_after_eight_hours(desk, signed_in):
    client = signed_in()
    desk.clock.advance(hours=7, minutes=59)
    assert client.get("/").status_code == 200
    desk.clock.advance(minutes=2)
    assert client.get("/").headers["location"].startswith("/sign-in")


def test_a_session_ends_when_the_password_is_changed(desk, signed_in):
    client = signed_in()
    with desk.database.writing() as tx:
        tx.exec_driver_sql("UPDATE clinicians SET password_hash = 'another'")
    assert client.get("/").headers["location"].startswith("/sign-in")


def test_who_signed_out_is_out_also_with_a_copy_of_the_cookie(desk, signed_in, token_of):
    client = signed_in()
    copy = client.cookies["bedside_console"]
    token = token_of(client.get("/").text)
    assert client.post("/sign-out", data={"token": token}).headers["location"] == "/sign-in"
    assert client.get("/").status_code == 303
    client.cookies.set("bedside_console", copy)
    assert client.get("/").status_code == 303


def test_a_sign_in_form_of_another_browser_is_refused(desk, token_of):
    token = token_of(desk.client().get("/sign-in").text)
    answer = desk.client().post(
        "/sign-in", data={"token": token, "username": "ada", "password": "a long enough password"}
    )
    assert answer.status_code == 403
    assert "Please sign in again" in answer.text


def test_after_ten_refused_tries_even_the_right_password_has_to_wait(desk, sign_in, monkeypatch):
    client = desk.client()
    with monkeypatch.context() as patch:
        patch.setattr("console.auth.Passwords.is_right", lambda *_: False)
        for _ in range(MOST_REFUSED):
            assert sign_in(client).status_code == 401
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.text
    assert len(desk.audit("sign_in.refused")) == MOST_REFUSED + 1
    desk.clock.advance(minutes=15)
    assert sign_in(client).status_code == 303


def test_refused_tries_for_one_name_hold_up_no_other(desk, sign_in, monkeypatch):
    client = desk.client()
    with monkeypatch.context() as patch:
        patch.setattr("console.auth.Passwords.is_right", lambda *_: False)
        for _ in range(MOST_REFUSED):
            sign_in(client, username="nobody")
    assert sign_in(client, username="nobody").status_code == 429
    assert sign_in(client).status_code == 303


def test_signing_in_leads_back_to_the_flag_that_was_asked_for(desk, sign_in):
    client = desk.client()
    assert client.get("/flags/3").headers["location"] == "/sign-in?next=/flags/3"
    assert sign_in(client, next_="/flags/3").headers["location"] == "/flags/3"


@pytest.mark.parametrize(
    "next_", ["//evil.example", "https://evil.example", "/flags/1\r\nX: y", "/x"]
)
def test_signing_in_leads_nowhere_else(desk, sign_in, next_):
    answer = sign_in(desk.client(), next_=next_)
    assert answer.status_code in (303, 400)
    assert answer.headers.get("location", "/") == "/"


def test_an_empty_form_is_not_a_try(desk, sign_in):
    assert sign_in(desk.client(), username=" ", password="").status_code == 400
    assert desk.audit("sign_in.refused") == []
