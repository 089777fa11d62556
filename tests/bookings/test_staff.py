"""What staff do in the place of others: assign, expire, cancel at the client's wish."""

import pytest

from atlas.errors import Forbidden
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode, QuoteStatus
from bookings.tables import BookingHistory
from fleet.factories import DriverFactory, VehicleFactory
from fleet.tables import Operator
from tests.bookings.looking import due_ids, faulty, now, open_ids, promised, quote_states, refused, story
from tests.bookings.stage import Cast, accepted, assigned, driven, quoted, requested

S, Code = BookingStatus, CancellationCode
pytestmark = pytest.mark.usefixtures("sandbox")


def test_staff_assign_in_the_operators_place(cast: Cast) -> None:
    booking = accepted(cast)
    services.assign(
        user=cast.admin, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id, note="by phone"
    )
    assert now(booking).status is S.DRIVER_ASSIGNED
    last = list(BookingHistory.query(booking.id, consistent_read=True))[-1]
    assert (last.action, last.actor, last.actor_id, last.note) == ("assign", "ADMIN", cast.admin.id, "by phone")


def test_staff_give_a_ride_to_another_driver_of_its_operator(cast: Cast) -> None:
    booking = assigned(cast)
    second = DriverFactory.create(operator=cast.operator)
    services.assign(user=cast.admin, booking_id=booking.id, driver_id=second.id, vehicle_id=cast.suv.id)
    assert promised(driver_id=cast.driver.id) == set()
    assert promised(driver_id=second.id) == promised(vehicle_id=cast.suv.id) == {booking.id}
    with faulty("driverId", "vehicleId"):  # of another company
        services.assign(
            user=cast.admin,
            booking_id=booking.id,
            driver_id=DriverFactory.create(operator=_other(cast)).id,
            vehicle_id=cast.rivals_car.id,
        )


def _other(cast: Cast) -> Operator:
    return Operator.fetch(str(cast.rival.profile_id))


def test_staff_end_a_request_at_once(cast: Cast) -> None:
    booking = requested(cast)
    quote = quoted(cast, booking)
    services.expire_now(user=cast.admin, booking_id=booking.id, note="The client found another car")
    assert now(booking).status is S.EXPIRED
    assert quote_states(booking) == {quote.id: (QuoteStatus.EXPIRED, None)}
    assert booking.id not in open_ids() | due_ids()
    assert story(booking)[-1] == ("expire", "QUOTING", "EXPIRED", "ADMIN")


def test_only_what_is_open_and_only_staff_end_it(cast: Cast) -> None:
    booking = requested(cast)
    with pytest.raises(Forbidden):
        services.expire_now(user=cast.concierge, booking_id=booking.id, note="")
    sold = accepted(cast)
    with refused("wrong_state") as details:
        services.expire_now(user=cast.admin, booking_id=sold.id, note="")
    assert details["status"] == "OPERATOR_ASSIGNED"


def test_what_staff_cancel_for_a_client_costs_what_the_policy_says(cast: Cast) -> None:
    late = {"hours_ahead": 0.5}
    for_nothing, at_their_wish = accepted(cast, **late), accepted(cast, **late)
    cancelled = services.cancel(user=cast.admin, booking_id=for_nothing.id, code=Code.OTHER, reason="Our fault")
    assert cancelled.cancellation_fee == 0
    cancelled = services.cancel(
        user=cast.admin, booking_id=at_their_wish.id, code=Code.CLIENT_REQUEST, reason="By phone", for_client=True
    )
    assert cancelled.cancellation_fee == 10_500
    assert story(at_their_wish)[-1] == ("cancel", "OPERATOR_ASSIGNED", "CANCELLED", "ADMIN")


def test_only_staff_cancel_for_somebody(cast: Cast) -> None:
    booking = accepted(cast)
    with pytest.raises(Forbidden):
        services.cancel(user=cast.owner, booking_id=booking.id, code=Code.OTHER, reason="", for_client=True)


def test_staff_do_not_give_away_a_ride_that_has_begun(cast: Cast) -> None:
    booking = driven(cast, S.DRIVER_EN_ROUTE)
    with refused("wrong_state"):
        services.assign(
            user=cast.admin,
            booking_id=booking.id,
            driver_id=DriverFactory.create(operator=cast.operator).id,
            vehicle_id=VehicleFactory.create(operator=cast.operator).id,
        )
