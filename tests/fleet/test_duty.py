"""Drivers' and vehicles' time against the real engine: promised once, given back, driven."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.services import suspend_user
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict, Invalid
from fleet import services
from fleet.factories import DriverFactory, VehicleFactory
from fleet.rules.types import DriverStatus, VehicleCategory, VehicleStatus
from fleet.tables import Calendar, Driver, Operator, Vehicle

NOW = utc_now()
KINDS = ("driver", "vehicle")
MISSING = "0b9e6a0e-7c52-4e4b-9a5e-111111111111"


def window(start: float, end: float) -> tuple[datetime, datetime]:
    """In hours from now."""
    return NOW + timedelta(hours=start), NOW + timedelta(hours=end)


@retried
def book(
    booking_id: str,
    driver_id: str,
    vehicle_id: str,
    *windows: tuple[datetime, datetime],
    before: tuple[str | None, str | None] = (None, None),
) -> None:
    with transact() as tx:
        services.book_time(
            tx=tx,
            booking_id=booking_id,
            windows=windows,
            driver_id=driver_id,
            vehicle_id=vehicle_id,
            before=before,
            now=NOW,
        )


def begin(driver: Driver, vehicle: Vehicle, booking_id: str) -> None:
    with transact() as tx:
        services.begin_ride(tx=tx, driver_id=driver.id, vehicle_id=vehicle.id, booking_id=booking_id)


def end(driver: Driver, vehicle: Vehicle, booking_id: str, *, completed: bool = True) -> None:
    with transact() as tx:
        services.end_ride(
            tx=tx,
            driver_id=driver.id,
            vehicle_id=vehicle.id,
            operator_id=driver.operator_id,
            booking_id=booking_id,
            completed=completed,
        )


@pytest.mark.parametrize("shared", ["driver", "vehicle"])
def test_of_twenty_promises_of_one_time_one_holds(operator: Operator, shared: str) -> None:
    for _ in range(3):
        driver, vehicle = DriverFactory.create(operator=operator), VehicleFactory.create(operator=operator)
        others = [f"other-{driver.id}-{number}" for number in range(20)]
        pairs = [(driver.id, other) if shared == "driver" else (other, vehicle.id) for other in others]

        def promise(number: int, pair: tuple[str, str]) -> str:
            try:
                book(f"b{number}", *pair, window(1 + number / 100, 2))  # each overlaps all others
            except Conflict as error:
                return error.code
            return "held"

        with ThreadPoolExecutor(20) as pool:
            outcomes = list(pool.map(promise, range(20), pairs))
        assert Counter(outcomes) == {"held": 1, f"{shared}_busy": 19}
        winner = outcomes.index("held")
        kept = [Calendar.find(f"{kind}:{key}") for pair in pairs for kind, key in zip(KINDS, pair, strict=True)]
        promised = {each.booking_id for calendar in kept if calendar for each in calendar.commitments}
        assert promised == {f"b{winner}"}, "who lost one of the two has promised neither"


def test_promising_again_is_promising_once(driver: Driver, vehicle: Vehicle) -> None:
    for _ in range(3):
        book("b1", driver.id, vehicle.id, window(1, 2), window(25, 26), before=(driver.id, vehicle.id))
    promised = services.commitments_of(driver_id=driver.id)
    assert [(each.starts_at, each.ends_at) for each in promised] == [window(1, 2), window(25, 26)]
    assert promised == services.commitments_of(vehicle_id=vehicle.id)


def test_a_replaced_driver_has_their_time_back(operator: Operator, driver: Driver, vehicle: Vehicle) -> None:
    other = DriverFactory.create(operator=operator)
    book("b0", driver.id, vehicle.id, window(5, 6))
    book("b1", driver.id, vehicle.id, window(1, 2))
    book("b1", other.id, vehicle.id, window(1, 2), before=(driver.id, vehicle.id))
    assert [each.booking_id for each in services.commitments_of(driver_id=driver.id)] == ["b0"]
    assert [each.booking_id for each in services.commitments_of(driver_id=other.id)] == ["b1"]
    assert [each.booking_id for each in services.commitments_of(vehicle_id=vehicle.id)] == ["b1", "b0"]


def test_a_refused_replacement_changes_nothing(operator: Operator, driver: Driver, vehicle: Vehicle) -> None:
    busy = DriverFactory.create(operator=operator)
    book("b0", busy.id, VehicleFactory.create(operator=operator).id, window(0, 3))
    book("b1", driver.id, vehicle.id, window(1, 2))
    with pytest.raises(Conflict) as refused:
        book("b1", busy.id, vehicle.id, window(1, 2), before=(driver.id, vehicle.id))
    assert refused.value.code == "driver_busy"
    assert refused.value.details["bookingId"] == "b0"
    assert [each.booking_id for each in services.commitments_of(driver_id=driver.id)] == ["b1"]


def test_given_back_time_can_be_promised_again(driver: Driver, vehicle: Vehicle) -> None:
    book("b1", driver.id, vehicle.id, window(1, 2))
    for _ in range(2):
        with transact() as tx:
            services.free_time(tx=tx, booking_id="b1", driver_id=driver.id, vehicle_id=vehicle.id)
    assert services.commitments_of(driver_id=driver.id) == ()
    book("b2", driver.id, vehicle.id, window(1, 2))


def test_giving_back_what_was_never_promised_writes_nothing(driver: Driver, vehicle: Vehicle) -> None:
    with measure() as cost, transact() as tx:
        services.free_time(tx=tx, booking_id="b1", driver_id=driver.id, vehicle_id=vehicle.id)
    assert cost.calls == 1
    assert Calendar.find(f"driver:{driver.id}") is None


def test_what_promising_costs(driver: Driver, vehicle: Vehicle) -> None:
    with measure() as cost:
        book("b1", driver.id, vehicle.id, window(1, 2))
    assert [each.split()[0] for each in cost.operations] == ["BatchGetItem", "TransactWriteItems"]


def test_a_ride_from_start_to_end(operator: Operator, driver: Driver, vehicle: Vehicle) -> None:
    begin(driver, vehicle, "b1")
    begin(driver, vehicle, "b1")  # said twice
    riding, car = Driver.fetch(driver.id), Vehicle.fetch(vehicle.id)
    assert (riding.status, riding.current_booking_id) == (DriverStatus.BUSY, "b1")
    assert (car.status, car.current_driver_id) == (VehicleStatus.ON_TRIP, driver.id)
    end(driver, vehicle, "b1")
    rested, car = Driver.fetch(driver.id), Vehicle.fetch(vehicle.id)
    assert (rested.status, rested.total_trips) == (DriverStatus.ONLINE, 1)
    assert car.status is VehicleStatus.AVAILABLE
    assert not rested.current_booking_id
    assert not car.current_driver_id
    assert Operator.fetch(operator.id).total_bookings == 1


def test_a_ride_called_off_does_not_count(operator: Operator, driver: Driver, vehicle: Vehicle) -> None:
    begin(driver, vehicle, "b1")
    end(driver, vehicle, "b1", completed=False)
    assert Driver.fetch(driver.id).status is DriverStatus.ONLINE
    assert (Driver.fetch(driver.id).total_trips, Operator.fetch(operator.id).total_bookings) == (0, 0)


def test_a_driver_drives_one_ride_at_a_time(operator: Operator, driver: Driver, vehicle: Vehicle) -> None:
    other = VehicleFactory.create(operator=operator)
    begin(driver, vehicle, "b1")
    with pytest.raises(Conflict) as refused:
        begin(driver, other, "b2")
    assert (refused.value.code, refused.value.details) == ("driver_on_another_ride", {"bookingId": "b1"})
    with pytest.raises(Conflict) as refused:
        begin(DriverFactory.create(operator=operator), vehicle, "b2")
    assert refused.value.code == "vehicle_on_another_ride"
    assert Vehicle.fetch(other.id).status is VehicleStatus.AVAILABLE


def test_whoever_left_promises_nothing(driver: Driver, vehicle: Vehicle, owner: Any) -> None:
    services.dismiss_driver(user=owner, driver_id=driver.id)
    services.retire_vehicle(user=owner, vehicle_id=vehicle.id)
    with pytest.raises(Invalid) as refused:
        book("b1", driver.id, vehicle.id, window(1, 2))
    assert set(refused.value.fields) == {"driverId", "vehicleId"}


def fit(operator: Operator, driver_id: str, vehicle_id: str, **change: Any) -> tuple[Driver, Vehicle]:
    wanted: dict[str, Any] = {
        "category": VehicleCategory.SEDAN,
        "passengers": 3,
        "luggage": 2,
        "ride_ends_on": NOW.date(),
    }
    return services.check_fit(operator_id=operator.id, driver_id=driver_id, vehicle_id=vehicle_id, **(wanted | change))


def test_fit_for_the_ride(operator: Operator, driver: Driver, vehicle: Vehicle) -> None:
    with measure() as cost:
        found = fit(operator, driver.id, vehicle.id)
    assert [each.id for each in found] == [driver.id, vehicle.id]
    assert cost.calls == 2
    limo = VehicleFactory.create(operator=operator, category=VehicleCategory.LIMO)
    fit(operator, driver.id, limo.id)


def test_ids_of_others_say_what_ids_of_nobody_say(operator: Operator, rival: Operator) -> None:
    theirs = (DriverFactory.create(operator=rival).id, VehicleFactory.create(operator=rival).id)
    answers = []
    for driver_id, vehicle_id in (theirs, (MISSING, MISSING)):
        with pytest.raises(Invalid) as refused:
            fit(operator, driver_id, vehicle_id)
        answers.append((refused.value.message, refused.value.fields, refused.value.details))
    assert answers[0] == answers[1]
    assert set(answers[0][1]) == {"driverId", "vehicleId"}


@pytest.mark.parametrize(
    ("made", "code", "fault"),
    [
        ({"license_expiry": NOW.date() - timedelta(days=1)}, "driver_not_fit", "license_expires"),
        ({"documents": {"license": True, "background_check": True}}, "driver_not_fit", "insurance_missing"),
    ],
)
def test_an_unfit_driver(operator: Operator, vehicle: Vehicle, made: dict[str, Any], code: str, fault: str) -> None:
    driver = DriverFactory.create(operator=operator, **made)
    with pytest.raises(Conflict) as refused:
        fit(operator, driver.id, vehicle.id)
    assert refused.value.code == code
    assert [each["code"] for each in refused.value.details["faults"]] == [fault]


def test_a_suspended_drivers_account_is_a_fault(operator: Operator, driver: Driver, vehicle: Vehicle) -> None:
    suspend_user(actor=None, user_id=driver.user_id)
    with pytest.raises(Conflict) as refused:
        fit(operator, driver.id, vehicle.id)
    assert [each["code"] for each in refused.value.details["faults"]] == ["driver_not_active"]


@pytest.mark.parametrize(
    ("wanted", "faults"),
    [
        ({"category": VehicleCategory.SUV}, ["wrong_category"]),
        ({"passengers": 4, "luggage": 3}, ["too_many_passengers", "too_much_luggage"]),
    ],
)
def test_an_unfit_vehicle(
    operator: Operator, driver: Driver, vehicle: Vehicle, wanted: dict[str, Any], faults: list[str]
) -> None:
    with pytest.raises(Conflict) as refused:
        fit(operator, driver.id, vehicle.id, **wanted)
    assert refused.value.code == "vehicle_not_fit"
    assert [each["code"] for each in refused.value.details["faults"]] == faults


def test_a_licence_is_good_through_its_last_day(operator: Operator, vehicle: Vehicle) -> None:
    driver = DriverFactory.create(operator=operator, license_expiry=date(2030, 6, 1))
    fit(operator, driver.id, vehicle.id, ride_ends_on=date(2030, 6, 1))
    with pytest.raises(Conflict):
        fit(operator, driver.id, vehicle.id, ride_ends_on=date(2030, 6, 2))
