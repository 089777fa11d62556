"""Phones that send by the OsmAnd protocol: the token in the path, in every form; 200 for what is settled for good."""

import json
import logging
from typing import Any

import pytest
import structlog
from asgiref.testing import ApplicationCommunicator
from rest_framework.test import APIClient

from atlas.asgi import trackers
from atlas.dynamo.attributes import utc_now
from atlas.logs import SHARED, Formatter, strike_tokens
from telemetry.devices.services import AddedDevice, revoke_device
from telemetry.tables import VehicleState
from tests.bookings.stage import Cast, make_cast
from tests.rules.test_osmand import PHONE
from tests.telemetry.stage import tracked

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def device(cast: Cast) -> AddedDevice:
    return tracked(cast)


def address(device: AddedDevice) -> str:
    return f"/osmand/{device.token}/"


def said(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content
    return answer.json()


TAKEN = {"accepted": 1, "duplicate": 0, "rejected": []}


def test_a_query_a_form_and_json_are_the_same(device: AddedDevice) -> None:
    client, now = APIClient(), round(utc_now().timestamp()) - 10
    told = f"lat=40.75&lon=-73.98&speed=20&timestamp={now}"
    assert said(client.get(f"{address(device)}?{told}")) == TAKEN
    assert said(client.post(f"{address(device)}?{told}")) == {**TAKEN, "accepted": 0, "duplicate": 1}
    assert said(client.generic("POST", address(device), told, content_type=FORM))["duplicate"] == 1
    coords = {"latitude": 40.76, "longitude": -73.98, "speed": 9.5}
    body = {**PHONE, "location": {**PHONE["location"], "timestamp": utc_now().isoformat(), "coords": coords}}
    assert said(client.generic("POST", address(device), json.dumps(body), content_type="application/json")) == TAKEN
    state = VehicleState.fetch(device.device.pvin)
    assert (state.lat, state.speed, state.extra["deviceLabel"]) == (40.76, 9.5, "van-7")


def test_what_is_refused_for_good_is_not_sent_again(device: AddedDevice) -> None:
    answer = said(APIClient().get(f"{address(device)}?lat=0&lon=0"))
    assert answer == {"accepted": 0, "duplicate": 0, "rejected": [{"index": 0, "code": "no_fix"}]}


def test_only_a_token_lets_in(cast: Cast, device: AddedDevice) -> None:
    told = "?lat=40.75&lon=-73.98"
    assert APIClient().get(f"/osmand/nothing/{told}").status_code == 401
    assert APIClient().get(f"/osmand/{device.token[:-1]}/{told}").status_code == 401
    revoke_device(user=cast.owner, device_id=device.device.id)
    assert APIClient().get(address(device) + told).status_code == 401


def test_what_cannot_be_read_is_malformed(device: AddedDevice) -> None:
    client = APIClient(raise_request_exception=False)
    assert client.get(address(device)).status_code == 400
    assert client.post(address(device)).status_code == 400
    assert client.generic("POST", address(device), "{", content_type="application/json").status_code == 400
    assert client.generic("POST", address(device), "x", content_type="text/xml").status_code == 415
    assert client.get(f"{address(device)}?{'&'.join(f'a{n}=1' for n in range(99))}").status_code == 400


def test_the_token_is_in_no_line_of_the_log(device: AddedDevice) -> None:
    path = address(device)
    record = logging.LogRecord("x", logging.WARNING, "", 0, "Bad Request: %s", (path,), None)
    formatter = Formatter(processor=structlog.processors.JSONRenderer(), foreign_pre_chain=SHARED)
    line = formatter.format(record)
    assert device.device.id in line
    assert device.token not in line
    assert strike_tokens(path) == f"/osmand/{device.device.id}.***/"


@pytest.mark.parametrize("path", ["/", "/admin/", "/api/v1/bookings", "/osmand/", "/a/b/"])
async def test_on_the_trackers_port_there_is_nothing_else(path: str) -> None:
    asked: Any = ApplicationCommunicator(trackers, scope(path))  # type: ignore[no-untyped-call]
    await asked.send_input({"type": "http.request"})
    assert (await asked.receive_output(5))["status"] in (401, 404)


async def test_the_trackers_port_takes_what_the_long_address_takes(device: AddedDevice) -> None:
    asked: Any = ApplicationCommunicator(  # type: ignore[no-untyped-call]
        trackers, scope(f"/{device.token}/", b"lat=40.75&lon=-73.98&speed=20")
    )
    await asked.send_input({"type": "http.request"})
    assert (await asked.receive_output(5))["status"] == 200
    assert json.loads((await asked.receive_output(5))["body"]) == TAKEN


def scope(path: str, query: bytes = b"") -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": [(b"host", b"testserver")],
    }
