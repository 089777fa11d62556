"""The operator's driver and car: theirs, fit, free; then the ride itself, one step after the other."""

from datetime import timedelta
from typing import Any

import pytest

from atlas.errors import Forbidden, Invalid, NotFound
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import PaymentStatus
from bookings.tables import Booking
from fleet.factories import DriverFactory, OperatorFactory, VehicleFactory
from fleet.rules.types import DriverStatus, VehicleCategory, VehicleStatus
from fleet.tables import Driver, Operator, Vehicle
from payments.services import capture
from tests.bookings.looking import at_square, faulty, later, now, promised, refused, story
from tests.bookings.stage import ON_THE_ROAD, Cast, accepted, assigned, driven

S = BookingStatus
pytestmark = pytest.mark.usefixtures("sandbox")


def assign(cast: Cast, booking: Booking, driver: Driver, vehicle: Vehicle) -> Booking:
    return services.assign(user=cast.owner, booking_id=booking.id, driver_id=driver.id, vehicle_id=vehicle.id)


def report(cast: Cast, booking: Booking, status: BookingStatus, who: Any = None) -> Booking:
    return services.report_status(user=who or cast.chauffeur, booking_id=booking.id, status=status)


def test_an_assignment_promises_both_calendars(cast: Cast) -> None:
    booking = assigned(cast)
    stored = now(booking)
    assert (stored.status, stored.driver_id, stored.vehicle_id) == (S.DRIVER_ASSIGNED, cast.driver.id, cast.sedan.id)
    assert stored.job_driver_id == cast.driver.id
    assert promised(driver_id=cast.driver.id) == promised(vehicle_id=cast.sedan.id) == {booking.id}
    assert story(booking)[-1] == ("assign", "OPERATOR_ASSIGNED", "DRIVER_ASSIGNED", "OPERATOR")


def test_the_vehicle_may_be_another_one_than_was_offered(cast: Cast) -> None:
    booking = assign(cast, accepted(cast), cast.driver, cast.suv)
    assert now(booking).vehicle_id == cast.suv.id
    assert promised(vehicle_id=cast.sedan.id) == set()


def test_another_driver_takes_over_and_the_first_has_their_time_back(cast: Cast) -> None:
    booking = assigned(cast)
    second = DriverFactory.create(operator=cast.operator)
    assign(cast, booking, second, cast.suv)
    stored = now(booking)
    assert (stored.driver_id, stored.job_driver_id, stored.vehicle_id) == (second.id, second.id, cast.suv.id)
    assert promised(driver_id=cast.driver.id) == promised(vehicle_id=cast.sedan.id) == set()
    assert promised(driver_id=second.id) == promised(vehicle_id=cast.suv.id) == {booking.id}
    assert story(booking)[-1][:3] == ("reassign", "DRIVER_ASSIGNED", "DRIVER_ASSIGNED")
    with pytest.raises(NotFound):  # it is no longer theirs to know of
        report(cast, booking, S.DRIVER_EN_ROUTE)


def test_assigning_the_same_again_changes_nothing_but_the_story(cast: Cast) -> None:
    booking = assigned(cast)
    assign(cast, booking, cast.driver, cast.sedan)
    assert promised(driver_id=cast.driver.id) == {booking.id}


def test_only_the_operator_assigns_or_staff_in_their_place(cast: Cast) -> None:
    booking = accepted(cast)
    for who, error in ((cast.rival, NotFound), (cast.concierge, Forbidden)):
        with pytest.raises(error):
            services.assign(user=who, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)
    services.assign(user=cast.manager, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)


def test_what_is_not_theirs_is_not_there(cast: Cast) -> None:
    booking, other = accepted(cast), OperatorFactory.create()
    theirs = DriverFactory.create(operator=other), VehicleFactory.create(operator=other)
    with faulty("driverId", "vehicleId"):
        assign(cast, booking, *theirs)
    with faulty("driverId"):
        assign(cast, booking, theirs[0], cast.sedan)
    assert now(booking).status is S.OPERATOR_ASSIGNED


