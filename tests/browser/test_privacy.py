"""One's own data on its page: a copy of everything, and the end of the account; with scripts and without."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.rules.roles import UserStatus
from accounts.tables import User
from tests.bookings.stage import make_cast, requested
from tests.browser.axe import faults
from tests.browser.conftest import Open
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser


def sign_in(page: Page, user: User) -> None:
    page.goto("/sign-in/?next=/account/privacy/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your data")).to_be_visible()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_is_for_everybody(open_browser: Open, objects: Any, dark: bool, phone: bool, tmp_path: Path) -> None:
    cast = make_cast(PASSWORD)
    page = open_browser(phone=phone, dark=dark)
    sign_in(page, cast.concierge)
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert not faults(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_a_copy_and_then_the_end(open_browser: Open, objects: Any, scripts: bool) -> None:
    cast = make_cast(PASSWORD)
    person = cast.concierge
    requested(cast)
    page = open_browser(java_script_enabled=scripts)
    sign_in(page, person)
    page.get_by_role("button", name="Make a copy").click()
    with page.expect_download() as given:
        page.get_by_role("link", name="atlas-personal-data.json").click()
    content = json.loads(Path(given.value.path()).read_text())
    assert content["data"]["users"][0]["email"] == person.email
    assert len(content["data"]["bookings"]) == 1

    page.goto("/account/privacy/")
    page.get_by_label("Your password").fill("wrong")
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_text("The password is wrong.")).to_be_visible()
    assert User.fetch(person.id).status is UserStatus.ACTIVE
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_text("Your account is deleted.")).to_be_visible()
    assert User.fetch(person.id).status is UserStatus.DELETED
    page.goto("/account/privacy/")
    expect(page.get_by_label("E-mail")).to_be_visible()
