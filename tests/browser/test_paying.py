"""Paying as people do it: declined, tried again, called off, given back, the receipt; and Square's card field."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, Route, expect
from pytest_django.fixtures import Settings

from accounts.tables import User
from atlas.local.square.testing import SandboxControl
from atlas.local.square.webhooks import sign
from bookings.tables import Booking
from tests.bookings.stage import Cast, browser, make_cast, quoted, requested
from tests.browser.conftest import Open
from tests.browser.test_admin_walk import signed_in
from tests.browser.test_first_face import SHOTS, shoot, sign_in
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LIBRARY = "https://sandbox.web.squarecdn.com"
SDK = """
window.asked = [];
window.Square = {
  payments: (application, location) => ({
    card: async ({style}) => ({
      attach: async (place) => { place.textContent = `A card field of ${application} at ${location}`; },
      tokenize: async (charge) => {
        window.asked.push(charge);
        return window.asked.length === 1
          ? {status: "Invalid", errors: [{message: "Enter the card's expiry date."}]}
          : {status: "OK", token: "cnon:card-nonce-ok"};
      },
    }),
  }),
};
"""
"""What Square's script does, as far as the page can see."""


@pytest.fixture
def cast() -> Cast:
    return make_cast(PASSWORD)


def paying(page: Page, cast: Cast, **changes: Any) -> tuple[Booking, str]:
    """A page that stands at the payment of a quote of $210."""
    booking = requested(cast, **changes)
    quote = quoted(cast, booking)
    path = f"/bookings/{booking.id}/quotes/{quote.id}/accept/"
    sign_in(page, cast.concierge)
    page.goto(path)
    return booking, path


def pay(page: Page, outcome: str) -> None:
    page.get_by_label("Test card").select_option(outcome)
    page.get_by_role("button", name="Accept and reserve").click()


def money_of(page: Page, name: str) -> Locator:
    """An amount of the newest payment's panel."""
    return page.locator(".payment").first.get_by_role("row", name=name).get_by_role("cell")


def shoot_looks(page: Page, name: str) -> None:
    """The page as it is, on a desk and a phone, light and dark, when pictures are wanted."""
    if not SHOTS:
        return
    before = page.viewport_size
    for size, (width, height) in {"desk": (1280, 900), "phone": (390, 844)}.items():
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(300)
            shoot(page, f"{name}-{size}-{scheme}")
    assert before is not None
    page.set_viewport_size(before)
    page.emulate_media(color_scheme="light")


def give_back(desk: Page, booking: Booking, amount: str) -> None:
    """Staff refund it in the back office, found by its booking."""
    desk.goto(f"/admin/payments/paymenttransaction/?q={booking.id}&status=CAPTURED")
    desk.locator("#result_list tbody tr", has_text="$105.00").get_by_role("checkbox").check()
    desk.locator("select[name=action]").select_option("refund")
    desk.get_by_role("button", name="Go").click()
    desk.get_by_label("Amount").fill(amount)
    desk.get_by_label("Reason").fill("A goodwill refund")
    desk.get_by_role("button", name="Refund").click()
    expect(desk.get_by_text("Refund: 1 done.")).to_be_visible()


def tell(page: Page, site: str, sandbox: SandboxControl) -> None:
    """Everything that Square has to say, signed, at the address it knows."""
    url = f"{site}/api/v1/webhooks/square"
    for event in sandbox.events():
        body = json.dumps({name: value for name, value in event.items() if name != "deliveries"}).encode()
        signature = sign(key=settings.SQUARE_WEBHOOK_KEY, url=url, body=body)
        answer = page.request.post(
            url, data=body, headers={"x-square-hmacsha256-signature": signature, "content-type": "application/json"}
        )
        assert answer.ok, answer.text()


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


def test_square_s_card_field(cast: Cast, open_browser: Open, settings: Settings) -> None:
    """The page as it is with Square, policy and all, before a server that has the local sandbox behind it."""
    page = open_browser().context.new_page()
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text) if "Content Security" in message.text else None)
    booking, path = paying(page, cast)
    settings.SQUARE_ENVIRONMENT, settings.SQUARE_APPLICATION_ID = "sandbox", "sandbox-sq0idb-x"
    made = browser(User.fetch(cast.concierge.id)).get(path)
    assert made.status_code == 200

    def with_square(route: Route) -> None:
        if route.request.method != "GET":
            route.continue_()
            return
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', route.fetch().text())
        assert token is not None
        html = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', rf'\1"{token[1]}"', made.content.decode())
        policy = {"Content-Security-Policy": made["Content-Security-Policy"]}
        route.fulfill(body=html, headers={"Content-Type": "text/html", **policy})

    page.route(f"**{path}", with_square)
    page.route(f"{LIBRARY}/**", lambda route: route.fulfill(body=SDK, content_type="text/javascript"))
    page.reload()
    expect(page.get_by_text("A card field of sandbox-sq0idb-x at")).to_be_visible()
    button = page.get_by_role("button", name="Accept and reserve")
    button.click()
    expect(page.get_by_text("Enter the card's expiry date.")).to_be_visible()
    assert page.locator("input[name=source_id]").input_value() == ""
    button.click()
    expect(page).to_have_url(re.compile(f"/bookings/{booking.id}/$"))
    expect(page.locator("#booking-badge")).to_have_text("Operator assigned")
    assert blocked == []


def test_paid_called_off_late_given_back_and_read(
    cast: Cast, open_browser: Open, live_site: str, sandbox: SandboxControl
) -> None:
    """Declined, tried again, called off too late, the fee given back by staff, and the receipt of all that."""
    page, desk = open_browser(), signed_in(open_browser(dark=True), live_site)
    booking, _path = paying(page, cast, hours_ahead=0.9)
    shoot_looks(page, "accept")
    pay(page, "cnon:card-nonce-declined")
    expect(page.get_by_text("The bank declined the card.")).to_be_visible()
    shoot_looks(page, "declined")
    pay(page, "cnon:card-nonce-ok")
    expect(page.locator("#booking-badge")).to_have_text("Operator assigned")
    expect(money_of(page, "Reserved")).to_have_text("$210.00")

    page.get_by_role("link", name="Cancel").first.click()
    expect(page.get_by_text("Cancelling now costs $105.00 of the agreed $210.00")).to_be_visible()
    page.get_by_label("In your words").fill("Plans changed")
    page.get_by_role("button", name="Cancel the booking").click()
    expect(page.get_by_text("The booking is cancelled.")).to_be_visible()
    expect(money_of(page, "Charged")).to_have_text("$105.00")
    declined, taken = sandbox.payments()
    assert (declined["status"], taken["status"], taken["total_money"]["amount"]) == ("FAILED", "COMPLETED", 10_500)

    give_back(desk, booking, "105.00")
    page.reload()
    expect(money_of(page, "On its way back")).to_have_text("$105.00")
    shoot_looks(page, "on-its-way")
    (refund,) = sandbox.refunds()
    sandbox.settle_refund(refund["id"])
    tell(page, live_site, sandbox)
    page.reload()
    expect(money_of(page, "Given back")).to_have_text("$105.00")
    page.get_by_text("What happened").first.click()
    expect(page.locator(".payment-steps").first).to_contain_text("Refunded")
    shoot_looks(page, "given-back")

    page.get_by_role("link", name="Receipt", exact=True).click()
    receipt = page.locator(".receipt")
    expect(receipt).to_contain_text("Refunded")
    expect(receipt).to_contain_text("$105.00")
    shoot_looks(page, "receipt")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    assert len(sandbox.payments()) == 2  # the declined one, and the one that was paid
