"""The iCalendar feed: what is coming, for whoever holds its token, until the password changes."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from icalendar import Calendar
from rest_framework.test import APIClient

from accounts.services import change_password, suspend_user
from accounts.tables import User
from atlas.errors import NotFound
from atlas.local.square.testing import SandboxControl
from atlas.origin import Origin
from bookings import calendar, services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode
from tests.bookings.looking import later
from tests.bookings.stage import AIRPORT, HOTEL, Cast, accepted, assigned, driven, requested
from tests.factories import PASSWORD, UserFactory


def token_of(user: User) -> str:
    return parse_qs(urlsplit(calendar.feed_url(user)).query)["token"][0]


def events(user: User) -> dict[str, Any]:
    """The feed's events by uid, read by a real reader."""
    found = Calendar.from_ical(calendar.feed(token=token_of(user)).decode())
    return {str(event["uid"]): event for event in found.walk("VEVENT")}


def test_a_ride_is_an_event(cast: Cast, sandbox: SandboxControl) -> None:
    booking, waiting = accepted(cast, flight_number="AF 6"), requested(cast, hours_ahead=90)
    found = events(cast.concierge)
    event = found.pop(f"{booking.id}@atlas")
    assert event.decoded("dtstart") == booking.pickup_at
    assert event.decoded("dtend") > booking.pickup_at
    assert booking.reference in event["summary"]
    assert (event["location"], event["status"]) == (HOTEL.label, "CONFIRMED")
    assert AIRPORT.label in event["description"]
    assert event["url"].endswith(f"/bookings/{booking.id}")
    assert [str(other["status"]) for other in found.values()] == ["TENTATIVE"]
    assert list(found) == [f"{waiting.id}@atlas"]


def test_everybody_has_their_own(cast: Cast, sandbox: SandboxControl) -> None:
    booking, sold = assigned(cast), accepted(cast, hours_ahead=90)
    both = {f"{booking.id}@atlas", f"{sold.id}@atlas"}
    assert set(events(cast.owner)) == set(events(cast.manager)) == both
    assert set(events(cast.chauffeur)) == {f"{booking.id}@atlas"}
    assert events(cast.rival) == events(cast.other_concierge) == {}


def test_what_is_over_leaves_the_feed(cast: Cast, sandbox: SandboxControl) -> None:
    driven(cast, BookingStatus.COMPLETED)
    cancelled = requested(cast)
    services.cancel(user=cast.concierge, booking_id=cancelled.id, code=CancellationCode.OTHER, reason="No")
    assert events(cast.concierge) == {}
    assigned(cast, hours_ahead=10)
    with later(hours=30):
        assert len(events(cast.concierge)) == 1, "a ride stays for a day after its pick-up"
    with later(hours=35):
        assert events(cast.concierge) == {}


def test_a_token_is_void_after_a_change_of_password_and_for_who_is_out() -> None:
    changer, suspended = UserFactory.create(), UserFactory.create()
    old, theirs = token_of(changer), token_of(suspended)
    change_password(
        user=changer,
        current_password=PASSWORD,
        new_password="9-copper-larks-11-jolt",
        origin=Origin("127.0.0.1", "tests"),
    )
    suspend_user(actor=None, user_id=suspended.id)
    for token in (old, theirs, f"{old}x", "", "a:b:c"):
        with pytest.raises(NotFound):
            calendar.feed(token=token)
    assert calendar.feed(token=token_of(User.fetch(changer.id)))


def test_the_feed_over_http_needs_nothing_but_its_token(cast: Cast) -> None:
    requested(cast)
    client = APIClient()
    answer = client.get("/api/v1/calendar.ics", {"token": token_of(cast.concierge)})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.content.startswith(b"BEGIN:VCALENDAR\r\n")
    refusal = client.get("/api/v1/calendar.ics", {"token": "forged"})
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (404, "not_found")
