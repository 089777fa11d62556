"""What is done on the pages: forms that work, forms that are refused, clicks that come too late."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from atlas.dynamo.attributes import utc_now
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode, PaymentStatus, QuoteStatus
from bookings.tables import Booking, Quote
from fleet.factories import DriverFactory, VehicleFactory
from fleet.rules.types import DriverStatus, VehicleCategory
from fleet.services import pricing_rules_of, set_driver_status
from fleet.tables import Driver
from tests.bookings.stage import Cast, accepted, assigned, browser, driven, quoted, requested


def text(answer: Any) -> str:
    content: str = answer.content.decode()
    return content


def told(answer: Any) -> str:
    """The messages of the page that a form led to."""
    return " ".join(str(message) for message in answer.context["messages"])


# Quoting


def quote_data(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {"vehicle_id": cast.sedan.id, "price": "219.50", "eta": "12", "notes": "With water", **changes}


def test_an_operator_quotes_from_their_own_price_and_fleet(cast: Cast) -> None:
    booking = requested(cast)
    client = browser(cast.owner)
    page = client.get(f"/bookings/{booking.id}/")
    form = page.context["quote_form"]
    assert [value for value, _ in form.fields["vehicle_id"].choices] == [cast.sedan.id, cast.suv.id]
    assert VehicleCategory.SEDAN in pricing_rules_of(cast.operator)
    assert form["price"].value() == f"{booking.estimated_price / 100:.2f}"  # a new company starts with the defaults
    answer = client.post(f"/bookings/{booking.id}/quote/", quote_data(cast), follow=True)
    assert "Your quote is with the concierge." in told(answer)
    [quote] = Quote.booking_index.query(booking.id)
    assert (quote.price, quote.eta, quote.notes, quote.operator_id) == (21_950, 12, "With water", cast.operator.id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price": "-1"}, "price"),
        ({"price": "1.005"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": "1e30"}, "price"),
        ({"eta": "soon"}, "eta"),
        ({"eta": "5000"}, "eta"),
        ({"vehicle_id": "not-ours"}, "vehicle_id"),
        ({"notes": "a\x00b"}, "notes"),
    ],
)
def test_a_refused_quote_keeps_what_was_typed(cast: Cast, changes: dict[str, Any], field: str) -> None:
    booking = requested(cast)
    answer = browser(cast.owner).post(f"/bookings/{booking.id}/quote/", quote_data(cast, **changes))
    assert answer.status_code == 400
    assert field in answer.context["quote_form"].errors
    assert booking.reference in text(answer)
    assert not list(Quote.booking_index.query(booking.id))


def test_a_suspended_operator_and_a_stranger_cannot_quote(cast: Cast) -> None:
    booking = requested(cast)
    path = f"/bookings/{booking.id}/quote/"
    assert browser(cast.suspended).post(path, quote_data(cast)).status_code == 403
    assert browser(cast.chauffeur).post(path, quote_data(cast)).status_code == 403
    assert browser(cast.owner).get(path).status_code == 405


def test_an_operator_without_a_fitting_vehicle_is_told(cast: Cast) -> None:
    booking = requested(cast, passenger_count=9)
    assert "None of your vehicles fits this ride" in text(browser(cast.owner).get(f"/bookings/{booking.id}/"))


def test_a_quote_is_withdrawn_once(cast: Cast) -> None:
    booking = requested(cast)
    quote = quoted(cast, booking)
    client = browser(cast.owner)
    path = f"/bookings/{booking.id}/quotes/{quote.id}/withdraw/"
    assert browser(cast.rival).post(path).status_code == 404
    assert "withdrawn" in told(client.post(path, follow=True))
    assert Quote.fetch(quote.id).status is QuoteStatus.DECLINED
    assert "It is now: Declined." in told(client.post(path, follow=True))


# Taking


def test_a_quote_is_accepted_and_the_card_authorised(cast: Cast, sandbox: SandboxControl) -> None:
    booking = requested(cast)
    quote = quoted(cast, booking)
    client = browser(cast.concierge)
    path = f"/bookings/{booking.id}/quotes/{quote.id}/accept/"
    page = text(client.get(path))
    assert "$210.00" in page
    assert 'name="source_id"' in page
    assert "card number" not in page.lower()
    answer = client.post(path, {"source_id": "cnon:card-nonce-ok"}, follow=True)
    assert "Accepted." in told(answer)
    found = Booking.fetch(booking.id)
    assert (found.status, found.payment_status) == (BookingStatus.OPERATOR_ASSIGNED, PaymentStatus.AUTHORIZED)
    assert cast.operator.company_name in text(answer)
    again = client.post(path, {"source_id": "cnon:card-nonce-ok"}, follow=True)
    assert "It is now: Operator assigned." in told(again)
    assert sandbox.authorizations(booking.id) == 1


def test_a_declined_card_changes_nothing_and_may_be_replaced(cast: Cast, sandbox: SandboxControl) -> None:
    booking = requested(cast)
    quote = quoted(cast, booking)
    client = browser(cast.concierge)
    path = f"/bookings/{booking.id}/quotes/{quote.id}/accept/"
    answer = client.post(path, {"source_id": "cnon:card-nonce-declined"})
    assert answer.status_code == 400
    assert "The card was declined. Nothing was changed" in text(answer)
    assert Booking.fetch(booking.id).status is BookingStatus.QUOTING
    assert client.post(path, {"source_id": "cnon:card-nonce-ok"}).status_code == 302


def test_an_expired_quote_leads_back_with_a_word(cast: Cast) -> None:
    booking = requested(cast)
    quote = quoted(cast, booking)
    with time_machine.travel(utc_now() + timedelta(minutes=31)):
        path = f"/bookings/{booking.id}/quotes/{quote.id}/accept/"
        answer = browser(cast.concierge).get(path, follow=True)
        assert "no longer open" in told(answer)


@pytest.mark.parametrize(("who", "status"), [("owner", 404), ("rival", 404), ("admin", 403), ("other_concierge", 404)])
def test_only_its_concierge_accepts(cast: Cast, who: str, status: int) -> None:
    booking = requested(cast)
    quote = quoted(cast, booking)
    path = f"/bookings/{booking.id}/quotes/{quote.id}/accept/"
    assert browser(cast.user(who)).post(path, {"source_id": "cnon:card-nonce-ok"}).status_code == status


# Assigning and driving


def test_the_operator_assigns(cast: Cast, sandbox: SandboxControl) -> None:
    booking = accepted(cast)
    client = browser(cast.manager)
    form = client.get(f"/bookings/{booking.id}/").context["assign_form"]
    assert form["vehicle_id"].value() == cast.sedan.id
    chosen = {"driver_id": cast.driver.id, "vehicle_id": cast.sedan.id}
    answer = client.post(f"/bookings/{booking.id}/assign/", chosen, follow=True)
    assert "The ride is assigned." in told(answer)
    assert Booking.fetch(booking.id).driver_id == cast.driver.id
    assert booking.reference in text(browser(cast.chauffeur).get(f"/bookings/{booking.id}/"))


def test_a_promised_driver_is_refused_beside_their_name(cast: Cast, sandbox: SandboxControl) -> None:
    assigned(cast)
    second = accepted(cast)
    spare = VehicleFactory.create(operator=cast.operator)
    chosen = {"driver_id": cast.driver.id, "vehicle_id": spare.id}
    answer = browser(cast.owner).post(f"/bookings/{second.id}/assign/", chosen)
    assert answer.status_code == 400
    assert "promised to another booking" in str(answer.context["assign_form"].errors["driver_id"])
    assert Booking.fetch(second.id).status is BookingStatus.OPERATOR_ASSIGNED


def test_a_driver_who_is_not_fit_is_refused_with_the_reason(cast: Cast, sandbox: SandboxControl) -> None:
    booking = accepted(cast)
    papers = {"license": False, "background_check": True, "insurance": True}
    unfit = DriverFactory.create(operator=cast.operator, documents=papers)
    chosen = {"driver_id": unfit.id, "vehicle_id": cast.sedan.id}
    answer = browser(cast.owner).post(f"/bookings/{booking.id}/assign/", chosen)
    assert "licence is not verified" in str(answer.context["assign_form"].errors["driver_id"])


def test_assigning_too_late_says_the_state_as_it_is(cast: Cast, sandbox: SandboxControl) -> None:
    booking = accepted(cast)
    services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="Changed plans")
    chosen = {"driver_id": cast.driver.id, "vehicle_id": cast.sedan.id}
    answer = browser(cast.owner).post(f"/bookings/{booking.id}/assign/", chosen, follow=True)
    assert "It is now: Cancelled." in told(answer)
    assert "timeline-failed" in text(answer)


@pytest.mark.slow
def test_the_driver_drives_from_their_phone(cast: Cast, sandbox: SandboxControl) -> None:
    booking = assigned(cast, hours_ahead=1)
    client = browser(cast.chauffeur)
    path = f"/bookings/{booking.id}/status/"
    for status in ("DRIVER_EN_ROUTE", "ARRIVED", "PASSENGER_ONBOARD", "IN_PROGRESS", "COMPLETED"):
        assert f'value="{status}"' in text(client.get("/jobs/"))
        assert client.post(path, {"status": status, "from": "jobs"})["Location"] == "/jobs/"
    assert Booking.fetch(booking.id).status is BookingStatus.PAID
    assert "It is now: Paid." in told(client.post(path, {"status": "ARRIVED"}, follow=True))
    assert client.post(path, {"status": "FLYING"}).status_code == 302
    assert browser(cast.concierge).post(path, {"status": "ARRIVED"}).status_code == 403


def test_the_driver_goes_on_and_off_duty(cast: Cast, sandbox: SandboxControl) -> None:
    client = browser(cast.chauffeur)
    for status in (DriverStatus.ONLINE, DriverStatus.OFFLINE):
        assert client.post("/jobs/duty/", {"status": status})["Location"] == "/jobs/"
        assert Driver.fetch(cast.driver.id).status is status
    set_driver_status(user=cast.chauffeur, status=DriverStatus.BUSY)
    assert "Go online" in text(client.get("/jobs/")), "busy by their own word, which they may take back"
    driven(cast, BookingStatus.DRIVER_EN_ROUTE, hours_ahead=1)
    assert "Go online" not in text(client.get("/jobs/"))
    assert "on a ride" in told(client.post("/jobs/duty/", {"status": "OFFLINE"}, follow=True))
    assert client.post("/jobs/duty/", {"status": "BUSY"}).status_code == 302
    assert browser(cast.concierge).post("/jobs/duty/", {"status": "ONLINE"}).status_code == 403


# Calling off


def test_cancelling_shows_that_it_is_free_and_does_it(cast: Cast) -> None:
    booking = requested(cast)
    client = browser(cast.concierge)
    path = f"/bookings/{booking.id}/cancel/"
    assert "costs nothing" in text(client.get(path))
    assert client.post(path, {"code": "OTHER", "reason": "", "shown_fee": "0"}).status_code == 400
    answer = client.post(path, {"code": "OTHER", "reason": "Plans changed", "shown_fee": "0"}, follow=True)
    assert "The booking is cancelled." in told(answer)
    assert Booking.fetch(booking.id).cancellation_code is CancellationCode.OTHER
    assert "It is now: Cancelled." in told(client.get(path, follow=True))


def test_a_fee_is_shown_before_it_is_taken(cast: Cast, sandbox: SandboxControl) -> None:
    booking = accepted(cast, hours_ahead=0.5)
    client = browser(cast.concierge)
    path = f"/bookings/{booking.id}/cancel/"
    page = text(client.get(path))
    assert "<strong>$105.00</strong>" in page
    answer = client.post(path, {"code": "OTHER", "reason": "Plans changed", "shown_fee": "0"})
    assert "The fee has changed" in text(answer)
    assert "Plans changed" in text(answer)
    assert Booking.fetch(booking.id).status is BookingStatus.OPERATOR_ASSIGNED
    client.post(path, {"code": "OTHER", "reason": "Plans changed", "shown_fee": "10500"})
    found = Booking.fetch(booking.id)
    assert (found.status, found.cancellation_fee) == (BookingStatus.CANCELLED, 10_500)


def test_who_may_not_cancel(cast: Cast) -> None:
    booking = requested(cast)
    path = f"/bookings/{booking.id}/cancel/"
    for who in ("rival", "other_concierge"):
        assert browser(cast.user(who)).post(path, {"code": "OTHER", "reason": "x", "shown_fee": "0"}).status_code == 404


def test_a_driver_may_not_cancel(cast: Cast, sandbox: SandboxControl) -> None:
    booking = assigned(cast)
    assert browser(cast.chauffeur).get(f"/bookings/{booking.id}/cancel/").status_code == 403
    assert Client().post(f"/bookings/{booking.id}/cancel/")["Location"] == "/sign-in/?next=/"
