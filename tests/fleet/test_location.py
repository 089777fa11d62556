"""`Driver.currentLocation`: the newest wins, not too often, and nobody's edit is disturbed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from rest_framework.test import APIClient

from atlas.dynamo.meter import measure
from fleet import services
from fleet.tables import Driver
from tests.fleet.conftest import patch

START = datetime(2026, 6, 1, 12, tzinfo=UTC)


def at(seconds: float, lat: float = 40.0) -> dict[str, Any]:
    return {
        "lat": lat,
        "lng": -73.98,
        "heading": 90.0,
        "speed": 42.5,
        "timestamp": START + timedelta(seconds=seconds),
    }


def save(driver: Driver, seconds: float, **more: Any) -> bool:
    return services.save_location(driver_id=driver.id, location=at(seconds, lat=seconds), **more)


def test_one_write_each_fifteen_seconds_and_never_back(driver: Driver) -> None:
    seconds = (0.0, 1.0, 14.9, 15.0, 10.0, 29.9, 30.0, -100.0, 30.0)
    assert [save(driver, second) for second in seconds] == [True, False, False, True, False, False, True, False, False]
    location = Driver.fetch(driver.id).current_location
    assert (location.lat, location.timestamp) == (30.0, START + timedelta(seconds=30))


def test_at_once_where_it_matters_but_still_never_back(driver: Driver) -> None:
    now = timedelta()
    outcomes = [save(driver, second, min_interval=now) for second in (0.0, 1.0, 1.0, 0.5, 1.1)]
    assert outcomes == [True, True, False, False, True]


def test_it_costs_one_call_and_no_version(driver: Driver, api: APIClient) -> None:
    opened = api.get(f"/api/v1/drivers/{driver.id}")["ETag"]
    with measure() as cost:
        assert save(driver, 0)
        assert not save(driver, 1)
    assert [each.split()[0] for each in cost.operations] == ["UpdateItem", "UpdateItem"]
    changed = patch(api, f"drivers/{driver.id}", {"licenseNumber": "NEW"}, **{"If-Match": opened})
    assert changed.status_code == 200
    assert changed.json()["currentLocation"] == {
        "lat": 0.0,
        "lng": -73.98,
        "heading": 90.0,
        "speed": 42.5,
        "timestamp": "2026-06-01T12:00:00Z",
    }
    assert save(driver, 15)
    assert Driver.fetch(driver.id).license_number == "NEW"


def test_of_many_at_once_the_newest_stays(driver: Driver) -> None:
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda second: save(driver, second, min_interval=timedelta()), (5.0, 3.0, 9.0, 1.0, 7.0) * 4))
    assert Driver.fetch(driver.id).current_location.lat == 9.0


def test_a_driver_who_is_not_there_is_not_made() -> None:
    assert not services.save_location(driver_id="nobody", location=at(0))
    assert Driver.find("nobody") is None
