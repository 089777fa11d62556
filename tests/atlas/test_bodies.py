"""What a body or query may be: strict, bounded, and every fault a 400 that names its place."""

import json
from typing import Any

import pytest
from django.conf import LazySettings
from rest_framework.exceptions import ParseError
from rest_framework.test import APIClient

from atlas.api.fields import Text
from atlas.api.parsers import loads
from atlas.api.renderers import dumps
from atlas.api.serializers import Serializer
from tests.atlas.api_urls import RideSerializer, journal
from tests.atlas.test_errors import MIDDLEWARE

RIDE: dict[str, Any] = {"type": "P2P", "details": {"pickupLocation": "Grand Hotel"}}


@pytest.fixture(autouse=True)
def small_api(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "tests.atlas.api_urls"
    settings.MIDDLEWARE = MIDDLEWARE
    journal.done.clear()
    journal.fail = None


@pytest.fixture
def client() -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_X_USER="ada")
    return client


def post(client: APIClient, raw: bytes, content_type: str = "application/json") -> Any:
    data: Any = raw
    return client.generic("POST", "/api/v1/rides", data, content_type)


def fields(client: APIClient, ride: Any) -> dict[str, list[str]]:
    response = client.post("/api/v1/rides", ride, format="json")
    assert response.status_code == 400, response.content
    found: dict[str, list[str]] = response.json()["error"]["fields"]
    return found


def ride(**details: Any) -> dict[str, Any]:
    return {**RIDE, "details": {**RIDE["details"], **details}}


def test_names_are_snake_case_inside_and_camel_case_outside(client: APIClient) -> None:
    sent = ride(baseP2P=500, pickup={"lat": 40, "lng": -73.5}, itinerary=[{"dayNumber": 1, "date": "2026-12-24"}])
    response = client.post("/api/v1/rides", sent, format="json")
    assert response.status_code == 201
    inside = journal.done[0]["details"]
    assert (inside["base_p2p"], inside["pickup_location"], inside["itinerary"][0]["day_number"]) == (
        500,
        "Grand Hotel",
        1,
    )
    assert response.json()["details"] == sent["details"]


def test_every_fault_is_named_where_it_is(client: APIClient) -> None:
    sent = ride(
        pickupLocation=7,
        pickup={"lat": "40", "lng": True, "altitude": 3},
        itinerary=[{"dayNumber": 1, "date": "2026-02-28"}, {"dayNumber": 2, "date": "2026-02-30"}],
        beverages=["Water", "Something long"],
        quietRide=1,
    )
    assert set(fields(client, {**sent, "id": "x", "colour": "red"})) == {
        "id",
        "colour",
        "details.pickupLocation",
        "details.pickup.lat",
        "details.pickup.lng",
        "details.pickup.altitude",
        "details.itinerary.1.date",
        "details.beverages.1",
        "details.quietRide",
    }
    assert not journal.done


def test_unknown_names_in_python_spelling_are_unknown(client: APIClient) -> None:
    assert fields(client, {**RIDE, "pickup_at": "2026-12-24T18:30:00Z"}) == {"pickup_at": ["Unknown field."]}


def test_an_answer_to_nonsense_stays_small(client: APIClient) -> None:
    response = client.post("/api/v1/rides", {f"{i:>0200}": 1 for i in range(3000)}, format="json")
    assert response.status_code == 400
    assert len(response.content) < 10_000


@pytest.mark.parametrize(
    "price", [-1, 1.5, 100.0, "100", True, None, 10**12, 10**30, [], {}], ids=lambda value: repr(value)[:12]
)
def test_cents_are_whole_and_not_negative(client: APIClient, price: Any) -> None:
    assert list(fields(client, {**RIDE, "price": price})) == ["price"]


@pytest.mark.parametrize(
    "instant",
    [
        "2026-12-24T18:30:00",  # of which zone?
        "2026-12-24",
        "2026-02-30T10:00:00Z",
        "2026-12-24T25:00:00Z",
        "1999-12-31T23:59:59Z",
        "2100-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-12-24T18:30:00+99:00",
        "20261224T183000Z",
        1798137000,
        "",
        "٢٠٢٦-12-24T18:30:00Z",
    ],
)
def test_an_instant_is_real_aware_and_near(client: APIClient, instant: Any) -> None:
    assert list(fields(client, {**RIDE, "pickupAt": instant})) == ["pickupAt"]


def test_an_instant_comes_back_in_utc(client: APIClient) -> None:
    sent = {**RIDE, "pickupAt": "2026-12-24T18:30:00-05:00"}
    assert client.post("/api/v1/rides", sent, format="json").json()["pickupAt"] == "2026-12-24T23:30:00Z"


