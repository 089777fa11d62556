"""Bookings and quotes over HTTP: the seed's names, the statuses, the errors, the keys that make a retry safe."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.tables import User
from atlas.api.idempotency import HEADER, REPLAYED
from atlas.dynamo.attributes import utc_now
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.examples import DETAILS
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking, Quote
from tests.bookings.looking import now
from tests.bookings.stage import CARD, DECLINED_CARD, Cast, accepted, assigned, driven, quoted, requested, rival_quote
from tests.clients import client_of

S = BookingStatus
NOBODY = "0b9e6a0e-7c52-4e4b-9a5e-111111111111"
BOOKING = {
    "id", "reference", "conciergeId", "operatorId", "driverId", "vehicleId", "status", "type", "details", "pickupAt",
    "estimatedPrice", "estimate", "finalPrice", "currency", "selectedQuoteId", "paymentStatus", "transactionId",
    "pendingQuotes", "deadline", "createdAt", "updatedAt", "arrivedAt", "completedAt", "cancelledAt",
    "cancellationReason", "cancellationCode", "cancellationFee", "version", "cardId", "boardedAt", "priceAnnouncedAt",
    "final", "charges", "paid", "refunded",
}  # fmt: skip
QUOTE = {
    "id", "bookingId", "operatorId", "operatorName", "operatorRating", "vehicleId", "vehicleName", "vehicleCategory",
    "price", "currency", "eta", "notes", "status", "declineReason", "expiresAt", "createdAt", "updatedAt",
}  # fmt: skip


def post(who: User | None, path: str, body: Any = None, **headers: str) -> Any:
    client = client_of(who)
    return client.post(f"/api/v1/{path}", body, format="json", headers=headers)


def get(who: User | None, path: str, **query: str) -> Any:
    return client_of(who).get(f"/api/v1/{path}", query)


def code(answer: Any) -> tuple[int, str]:
    """The status and code of an error, whose JSON must have its whole shape."""
    error = answer.json()["error"]
    assert set(error) >= {"code", "message", "requestId"}
    assert error["requestId"] == answer["X-Request-ID"]
    return answer.status_code, error["code"]


def preferences(body: dict[str, Any]) -> Any:
    return body["details"]["preferences"].items()


def ask(cast: Cast, **changes: Any) -> Any:
    return post(cast.concierge, "bookings", {"type": "P2P", "details": {**DETAILS, **changes}})


def test_a_request_on_the_wire(cast: Cast) -> None:
    answer = ask(cast)
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == BOOKING | {"actions", "hold", "extrasConsent"}
    assert (body["status"], body["type"], body["paymentStatus"]) == ("SOURCING", "P2P", "PENDING")
    assert (body["conciergeId"], body["operatorId"], body["finalPrice"]) == (cast.concierge.id, None, None)
    said = {**body["details"], "preferences": {name: value for name, value in preferences(body) if value is not None}}
    assert said | DETAILS == said, "what was said comes back as it was said"
    assert body["pickupAt"].endswith("Z")
    assert body["estimatedPrice"] == body["estimate"]["total"] == 19_988
    assert set(body["estimate"]) == {
        "subtotal", "tax", "platformFee", "total", "driverPayout", "currency", "lines"
    }  # fmt: skip
    assert body["actions"] == ["cancel"]
    assert answer["ETag"] == f'"{body["version"]}"'
    read = get(cast.concierge, f"bookings/{body['id']}")
    assert read.json() == body
    assert read["ETag"] == answer["ETag"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"date": "2027-02-30"}, "details.date"),
        ({"time": "25:00"}, "details.time"),
        ({"timezone": "Mars/Base"}, "details.timezone"),
        ({"vehicleCategory": "TANK"}, "details.vehicleCategory"),
        ({"passengerCount": 0}, "details.passengerCount"),
        ({"distanceKm": -1}, "details.distanceKm"),
        ({"date": "1999-01-01"}, "details.date"),
        ({"preferences": {"music": "Polka"}}, "details.preferences.music"),
        ({"color": "red"}, "details.color"),
        ({"pickupLocation": ""}, "details.pickupLocation"),
        ({"pickup": {"lat": 91, "lng": 0}}, "details.pickup.lat"),
    ],
)
def test_what_is_wrong_is_named(cast: Cast, changes: dict[str, Any], field: str) -> None:
    answer = ask(cast, **changes)
    assert code(answer)[0] == 400
    assert list(answer.json()["error"]["fields"]) == [field]


def test_a_quote_on_the_wire(cast: Cast) -> None:
    booking = requested(cast)
    offer = {"vehicleId": cast.sedan.id, "price": 24_500, "eta": 12, "notes": "Black S-Class"}
    answer = post(cast.owner, f"bookings/{booking.id}/quotes", offer)
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == QUOTE
    assert body | offer == body
    assert (body["status"], body["operatorName"], body["currency"]) == ("PENDING", "Meridian Chauffeurs", "USD")
    rival_quote(cast, booking)
    listed = get(cast.concierge, f"bookings/{booking.id}/quotes").json()
    assert [quote["price"] for quote in listed["results"]] == [20_000, 24_500]
    assert (listed["next"], listed["bestValueId"]) == (None, body["id"])
    assert [quote["price"] for quote in get(cast.owner, f"bookings/{booking.id}/quotes").json()["results"]] == [24_500]


@pytest.mark.parametrize("price", [0, -1, 245.5, "24500", True, None, 10**12])
def test_cents_are_whole_and_positive(cast: Cast, price: Any) -> None:
    booking = requested(cast)
    answer = post(cast.owner, f"bookings/{booking.id}/quotes", {"vehicleId": cast.sedan.id, "price": price, "eta": 12})
    assert code(answer)[0] == 400
    assert list(answer.json()["error"]["fields"]) == ["price"]


@pytest.mark.slow
def test_the_whole_way_by_its_paths(cast: Cast, sandbox: SandboxControl) -> None:
    soon = utc_now() + timedelta(days=2)  # a ride far ahead needs a card that is kept
    booking_id = ask(cast, date=f"{soon:%Y-%m-%d}").json()["id"]
    offer = {"vehicleId": cast.sedan.id, "price": 24_500, "eta": 12, "notes": ""}
    quote_id = post(cast.owner, f"bookings/{booking_id}/quotes", offer).json()["id"]
    sold = post(cast.concierge, f"quotes/{quote_id}/accept", {"method": "CARD", "sourceId": CARD})
    assert sold.status_code == 200
    assert (sold.json()["status"], sold.json()["paymentStatus"]) == ("OPERATOR_ASSIGNED", "AUTHORIZED")
    assert (sold.json()["finalPrice"], sold.json()["selectedQuoteId"]) == (24_500, quote_id)
    crew = {"driverId": cast.driver.id, "vehicleId": cast.sedan.id}
    given = post(cast.owner, f"bookings/{booking_id}/assign", crew)
    assert (given.status_code, given.json()["status"]) == (200, "DRIVER_ASSIGNED")
    assert [job["id"] for job in get(cast.chauffeur, "drivers/me/jobs").json()["results"]] == [booking_id]
    for status in ("DRIVER_EN_ROUTE", "ARRIVED", "PASSENGER_ONBOARD", "IN_PROGRESS", "COMPLETED"):
        moved = post(cast.chauffeur, f"bookings/{booking_id}/status", {"status": status})
        assert (moved.status_code, moved.json()["status"]) == (200, status)
    paid = get(cast.concierge, f"bookings/{booking_id}").json()
    assert (paid["status"], paid["paymentStatus"], paid["actions"]) == ("PAID", "CAPTURED", ["tip"])
    history = get(cast.concierge, f"bookings/{booking_id}/history").json()["results"]
    assert [row["toStatus"] for row in history][-2:] == ["COMPLETED", "PAID"]
    receipt = get(cast.concierge, f"bookings/{booking_id}/receipt").json()
    assert (receipt["amountPaid"], receipt["price"]["total"], receipt["cardLast4"]) == (24_500, 24_500, "5858")


def test_errors_of_an_accept(cast: Cast, sandbox: SandboxControl) -> None:
    booking = requested(cast)
    quote, other = quoted(cast, booking), rival_quote(cast, booking)
    path, body = f"quotes/{quote.id}/accept", {"method": "CARD", "sourceId": CARD}
    assert code(post(None, path, body)) == (401, "unauthenticated")
    assert code(post(cast.other_concierge, path, body)) == (404, "not_found")
    assert code(post(cast.owner, path, body)) == (403, "forbidden")
    assert code(post(cast.concierge, f"quotes/{NOBODY}/accept", body)) == (404, "not_found")
    assert code(post(cast.concierge, path, {"method": "BEADS"}))[0] == 400
    assert code(post(cast.concierge, path, {"method": "CARD"}))[0] == 400
    assert code(post(cast.concierge, path, {**body, "sourceId": DECLINED_CARD})) == (402, "card_declined")
    assert now(booking).status is S.QUOTING
    assert post(cast.concierge, path, body).status_code == 200
    taken = post(cast.concierge, f"quotes/{other.id}/accept", body)
    assert code(taken) == (409, "already_accepted")
    assert taken.json()["error"]["status"] == "OPERATOR_ASSIGNED"


def test_an_unknown_outcome_is_a_503_with_a_time_to_come_back(cast: Cast, sandbox: SandboxControl) -> None:
    quote = quoted(cast, requested(cast))
    sandbox.inject("drop_after", path="/v2/payments", count=2)
    answer = post(cast.concierge, f"quotes/{quote.id}/accept", {"method": "CARD", "sourceId": CARD})
    assert code(answer) == (503, "payment_unknown")
    assert int(answer["Retry-After"]) > 0
    again = post(cast.concierge, f"quotes/{quote.id}/accept", {"method": "CARD", "sourceId": CARD})
    assert code(again) == (409, "acceptance_in_progress")


@pytest.mark.slow
def test_who_may_and_who_learns_nothing(cast: Cast, sandbox: SandboxControl) -> None:
    booking = assigned(cast)
    path = f"bookings/{booking.id}"
    crew = {"driverId": cast.driver.id, "vehicleId": cast.sedan.id}
    for outsider in (cast.other_concierge, cast.rival, cast.suspended):
        for answer in (
            get(outsider, path),
            get(outsider, f"{path}/history"),
            get(outsider, f"{path}/receipt"),
            post(outsider, f"{path}/cancel", {"reason": "Envy"}),
            post(outsider, f"{path}/assign", crew),
            post(outsider, f"{path}/status", {"status": "DRIVER_EN_ROUTE"}),
        ):
            assert code(answer) == (404, "not_found")
    assert code(post(cast.concierge, f"{path}/assign", crew)) == (403, "forbidden")
    assert code(post(cast.owner, f"{path}/status", {"status": "DRIVER_EN_ROUTE"})) == (403, "forbidden")
    assert code(post(cast.owner, "bookings", {"type": "P2P", "details": DETAILS})) == (403, "forbidden")
    assert code(get(cast.concierge, "bookings/open")) == (403, "no_operator_profile")
    assert code(get(cast.suspended, "bookings/open")) == (403, "operator_suspended")
    assert code(get(cast.concierge, "drivers/me/jobs")) == (403, "forbidden")


def test_a_wrong_state_says_the_state_and_what_is_open(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.DRIVER_EN_ROUTE)
    answer = post(cast.chauffeur, f"bookings/{booking.id}/status", {"status": "COMPLETED"})
    assert code(answer) == (409, "wrong_state")
    error = answer.json()["error"]
    assert (error["status"], error["actions"]) == ("DRIVER_EN_ROUTE", ["arrive"])
    assert code(post(cast.chauffeur, f"bookings/{booking.id}/status", {"status": "PAID"}))[0] == 400


def test_a_cancellation_says_its_fee(cast: Cast, sandbox: SandboxControl) -> None:
    booking = accepted(cast, hours_ahead=0.5)
    body = post(cast.concierge, f"bookings/{booking.id}/cancel", {"reason": "Fog", "code": "FLIGHT_CANCELLED"}).json()
    assert (body["status"], body["cancellationFee"], body["cancellationCode"]) == (
        "CANCELLED",
        10_500,
        "FLIGHT_CANCELLED",
    )
    assert body["cancellationReason"] == "Fog"


def test_an_open_request_does_not_say_whom_it_is_for(cast: Cast) -> None:
    booking = requested(cast, passenger_name="Ms. Secret")
    for answer in (get(cast.rival, f"bookings/{booking.id}"), get(cast.rival, "bookings/open")):
        assert answer.status_code == 200
        assert booking.id in answer.content.decode()
        assert "Secret" not in answer.content.decode()
    assert now(booking).details.passenger_name == "Ms. Secret"
    assert "Secret" in get(cast.concierge, f"bookings/{booking.id}").content.decode()


def test_lists_have_cursors_and_filters(cast: Cast) -> None:
    made = [requested(cast).id for _ in range(3)]
    first = get(cast.concierge, "bookings", limit="2").json()
    rest = get(cast.concierge, "bookings", limit="2", cursor=first["next"]).json()
    assert [each["id"] for each in first["results"] + rest["results"]] == made[::-1]
    assert set(first["results"][0]) == BOOKING
    assert rest["next"] is None
    assert get(cast.concierge, "bookings", status="PAID,CANCELLED").json() == {"results": [], "next": None}
    assert code(get(cast.concierge, "bookings", cursor="forged")) == (400, "invalid_cursor")
    assert code(get(cast.other_concierge, "bookings", cursor=first["next"])) == (400, "invalid_cursor")
    for query in ({"limit": "0"}, {"limit": "101"}, {"status": "LOST"}, {"from": "yesterday"}, {"page": "2"}):
        assert code(get(cast.concierge, "bookings", **query))[0] == 400


# The same click twice


def test_one_key_is_one_request(cast: Cast) -> None:
    body = {"type": "P2P", "details": DETAILS}
    first, again = (post(cast.concierge, "bookings", body, **{HEADER: "click-1"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again[REPLAYED] == "true"
    assert len(list(Booking.concierge_index.query(cast.concierge.id))) == 1
    other = {"type": "P2P", "details": {**DETAILS, "passengerCount": 1}}
    assert code(post(cast.concierge, "bookings", other, **{HEADER: "click-1"})) == (409, "idempotency_key_reused")
    assert post(cast.admin, "bookings", body, **{HEADER: "click-1"}).json()["id"] != first.json()["id"]


def test_one_key_is_one_quote(cast: Cast) -> None:
    booking = requested(cast)
    body = {"vehicleId": cast.sedan.id, "price": 24_500, "eta": 12, "notes": ""}
    first, again = (post(cast.owner, f"bookings/{booking.id}/quotes", body, **{HEADER: "q"}) for _ in range(2))
    assert first.json() == again.json()
    assert len(list(Quote.booking_index.query(booking.id))) == now(booking).pending_quotes == 1


def test_one_key_is_one_payment_though_the_state_moved_on(cast: Cast, sandbox: SandboxControl) -> None:
    quote = quoted(cast, requested(cast))
    body = {"method": "CARD", "sourceId": CARD}
    first = post(cast.concierge, f"quotes/{quote.id}/accept", body, **{HEADER: "a"})
    services.assign(user=cast.owner, booking_id=quote.booking_id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)
    again = post(cast.concierge, f"quotes/{quote.id}/accept", body, **{HEADER: "a"})
    assert (again.status_code, again.json()) == (200, first.json())
    assert sandbox.authorizations(quote.booking_id) == 1


def test_a_declined_card_is_declined_again_by_the_same_key(cast: Cast, sandbox: SandboxControl) -> None:
    quote = quoted(cast, requested(cast))
    body = {"method": "CARD", "sourceId": DECLINED_CARD}
    path = f"quotes/{quote.id}/accept"
    for _ in range(2):
        assert code(post(cast.concierge, path, body, **{HEADER: "d"})) == (402, "card_declined")
    assert len([each for each in sandbox.calls() if each["method"] == "POST"]) == 1
    assert post(cast.concierge, path, {"method": "CARD", "sourceId": CARD}, **{HEADER: "e"}).status_code == 200
