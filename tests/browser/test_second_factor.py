"""A second factor as people meet it: set up, signed out, in again with a code, the other browser's session ended."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.tables import User
from tests.authenticator import current_code
from tests.browser.conftest import Open
from tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SHOTS = os.environ.get("ATLAS_SCREENSHOTS", "")
"""A folder for pictures of the way, to look at."""
AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(name="Ada Byron")
    return user


def give_password(page: Page, user: User) -> None:
    page.goto("/sign-in/?next=/account/sessions/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def look(page: Page, name: str) -> None:
    """Nothing of it shuts anybody out, and nothing is wider than the screen."""
    page.evaluate(AXE.read_text())
    found: Any = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})")
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def begin(page: Page) -> str:
    """As far as the QR code; gives the secret that is written beside it."""
    page.goto("/account/")
    page.get_by_role("link", name="Second factor").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up the second factor")
    drawn = page.locator("svg.qr-code")
    expect(drawn).to_be_visible()
    box = drawn.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) > 150  # a camera can read it
    return str(page.locator("#setup-key").inner_text()).replace(" ", "")


def test_from_setting_it_up_to_ending_the_other_session(open_browser: Open, ada: User) -> None:
    laptop, phone = open_browser(), open_browser(phone=True, dark=True)
    for page in (laptop, phone):
        give_password(page, ada)
        expect(page.get_by_role("heading", level=1)).to_have_text("Where you are signed in")
    laptop.goto("/account/")
    look(laptop, "account")
    secret = begin(laptop)
    look(laptop, "setup")
    laptop.get_by_role("textbox", name="Code").fill(current_code(secret, -1))
    laptop.get_by_role("button", name="Switch it on").click()
    expect(laptop.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    codes = laptop.locator(".recovery-codes code").all_inner_texts()
    assert len(set(codes)) == 10
    look(laptop, "recovery-codes")
    laptop.get_by_role("link", name="I have kept them").click()
    look(laptop, "second-factor")

    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Sign in")  # it came by the password alone
    give_password(phone, ada)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Enter your code")
    look(phone, "code-phone-dark")
    phone.get_by_role("textbox", name="Code").fill("000 000")
    phone.get_by_role("button", name="Sign in").click()
    expect(phone.get_by_text("wrong, or was used before")).to_be_visible()
    phone.get_by_role("textbox", name="Code").fill(codes[0].lower())
    phone.get_by_role("button", name="Sign in").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Where you are signed in")
    look(phone, "sessions-phone-dark")

    laptop.get_by_role("button", name="Ada Byron").click()
    laptop.get_by_role("button", name="Sign out").click()
    give_password(laptop, ada)
    laptop.get_by_role("textbox", name="Code").fill(current_code(secret))
    laptop.get_by_role("textbox", name="Code").press("Enter")
    expect(laptop.get_by_text("This one")).to_be_visible()
    look(laptop, "sessions")
    laptop.locator(".device").get_by_role("button").click()
    expect(laptop.get_by_text("Signed out: ")).to_be_visible()
    expect(laptop.locator(".device")).to_have_count(1)
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_the_pages_on_a_phone_in_the_dark(open_browser: Open, ada: User) -> None:
    phone = open_browser(phone=True, dark=True)
    give_password(phone, ada)
    begin(phone)
    look(phone, "setup-phone-dark")
    phone.goto("/account/second-factor/")
    look(phone, "begin-phone-dark")


def test_a_forgotten_password(open_browser: Open) -> None:
    page = open_browser()
    page.goto("/sign-in/")
    page.get_by_role("link", name="Forgotten password?").click()
    look(page, "forgotten")
    page.get_by_label("E-mail").fill("nobody-at-all@example.com")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("If this address has an account")).to_be_visible()
