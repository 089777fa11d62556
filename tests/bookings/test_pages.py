"""The pages of bookings as each role sees them: who may look, what is shown, what a refusal looks like."""

import re
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from django.test import Client

from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode
from bookings.tables import Booking
from payments.rules.types import PaymentMethod
from tests.bookings.stage import HOTEL, Cast, accepted, assigned, browser, driven, quoted, requested

ROLES = ("concierge", "owner", "manager", "chauffeur", "admin")
INLINE = re.compile(rb"<script(?![^>]*\b(?:src|type=\"application/json\"))|\sstyle=|\son[a-z]+=", re.IGNORECASE)


def text(answer: Any) -> str:
    content: str = answer.content.decode()
    return content


@pytest.mark.parametrize(
    ("who", "start"),
    [
        ("concierge", "/bookings/"),
        ("admin", "/bookings/"),
        ("owner", "/bookings/open/"),
        ("manager", "/bookings/open/"),
        ("chauffeur", "/jobs/"),
    ],
)
def test_everybody_starts_at_their_own_page(cast: Cast, who: str, start: str) -> None:
    client = browser(cast.user(who))
    assert client.get("/")["Location"] == start
    page = client.get(start)
    assert page.status_code == 200
    assert not INLINE.search(page.content)
    assert 'aria-current="page"' in text(page)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/bookings/",
        "/bookings/open/",
        "/bookings/new/",
        "/jobs/",
        "/bookings/00000000-0000-4000-8000-000000000000/",
    ],
)
def test_strangers_sign_in_and_come_back(path: str) -> None:
    assert Client().get(path)["Location"] == f"/sign-in/?next={path}"


def test_a_stranger_behind_htmx_leaves_the_page_instead_of_filling_a_part_of_it() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/bookings/open/"}
    answer = Client(headers=headers).get("/bookings/open/")
    assert answer["HX-Redirect"] == "/sign-in/?next=/bookings/open/"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/bookings/", {"concierge", "owner", "manager", "chauffeur", "admin"}),
        ("/bookings/?show=done", {"concierge", "owner", "manager", "chauffeur", "admin"}),
        ("/bookings/new/", {"concierge", "admin"}),
        ("/bookings/open/", {"owner", "manager", "admin"}),
        ("/jobs/", {"chauffeur"}),
    ],
)
@pytest.mark.parametrize("who", ROLES)
def test_a_page_is_open_to_its_roles_only(cast: Cast, who: str, path: str, allowed: set[str]) -> None:
    answer = browser(cast.user(who)).get(path)
    assert answer.status_code == (200 if who in allowed else 403)
    assert "<h1" in text(answer)


@pytest.mark.parametrize(
    ("who", "status"),
    [("concierge", 200), ("owner", 200), ("rival", 200), ("admin", 200), ("suspended", 404), ("other_concierge", 404)],
)
def test_an_open_request_is_seen_by_its_concierge_and_whoever_may_quote(cast: Cast, who: str, status: int) -> None:
    booking = requested(cast)
    answer = browser(cast.user(who)).get(f"/bookings/{booking.id}/")
    assert answer.status_code == status
    assert (booking.reference in text(answer)) == (status == 200)
    assert ("Ms. Abdi" in text(answer)) == (who in ("concierge", "admin"))


@pytest.mark.parametrize(
    ("who", "status"), [("concierge", 200), ("owner", 200), ("chauffeur", 200), ("admin", 200), ("rival", 404)]
)
def test_an_assigned_ride_is_seen_by_its_parties(cast: Cast, sandbox: SandboxControl, who: str, status: int) -> None:
    booking = assigned(cast)
    answer = browser(cast.user(who)).get(f"/bookings/{booking.id}/")
    assert answer.status_code == status
    if status == 200:
        assert "MRD 1002" in text(answer)
        assert f'data-live-url="/ws/bookings/{booking.id}/"' in text(answer)
        assert not INLINE.search(answer.content)


