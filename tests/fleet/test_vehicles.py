"""A company's own vehicles over the API: theirs alone, counted right, never lost while promised."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.dynamo.transaction import Lost, transact
from fleet import services
from fleet.examples import VEHICLE
from fleet.factories import DriverFactory, VehicleFactory
from fleet.rules.types import VehicleCategory, VehicleStatus
from fleet.tables import Driver, Operator, Vehicle
from tests.fleet.conftest import patch, post

SUV = {
    "category": "SUV",
    "name": "Escalade",
    "plateNumber": " t 1234  c",
    "maxPassengers": 6,
    "maxLuggage": 5,
}


@pytest.mark.slow
def test_add_see_change_and_retire(api: APIClient, operator: Operator) -> None:
    added = post(api, "vehicles", SUV)
    assert added.status_code == 201, added.json()
    vehicle = added.json()
    assert vehicle["operatorId"] == operator.id
    assert vehicle["status"] == "AVAILABLE"
    assert vehicle["plateNumber"] == "T 1234 C"
    assert vehicle["features"] == []
    assert vehicle["currentDriverId"] is None
    assert Operator.fetch(operator.id).active_vehicles == 1

    path = f"vehicles/{vehicle['id']}"
    assert api.get(f"/api/v1/{path}").json() == vehicle
    assert [each["id"] for each in api.get("/api/v1/vehicles").json()["results"]] == [vehicle["id"]]

    changed = patch(api, path, {"name": "Black Escalade", "status": "MAINTENANCE", "features": ["Wi-Fi"]})
    assert changed.status_code == 200, changed.json()
    kept = {"updatedAt": changed.json()["updatedAt"], "status": "MAINTENANCE", "features": ["Wi-Fi"]}
    assert changed.json() == vehicle | kept | {"name": "Black Escalade"}

    assert api.delete(f"/api/v1/{path}").status_code == 204
    assert api.get(f"/api/v1/{path}").status_code == 404
    assert api.delete(f"/api/v1/{path}").status_code == 404
    assert api.get("/api/v1/vehicles").json() == {"results": [], "next": None}
    assert Operator.fetch(operator.id).active_vehicles == 0
    assert Vehicle.fetch(vehicle["id"]).active is False, "kept for the bookings it served"


def test_the_example_of_the_document_works(api: APIClient) -> None:
    assert post(api, "vehicles", VEHICLE.value).status_code == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category": "TANK"}, "category"),
        ({"maxPassengers": 0}, "maxPassengers"),
        ({"maxPassengers": 4.5}, "maxPassengers"),
        ({"maxLuggage": -1}, "maxLuggage"),
        ({"name": ""}, "name"),
        ({"plateNumber": "X" * 21}, "plateNumber"),
        ({"features": ["x"] * 31}, "features"),
        ({"image": "javascript:alert(1)"}, "image"),
        ({"status": "ON_TRIP"}, "status"),
        ({"operatorId": "0b9e6a0e-7c52-4e4b-9a5e-111111111111"}, "operatorId"),
    ],
)
def test_bad_input_is_named(api: APIClient, operator: Operator, change: dict[str, Any], field: str) -> None:
    answer = post(api, "vehicles", SUV | change)
    assert answer.status_code == 400
    assert set(answer.json()["error"]["fields"]) == {field}
    assert Operator.fetch(operator.id).active_vehicles == 0


def test_free_text_takes_every_script(api: APIClient) -> None:
    name = "سيارة سوداء 🚘"
    assert post(api, "vehicles", SUV | {"name": name}).json()["name"] == name


def test_another_companys_vehicle_does_not_exist(api: APIClient, rival: Operator) -> None:
    theirs = VehicleFactory.create(operator=rival)
    path = f"vehicles/{theirs.id}"
    missing = api.get("/api/v1/vehicles/0b9e6a0e-7c52-4e4b-9a5e-111111111111").json()["error"]
    for answer in (api.get(f"/api/v1/{path}"), patch(api, path, {"name": "Mine"}), api.delete(f"/api/v1/{path}")):
        assert answer.status_code == 404
        error = answer.json()["error"]
        assert (error["code"], error["message"]) == (missing["code"], missing["message"])
    assert theirs.id not in [each["id"] for each in api.get("/api/v1/vehicles").json()["results"]]
    assert Vehicle.fetch(theirs.id).name == theirs.name


def test_an_old_version_is_refused(api: APIClient, vehicle: Vehicle) -> None:
    path = f"vehicles/{vehicle.id}"
    opened = api.get(f"/api/v1/{path}")["ETag"]
    first = patch(api, path, {"name": "First"}, **{"If-Match": opened})
    assert first.status_code == 200
    second = patch(api, path, {"name": "Second"}, **{"If-Match": opened})
    assert second.status_code == 412
    assert second.json()["error"]["code"] == "stale"
    assert Vehicle.fetch(vehicle.id).name == "First"
    assert patch(api, path, {"name": "Second"}, **{"If-Match": first["ETag"]}).status_code == 200


def test_the_list_goes_on_page_by_page(api: APIClient, operator: Operator, owner: User) -> None:
    made = [VehicleFactory.create(operator=operator).id for _ in range(5)]
    services.retire_vehicle(user=owner, vehicle_id=made.pop(2))
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.get("/api/v1/vehicles", {"limit": "2"} | ({"cursor": cursor} if cursor else {})).json()
        assert len(page["results"]) <= 2
        seen += [each["id"] for each in page["results"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == made


def test_a_vehicle_with_rides_before_it_stays(owner: User, driver: Driver, vehicle: Vehicle, api: APIClient) -> None:
    now = utc_now()
    later = (now + timedelta(hours=1), now + timedelta(hours=2))
    with transact() as tx:
        services.book_time(
            tx=tx,
            booking_id="b1",
            windows=[later],
            driver_id=driver.id,
            vehicle_id=vehicle.id,
            before=(None, None),
            now=now,
        )
    answer = api.delete(f"/api/v1/vehicles/{vehicle.id}")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "vehicle_promised"
    assert answer.json()["error"]["bookingIds"] == ["b1"]
    assert Vehicle.fetch(vehicle.id).active
    with transact() as tx:
        services.free_time(tx=tx, booking_id="b1", driver_id=driver.id, vehicle_id=vehicle.id)
    services.retire_vehicle(user=owner, vehicle_id=vehicle.id)


def test_a_vehicle_on_a_ride_stays_as_it_is(api: APIClient, driver: Driver, vehicle: Vehicle) -> None:
    with transact() as tx:
        services.begin_ride(tx=tx, driver_id=driver.id, vehicle_id=vehicle.id, booking_id="b1")
    path = f"vehicles/{vehicle.id}"
    assert api.delete(f"/api/v1/{path}").json()["error"]["code"] == "vehicle_on_trip"
    assert patch(api, path, {"status": "MAINTENANCE"}).json()["error"]["code"] == "vehicle_on_trip"
    renamed = patch(api, path, {"name": "Renamed"}).json()
    assert (renamed["name"], renamed["status"]) == ("Renamed", "ON_TRIP")


def test_ten_at_once_are_all_counted(operator: Operator, owner: User) -> None:
    def add(number: int) -> Vehicle:
        return services.add_vehicle(
            user=owner,
            category=VehicleCategory.SEDAN,
            name=f"Car {number}",
            plate_number=f"T {number}",
            max_passengers=3,
            max_luggage=2,
        )

    with ThreadPoolExecutor(10) as pool:
        made = list(pool.map(add, range(10)))
    assert Operator.fetch(operator.id).active_vehicles == 10
    assert len({vehicle.id for vehicle in made}) == 10
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda each: services.retire_vehicle(user=owner, vehicle_id=each.id), made[:5]))
    assert Operator.fetch(operator.id).active_vehicles == 5


def test_retiring_against_promising_leaves_one_winner(operator: Operator, owner: User, driver: Driver) -> None:
    now = utc_now()
    window = (now + timedelta(hours=1), now + timedelta(hours=2))

    def promise(vehicle_id: str) -> None:
        for _ in range(5):
            try:
                services.check_fit(
                    operator_id=operator.id,
                    driver_id=driver.id,
                    vehicle_id=vehicle_id,
                    category=VehicleCategory.SEDAN,
                    passengers=1,
                    luggage=0,
                    ride_ends_on=now.date(),
                )
                with transact() as tx:
                    services.book_time(
                        tx=tx,
                        booking_id=vehicle_id,
                        windows=[window],
                        driver_id=driver.id,
                        vehicle_id=vehicle_id,
                        before=(None, None),
                        now=now,
                    )
            except Lost:
                continue
            return

    for _ in range(8):
        driver = DriverFactory.create(operator=operator)
        vehicle = VehicleFactory.create(operator=operator)
        with ThreadPoolExecutor(2) as pool:
            promised = pool.submit(promise, vehicle.id)
            retired = pool.submit(services.retire_vehicle, user=owner, vehicle_id=vehicle.id)
        outcomes = [promised.exception(), retired.exception()]
        assert sum(outcome is None for outcome in outcomes) == 1, outcomes
        assert Vehicle.fetch(vehicle.id).active is (promised.exception() is None)
        assert bool(services.commitments_of(vehicle_id=vehicle.id)) is (promised.exception() is None)


def test_what_it_costs(api: APIClient, vehicle: Vehicle) -> None:
    path = f"/api/v1/vehicles/{vehicle.id}"
    budgets: dict[str, tuple[Any, int]] = {
        "list": (lambda: api.get("/api/v1/vehicles"), 1),
        "one": (lambda: api.get(path), 1),
        "add": (lambda: post(api, "vehicles", SUV), 2),
        "change": (lambda: patch(api, f"vehicles/{vehicle.id}", {"name": "New"}), 2),
        "retire": (lambda: api.delete(path), 2),
    }
    for name, (call, calls) in budgets.items():
        with measure() as cost:
            assert call().status_code < 300
        assert (cost.calls, cost.scans) == (calls, 0), (name, cost.operations)


def test_maintenance_is_remembered(api: APIClient, vehicle: Vehicle) -> None:
    patch(api, f"vehicles/{vehicle.id}", {"status": "MAINTENANCE"})
    assert Vehicle.fetch(vehicle.id).status is VehicleStatus.MAINTENANCE
    assert patch(api, f"vehicles/{vehicle.id}", {"status": "AVAILABLE"}).json()["status"] == "AVAILABLE"
