"""The page that asks for a ride: named places and others, what is refused, a click that comes twice, the estimate."""

import time
from typing import Any

import pytest

from atlas import web
from atlas.geo.city import JURISDICTION
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import BookingType
from bookings.tables import Booking
from tests.bookings.stage import AIRPORT, HOTEL, Cast, browser, details


def text(answer: Any) -> str:
    content: str = answer.content.decode()
    return content


def filled(**changes: Any) -> dict[str, Any]:
    """The request form as a browser sends it; None leaves an input out."""
    wanted = details()
    form = {
        "once": "a-click",
        "type": "P2P",
        "vehicle_category": "SEDAN",
        "pickup_location": HOTEL.label,
        "dropoff_location": AIRPORT.label,
        "date": wanted["date"],
        "time": wanted["time"],
        "timezone": "America/New_York",
        "passenger_count": "2",
        "luggage_count": "1",
        "passenger_name": "Ms. Abdi",
        "duration_days": "1",
        "beverages": "Still water, Green tea",
        "quiet_ride": "on",
        "music": "Jazz",
        **changes,
    }
    return {name: value for name, value in form.items() if value is not None}


def booked(answer: Any) -> Booking:
    assert answer.status_code == 302, text(answer)
    return Booking.fetch(answer["Location"].split("/")[2])


def test_a_request_from_named_places(cast: Cast) -> None:
    client = browser(cast.concierge)
    booking = booked(client.post("/bookings/new/", filled(timezone="Europe/Paris", flight_number="BA 1")))
    found = booking.details
    assert (booking.type_, booking.status) == (BookingType.P2P, BookingStatus.SOURCING)
    assert (found.pickup.lat, found.dropoff.lng) == (HOTEL.lat, AIRPORT.lng)
    assert (found.timezone, found.tax_jurisdiction) == ("America/New_York", JURISDICTION)
    assert found.distance_km > 10
    assert found.flight_number == ""
    assert (found.preferences.beverages, found.preferences.quiet_ride) == (["Still water", "Green tea"], True)
    assert found.preferences.ramp_access is None


def test_a_request_from_elsewhere_by_the_hour(cast: Cast) -> None:
    form = filled(
        type="HOURLY",
        pickup_location="Gare de Lyon, Paris",
        dropoff_location="",
        timezone="Europe/Paris",
        tax_jurisdiction="FR",
        duration_hours="5.5",
        duration_days="2",
        distance_km="12",
    )
    booking = booked(browser(cast.concierge).post("/bookings/new/", form))
    assert booking.details.pickup is None
    assert (booking.details.duration_hours, booking.details.duration_days) == (5.5, 2)
    assert (booking.details.tax_jurisdiction, booking.details.distance_km) == ("FR", 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pickup_location": ""}, "pickup_location"),
        ({"pickup_location": "x" * 301}, "pickup_location"),
        ({"pickup_location": "a\x07b"}, "pickup_location"),
        ({"pickup_location": "Somewhere else"}, "distance_km"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": "1999-01-01"}, "date"),
        ({"date": "2099-01-01"}, "date"),
        ({"time": "25:00"}, "time"),
        ({"pickup_location": "Elsewhere", "distance_km": "nan"}, "distance_km"),
        ({"pickup_location": "Elsewhere", "distance_km": "1e99"}, "distance_km"),
        ({"pickup_location": "Elsewhere", "distance_km": "5", "timezone": "Mars/Base"}, "timezone"),
        ({"passenger_count": "0"}, "passenger_count"),
        ({"passenger_count": "999"}, "passenger_count"),
        ({"type": "ROCKET"}, "type"),
        ({"vehicle_category": None}, "vehicle_category"),
        ({"type": "HOURLY"}, "duration_hours"),
        ({"music": "Polka"}, "music"),
        ({"beverages": ",".join(["water"] * 21)}, "beverages"),
        ({"time": "02:30", "date": "2027-03-14"}, "time"),
        ({"time": "01:30", "date": "2027-11-07"}, "utc_offset"),
    ],
)
def test_a_refused_request_says_why_beside_the_input(cast: Cast, changes: dict[str, Any], field: str) -> None:
    answer = browser(cast.concierge).post("/bookings/new/", filled(**changes))
    assert answer.status_code == 400
    form = answer.context["form"]
    assert field in form.errors
    assert f"{form[field].auto_id}_error" in text(answer) or form[field].field.widget.is_hidden or field == "type"