def test_times_are_those_of_the_pick_up_and_money_is_formatted(cast: Cast) -> None:
    booking = requested(cast, timezone="Asia/Tokyo", date="2027-01-05", time="09:30")
    page = text(browser(cast.concierge).get("/bookings/"))
    assert "Tue 5 Jan" in page
    assert "09:30" in page
    assert "JST" in page
    assert f"${booking.estimated_price / 100:,.2f}" in page


def test_the_list_narrows_to_a_kind_and_turns_pages(cast: Cast) -> None:
    made = [requested(cast) for _ in range(27)]
    services.cancel(user=cast.concierge, booking_id=made[0].id, code=CancellationCode.OTHER, reason="Changed plans")
    client = browser(cast.concierge)
    first = text(client.get("/bookings/"))
    assert made[-1].reference in first
    assert made[0].reference not in first
    found = re.search(r'rel="next" href="(\?[^"]+)"', first)
    assert found is not None
    second = text(client.get(f"/bookings/{found[1]}"))
    assert made[0].reference in second
    assert "hx-trigger" not in second
    off = text(client.get("/bookings/?show=off"))
    assert made[0].reference in off
    assert made[1].reference not in off


def test_a_forged_cursor_is_a_friendly_page(cast: Cast) -> None:
    answer = browser(cast.concierge).get("/bookings/?cursor=forged")
    assert answer.status_code == 400
    assert "cursor is not one of ours" in text(answer)


def test_empty_lists_say_what_to_do(cast: Cast) -> None:
    assert "No bookings yet" in text(browser(cast.concierge).get("/bookings/"))
    assert "No rides before you" in text(browser(cast.chauffeur).get("/jobs/"))


def test_a_suspended_operator_is_told_so(cast: Cast) -> None:
    answer = browser(cast.suspended).get("/bookings/open/")
    assert answer.status_code == 403
    assert "Not open for business yet" in text(answer)


NASTY = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)> \u202eمرحبا 🚗"  # noqa: RUF001


def test_what_people_write_is_shown_and_never_run(cast: Cast, sandbox: SandboxControl) -> None:
    wishes = {"special_instructions": NASTY, "beverages": [NASTY[:50]]}
    booking = requested(cast, pickup_location=NASTY, passenger_name=NASTY, preferences=wishes)
    quoted(cast, booking, notes=NASTY)
    for who in ("concierge", "owner", "admin"):
        page = browser(cast.user(who)).get(f"/bookings/{booking.id}/")
        assert "<script>alert" not in text(page)
        assert "<img src=x" not in text(page)
        assert "&lt;script&gt;" in text(page)
        assert "🚗" in text(page)
    services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason=NASTY)
    assert "<script>alert" not in text(browser(cast.concierge).get(f"/bookings/{booking.id}/"))


def test_the_concierge_compares_quotes_by_price_and_value(cast: Cast) -> None:
    booking = requested(cast)
    dear, cheap = quoted(cast, booking, price=30_000), quoted(cast, booking, price=20_000)
    page = text(browser(cast.concierge).get(f"/bookings/{booking.id}/"))
    assert page.index(f"quote-{cheap.id}") < page.index(f"quote-{dear.id}")
    assert page.count("Best value") == 1
    assert page.index("Best value") < page.index(f"quote-{dear.id}")
    assert f"/bookings/{booking.id}/quotes/{cheap.id}/accept/" in page


def test_an_operator_sees_only_their_own_quotes(cast: Cast) -> None:
    booking = requested(cast)
    quoted(cast, booking, price=12_345)
    assert "$123.45" in text(browser(cast.owner).get(f"/bookings/{booking.id}/"))
    assert "$123.45" not in text(browser(cast.rival).get(f"/bookings/{booking.id}/"))


