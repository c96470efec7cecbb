"""The two pages in a real browser, with the programs behind them: by keyboard, on a phone, by axe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bedside.settings import ROOT
from tests.programs.conftest import PASSWORD, Programs

CHROMIUM = shutil.which("chromium")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
BRUISES = "I've got bruises all over my legs"

pytestmark = [
    pytest.mark.skipif(
        CHROMIUM is None, reason="there is no chromium here (apt-get install chromium)"
    ),
    pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (make setup-dev)"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    # Only axe needs to run its own script in the page; the headers themselves are tested elsewhere.
    context = browser.new_context(viewport=request.param, bypass_csp=True)
    yield context
    context.close()


def violations(page: Page) -> list[str]:
    page.add_script_tag(path=str(AXE))
    found: dict[str, Any] = page.evaluate("axe.run()")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]


def too_wide(page: Page) -> list[str]:
    """What sticks out of the window at its right side."""
    script = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
        [...document.querySelectorAll("body *")]
            .filter((each) => each.getBoundingClientRect().right > window.innerWidth)
            .map((each) => each.outerHTML.slice(0, 120))"""
    found: list[str] = page.evaluate(script)
    return found


def write(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.keyboard.press("Enter")


def test_a_patient_reports_bruises_by_keyboard_alone(
    ready: Programs, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(ready.chat_url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to writing a message")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type(BRUISES)
    page.keyboard.press("Enter")

    log = page.get_by_role("log")
    expect(log.get_by_role("heading", name="Urgent: act today")).to_be_visible()
    expect(log).to_contain_text("01632 960123")
    expect(page.get_by_label("Your message")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="I don't know")).to_be_focused()
    page.keyboard.press("Enter")

    expect(log).to_contain_text("platelet number")
    expect(log.get_by_role("button", name="A headache", exact=True)).to_have_count(0)
    assert too_wide(page) == []
    assert violations(page) == []


def test_an_emergency_is_the_first_thing_the_page_says(
    ready: Programs, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(ready.chat_url)
    write(page, "crushing pain in my chest")

    advice = page.get_by_role("log").locator(".advice").first
    expect(advice).to_contain_text("Emergency: act now")
    expect(advice).to_contain_text("Call now: 999")
    assert violations(page) == []


def test_a_reloaded_page_shows_the_conversation_again(
    ready: Programs, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(ready.chat_url)
    write(page, BRUISES)
    expect(page.get_by_role("button", name="None of these", exact=True)).to_be_visible()

    page.reload()

    log = page.get_by_role("log")
    expect(log).to_contain_text(BRUISES)
    expect(log.get_by_role("heading", name="Urgent: act today")).to_be_visible()
    expect(log.get_by_role("button", name="None of these", exact=True)).to_be_visible()


def test_a_message_that_does_not_get_through_can_be_sent_again_and_is_stored_once(
    ready: Programs, browser: Browser
) -> None:
    page = browser.new_page()
    page.goto(ready.chat_url)
    expect(page.get_by_role("status")).to_have_text("")
    lost: list[str] = []

    def lose_the_answer(route: Any) -> None:
        route.fetch()
        lost.append(route.request.post_data)
        route.abort()

    page.route("**/api/messages", lose_the_answer)
    write(page, BRUISES)
    expect(page.get_by_role("alert")).to_contain_text("did not get through")
    page.unroute("**/api/messages")
    page.get_by_role("button", name="Try again").click()

    log = page.get_by_role("log")
    expect(log.get_by_role("heading", name="Urgent: act today")).to_be_visible()
    page.reload()
    expect(log.locator(".mine")).to_have_count(1)
    assert len(lost) == 1


def test_the_page_asks_nobody_but_its_own_server(ready: Programs, browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(ready.chat_url)
    write(page, BRUISES)
    expect(page.get_by_role("button", name="None of these", exact=True)).to_be_visible()

    ours = (ready.chat_url, "data:")
    assert [url for url in asked if not url.startswith(ours)] == []


def test_a_clinician_reviews_in_the_browser(ready: Programs, context: BrowserContext) -> None:
    ready.patient().says(BRUISES)
    page = context.new_page()
    page.goto(ready.console_url)
    assert violations(page) == []
    page.get_by_label("User name").or_(page.get_by_label("Username")).fill("nurse")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert violations(page) == []
    assert too_wide(page) == []

    page.locator("main a[href*='/flags/']").last.click()

    expect(page.locator("mark").first).to_be_visible()
    expect(page.get_by_role("button", name="Claim")).to_be_visible()
    assert violations(page) == []
    assert too_wide(page) == []
