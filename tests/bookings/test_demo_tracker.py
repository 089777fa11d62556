"""The demo's cars send what any device sends."""

import asyncio
from typing import Any

import pytest

from atlas.errors import Unavailable
from bookings.demo import tracker
from bookings.demo.tracker import Tracker
from fleet.tables import Vehicle
from telemetry.rules.point import Point
from telemetry.rules.safety import Limits, safety_events
from telemetry.services import give_vin
from telemetry.tables import VehicleState
from tests.bookings.stage import Cast
from tests.telemetry.drives import NOON
from tests.telemetry.numbers import new_vin


def known(cast: Cast) -> Vehicle:
    vehicle = give_vin(user=cast.owner, vehicle_id=cast.sedan.id, vin=new_vin())
    VehicleState(pvin=str(vehicle.pvin), organization_id=str(cast.operator.organization_id)).save()
    return vehicle


async def drive(vehicle_id: str, seconds: int) -> Tracker:
    found = Tracker(vehicle_id)
    await found.start()
    for second in range(seconds):
        await found.say(lat=40.75 + second / 10_000, lng=-73.98, heading=90 * (second > 15), speed=11.1)
        await asyncio.sleep(0.002)  # readings of one millisecond are one
    return found


def test_it_goes_on_where_the_car_was(cast: Cast) -> None:
    vehicle = known(cast)
    first = asyncio.run(drive(vehicle.id, 25))
    state = VehicleState.fetch(str(vehicle.pvin))
    assert (state.speed, state.shift_state, len(first.kept)) == (11.1, "D", 5)
    asyncio.run(first.send())
    before = VehicleState.fetch(str(vehicle.pvin)).odometer
    assert before == round(first.odometer)
    asyncio.run(drive(vehicle.id, 10))
    assert 60 < VehicleState.fetch(str(vehicle.pvin)).odometer - before < 111, "it had to gather speed"


def test_a_car_that_telemetry_does_not_know_sends_nothing(cast: Cast) -> None:
    assert asyncio.run(drive(cast.sedan.id, 12)).kept == []


def test_what_the_store_does_not_take_is_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    vehicle = known(cast)
    found = asyncio.run(drive(vehicle.id, 9))

    def away(**_: Any) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(tracker, "ingest", away)
        with pytest.raises(Unavailable):
            asyncio.run(found.say(lat=40.8, lng=-73.98, heading=0, speed=0))
    assert len(found.kept) == 10
    asyncio.run(found.send())
    assert VehicleState.fetch(str(vehicle.pvin)).lat == 40.8


def test_a_driver_of_even_temper_gives_no_safety_event(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker, "BATCH", 100)

    async def ride() -> list[dict[str, object]]:
        found = Tracker(known(cast).id)
        await found.start()
        found.temper = 1.0
        for second in range(60):
            wanted = 0.0 if second > 45 else 20.0 if second % 7 else 15.0
            await found.say(lat=40.75, lng=-73.98, heading=350 if second < 30 else 85, speed=wanted)
        assert found.speed == 0
        return found.kept

    said = asyncio.run(ride())
    points = [
        Point(NOON + 1_000 * second, 40_750_000, -73_980_000, round(float(str(each["speed"])) * 100),
              round(float(str(each["heading"])) * 10))
        for second, each in enumerate(said)
    ]  # fmt: skip
    assert safety_events(points, Limits()) == []
