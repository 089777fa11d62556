"""What each page of the back office of bookings, fleet and payments may cost, held by `tests/budgets.json`.

Session and user, and what the access log writes of it, are included. None of it grows with the tables
(`python -m bench.admin`).
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from atlas import outbox
from atlas.dynamo.meter import measure
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking
from fleet.factories import VehicleFactory
from payments.tables import PaymentTransaction
from tests.bookings.admin.looking import LIST, page_of
from tests.bookings.stage import Cast, driven, requested
from tests.facade.admin.pages import filled_in
from tests.test_budgets import check

PAGE = 50
pytestmark = pytest.mark.usefixtures("sandbox")
Address = Callable[[Cast, Booking], str]

PAGES: dict[str, Address] = {
    "/admin/bookings/booking/{id}/change/": lambda cast, booking: page_of(booking),
    "/admin/bookings/booking/?q={reference}": lambda cast, booking: f"{LIST}?q={booking.reference}",
    "/admin/bookings/quote/{id}/change/": lambda cast, booking: (
        f"/admin/bookings/quote/{booking.selected_quote_id}/change/"
    ),
    "/admin/bookings/notice/?booking_id={id}": lambda cast, booking: f"/admin/bookings/notice/?booking_id={booking.id}",
    "/admin/fleet/operator/{id}/change/": lambda cast, booking: f"/admin/fleet/operator/{cast.operator.id}/change/",
    "/admin/fleet/driver/{id}/change/": lambda cast, booking: f"/admin/fleet/driver/{cast.driver.id}/change/",
    "/admin/fleet/vehicle/{id}/change/": lambda cast, booking: f"/admin/fleet/vehicle/{cast.sedan.id}/change/",
    "/admin/fleet/vehicle/?q={plate}": lambda cast, booking: f"/admin/fleet/vehicle/?q={new_plate(cast)}",
    "/admin/payments/paymenttransaction/{id}/change/": lambda cast, booking: (
        f"/admin/payments/paymenttransaction/{booking.transaction_id}/change/"
    ),
    "/admin/payments/paymenttransaction/?q={Square's ID}": lambda cast, booking: (
        f"/admin/payments/paymenttransaction/?q={gateway_id(booking)}"
    ),
}


def gateway_id(booking: Booking) -> str:
    return str(PaymentTransaction.fetch(str(booking.transaction_id)).payment_gateway_id)


def new_plate(cast: Cast) -> str:
    """Of one vehicle alone: the stage's own plates are on every stage."""
    return str(VehicleFactory.create(operator=cast.operator).plate_number)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_stays_within_its_budget(cast: Cast, admin: Client, page: str) -> None:
    address = PAGES[page](cast, driven(cast, BookingStatus.COMPLETED))
    with measure() as cost:
        answer = admin.get(address)
    assert answer.status_code == 200
    check(f"GET {page}", cost)


def test_lists_of_fifty(cast: Cast, admin: Client) -> None:
    """First and next page of one day; filters that name an index."""
    for _ in range(2 * PAGE):
        requested(cast, hours_ahead=24 * 350)
    costs = {}
    with measure() as costs["GET /admin/bookings/booking/ (50)"]:
        first = admin.get(LIST)
    with measure() as costs["GET /admin/bookings/booking/ (50, next page)"]:
        second = admin.get(LIST + first.context["cl"].next_url)
    with measure() as costs["GET /admin/bookings/booking/?status=open (50)"]:
        open_ = admin.get(f"{LIST}?status=open")
    day = f"{requested(cast, hours_ahead=24 * 350).pickup_at:%Y-%m-%d}"
    with measure() as costs["GET /admin/bookings/booking/?pickup_at__from={day} (50)"]:
        of_day = admin.get(LIST, {"pickup_at__from": day, "pickup_at__to": day})
    for page in (first, second, open_, of_day):
        assert len(page.context["cl"].result_list) == PAGE
    for name, cost in costs.items():
        check(name, cost)


def test_saving_and_acting(cast: Cast, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    booking = requested(cast)
    posted: dict[str, Any] = filled_in(admin.get(page_of(booking)), "booking_form", passenger_name="Dr. Weiss")
    monkeypatch.setattr(outbox, "_deliver_soon", lambda _: None)
    with measure() as cost:
        assert admin.post(page_of(booking), posted).status_code == 302
    check("POST /admin/bookings/booking/{id}/change/", cost)
    form = {"confirmed": "1", "code": "OTHER", "charge": "us", "reason": "twice"}
    with measure() as cost:
        assert admin.post(f"{LIST}{booking.id}/actions/cancel/", form).status_code == 302
    check("POST /admin/bookings/booking/{id}/actions/cancel/", cost)
