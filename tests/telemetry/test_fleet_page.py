"""The page of a fleet: what it shows before its socket speaks, to whom, and what it asks of the store."""

import json
import re
from typing import Any

import pytest

from accounts.tables import User
from atlas.dynamo.meter import measure
from fleet.assignments.people import assign_vehicle
from telemetry.devices.services import add_device
from telemetry.services import give_vin
from telemetry.tables import Device
from tests.bookings.stage import Cast, browser, make_cast
from tests.fleet.members import member, org
from tests.telemetry.drives import drive
from tests.telemetry.numbers import new_vin
from tests.telemetry.stage import send, tracked


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def page_of(user: User) -> str:
    found = browser(user).get("/fleet/")
    assert found.status_code == 200
    return str(found.content.decode())


def data_of(page: str) -> list[dict[str, Any]]:
    [found] = re.findall(r'id="fleet-data" type="application/json">(.*?)</script>', page)
    shown: list[dict[str, Any]] = json.loads(found)
    return shown


def sedan_tracked(cast: Cast) -> Device:
    """The company's sedan, known to telemetry by its plate."""
    vin = new_vin()
    give_vin(user=cast.owner, vehicle_id=cast.sedan.id, vin=vin)
    return add_device(user=cast.owner, vin=vin, name="Tracker").device


def test_named_by_plate_placed_and_unheard_of(cast: Cast) -> None:
    sedan, other = sedan_tracked(cast), tracked(cast).device
    send(sedan, drive([(3, 12.0)]), batteryLevel=64)
    page = page_of(cast.owner)
    shown = {each["pvin"]: each for each in data_of(page)}
    assert (shown[sedan.pvin]["plate"], shown[sedan.pvin]["state"]["batteryLevel"]) == (cast.sedan.plate_number, 64)
    assert shown[sedan.pvin]["location"]["speed"] == 12
    assert (shown[other.pvin]["plate"], shown[other.pvin]["location"], shown[other.pvin]["at"]) == ("", None, None)
    assert cast.sedan.plate_number in page
    assert [each["pvin"] for each in data_of(page)] == [sedan.pvin, other.pvin], "those without a plate come last"


def test_without_a_vehicle_it_says_what_to_do(cast: Cast) -> None:
    assert "once it has its VIN" in page_of(cast.owner)
    assert "gives you appear here" in page_of(cast.chauffeur)


def test_a_viewer_sees_what_they_have(cast: Cast) -> None:
    mine, _ = tracked(cast).device, tracked(cast).device
    viewer = member(cast, "viewer")
    assign_vehicle(user=cast.owner, organization_id=org(cast), user_id=viewer.id, pvin=mine.pvin)
    assert [each["pvin"] for each in data_of(page_of(viewer))] == [mine.pvin]


def test_a_large_fleet_costs_as_many_calls_as_a_small_one(cast: Cast) -> None:
    sedan_tracked(cast)
    client = browser(cast.owner)
    client.get("/fleet/")
    costs = []
    for _ in range(2):
        with measure() as cost:
            client.get("/fleet/")
        costs.append(cost.calls)
        for _ in range(10):
            tracked(cast)
    assert costs[0] == costs[1]
    assert cost.scans == 0
