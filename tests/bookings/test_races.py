"""Everybody at once, with real threads, engine and Square: one wins, the others hear a 409, and all agree after it."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from atlas.errors import Conflict, Unavailable
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.rules.lifecycle import OPEN, BookingStatus
from bookings.rules.types import CancellationCode, PaymentStatus, QuoteStatus
from bookings.tables import Booking
from fleet.factories import DriverFactory, VehicleFactory
from fleet.tables import Driver
from payments import services as payments
from payments.rules.types import PaymentMethod, TransactionStatus
from payments.tables import PaymentTransaction
from tests.bookings.looking import at_square, later, now, open_ids, promised, quote_states, story
from tests.bookings.stage import CARD, Cast, accept, accepted, assigned, driven, quoted, requested, rival_quote

pytestmark = pytest.mark.slow

S = BookingStatus
Deed = Callable[[], Any]
times = pytest.mark.parametrize("time", range(3))
"""A race is run more than once: what is lost rarely is lost all the same."""


def race(deeds: Iterable[Deed]) -> list[str]:
    """All at the same instant. Of each "done", or the code of its 409; anything else fails the test."""
    all_of_them = list(deeds)
    start = Barrier(len(all_of_them))

    def run(deed: Deed) -> str:
        start.wait(timeout=30)
        try:
            deed()
        except Conflict as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(len(all_of_them)) as pool:
        return list(pool.map(run, all_of_them))


def cancelling(cast: Cast, booking: Booking) -> Deed:
    return lambda: services.cancel(
        user=cast.concierge, booking_id=booking.id, code=CancellationCode.CLIENT_REQUEST, reason="Plans changed"
    )


def check_whole(sandbox: SandboxControl, booking: Booking) -> Booking:
    """Whatever happened, happened altogether."""
    stored = now(booking)
    steps = story(booking)
    assert [step[1] for step in steps] == ["NEW", *(step[2] for step in steps[:-1])]
    assert steps[-1][2] == stored.status
    states = Counter(status for status, _ in quote_states(booking).values())
    assert states[QuoteStatus.ACCEPTED] == (stored.selected_quote_id is not None)
    assert states[QuoteStatus.PENDING] == stored.pending_quotes
    assert stored.pending_quotes == 0 or stored.status is S.QUOTING
    assert (stored.id in open_ids()) == (stored.status in OPEN)
    assert not stored.acceptance
    held = [status for status, _ in at_square(sandbox, booking) if status in ("APPROVED", "COMPLETED")]
    assert len(held) == (stored.payment_status is not PaymentStatus.PENDING)
    return stored


@times
def test_fifty_accepts_of_different_quotes(cast: Cast, sandbox: SandboxControl, time: int) -> None:
    booking = requested(cast)
    quotes = [quoted(cast, booking, price=20_000 + number) for number in range(50)]
    outcomes = race([lambda quote=quote: accept(cast, quote) for quote in quotes])  # type: ignore[misc]
    assert outcomes.count("done") == 1, Counter(outcomes)
    assert set(outcomes) <= {"done", "already_accepted", "acceptance_in_progress"}
    sold = check_whole(sandbox, booking)
    assert sold.selected_quote_id == quotes[outcomes.index("done")].id
    assert sandbox.authorizations(booking.id) == 1
    assert at_square(sandbox, booking) == [("APPROVED", 20_000 + outcomes.index("done"))]
    assert len(list(PaymentTransaction.booking_index.query(booking.id))) == 1


@times
def test_fifty_accepts_of_one_quote(cast: Cast, sandbox: SandboxControl, time: int) -> None:
    booking = requested(cast)
    quote, other = quoted(cast, booking), rival_quote(cast, booking)
    outcomes = race([lambda: accept(cast, quote)] * 50)
    assert outcomes.count("done") == 1, Counter(outcomes)
    assert set(outcomes) <= {"done", "already_accepted", "acceptance_in_progress"}
    assert check_whole(sandbox, booking).selected_quote_id == quote.id
    assert quote_states(booking)[other.id][0] is QuoteStatus.DECLINED
    assert sandbox.authorizations(booking.id) == 1


@times
def test_accept_or_expire(cast: Cast, sandbox: SandboxControl, time: int) -> None:
    """At the deadline's very instant: by one clock the request is over, by another the quote still holds."""
    booking = requested(cast, hours_ahead=0.05)
    quote = quoted(cast, booking)
    stored = now(booking)
    stored.deadline = stored.created_at
    stored.save()
    outcomes = race(
        [
            lambda: accept(cast, quote),
            lambda: services.expire(booking_id=booking.id),
            lambda: services.expire_quote(quote_id=quote.id),
        ]
        * 4
    )
    stored = check_whole(sandbox, booking)
    if outcomes[::3].count("done"):
        assert outcomes[::3].count("done") == 1
        assert (stored.status, stored.payment_status) == (S.OPERATOR_ASSIGNED, PaymentStatus.AUTHORIZED)
        assert sandbox.authorizations(booking.id) == 1
    else:
        assert (stored.status, at_square(sandbox, booking)) == (S.EXPIRED, [])


