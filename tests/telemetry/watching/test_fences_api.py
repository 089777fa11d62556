"""Geofences at the edge: drawn, changed, imported with a word for each bad feature, and taken away."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from telemetry.geofences import examples, services
from telemetry.geofences.importing import MOST_FEATURES
from telemetry.geofences.services import MOST_FENCES
from telemetry.watching import known
from telemetry.watching.tables import SecuritySettings
from tests.bookings.stage import Cast, make_cast
from tests.clients import client_of
from tests.telemetry.numbers import new_vin
from tests.telemetry.stage import send_in, tracked
from tests.telemetry.watching.stage import at, fence, states

URL = "/api/v1/fleet/geofences"
CIRCLE = {"type": "Point", "coordinates": [-73.98, 40.75]}


def owner(cast: Cast) -> APIClient:
    return client_of(cast.owner)


def test_a_fence_is_drawn_seen_changed_and_taken_away() -> None:
    cast = make_cast()
    client = owner(cast)
    drawn = client.post(URL, {"name": "Hotel", "geometry": CIRCLE, "radius": 150, "alertOn": ["EXIT", "ENTER"]}).json()
    assert (drawn["alertOn"], drawn["severity"], drawn["active"], drawn["vehicles"]) == (
        ["ENTER", "EXIT"],
        "MEDIUM",
        True,
        None,
    )
    one = f"{URL}/{drawn['id']}"
    seen = client.get(one)
    assert seen.json() == drawn
    assert [each["id"] for each in client.get(URL).json()["results"]] == [drawn["id"]]
    named = client.patch(one, {"name": "The hotel"}, headers={"If-Match": seen["ETag"]})
    assert named.json() == {**drawn, "name": "The hotel"}, "another name leaves it as it is"
    assert client.patch(one, {"name": "x"}, headers={"If-Match": seen["ETag"]}).status_code == 412
    wider = client.patch(one, {"radius": 300}).json()
    assert wider["radius"] == 300
    assert wider["since"] > drawn["since"]
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404
    assert SecuritySettings.fetch(str(cast.operator.organization_id)).fences == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"geometry": CIRCLE}, "radius"),
        ({"geometry": CIRCLE, "radius": 1}, "radius"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}}, "geometry"),
        ({"geometry": []}, "geometry"),
        ({"geometry": CIRCLE, "radius": 100, "alertOn": ["INSIDE"]}, "alertOn.0"),
        ({"geometry": CIRCLE, "radius": 100, "vehicles": ["5f" * 32]}, "vehicles"),
        ({"geometry": CIRCLE, "radius": 100, "dwellSeconds": 0}, "dwellSeconds"),
    ],
    ids=["no radius", "small radius", "bow tie", "no object", "no kind", "foreign vehicle", "no time"],
)
def test_what_is_wrong_is_named(body: dict[str, Any], field: str) -> None:
    answer = owner(make_cast()).post(URL, {"name": "X", **body})
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]


def test_a_file_is_read_feature_by_feature() -> None:
    cast = make_cast()
    answer = owner(cast).post(f"{URL}/import", {
        "type": "FeatureCollection",
        "features": [
            *examples.FILE.value["features"],
            {"type": "Feature", "properties": {"radius": 80, "dwellSeconds": 60}, "geometry": CIRCLE},
            {"type": "Feature", "properties": {"radius": 80, "dwellSeconds": "60"}, "geometry": CIRCLE},
            {"type": "Feature", "properties": None, "geometry": {"type": "Point", "coordinates": [200, 0]}},
            {"type": "Feature", "properties": {"name": "x" * 81, "radius": 80}, "geometry": CIRCLE},
            "nothing",
        ],
    })  # fmt: skip
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert [(each["name"], each["radius"]) for each in told["created"]] == [("Midtown", None), ("Fence 3", 80)]
    assert [(each["index"], each["code"]) for each in told["refused"]] == [
        (1, "self_intersection"),
        (3, "properties_invalid"),
        (4, "radius_invalid"),
        (5, "properties_invalid"),
        (6, "properties_invalid"),
    ]
    assert len(known.of(str(cast.operator.organization_id)).fences.by_id) == 2


@pytest.mark.parametrize(
    "body",
    [{"type": "FeatureCollection", "features": []}, {"type": "FeatureCollection"}, [], 7,
     {"type": "FeatureCollection", "features": [{}] * (MOST_FEATURES + 1)}],
    ids=["empty", "none", "list", "number", "too many"],
)  # fmt: skip
def test_what_is_no_file_of_features_is_refused(body: Any) -> None:
    answer = owner(make_cast()).post(f"{URL}/import", json.dumps(body), content_type="application/json")
    assert answer.status_code == 400, answer.content


def test_an_organization_has_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_FENCES", 3)
    client = owner(make_cast())
    feature = {"type": "Feature", "properties": {"radius": 80}, "geometry": CIRCLE}
    assert client.post(f"{URL}/import", {"type": "FeatureCollection", "features": [feature] * 3}).status_code == 200
    answer = client.post(URL, {"name": "X", "geometry": CIRCLE, "radius": 80})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "too_many_fences")
    assert MOST_FENCES > 3


def test_who_is_inside_is_seen_by_their_own() -> None:
    cast = make_cast()
    device, other = tracked(cast).device, tracked(cast).device
    drawn = fence(device.organization_id)
    send_in(device, [[at(0, 4_000)], [at(60, 0)], [at(90, 0)]])
    send_in(other, [[at(0, 0)], [at(60, 4_000)], [at(90, 4_000)]])
    url = f"{URL}/{drawn.id}/vehicles"
    assert owner(cast).get(url).json()["results"] == [{"pvin": device.pvin, "enteredAt": "2026-06-01T12:01:00Z"}]
    assert client_of(cast.rival).get(url).status_code == 404
    owner(cast).patch(f"{URL}/{drawn.id}", {"radius": 2_000})
    assert owner(cast).get(url).json()["results"] == [], "nothing is known since it was drawn anew"
    owner(cast).delete(f"{URL}/{drawn.id}")
    assert not states(device.pvin)


def test_a_fence_may_be_about_some_vehicles() -> None:
    cast = make_cast()
    device, other = tracked(cast).device, tracked(cast).device
    body = {"name": "X", "geometry": CIRCLE, "radius": 500, "vehicles": [device.pvin]}
    drawn = owner(cast).post(URL, body).json()
    assert drawn["vehicles"] == [device.pvin]
    [watched] = known.of(device.organization_id).fences.by_id.values()
    assert watched.vehicles == frozenset({device.pvin})
    assert other.pvin not in watched.vehicles
    assert new_vin() not in json.dumps(drawn)
    assert owner(cast).patch(f"{URL}/{drawn['id']}", {"vehicles": None}).json()["vehicles"] is None