def test_a_clock_time_that_comes_twice_is_asked_for_and_then_taken(cast: Cast) -> None:
    client = browser(cast.concierge)
    twice = filled(time="01:30", date="2027-11-07")
    assert 'name="utc_offset"' in text(client.post("/bookings/new/", twice))
    booking = booked(client.post("/bookings/new/", {**twice, "utc_offset": "-04:00"}))
    assert booking.pickup_at.hour == 5


def test_a_form_sent_twice_books_once(cast: Cast) -> None:
    client = browser(cast.concierge)
    first = client.post("/bookings/new/", filled(once="one"))
    assert client.post("/bookings/new/", filled(once="one"))["Location"] == first["Location"]
    assert client.post("/bookings/new/", filled(once="two"))["Location"] != first["Location"]


def test_who_goes_back_and_changes_the_form_means_another_ride(cast: Cast) -> None:
    """The browser's Back brings the page back as it was sent, its `once` too."""
    client = browser(cast.concierge)
    first = booked(client.post("/bookings/new/", filled(once="one")))
    second = booked(client.post("/bookings/new/", filled(once="one", passenger_name="Mr. Osei")))
    assert first.id != second.id
    assert second.details.passenger_name == "Mr. Osei"


def test_a_refused_form_may_be_corrected_and_sent_again(cast: Cast) -> None:
    client = browser(cast.concierge)
    assert client.post("/bookings/new/", filled(once="one", date="1999-01-01")).status_code == 400
    booked(client.post("/bookings/new/", filled(once="one")))


@pytest.mark.slow
def test_a_form_whose_process_died_may_be_sent_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process kept is all that is left of it: that this form is at work."""
    monkeypatch.setattr(web, "LEASE", 1)
    monkeypatch.setattr(web.Submission, "end", lambda *_: None)
    client = browser(cast.concierge)
    client.post("/bookings/new/", filled(once="died"))
    assert client.post("/bookings/new/", filled(once="died"))["Location"] == "/bookings/"
    time.sleep(1.1)
    booked(client.post("/bookings/new/", filled(once="died")))


def test_an_unknown_distance_is_asked_for_in_words_of_the_page(cast: Cast) -> None:
    answer = browser(cast.concierge).post("/bookings/new/", filled(pickup_location="My aunt"))
    assert "choose both places from the list" in text(answer)
    assert "coordinates" not in text(answer)


def test_forms_without_their_token_are_refused(cast: Cast) -> None:
    client = browser(cast.concierge, enforce_csrf_checks=True)
    answer = client.post("/bookings/new/", filled())
    assert answer.status_code == 403
    assert "This form was too old" in text(answer)


@pytest.mark.parametrize("who", ["owner", "chauffeur"])
def test_only_a_concierge_asks(cast: Cast, who: str) -> None:
    assert browser(cast.user(who)).post("/bookings/new/", filled()).status_code == 403


def test_the_estimate_follows_what_is_filled_in(cast: Cast) -> None:
    client = browser(cast.concierge)
    price = services.estimate_price(type=BookingType.P2P, details=details())
    shown = text(client.post("/bookings/new/estimate/", filled(date="", time="")))
    assert f"${price.total / 100:,.2f}" in shown
    assert "Platform fee" in shown
    assert "Choose both places" in text(client.post("/bookings/new/estimate/", filled(dropoff_location="")))
    assert "Give the hours" in text(client.post("/bookings/new/estimate/", filled(type="HOURLY")))
    assert client.post("/bookings/new/estimate/", {"type": "P2P", "distance_km": "inf"}).status_code == 200
    assert client.get("/bookings/new/estimate/").status_code == 405
