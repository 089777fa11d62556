"""The demo's cars without a ride: what they say, and that a ride takes them from where they stand."""

import asyncio

import pytest

from bookings.demo import garage
from bookings.demo.garage import Garage, Idle
from bookings.demo.tracker import FULL, LOW, Tracker
from fleet.rules.types import VehicleStatus
from fleet.tables import Vehicle
from telemetry.tables import VehicleState
from tests.bookings.stage import Cast
from tests.bookings.test_demo_tracker import known


async def parked(vehicle: Vehicle) -> tuple[Garage, Idle]:
    found = Garage()
    await found.put_back(vehicle.id)
    return found, found.idle[vehicle.id]


def test_a_parked_car_says_where_it_stands_and_is_taken_from_there(cast: Cast) -> None:
    vehicle = known(cast)

    async def stand() -> None:
        place, car = await parked(vehicle)
        await car.stand()
        assert await place.take(vehicle.id) == car.position
        assert (await place.take(vehicle.id), place.idle) == (None, {})

    asyncio.run(stand())
    state = VehicleState.fetch(str(vehicle.pvin))
    assert (state.lat, state.lng) == pytest.approx(garage.somewhere(vehicle.plate_number), abs=1e-6)
    assert (state.speed, state.shift_state, state.locked) == (0, "P", True)


def test_a_low_car_is_charged_and_then_unplugged(cast: Cast) -> None:
    tracker = Tracker(known(cast).id)
    tracker.battery = LOW - 1
    minutes = 0
    tracker.stand_a_minute()
    while tracker.charging:
        tracker.stand_a_minute()
        minutes += 1
    assert tracker.battery >= FULL
    assert 30 < minutes < 60
    tracker.stand_a_minute()
    assert not tracker.charging


@pytest.mark.slow
def test_an_errand_ends_where_it_leads(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    vehicle = known(cast)
    monkeypatch.setattr(garage, "TICK_SECONDS", 0.002)  # readings of one millisecond are one
    monkeypatch.setattr(garage, "SPEED_MS", 400.0)
    monkeypatch.setattr("bookings.demo.tracker.COMFORT", 300.0)
    goal = garage.somewhere("elsewhere")

    async def errand() -> tuple[float, float]:
        _, car = await parked(vehicle)
        await car.drive_to(goal)
        return car.position

    end = asyncio.run(errand())
    assert end == pytest.approx(goal, abs=0.02)
    state = VehicleState.fetch(str(vehicle.pvin))
    assert (state.lat, state.lng) == pytest.approx(end, abs=1e-6)
    assert (state.speed, state.shift_state) == (0, "P")


def test_a_car_of_somebodys_ride_runs_no_errand(cast: Cast) -> None:
    vehicle = known(cast)
    vehicle = Vehicle.fetch(vehicle.id)
    vehicle.status = VehicleStatus.ON_TRIP
    vehicle.save()

    async def free() -> bool:
        place, car = await parked(vehicle)
        car.tracker.charging = False
        return await place._is_free(car)

    assert not asyncio.run(free())
