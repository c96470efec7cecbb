"""What all pages have in common: headers, banner, and sentences instead of accidents."""

import logging

import pytest
from starlette.testclient import TestClient

from bedside.settings import ROOT
from bedside.store import Database, DatabaseAway
from console.app import create_app

PLACEHOLDER = "The clinic’s name and numbers are still placeholders: edit clinic.yml."
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def pages(desk, signed_in):
    """One of each kind of page."""
    flag_id = desk.report("I have chest pain")
    client = signed_in()
    paths = ("/", "/closed", f"/flags/{flag_id}", "/flags/999", "/nowhere")
    return [*(client.get(path) for path in paths), desk.client().get("/sign-in")]


def test_no_page_is_kept_framed_sniffed_or_told_to_others(pages):
    for page in pages:
        assert page.headers["content-security-policy"] == (
            "default-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; "
            "base-uri 'none'; form-action 'self'"
        )
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"


def test_no_page_asks_another_server_or_holds_scripts_or_styles(pages):
    for page in pages:
        assert "http://" not in page.text and "https://" not in page.text
        assert (
            "<script" not in page.text and "<style" not in page.text and "style=" not in page.text
        )


def test_every_page_has_one_heading_a_language_landmarks_and_a_skip_link(pages):
    for page in pages:
        assert page.text.count("<h1") == page.text.count("<main") == page.text.count("<header") == 1
        assert '<html lang="en">' in page.text
        assert 'href="#maincontent"' in page.text


def test_every_page_says_that_the_clinic_is_a_placeholder(pages):
    assert all(PLACEHOLDER in page.text for page in pages)
    assert all("Nothing here is clinically approved" in page.text for page in pages)


def test_a_real_clinic_has_no_placeholder_banner(desk, tmp_path):
    clinic = tmp_path / "clinic.yml"
    clinic.write_text((ROOT / "clinic.yml").read_text().replace("(example)", ""))
    object.__setattr__(desk.settings, "clinic_file", clinic)
    page = desk.client().get("/sign-in").text
    assert PLACEHOLDER not in page
    assert "Nothing here is clinically approved" in page


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("PUT", "/flags/1"),
        ("DELETE", "/sign-in"),
        ("GET", "/sign-out"),
        ("PATCH", "/healthz"),
    ],
)
def test_a_wrong_method_is_a_page_with_a_sentence(desk, method, path):
    answer = desk.client().request(method, path)
    assert answer.status_code == 405
    assert "<h1" in answer.text and "That kind of request".lower() in answer.text.lower()


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/flags/1"])
@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"\xff\xfe\x00", FORM, 400),
        (b"token=%ff%fe", FORM, 400),
        (b"token=%00", FORM, 400),
        (b"&" * 30000, FORM, 400),
        (b"a=" + b"x" * 100_000, FORM, 413),
        (b"{}", {"content-type": "application/json"}, 415),
        (b"", {}, 403),
        (b"\xff", {}, 400),
        (b"--x\r\n\r\n", {"content-type": "multipart/form-data; boundary=x"}, 415),
        (b"", FORM, 403),
        (b"a=1&a=2&token", FORM, 403),
    ],
)
def test_a_body_that_is_no_form_is_refused_with_a_sentence(signed_in, path, body, headers, status):
    answer = signed_in().post(path, content=body, headers=headers)
    assert answer.status_code == status
    assert "<h1" in answer.text


@pytest.mark.parametrize("to", ["", "new", "nonsense", "closed " * 99])
def test_a_move_to_nowhere_is_refused(desk, signed_in, move, to):
    flag_id = desk.report("I have chest pain")
    answer = move(signed_in(), flag_id, to)
    assert answer.status_code in (400, 409)


def test_a_reason_longer_than_a_page_is_refused(desk, signed_in, move):
    flag_id = desk.report("I have chest pain")
    assert move(signed_in(), flag_id, "closed", reason="x" * 1001).status_code == 413


def test_an_accident_says_nothing_and_logs_no_words(desk, signed_in, monkeypatch, caplog):
    flag_id = desk.report("I have chest pain")
    client = signed_in()

    def broken(*_args, **_named):
        raise RuntimeError("I have chest pain")

    monkeypatch.setattr("console.reviewing.transcript", broken)
    with caplog.at_level(logging.DEBUG):
        answer = client.get(f"/flags/{flag_id}")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text and "RuntimeError" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert f"RuntimeError at '/flags/{flag_id}'" in caplog.text
    assert "chest pain" not in caplog.text


def test_without_the_database_every_page_says_so(desk, signed_in, sign_in, monkeypatch):
    client = signed_in()

    def away(*_args):
        raise DatabaseAway("disk I/O error")

    monkeypatch.setattr(Database, "reading", away)
    monkeypatch.setattr(Database, "writing", away)
    for answer in (client.get("/"), client.get("/flags/1"), sign_in(desk.client())):
        assert answer.status_code == 503
        assert "The record cannot be reached just now." in answer.text
        assert "disk I/O" not in answer.text
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"database": "away"})
    assert client.get("/healthz").status_code == 200


def test_it_is_ready_when_the_record_is_at_this_version(desk):
    answer = desk.client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok"})


def test_it_is_not_ready_on_an_empty_database(settings):
    client = TestClient(create_app(settings))
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_its_own_style_is_served_and_no_other_file(desk):
    client = desk.client()
    style = client.get("/static/console.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "https://" not in style.text and "@import" not in style.text
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/%00", "/static/"):
        assert client.get(path).status_code == 404
