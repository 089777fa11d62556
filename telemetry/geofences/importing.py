"""GeoJSON files of fences: each feature is judged by itself, and told by its place what is wrong with it.

A feature's properties may say `name`, `radius` (metres, of a Point), `dwellSeconds`, `alertOn` and `severity`; whatever
else they say is left out. What is good is kept, whatever its neighbours are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec

from accounts.users import CurrentUser
from atlas.api.fields import FreeText
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Invalid
from fleet.rules.membership import Right
from telemetry.geofences.services import RAISING, add
from telemetry.geofences.tables import Geofence
from telemetry.rules.escalation import Severity
from telemetry.rules.shapes import BadShape, checked
from telemetry.tenancy import membership_of
from telemetry.watching import known

MOST_FEATURES = 200
"""In one file."""
AT_ONCE = 40
"""In one transaction, with what the access log says of each."""
LONGEST_NAME = 80
LONGEST_DWELL = 7 * 86_400


@dataclass(frozen=True, slots=True)
class RefusedFeature:
    """The place of a feature in its file, from 0, and why it is no fence."""

    index: int
    code: str
    message: str


class Imported(NamedTuple):
    created: list[Geofence]
    refused: list[RefusedFeature]


def import_fences(*, user: CurrentUser, collection: Mapping[str, Any]) -> Imported:
    """Raises `Forbidden`, `Invalid`, `Conflict` `too_many_fences`."""
    organization_id = membership_of(user, Right.CHANGE_GEOFENCES).organization_id
    features = features_of(collection)
    since = known.now_in_force(utc_now())
    created: list[Geofence] = []
    refused: list[RefusedFeature] = []
    for index, feature in enumerate(features):
        try:
            fields = fence_of(feature, index)
        except BadShape as bad:
            refused.append(RefusedFeature(index, bad.code, str(bad)))
        except ValueError as bad:
            refused.append(RefusedFeature(index, "properties_invalid", str(bad)))
        else:
            created.append(Geofence(organization_id=organization_id, id=str(uuid4()), since=since, **fields))
    for start in range(0, len(created), AT_ONCE):
        _keep(organization_id, created[start : start + AT_ONCE])
    return Imported(created, refused)


@retried
def _keep(organization_id: str, fences: Sequence[Geofence]) -> None:
    with transact() as tx:
        add(tx, organization_id, fences)
        for fence in fences:
            tx.create(fence)


def features_of(collection: Mapping[str, Any]) -> Sequence[Any]:
    features: Any = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(features, list) or not features:
        raise Invalid("Expected a GeoJSON FeatureCollection with features.", code="not_geojson")
    if len(features) > MOST_FEATURES:
        raise Invalid(f"At most {MOST_FEATURES} features at a time.", code="too_many_features")
    return features


def fence_of(feature: Any, index: int) -> dict[str, Any]:
    """The attributes of a fence. Raises `BadShape`, `ValueError`."""
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise ValueError("Expected a Feature.")
    said: Any = feature.get("properties") or {}
    if not isinstance(said, Mapping):
        raise ValueError("`properties` is an object.")
    radius = said.get("radius")
    return {
        "geometry": msgspec.json.encode(checked(feature.get("geometry"), radius)).decode(),
        "radius": radius,
        "name": _name(said.get("name"), index),
        "dwell_seconds": _dwell(said.get("dwellSeconds")),
        "alert_on": _alert_on(said.get("alertOn")),
        "severity": _severity(said.get("severity")),
    }


def _name(value: Any, index: int) -> str:
    if value is None:
        return f"Fence {index + 1}"
    try:
        return str(FreeText(max_length=LONGEST_NAME).run_validation(value))
    except Exception as bad:
        raise ValueError(f"`name` is a text of at most {LONGEST_NAME} characters.") from bad


def _dwell(value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST_DWELL):
        raise ValueError(f"`dwellSeconds` is a whole number from 1 to {LONGEST_DWELL}.")
    return value


def _alert_on(value: Any) -> list[str]:
    if value is None:
        return []
    kinds = [kind.value for kind in RAISING]
    if not isinstance(value, list) or any(each not in kinds for each in value):
        raise ValueError(f"`alertOn` is a list of {', '.join(kinds)}.")
    return [kind for kind in kinds if kind in value]


def _severity(value: Any) -> Severity:
    if value is None:
        return Severity.MEDIUM
    if value not in [each.value for each in Severity]:
        raise ValueError(f"`severity` is one of {', '.join(Severity)}.")
    return Severity(value)