@pytest.mark.parametrize(
    ("driver", "vehicle", "code"),
    [
        ({"documents": {"license": True, "background_check": False, "insurance": True}}, {}, "driver_not_fit"),
        ({"documents": {"license": False, "background_check": True, "insurance": True}}, {}, "driver_not_fit"),
        ({"expires_before_the_ride": True}, {}, "driver_not_fit"),
        ({}, {"status": VehicleStatus.MAINTENANCE}, "vehicle_not_fit"),
        ({}, {"max_passengers": 1}, "vehicle_not_fit"),
        ({}, {"max_luggage": 0}, "vehicle_not_fit"),
    ],
)
def test_both_must_be_fit_for_the_ride(cast: Cast, driver: dict[str, Any], vehicle: dict[str, Any], code: str) -> None:
    booking = accepted(cast)
    if driver.pop("expires_before_the_ride", False):
        driver["license_expiry"] = booking.created_at.date()  # good today, and the ride is in three days
    chauffeur = DriverFactory.create(operator=cast.operator, **driver)
    with refused(code) as details:
        assign(cast, booking, chauffeur, VehicleFactory.create(operator=cast.operator, **vehicle))
    assert details["faults"]
    assert promised(driver_id=chauffeur.id) == set()


def test_nothing_smaller_than_was_asked_for(cast: Cast) -> None:
    booking = accepted(cast)
    booking.details.vehicle_category = VehicleCategory.LIMO
    booking.save()
    with refused("vehicle_not_fit"):
        assign(cast, booking, cast.driver, cast.suv)


def test_nobody_is_in_two_places_at_once(cast: Cast) -> None:
    first, second = assigned(cast, hours_ahead=72), accepted(cast, hours_ahead=72.5)
    with refused("driver_busy") as details:
        assign(cast, second, cast.driver, cast.suv)
    assert details["bookingId"] == first.id
    with refused("vehicle_busy"):
        assign(cast, second, DriverFactory.create(operator=cast.operator), cast.sedan)
    assert now(second).status is S.OPERATOR_ASSIGNED
    assert promised(vehicle_id=cast.suv.id) == set()
    assign(cast, second, DriverFactory.create(operator=cast.operator), cast.suv)


def test_rides_after_each_other_are_fine(cast: Cast) -> None:
    first, second = assigned(cast, hours_ahead=72), assigned(cast, hours_ahead=80)
    assert promised(driver_id=cast.driver.id) == {first.id, second.id}


def test_a_ride_of_several_days_takes_each_of_them(cast: Cast) -> None:
    long = assigned(cast, hours_ahead=72, duration_hours=4.0, duration_days=3)
    between = accepted(cast, hours_ahead=72 + 12)
    on_the_second_day = accepted(cast, hours_ahead=72 + 25)
    assign(cast, between, cast.driver, cast.sedan)
    with refused("driver_busy") as details:
        assign(cast, on_the_second_day, cast.driver, cast.suv)
    assert details["bookingId"] == long.id


def test_the_ride_step_by_step(cast: Cast, sandbox: SandboxControl) -> None:
    booking = assigned(cast)
    for status in ON_THE_ROAD[:-1]:
        assert report(cast, booking, status).status is status
        assert Driver.fetch(cast.driver.id).current_booking_id == booking.id
    riding, car = Driver.fetch(cast.driver.id), Vehicle.fetch(cast.sedan.id)
    assert (riding.status, car.status, car.current_driver_id) == (
        DriverStatus.BUSY,
        VehicleStatus.ON_TRIP,
        cast.driver.id,
    )
    assert report(cast, booking, S.COMPLETED).status is S.COMPLETED

    done = now(booking)
    assert (done.status, done.payment_status) == (S.PAID, PaymentStatus.CAPTURED), (
        "the outbox is delivered at once here"
    )
    assert at_square(sandbox, booking) == [("COMPLETED", 21_000)]
    assert done.created_at < done.arrived_at < done.completed_at
    assert not done.job_driver_id
    rested, car, company = Driver.fetch(cast.driver.id), Vehicle.fetch(cast.sedan.id), Operator.fetch(cast.operator.id)
    assert (rested.status, rested.total_trips, company.total_bookings) == (DriverStatus.ONLINE, 1, 1)
    assert not rested.current_booking_id
    assert not car.current_driver_id
    assert [step[:3] for step in story(booking)[4:]] == [
        ("en_route", "DRIVER_ASSIGNED", "DRIVER_EN_ROUTE"),
        ("arrive", "DRIVER_EN_ROUTE", "ARRIVED"),
        ("board", "ARRIVED", "PASSENGER_ONBOARD"),
        ("start", "PASSENGER_ONBOARD", "IN_PROGRESS"),
        ("complete", "IN_PROGRESS", "COMPLETED"),
        ("settle", "COMPLETED", "PAID"),
    ]
    assert story(booking)[-1][3] == "SYSTEM"


