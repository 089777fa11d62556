"""The pages of the final price: the operator states it, the concierge pays what is beyond it, or refuses, or tips."""

import re

import pytest
from django.urls import reverse

from bookings import services
from bookings.rules.final_price import PriceState
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking
from tests.bookings.looking import now
from tests.bookings.stage import CARD, DECLINED_CARD, Cast, browser, driven, quoted, requested

pytestmark = pytest.mark.usefixtures("sandbox")


def url(name: str, booking: Booking) -> str:
    return reverse(f"bookings:{name}", args=[booking.id])


def asked(cast: Cast) -> Booking:
    booking = driven(cast, BookingStatus.COMPLETED)
    services.state_price(user=cast.owner, booking_id=booking.id, price=26_000, reason="Waited at the hotel")
    return now(booking)


@pytest.mark.slow
def test_the_operator_states_the_price_and_the_concierge_pays(cast: Cast) -> None:
    booking = driven(cast, BookingStatus.COMPLETED)
    owner, concierge = browser(cast.owner), browser(cast.concierge)
    assert url("final_price", booking) in owner.get(url("detail", booking)).content.decode()
    shown = owner.get(url("final_price", booking)).content.decode()
    assert 'value="210.00"' in shown
    assert owner.post(url("final_price", booking), {"price": "0", "reason": ""}).status_code == 400
    answer = owner.post(url("final_price", booking), {"price": "260.00", "reason": "Waited at the hotel"})
    assert answer.status_code == 302
    page = concierge.get(url("detail", booking)).content.decode()
    assert url("extras", booking) in page
    assert "Waited at the hotel" in page
    shown = concierge.get(url("extras", booking)).content.decode()
    assert re.search(r"Pay\s+\$50\.00", shown)
    declined = concierge.post(url("extras", booking), {"source_id": DECLINED_CARD})
    assert declined.status_code == 400
    assert now(booking).final.state is PriceState.ASKED
    assert concierge.post(url("extras", booking), {"source_id": CARD}).status_code == 302
    assert (now(booking).final.state, now(booking).paid) == (PriceState.APPROVED, 26_000)
    assert url("extras", booking) not in concierge.get(url("detail", booking)).content.decode()


def test_the_concierge_refuses(cast: Cast) -> None:
    booking = asked(cast)
    concierge = browser(cast.concierge)
    assert concierge.post(url("refuse_extras", booking), {"reason": "Nobody waited"}).status_code == 302
    assert now(booking).final.state is PriceState.REFUSED
    assert "Nobody waited" in browser(cast.owner).get(url("detail", booking)).content.decode()


def test_a_tip(cast: Cast) -> None:
    booking = driven(cast, BookingStatus.COMPLETED)
    concierge = browser(cast.concierge)
    assert url("tip", booking) in concierge.get(url("detail", booking)).content.decode()
    assert concierge.post(url("tip", booking), {"amount": "500", "source_id": CARD}).status_code == 400
    waiting = concierge.get(url("charge_state", booking), {"charges": "0"}).json()
    assert waiting["state"] == "open"
    answer = concierge.post(
        url("tip", booking), {"amount": "20", "source_id": CARD}, headers={"accept": "application/json"}
    )
    assert answer.json()["href"] == url("detail", booking)
    assert now(booking).paid == 23_000
    assert concierge.get(url("charge_state", booking), {"charges": "0"}).json()["state"] == "sold"
    assert "Tip for the driver: $20.00" in concierge.get(url("detail", booking)).content.decode()


def test_another_price_is_announced_during_the_ride(cast: Cast) -> None:
    booking = driven(cast, BookingStatus.IN_PROGRESS)
    owner = browser(cast.owner)
    assert url("announce_price", booking) in owner.get(url("detail", booking)).content.decode()
    assert owner.post(url("announce_price", booking)).status_code == 302
    assert now(booking).price_announced_at
    assert "has announced another price" in browser(cast.concierge).get(url("detail", booking)).content.decode()


def test_consent_is_chosen_where_the_quote_is_accepted(cast: Cast) -> None:
    quote = quoted(cast, requested(cast))
    concierge = browser(cast.concierge)
    address = reverse("bookings:accept", args=[quote.booking_id, quote.id])
    shown = concierge.get(address).content.decode()
    limits = re.findall(r'<option value="(\d+)"', shown.partition("extras_limit")[2])
    assert limits[:4] == ["0", "2100", "5200", "10500"]  # nothing without asking comes first
    assert concierge.post(address, {"source_id": CARD, "extras_limit": "9999"}).status_code == 400
    assert concierge.post(address, {"source_id": CARD, "extras_limit": "5200"}).status_code == 302
    assert Booking.fetch(quote.booking_id).extras_consent.limit == 5_200
