"""Whoever is suspended while a page is open does not go on looking at it."""

import re

import pytest
from playwright.sync_api import expect

from accounts import services
from accounts.rules.roles import Role
from tests.bookings.stage import browser
from tests.browser.conftest import Open
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser]


def test_a_suspended_user_sees_the_sign_in(open_browser: Open, live_site: str) -> None:
    person, staff = UserFactory.create(role=Role.CONCIERGE), UserFactory.create(role=Role.ADMIN)
    page = open_browser()
    cookie = browser(person).cookies["atlas_session"].value
    page.context.add_cookies([{"name": "atlas_session", "value": cookie, "url": live_site}])
    page.goto("/bookings/")
    expect(page.locator("[data-feed]")).to_have_attribute("data-state", "live")
    services.suspend_user(actor=staff, user_id=person.id)
    expect(page).to_have_url(re.compile("/sign-in/"))
