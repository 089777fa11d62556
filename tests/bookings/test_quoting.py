"""Operators bid, take their bids back, and time ends them; the booking's count is always right."""

from datetime import timedelta

import pytest

from atlas.errors import Forbidden, NotFound
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode, DeclineReason, QuoteStatus
from bookings.services import quoting
from bookings.tables import Booking, Quote
from fleet.factories import VehicleFactory
from fleet.rules.types import VehicleCategory, VehicleStatus
from fleet.tables import Vehicle
from tests.bookings.looking import faulty, later, now, open_ids, quote_states, refused, story
from tests.bookings.stage import Cast, quoted, requested, rival_quote


def offer(cast: Cast, booking: Booking, vehicle: Vehicle) -> Quote:
    return services.submit_quote(
        user=cast.owner, booking_id=booking.id, vehicle_id=vehicle.id, price=21_000, eta=12, notes=""
    )


def test_the_first_quote_moves_the_request_the_next_ones_join(cast: Cast) -> None:
    booking = requested(cast)
    first, second = quoted(cast, booking), rival_quote(cast, booking)
    stored = now(booking)
    assert (stored.status, stored.pending_quotes) == (BookingStatus.QUOTING, 2)
    assert stored.id in open_ids()
    assert story(booking)[1:] == [
        ("quote", "SOURCING", "QUOTING", "OPERATOR"),
        ("quote", "QUOTING", "QUOTING", "OPERATOR"),
    ]
    assert set(quote_states(booking)) == {first.id, second.id}


def test_a_quote_keeps_what_was_offered(cast: Cast) -> None:
    quote = Quote.fetch(quoted(cast, requested(cast), notes="شاي / чай 🍵").id)
    assert (quote.operator_name, quote.operator_rating) == ("Meridian Chauffeurs", 4.9)
    assert (quote.vehicle_name, quote.vehicle_category) == ("BMW i7", VehicleCategory.SEDAN)
    assert (quote.price, quote.currency, quote.eta, quote.notes) == (21_000, "USD", 12, "شاي / чай 🍵")
    assert quote.expires_at - quote.created_at == timedelta(minutes=30)
    assert abs(quote.delete_at - quote.expires_at - timedelta(days=90)) < timedelta(seconds=1)


def test_an_offer_does_not_outlive_its_request(cast: Cast) -> None:
    booking = requested(cast, hours_ahead=0.05)
    assert quoted(cast, booking).expires_at == booking.deadline


def test_only_an_active_company_with_a_vehicle_of_its_own_quotes(cast: Cast) -> None:
    booking = requested(cast)
    with refused("operator_suspended"):
        services.submit_quote(
            user=cast.suspended, booking_id=booking.id, vehicle_id=cast.sedan.id, price=1, eta=1, notes=""
        )
    for who in (cast.concierge, cast.chauffeur, cast.admin):
        with pytest.raises(Forbidden):
            services.submit_quote(user=who, booking_id=booking.id, vehicle_id=cast.sedan.id, price=1, eta=1, notes="")
    with faulty("vehicleId"):
        services.submit_quote(
            user=cast.rival, booking_id=booking.id, vehicle_id=cast.sedan.id, price=1, eta=1, notes=""
        )
    assert now(booking).status is BookingStatus.SOURCING


def test_a_member_of_the_company_quotes_for_it(cast: Cast) -> None:
    booking = requested(cast)
    quote = services.submit_quote(
        user=cast.manager, booking_id=booking.id, vehicle_id=cast.sedan.id, price=21_000, eta=5, notes=""
    )
    assert quote.operator_id == cast.operator.id


def test_a_vehicle_must_fit_the_ride(cast: Cast) -> None:
    with faulty("vehicleId"):
        offer(cast, requested(cast, vehicle_category=VehicleCategory.SUV), cast.sedan)
    with faulty("vehicleId"):
        offer(cast, requested(cast, passenger_count=4), cast.sedan)
    with faulty("vehicleId"):
        offer(cast, requested(cast), VehicleFactory.create(operator=cast.operator, status=VehicleStatus.MAINTENANCE))
    assert offer(cast, requested(cast, passenger_count=4), cast.suv).vehicle_category is VehicleCategory.SUV


def test_a_closed_or_overdue_request_takes_no_more_quotes(cast: Cast) -> None:
    cancelled, overdue = requested(cast), requested(cast, hours_ahead=0.05)
    services.cancel(user=cast.concierge, booking_id=cancelled.id, code=CancellationCode.DUPLICATE, reason="Asked twice")
    with refused("wrong_state") as details:
        quoted(cast, cancelled)
    assert details["status"] == "CANCELLED"
    with later(minutes=16), refused("wrong_state"):
        quoted(cast, overdue)
    with pytest.raises(NotFound):
        services.submit_quote(
            user=cast.owner, booking_id=cast.sedan.id, vehicle_id=cast.sedan.id, price=1, eta=1, notes=""
        )


def test_there_are_as_many_quotes_as_one_transaction_can_answer(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quoting, "MOST_PENDING_QUOTES", 2)
    booking = requested(cast)
    first = quoted(cast, booking)
    quoted(cast, booking)
    with refused("too_many_quotes"):
        quoted(cast, booking)
    services.withdraw_quote(user=cast.owner, quote_id=first.id)
    quoted(cast, booking)


def test_a_quote_is_taken_back_by_its_company_alone(cast: Cast) -> None:
    booking = requested(cast)
    quote, other = quoted(cast, booking), rival_quote(cast, booking)
    with pytest.raises(NotFound):
        services.withdraw_quote(user=cast.rival, quote_id=quote.id)
    with pytest.raises(Forbidden):
        services.withdraw_quote(user=cast.concierge, quote_id=quote.id)
    services.withdraw_quote(user=cast.owner, quote_id=quote.id)
    assert quote_states(booking) == {
        quote.id: (QuoteStatus.DECLINED, str(DeclineReason.WITHDRAWN)),
        other.id: (QuoteStatus.PENDING, None),
    }
    assert now(booking).pending_quotes == 1
    assert not Quote.fetch(quote.id).due_shard
    with refused("wrong_state"):
        services.withdraw_quote(user=cast.owner, quote_id=quote.id)
    assert now(booking).pending_quotes == 1


def test_a_quotes_time_ends(cast: Cast) -> None:
    booking = requested(cast)
    quote = quoted(cast, booking)
    with later(minutes=29):
        assert not services.expire_quote(quote_id=quote.id)
    with later(minutes=31):
        assert services.expire_quote(quote_id=quote.id)
        assert not services.expire_quote(quote_id=quote.id)
    stored = now(booking)
    assert quote_states(booking)[quote.id] == (QuoteStatus.EXPIRED, None)
    assert (stored.status, stored.pending_quotes) == (BookingStatus.QUOTING, 0)


def test_quotes_that_the_index_has_not_heard_of_are_waited_for(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """On AWS an index lags; here it is made to: the first looks find nothing."""
    booking = requested(cast)
    quote = quoted(cast, booking)
    looks = iter([[], [], [quote]])
    monkeypatch.setattr(Quote.booking_index, "query", lambda *key: next(looks))
    monkeypatch.setattr(quoting, "INDEX_LAGS", (0, 0, 0))
    assert quoting.pending_quotes(now(booking)) == [quote]
