"""Every page of every table of the back office in a real browser: none logs an error or breaks the policy, none has a
serious fault of accessibility, none scrolls sideways on a phone.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from accounts.rules.roles import Role
from tests.backoffice.items import key_of
from tests.backoffice.pages import Address, addresses, tables
from tests.bookings.stage import browser
from tests.browser.axe import faults
from tests.browser.conftest import Open
from tests.factories import UserFactory
from tests.sandbox import square_process

__all__ = ["square_process"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COOKIE = "atlas_session"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LOOKS = {
    "light": {"dark": False, "phone": False},
    "dark": {"dark": True, "phone": False},
    "phone": {"dark": False, "phone": True},
    "dark phone": {"dark": True, "phone": True},
}


def signed_in(page: Page, site: str) -> Page:
    """As a superuser, by a session of their own."""
    cookie = browser(UserFactory.create(role=Role.ADMIN)).cookies[COOKIE]
    page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": site}])
    return page


def pages_of(label: str) -> Iterator[Address]:
    """What a superuser can open by following links."""
    table = tables()[label]
    yield Address("", "overview", "/admin/")
    for address in addresses(label, key_of(table.model)):
        closed = {"add": not table.addable, "delete": not table.deletable, "export": True}
        if not closed.get(address.kind, False):
            yield address


@pytest.mark.parametrize("look", LOOKS)
def test_each_kind_of_page_is_accessible(look: str, open_browser: Open, live_site: str) -> None:
    """A list, a form, a history, a confirmation, ...: the first of each kind, in every look."""
    page = signed_in(open_browser(**LOOKS[look], bypass_csp=True), live_site)
    seen: set[str] = set()
    wrong = []
    for label in sorted(tables(), reverse=True):  # users last but first of all forms that can be added
        for address in pages_of(label):
            kind = address.kind.partition(" ")[0]
            if kind in seen and label != "accounts.user":
                continue
            seen.add(kind)
            page.goto(address.path)
            wrong += [f"{address.path}: {fault}" for fault in faults(page)]
    assert wrong == []
    assert {"overview", "changelist", "change", "history", "action"} <= seen


@pytest.mark.parametrize("label", sorted(tables()))
def test_every_page_of_a_table(label: str, open_browser: Open, live_site: str) -> None:
    """On a desk with axe, and on a phone under the strict policy, where nothing may stick out."""
    desk = signed_in(open_browser(bypass_csp=True), live_site)
    phone = signed_in(open_browser(phone=True), live_site)
    wrong = []
    for address in pages_of(label):
        answer = desk.goto(address.path)
        assert answer is not None
        assert answer.ok, (address, answer.status)
        assert desk.locator("h1").count() == 1, address
        wrong += [f"{address.path}: {fault}" for fault in faults(desk)]
        phone.goto(address.path)
        if phone.evaluate(SIDEWAYS) > 0:
            wrong.append(f"{address.path}: scrolls sideways on a phone by {phone.evaluate(SIDEWAYS)} px")
    assert wrong == []
