"""Records of Tesla's Fleet Telemetry that are sent: the device's own car's alone, and no VIN is left of them."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from atlas.dynamo.attributes import utc_now
from telemetry.devices.services import AddedDevice, add_device
from telemetry.tables import VehicleState
from tests.bookings.stage import make_cast
from tests.rules.test_tesla import EVERYTHING, record
from tests.telemetry.numbers import new_vin

VIN = new_vin()


@pytest.fixture
def device() -> AddedDevice:
    return add_device(user=make_cast().owner, vin=new_vin(), name="Fleet Telemetry")


def send(device: AddedDevice, body: Any) -> Any:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {device.token}")
    return client.post("/api/v1/telemetry/tesla", body, format="json")


def of_the_car(*data: tuple[str, Any], **more: Any) -> dict[str, Any]:
    found = record(*data, createdAt=utc_now().isoformat(), **more)
    del found["vin"]
    return found


def test_a_record_moves_the_state(device: AddedDevice) -> None:
    body = of_the_car(*EVERYTHING)
    assert send(device, body).json() == {"accepted": 1, "duplicate": 0, "rejected": []}
    assert send(device, [body, {**body, "isResend": True}]).json()["duplicate"] == 2
    state = VehicleState.fetch(device.device.pvin)
    assert (state.speed, state.shift_state, state.energy_remaining) == (13.86, "D", 58_250)
    assert state.extra == {"TpmsPressureFl": 2.9, "CarType": "CarTypeModelY"}


def test_another_cars_record_is_refused_and_its_neighbours_are_not(device: AddedDevice) -> None:
    answer = send(device, [record(*EVERYTHING, vin=VIN, createdAt=utc_now().isoformat()), of_the_car(*EVERYTHING), 7])
    assert answer.json() == {
        "accepted": 1,
        "duplicate": 0,
        "rejected": [{"index": 0, "code": "unknown_vehicle"}, {"index": 2, "code": "malformed"}],
    }


@pytest.mark.parametrize("body", [[], [{}] * 1_001], ids=["none", "too many"])
def test_a_batch_has_1_to_1000(device: AddedDevice, body: list[Any]) -> None:
    assert send(device, body).status_code == 400
