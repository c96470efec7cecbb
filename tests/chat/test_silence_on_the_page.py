"""The page in a real browser, in front of chat: what is written to a silent patient appears by itself."""

from __future__ import annotations

import shutil
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from bedside import store
from tests.keys import KEYS
from worker.notifying import Notifier
from worker.rounds import Rounds

CHROMIUM = shutil.which("chromium")
ADDRESS = "http://localhost"
STROKE = "my face is drooping on one side"
BRUISES = "I have bruises on my legs"
FOLLOW_UP = "I have not heard from you"
HALF_WRITTEN = "my sister is"
EVERY_SECONDS = 30

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no chromium here (apt-get install chromium)"
)


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def asked():
    """What the page has asked chat for, such as "GET /api/messages"."""
    return []


@pytest.fixture
def page(chromium, patient, asked):
    """The page, whose requests chat answers in this process; its clock is the test's."""

    def answer(route):
        wanted = route.request
        path = urlsplit(wanted.url).path
        asked.append(f"{wanted.method} {path}")
        headers = {"content-type": "application/json"}
        got = patient.client.request(wanted.method, path, content=wanted.post_data, headers=headers)
        content_type = got.headers["content-type"]
        route.fulfill(status=got.status_code, body=got.content, content_type=content_type)

    with chromium.new_context() as context:
        page = context.new_page()
        page.clock.install()
        page.route("**/*", answer)
        page.goto(ADDRESS)
        yield page


@pytest.fixture
def worker_follows_up(chat, knowledge, responses, clinic, floor):
    """Ten minutes of silence, and then what the worker does."""
    nobody, spool = Notifier([], ""), store.Spool(chat.settings.spool, KEYS)

    def follow_up():
        chat.clock.advance(minutes=11)
        rounds = Rounds(
            chat.database, knowledge, responses, clinic, nobody, floor, spool, chat.clock
        )
        assert rounds.follow_up() == 1

    return follow_up


def write(page, text):
    page.get_by_label("Your message").fill(text)
    page.keyboard.press("Enter")


def follow_ups(page):
    return page.get_by_role("log").locator(".advice", has_text=FOLLOW_UP)


def test_a_follow_up_appears_once_and_what_the_patient_writes_is_left_alone(
    page, worker_follows_up
):
    write(page, f"  {STROKE} ")
    expect(page.get_by_role("log")).to_contain_text("Call now: 999")
    lines = page.locator("#log > li").count()
    worker_follows_up()
    page.keyboard.type(HALF_WRITTEN)

    page.clock.run_for(EVERY_SECONDS * 1000)
    expect(follow_ups(page)).to_have_count(1)
    expect(follow_ups(page)).to_contain_text("Emergency: act now")
    page.clock.run_for(EVERY_SECONDS * 2000)

    expect(follow_ups(page)).to_have_count(1)
    expect(page.locator("#log > li")).to_have_count(lines + 1)
    expect(page.get_by_label("Your message")).to_be_focused()
    expect(page.get_by_label("Your message")).to_have_value(HALF_WRITTEN)


def test_a_page_that_comes_back_to_the_front_asks_at_once(page, worker_follows_up):
    write(page, STROKE)
    expect(page.get_by_role("log")).to_contain_text("Call now: 999")
    worker_follows_up()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(follow_ups(page)).to_have_count(1)


def test_a_page_in_the_background_asks_nothing(page, asked):
    write(page, STROKE)
    expect(page.get_by_role("log")).to_contain_text("Call now: 999")
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    before = len(asked)
    page.clock.run_for(EVERY_SECONDS * 3000)
    assert asked[before:] == []


def test_a_reloaded_page_goes_on_asking(page, worker_follows_up):
    write(page, STROKE)
    expect(page.get_by_role("log")).to_contain_text("Call now: 999")
    page.reload()
    expect(page.get_by_role("log")).to_contain_text("Call now: 999")
    worker_follows_up()
    page.clock.run_for(EVERY_SECONDS * 1000)
    expect(follow_ups(page)).to_have_count(1)


def test_the_page_asks_on_until_its_conversation_is_not_open_any_more(page, patient, asked):
    write(page, BRUISES)
    expect(page.get_by_role("button", name="None of these", exact=True)).to_be_visible()
    patient.client.cookies.clear()
    before = len(asked)
    for _ in range(3):
        page.clock.run_for(EVERY_SECONDS * 1000)
        page.wait_for_load_state("networkidle")
    assert asked[before:] == ["GET /api/messages"]


def test_buttons_that_had_the_focus_give_it_to_the_field(page, worker_follows_up):
    write(page, "maybe I had a stroke, maybe chest pain")
    page.get_by_role("button", name="None of these", exact=True).focus()
    worker_follows_up()
    page.clock.run_for(EVERY_SECONDS * 1000)
    expect(follow_ups(page)).to_have_count(1)
    expect(page.get_by_role("button", name="None of these", exact=True)).to_have_count(0)
    expect(page.get_by_label("Your message")).to_be_focused()


def test_nothing_is_asked_after_a_greeting(page, asked):
    write(page, "hello")
    expect(page.get_by_role("log").locator(".theirs").first).to_be_visible()
    before = len(asked)
    page.clock.run_for(EVERY_SECONDS * 3000)
    assert asked[before:] == []