@times
def test_accept_or_the_quotes_own_end(cast: Cast, sandbox: SandboxControl, time: int) -> None:
    booking = requested(cast)
    quote = quoted(cast, booking)
    with later(minutes=29, seconds=59.9):
        outcomes = race([lambda: accept(cast, quote), *[lambda: services.expire_quote(quote_id=quote.id)] * 6])
        state = quote_states(booking)[quote.id][0]
    stored = check_whole(sandbox, booking)
    if outcomes[0] == "done":
        assert (state, stored.status) == (QuoteStatus.ACCEPTED, S.OPERATOR_ASSIGNED)
    else:
        assert outcomes[0] == "quote_expired"
        assert stored.status is S.QUOTING
        assert at_square(sandbox, booking) == []


@times
def test_accept_or_cancel(cast: Cast, sandbox: SandboxControl, time: int) -> None:
    booking = requested(cast)
    quote = quoted(cast, booking)
    outcomes = race([lambda: accept(cast, quote), cancelling(cast, booking)] * 4)
    stored = check_whole(sandbox, booking)
    accepts, cancels = outcomes[::2], outcomes[1::2]
    assert accepts.count("done") <= 1
    assert cancels.count("done") <= 1
    assert "done" in outcomes
    assert stored.status is (S.CANCELLED if "done" in cancels else S.OPERATOR_ASSIGNED)
    assert sandbox.authorizations(booking.id) == accepts.count("done")


@times
def test_accept_or_withdraw(cast: Cast, sandbox: SandboxControl, time: int) -> None:
    booking = requested(cast)
    quote = quoted(cast, booking)

    def withdraw() -> None:
        services.withdraw_quote(user=cast.owner, quote_id=quote.id)

    outcomes = race([lambda: accept(cast, quote), withdraw] * 3)
    assert outcomes.count("done") == 1, outcomes
    stored = check_whole(sandbox, booking)
    sold = "done" in outcomes[::2]
    assert stored.status is (S.OPERATOR_ASSIGNED if sold else S.QUOTING)
    assert quote_states(booking)[quote.id][0] is (QuoteStatus.ACCEPTED if sold else QuoteStatus.DECLINED)
    assert sandbox.authorizations(booking.id) == sold


@times
def test_cancel_or_assign(cast: Cast, sandbox: SandboxControl, time: int) -> None:
    booking = accepted(cast)

    def assign() -> None:
        services.assign(user=cast.owner, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)

    outcomes = race([cancelling(cast, booking), assign])
    assert outcomes[0] == "done", "a sold and an assigned ride can both be called off"
    assert outcomes[1] in ("done", "wrong_state")
    assert check_whole(sandbox, booking).status is S.CANCELLED
    assert promised(driver_id=cast.driver.id) == promised(vehicle_id=cast.sedan.id) == set()
    assert at_square(sandbox, booking) == [("CANCELED", 21_000)]


@times
def test_cancel_or_set_out(cast: Cast, sandbox: SandboxControl, time: int) -> None:
    booking = assigned(cast)

    def set_out() -> None:
        services.report_status(user=cast.chauffeur, booking_id=booking.id, status=S.DRIVER_EN_ROUTE)

    race([cancelling(cast, booking), set_out])
    assert check_whole(sandbox, booking).status is S.CANCELLED
    assert not Driver.fetch(cast.driver.id).current_booking_id
    assert promised(driver_id=cast.driver.id) == set()


