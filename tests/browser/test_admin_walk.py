"""Every page of every table of the back office in a real browser: none logs an error or breaks the policy, none has a
serious fault of accessibility, none scrolls sideways on a phone.
"""

from collections.abc import Iterator
from functools import cache

import pytest
from playwright.sync_api import Page

from accounts.rules.roles import Role
from tests.backoffice.items import key_of
from tests.backoffice.pages import Address, addresses, tables
from tests.bookings.stage import browser
from tests.browser.axe import faults
from tests.browser.conftest import Open
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WITH_AXE = {"changelist", "change", "add"}
COOKIE = "atlas_session"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LOOKS = {
    "light": {"dark": False, "phone": False},
    "dark": {"dark": True, "phone": False},
    "phone": {"dark": False, "phone": True},
    "dark phone": {"dark": True, "phone": True},
}


@cache
def session() -> str:
    """The cookie of a superuser who is signed in."""
    return str(browser(UserFactory.create(role=Role.ADMIN)).cookies[COOKIE].value)


def signed_in(page: Page, site: str) -> Page:
    page.context.add_cookies([{"name": COOKIE, "value": session(), "url": site}])
    return page


def pages_of(label: str) -> Iterator[Address]:
    """What a superuser can open by following links."""
    table = tables()[label]
    for address in addresses(label, key_of(table.model)):
        closed = {"add": not table.addable, "delete": not table.deletable, "export": True}
        if not closed.get(address.kind, False):
            yield address


@pytest.mark.parametrize("look", LOOKS)
def test_each_kind_of_page_is_accessible(look: str, open_browser: Open, live_site: str) -> None:
    """A list, a form, a history, a confirmation, ...: the first of each kind, in every look."""
    page = signed_in(open_browser(**LOOKS[look], bypass_csp=True), live_site)
    seen: set[str] = set()
    page.goto("/admin/")
    wrong = [f"/admin/: {fault}" for fault in faults(page)]
    for label in sorted(tables()):
        for address in pages_of(label):
            kind = address.kind.partition(" ")[0]
            if kind in seen:
                continue
            seen.add(kind)
            page.goto(address.path)
            wrong += [f"{address.path}: {fault}" for fault in faults(page)]
    assert wrong == []
    assert {"changelist", "change", "history", "add", "action"} <= seen


@pytest.mark.parametrize("label", sorted(tables()))
def test_every_page_of_a_table(label: str, open_browser: Open, live_site: str) -> None:
    """On a phone and under the strict policy, where nothing may stick out; its list and its form with axe."""
    phone = signed_in(open_browser(phone=True), live_site)
    checked = signed_in(open_browser(bypass_csp=True), live_site)
    wrong = []
    for address in pages_of(label):
        answer = phone.goto(address.path)
        assert answer is not None
        assert answer.ok, (address, answer.status)
        assert phone.locator("h1").count() == 1, address
        if (sideways := phone.evaluate(SIDEWAYS)) > 0:
            wrong.append(f"{address.path}: scrolls sideways on a phone by {sideways} px")
        if address.kind in WITH_AXE:
            checked.goto(address.path)
            wrong += [f"{address.path}: {fault}" for fault in faults(checked)]
    assert wrong == []