def test_htmx_gets_only_the_parts_that_change(cast: Cast) -> None:
    booking = requested(cast)
    parts = text(browser(cast.concierge, headers={"HX-Request": "true"}).get(f"/bookings/{booking.id}/"))
    assert "<html" not in parts
    for part in ("booking-badge", "booking-side", "booking-timeline", "booking-history"):
        assert re.search(rf'id="{part}"[^>]*hx-swap-oob="true"', parts)


def test_an_operator_whose_quote_won_gets_the_whole_page_anew(cast: Cast, sandbox: SandboxControl) -> None:
    booking = requested(cast)
    client = browser(cast.owner, headers={"HX-Request": "true"})
    path = f"/bookings/{booking.id}/?outside"
    assert "HX-Refresh" not in client.get(path)
    quote = quoted(cast, booking)
    services.accept_quote(
        user=cast.concierge, quote_id=quote.id, method=PaymentMethod.CARD, source_id="cnon:card-nonce-ok"
    )
    assert client.get(path)["HX-Refresh"] == "true"
    assert browser(cast.rival, headers={"HX-Request": "true"}).get(path).status_code == 404


def test_the_live_map_begins_where_the_car_is(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, BookingStatus.DRIVER_EN_ROUTE, hours_ahead=1)
    page = text(browser(cast.concierge).get(f"/bookings/{booking.id}/"))
    data = re.search(r'<script id="booking-map-data"[^>]*>(.*?)</script>', page)
    assert data is not None
    assert HOTEL.name in data[1]
    assert '"points"' in data[1]


def test_the_driver_has_one_big_next_step(cast: Cast, sandbox: SandboxControl) -> None:
    wishes = {"quiet_ride": True, "temperature": "Cool (68°F)", "music": "Jazz"}
    booking = driven(cast, BookingStatus.ARRIVED, hours_ahead=1, preferences=wishes)
    page = text(browser(cast.chauffeur).get("/jobs/"))
    assert booking.details.pickup_location in page
    assert "Quiet ride" in page
    assert "Jazz" in page
    assert page.count("btn-next") == 1
    assert 'name="status" value="PASSENGER_ONBOARD"' in page
    assert 'data-url="/ws/driver/"' in page


def test_the_receipt_shows_what_was_paid(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, BookingStatus.COMPLETED, hours_ahead=1)
    assert booking.status is BookingStatus.PAID
    for who in ("concierge", "owner", "chauffeur", "admin"):
        page = text(browser(cast.user(who)).get(f"/bookings/{booking.id}/receipt/"))
        assert str(booking.receipt_number) in page
        assert page.count("$210.00") == 2
        assert f'href="/bookings/{booking.id}/receipt.pdf"' in page
    assert browser(cast.rival).get(f"/bookings/{booking.id}/receipt/").status_code == 404


def test_there_is_no_receipt_before_the_end(cast: Cast, sandbox: SandboxControl) -> None:
    booking = accepted(cast)
    answer = browser(cast.concierge).get(f"/bookings/{booking.id}/receipt/")
    assert answer.status_code == 409
    assert "There is a receipt once the ride is completed." in text(answer)


def test_a_closed_booking_shows_how_it_ended(cast: Cast) -> None:
    booking = requested(cast)
    services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="Changed plans")
    page = text(browser(cast.concierge).get(f"/bookings/{booking.id}/"))
    assert "timeline-failed" in page
    assert "timeline-next" not in page
    assert "Changed plans" in page
    assert "/cancel/" not in page


def test_of_a_payment_that_was_released_nothing_seems_due(cast: Cast, sandbox: SandboxControl) -> None:
    booking = accepted(cast)
    services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="Changed plans")
    assert "Nothing was charged." in text(browser(cast.concierge).get(f"/bookings/{booking.id}/"))


def test_a_store_that_is_away_is_a_page_that_says_when_to_come_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(cast.concierge)

    def away(*_: Any, **__: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://store.invalid")

    monkeypatch.setattr(Booking.concierge_index, "query", away)
    answer = client.get("/bookings/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "out of reach" in text(answer)
    assert "Nothing was changed" in text(answer)