def test_a_ride_that_ends_early_frees_the_rest_of_its_time(cast: Cast) -> None:
    driven(cast, S.COMPLETED, hours_ahead=0.1)
    assert promised(driver_id=cast.driver.id) == promised(vehicle_id=cast.sedan.id) == set()
    assigned(cast, hours_ahead=0.2)


def test_saying_it_again_is_no_error_and_no_news(cast: Cast) -> None:
    booking = assigned(cast)
    for _ in range(3):
        report(cast, booking, S.DRIVER_EN_ROUTE)
    assert [step[0] for step in story(booking)].count("en_route") == 1


@pytest.mark.parametrize("status", [S.ARRIVED, S.PASSENGER_ONBOARD, S.IN_PROGRESS, S.COMPLETED])
def test_no_step_is_skipped(cast: Cast, status: BookingStatus) -> None:
    booking = assigned(cast)
    with refused("wrong_state") as details:
        report(cast, booking, status)
    assert details == {"status": "DRIVER_ASSIGNED", "actions": ["en_route"]}


def test_nobody_goes_back(cast: Cast) -> None:
    booking = driven(cast, S.PASSENGER_ONBOARD)
    with refused("wrong_state"):
        report(cast, booking, S.ARRIVED)


def test_what_follows_from_other_deeds_cannot_be_reported(cast: Cast) -> None:
    booking = assigned(cast)
    for status in set(S) - set(ON_THE_ROAD):
        with pytest.raises(Invalid):
            report(cast, booking, status)


def test_who_may_report(cast: Cast) -> None:
    booking = assigned(cast)
    for who, error in ((cast.owner, Forbidden), (cast.concierge, Forbidden), (cast.rival, NotFound)):
        with pytest.raises(error):
            report(cast, booking, S.DRIVER_EN_ROUTE, who)
    report(cast, booking, S.DRIVER_EN_ROUTE, cast.admin)
    assert story(booking)[-1] == ("en_route", "DRIVER_ASSIGNED", "DRIVER_EN_ROUTE", "ADMIN")


def test_one_ride_at_a_time(cast: Cast) -> None:
    early, late = assigned(cast, hours_ahead=72), assigned(cast, hours_ahead=80)
    report(cast, early, S.DRIVER_EN_ROUTE)
    with refused("driver_on_another_ride"):
        report(cast, late, S.DRIVER_EN_ROUTE)
    assert now(late).status is S.DRIVER_ASSIGNED


def test_a_payment_taken_before_the_ride_ends_is_paid_all_the_same(cast: Cast, sandbox: SandboxControl) -> None:
    """The operator may capture by hand; the end of the ride then takes nothing more."""
    booking = driven(cast, S.IN_PROGRESS)
    capture(transaction_id=booking.transaction_id)
    assert (now(booking).status, now(booking).payment_status) == (S.IN_PROGRESS, PaymentStatus.CAPTURED)
    report(cast, booking, S.COMPLETED)
    assert now(booking).status is S.PAID
    assert at_square(sandbox, booking) == [("COMPLETED", 21_000)]


def test_a_hold_that_lapsed_leaves_the_ride_completed_and_unpaid(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.IN_PROGRESS)
    sandbox.advance(timedelta(days=8))
    report(cast, booking, S.COMPLETED)
    assert (now(booking).status, now(booking).payment_status) == (S.COMPLETED, PaymentStatus.PENDING)


def test_a_car_that_does_not_set_out_is_an_alert_once(cast: Cast) -> None:
    booking = assigned(cast)
    assert not services.alert_departure(booking_id=booking.id)
    with later(hours=71.1):
        assert services.alert_departure(booking_id=booking.id)
        assert not services.alert_departure(booking_id=booking.id)
    assert now(booking).departure_alerted_at is not None
    assert not now(booking).due_at