@pytest.mark.parametrize("text", ["مرحبا بالعالم", "🚗 zero‍width", "  trimmed  ", "Łódź", "a" * 60])
def test_text_of_every_script_is_welcome(client: APIClient, text: str) -> None:
    response = client.post("/api/v1/rides", ride(pickupLocation=text), format="json")
    assert response.json()["details"]["pickupLocation"] == text.strip()


@pytest.mark.parametrize(
    "text", ["", "   ", "a\x00b", "a\x07b", "line\nline", "a" * 61, "\x85x\x9f", None, 5, True, ["x"]]
)
def test_text_is_one_bounded_line_of_characters(client: APIClient, text: Any) -> None:
    assert list(fields(client, ride(pickupLocation=text))) == ["details.pickupLocation"]


@pytest.mark.parametrize("lat", [90.01, -91, 1e300, 10**400])
def test_places_are_on_earth(client: APIClient, lat: float) -> None:
    raw = json.dumps(ride(pickup={"lat": lat, "lng": 0})).encode()
    assert post(client, raw).status_code == 400


MALFORMED = {
    "blank": b" ",
    "cut off": b'{"type": ',
    "trailing": b"{} {}",
    "nan": b'{"price": NaN}',
    "infinity": b'{"price": -Infinity}',
    "overflow": b'{"price": 1e400}',
    "huge integer": b'{"price": ' + b"9" * 5000 + b"}",
    "deep": b'{"a":' * 50_000,
    "deep and closed": b"[" * 3000 + b"]" * 3000,
    "latin-1": '{"type": "é"}'.encode("latin-1"),
    "utf-16": '{"type": "P2P"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "half surrogate": b'{"type": "\\ud83d"}',
    "half surrogate as a name": b'{"\\udc00": 1}',
    "raw control character": b'{"type": "a\x01"}',
    "twice": b'{"type": "P2P", "type": "HOURLY"}',
    "single quotes": b"{'type': 'P2P'}",
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_json_is_said_to_be_so(client: APIClient, raw: bytes) -> None:
    response = post(client, raw)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "malformed")


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"text"', b"7", b"true"])
def test_a_body_that_is_no_object_is_invalid(client: APIClient, raw: bytes) -> None:
    response = post(client, raw)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid")


def test_a_body_may_not_be_larger_than_the_limit(client: APIClient, settings: LazySettings) -> None:
    settings.BODY_LIMIT_BYTES = 2000
    response = post(client, b'{"a": "' + b"x" * 2000 + b'"}')
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_another_content_type_is_415(client: APIClient, content_type: str) -> None:
    assert post(client, b"{}", content_type).status_code == 415


def test_query_parameters_are_read_from_text(client: APIClient) -> None:
    response = client.get("/api/v1/rides?onlyMine=true&seats=3&status=OPEN&limit=7&cursor=abc")
    assert response.status_code == 200
    assert response.json()["next"] == "more"
    assert journal.done == [{"only_mine": True, "seats": 3, "status": "OPEN", "limit": 7, "cursor": "abc"}]


def test_lists_have_fifty_by_default(client: APIClient) -> None:
    client.get("/api/v1/rides")
    assert journal.done == [{"limit": 50, "cursor": None}]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=5.0", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("limit=٣", "limit"),
        ("seats=0", "seats"),
        ("seats=1e1", "seats"),
        ("onlyMine=yes", "onlyMine"),
        ("status=GONE", "status"),
        ("page=2", "page"),
    ],
)
def test_a_bad_query_parameter_is_named(client: APIClient, query: str, name: str) -> None:
    response = client.get(f"/api/v1/rides?{query}")
    assert response.status_code == 400
    assert list(response.json()["error"]["fields"]) == [name]


def test_numbers_in_bodies_are_never_read_from_text() -> None:
    assert not RideSerializer(data={**RIDE, "price": "5"}).is_valid()


def test_a_field_that_would_coerce_types_is_a_mistake_of_ours() -> None:
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from rest_framework import serializers  # noqa: PLC0415

    class Lax(Serializer):
        tags = serializers.ListField(child=serializers.CharField())
        name = Text()

    with pytest.raises(ImproperlyConfigured, match="coerces"):
        _ = Lax(data={}).fields


def test_what_we_write_is_what_we_would_read() -> None:
    assert loads(dumps({"a": ["é", 1, 2.5, None, True]})) == {"a": ["é", 1, 2.5, None, True]}
    with pytest.raises(ParseError):
        loads(b"")
