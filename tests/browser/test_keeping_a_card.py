"""A card that is kept: agreed to for a ride weeks ahead, shown, used again with one click, taken away; and what its
bank is told of each time it is entered.
"""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking
from payments.billing.tables import BillingAccount
from payments.cards.using import list_cards
from payments.rules.types import PaymentMethod
from tests.bookings.far_ahead import FAR
from tests.bookings.stage import Cast, driven, make_cast, quoted, requested
from tests.browser.axe import faults
from tests.browser.conftest import Open
from tests.browser.test_first_face import sign_in
from tests.factories import PASSWORD
from tests.payments.admin.test_on_account import approved, asked, driven_on_account

__all__ = ["approved", "asked"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.usefixtures("sandbox")]

LOCAL = re.compile(r"/js/payments/local[^/]*\.js")
NOTING = 'async tokenize(charge) { sessionStorage.setItem("asked", JSON.stringify(charge));'


@pytest.fixture
def cast() -> Cast:
    return make_cast(PASSWORD)


def offered(cast: Cast, **changes: Any) -> tuple[Booking, str]:
    """A ride with a quote, and where it is accepted."""
    booking = requested(cast, **changes)
    return booking, f"/bookings/{booking.id}/quotes/{quoted(cast, booking).id}/accept/"


def sold(page: Page, booking: Booking) -> None:
    expect(page).to_have_url(re.compile(f"/bookings/{booking.id}/$"))
    expect(page.locator("#booking-badge")).to_have_text("Operator assigned")


def note_charges(page: Page) -> None:
    """The local adapter as it is, but that it notes down what it is asked with."""

    def noting(route: Route) -> None:
        script = route.fetch().text()
        assert script.count("async tokenize() {") == 1
        route.fulfill(body=script.replace("async tokenize() {", NOTING), content_type="text/javascript")

    page.route(LOCAL, noting)


def charge_of(page: Page) -> Any:
    """What the card was asked with last; a page of the site remembers it over its own end."""
    return json.loads(page.evaluate("sessionStorage.getItem('asked')"))


def test_kept_used_again_and_removed(cast: Cast, open_browser: Open) -> None:
    page = open_browser(phone=True)
    sign_in(page, cast.concierge)
    first, path = offered(cast, hours_ahead=FAR)
    page.goto(path)
    page.get_by_role("button", name="Accept for $210.00").click()
    expect(page.get_by_text("Agree to the card being kept.")).to_be_visible()
    page.get_by_label("I allow Atlas to keep this card").check()
    page.get_by_role("button", name="Accept for $210.00").click()
    sold(page, first)
    expect(page.locator("#booking-card")).to_contain_text("Nothing is charged yet.")

    page.goto("/account/cards/")
    expect(page.locator(".device")).to_have_count(1)
    expect(page.locator(".device")).to_contain_text("•••• 5858")

    second, path = offered(cast, hours_ahead=FAR + 24)
    page.goto(path)
    expect(page.get_by_role("radio", name=re.compile("•••• 5858"))).to_be_checked()
    expect(page.get_by_label("Test card")).to_be_hidden()
    page.get_by_role("button", name="Accept for $210.00").click()
    sold(page, second)
    [card] = list_cards(payer_id=cast.concierge.id)
    assert {Booking.fetch(each.id).card_id for each in (first, second)} == {card.id}

    page.goto("/account/cards/")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The card is removed.")).to_be_visible()
    expect(page.get_by_text("No card is kept.")).to_be_visible()
    assert list_cards(payer_id=cast.concierge.id) == []
    page.goto(f"/bookings/{second.id}/")
    expect(page.get_by_text("The card is not kept any more.")).to_be_visible()
    page.get_by_role("link", name="Use another card").click()
    page.get_by_label("I allow Atlas to keep this card").check()
    page.get_by_role("button", name="Use this card").click()
    expect(page.get_by_text("The card is changed. The price is reserved on it on")).to_be_visible()


def test_its_bank_is_told_whether_it_is_charged_or_kept(cast: Cast, open_browser: Open) -> None:
    page = open_browser()
    note_charges(page)
    sign_in(page, cast.concierge)
    for is_kept, intent in ((False, "CHARGE"), (True, "CHARGE_AND_STORE")):
        booking, path = offered(cast)
        page.goto(path)
        page.get_by_label("Keep this card").set_checked(is_kept)
        page.get_by_role("button", name="Accept and reserve").click()
        sold(page, booking)
        charge = charge_of(page)
        assert (charge["intent"], charge["amount"], charge["currencyCode"]) == (intent, "210.00", "USD")
    page.goto("/account/cards/")
    page.get_by_label("I allow Atlas to keep this card").check()
    page.get_by_role("button", name="Keep this card").click()
    expect(page.get_by_text("The card is kept.")).to_be_visible()
    assert charge_of(page)["intent"] == "STORE"
    booking, path = offered(cast, hours_ahead=FAR)
    page.goto(path)
    page.get_by_label("Another card").check()
    page.get_by_label("I allow Atlas to keep this card").check()
    page.get_by_role("button", name="Accept for $210.00").click()
    sold(page, booking)
    assert charge_of(page)["intent"] == "STORE"


def test_square_is_told_no_amount_of_a_card_that_is_only_kept(cast: Cast, open_browser: Open) -> None:
    page = open_browser()
    sign_in(page, cast.concierge)
    page.goto("/account/cards/")
    asked = page.evaluate(
        """async () => {
            const { SquareCard } = await import("/static/js/payments/square.js");
            const asked = [], card = new SquareCard(document.body, {});
            card.card = { tokenize: async (charge) => (asked.push(charge), { status: "OK", token: "cnon:x" }) };
            for (const intent of ["STORE", "CHARGE_AND_STORE", "CHARGE"])
                await card.tokenize({ amount: "210.00", currencyCode: "USD", intent });
            return asked;
        }"""
    )
    assert [each["intent"] for each in asked] == ["STORE", "CHARGE_AND_STORE", "CHARGE"]
    assert ["amount" in each for each in asked] == [False, True, True]
    assert all(each["customerInitiated"] and not each["sellerKeyedIn"] for each in asked)


@pytest.mark.parametrize(
    ("phone", "dark"), [pytest.param(False, False, id="desk-light"), pytest.param(True, True, id="phone-dark")]
)
def test_the_pages_about_money(
    cast: Cast, approved: BillingAccount, open_browser: Open, phone: bool, dark: bool
) -> None:
    """With axe, and nothing may stick out."""
    billed = driven_on_account(cast, PaymentMethod.INVOICE)
    paid = driven(cast, BookingStatus.COMPLETED)
    far, accept = offered(cast, hours_ahead=FAR)
    pages = {
        cast.concierge: [
            accept,
            "/account/cards/",
            "/invoices/",
            f"/bookings/{billed.reference}/invoice/",
            f"/bookings/{billed.reference}/",
            f"/bookings/{paid.id}/",
            f"/bookings/{paid.id}/tip/",
            f"/bookings/{paid.id}/receipt/",
            f"/bookings/{far.id}/",
        ],
        cast.owner: ["/money/", f"/bookings/{paid.id}/", f"/bookings/{paid.id}/final-price/"],
    }
    wrong: list[str] = []
    for user, paths in pages.items():
        page = open_browser(phone=phone, dark=dark, bypass_csp=True)
        sign_in(page, user)
        for path in paths:
            page.goto(path)
            wrong += [f"{path}: {fault}" for fault in faults(page)]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wrong.append(f"{path} sticks out")
    assert wrong == []