@times
def test_one_driver_for_two_rides_at_once(cast: Cast, sandbox: SandboxControl, time: int) -> None:
    rides = [accepted(cast, hours_ahead=72 + number / 10) for number in range(4)]
    cars = [cast.sedan, *(VehicleFactory.create(operator=cast.operator) for _ in rides[1:])]
    outcomes = race(
        [
            lambda ride=ride, car=car: services.assign(  # type: ignore[misc]
                user=cast.owner, booking_id=ride.id, driver_id=cast.driver.id, vehicle_id=car.id
            )
            for ride, car in zip(rides, cars, strict=True)
        ]
    )
    assert Counter(outcomes) == {"done": 1, "driver_busy": 3}
    won = rides[outcomes.index("done")]
    assert promised(driver_id=cast.driver.id) == {won.id}
    assert [bool(promised(vehicle_id=car.id)) for car in cars] == [ride is won for ride in rides]
    assert Counter(now(ride).status for ride in rides) == {S.DRIVER_ASSIGNED: 1, S.OPERATOR_ASSIGNED: 3}


@times
def test_one_ride_for_several_drivers_at_once(cast: Cast, sandbox: SandboxControl, time: int) -> None:
    """Each may take over from the other; in the end one of them has it, and only that one's time is taken."""
    ride = accepted(cast)
    crew = [cast.driver, *(DriverFactory.create(operator=cast.operator) for _ in range(3))]
    outcomes = race(
        [
            lambda driver=driver: services.assign(  # type: ignore[misc]
                user=cast.owner, booking_id=ride.id, driver_id=driver.id, vehicle_id=cast.sedan.id
            )
            for driver in crew
        ]
    )
    assert "done" in outcomes
    assert check_whole(sandbox, ride).status is S.DRIVER_ASSIGNED
    assert [driver.id for driver in crew if promised(driver_id=driver.id)] == [now(ride).driver_id]
    assert promised(vehicle_id=cast.sedan.id) == {ride.id}


@times
def test_quotes_at_the_same_time_all_land(cast: Cast, time: int) -> None:
    """Two companies, ten quotes each: nobody is told that somebody else was first."""
    booking = requested(cast)
    bids = [lambda: quoted(cast, booking), lambda: rival_quote(cast, booking)] * 10
    assert race(bids) == ["done"] * 20
    assert now(booking).pending_quotes == len(quote_states(booking)) == 20
    assert len(story(booking)) == 21


@times
def test_a_ride_that_ends_twice_is_paid_once(cast: Cast, sandbox: SandboxControl, time: int) -> None:
    """The phone says it twice, the operator captures by hand, the outbox delivers: one capture."""
    booking = driven(cast, S.IN_PROGRESS)

    def complete() -> None:
        services.report_status(user=cast.chauffeur, booking_id=booking.id, status=S.COMPLETED)

    def capture() -> None:
        payments.capture(transaction_id=str(booking.transaction_id))

    outcomes = race([complete, complete, capture, capture])
    assert "done" in outcomes[:2]
    paid = check_whole(sandbox, booking)
    assert (paid.status, paid.payment_status) == (S.PAID, PaymentStatus.CAPTURED)
    assert at_square(sandbox, booking) == [("COMPLETED", 21_000)]
    assert [step[0] for step in story(booking)].count("complete") == 1
    assert [step[0] for step in story(booking)].count("settle") == 1


@times
def test_a_cut_off_accept_is_settled_once_by_many(cast: Cast, sandbox: SandboxControl, time: int) -> None:
    booking = requested(cast)
    quote = quoted(cast, booking)
    sandbox.inject("drop_after", path="/v2/payments", count=2)
    with pytest.raises(Unavailable):
        services.accept_quote(user=cast.concierge, quote_id=quote.id, method=PaymentMethod.CARD, source_id=CARD)
    race([lambda: services.settle_acceptance(booking_id=booking.id)] * 5)
    assert check_whole(sandbox, booking).status is S.OPERATOR_ASSIGNED
    assert [step[0] for step in story(booking)].count("accept") == 1
    assert sandbox.authorizations(booking.id) == 1
    (row,) = PaymentTransaction.booking_index.query(booking.id)
    assert row.status is TransactionStatus.AUTHORIZED
