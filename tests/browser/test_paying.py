"""Paying as people do it: declined, tried again, called off, given back, the receipt; and Square's card field."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from bookings.tables import Booking
from tests.bookings.stage import Cast, make_cast, quoted, requested
from tests.browser.conftest import Open
from tests.browser.test_first_face import sign_in
from tests.factories import PASSWORD
from tests.sandbox import sandbox

__all__ = ["sandbox"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def cast() -> Cast:
    return make_cast(PASSWORD)


def paying(page: Page, cast: Cast) -> tuple[Booking, str]:
    """A page that stands at the payment of a quote of $210."""
    booking = requested(cast)
    quote = quoted(cast, booking)
    path = f"/bookings/{booking.id}/quotes/{quote.id}/accept/"
    sign_in(page, cast.concierge)
    page.goto(path)
    return booking, path


def pay(page: Page, outcome: str) -> None:
    page.get_by_label("Test card").select_option(outcome)
    page.get_by_role("button", name="Accept and reserve").click()


def test_declined_retried_cancelled_and_released(cast: Cast, open_browser: Open) -> None:
    page = open_browser(phone=True, dark=True)
    booking, _path = paying(page, cast)
    pay(page, "cnon:card-nonce-rejected-cvv")
    expect(page.get_by_text("The security code is wrong.")).to_be_visible()
    pay(page, "cnon:card-nonce-declined")
    expect(page.get_by_text("The bank declined the card.")).to_be_visible()
    pay(page, "cnon:card-nonce-ok")
    expect(page).to_have_url(re.compile(f"/bookings/{booking.id}/$"))
    expect(page.locator("#booking-badge")).to_have_text("Operator assigned")
    page.get_by_role("link", name=re.compile("Cancel")).first.click()
    page.get_by_label("In your words").fill("Plans changed")
    page.get_by_role("button", name=re.compile("Cancel")).click()
    expect(page.get_by_text("The booking is cancelled.")).to_be_visible()


def test_an_answer_that_is_lost_is_asked_for_and_nothing_is_sent_again(cast: Cast, open_browser: Open) -> None:
    page = open_browser().context.new_page()  # one that may log what failed
    booking, path = paying(page, cast)
    sent = []

    def lose_the_answer(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        sent.append(route.request.url)
        route.fetch()  # it arrives, and is done
        route.fulfill(status=503, body="")

    page.route(f"**{path}", lose_the_answer)
    page.get_by_label("Test card").select_option("cnon:card-nonce-ok")
    page.get_by_role("button", name="Accept and reserve").dblclick()
    expect(page).to_have_url(re.compile(f"/bookings/{booking.id}/$"))
    expect(page.locator("#booking-badge")).to_have_text("Operator assigned")
    assert len(sent) == 1
