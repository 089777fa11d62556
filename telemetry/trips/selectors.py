"""Trips, their points and the heat of a day, for those who may see the fleet."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.many import get_many
from atlas.errors import NotFound
from telemetry.rules.heat import Cells, Tile, unpack
from telemetry.rules.point import Point
from telemetry.state.selectors import seen_by
from telemetry.tenancy import sees_fleet, sight_of
from telemetry.trips import archive
from telemetry.trips.heat import day_key
from telemetry.trips.tables import FleetHeat, Trip


class HeatTile(NamedTuple):
    tile: Tile
    cells: Cells
    trips: int


def trips_of_fleet(
    *, user: CurrentUser, date: date | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Trip]:
    """Newest first, of one UTC day or all: one query of keys, one batch read. Raises `Forbidden`."""
    member = sees_fleet(user)
    first, last = _bounds(date)
    keys = read_page(
        Trip.organization_index.query,
        member.organization_id,
        Trip.started_at.between(first, last),
        scan_index_forward=False,
        scope=scope("fleet-trips", member.organization_id, date),
        cursor=cursor,
        limit=limit,
    )
    found = get_many(*((Trip, key.key) for key in keys.items))
    return Page(_living([trip for trip in found if trip is not None]), keys.next)


def trips_of_vehicle(
    *, user: CurrentUser, vehicle: str, date: date | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Trip]:
    """Newest first, but those of when it was another organization's; to who has the vehicle for a time, those that
    began since then. Raises `Forbidden`, `NotFound`.
    """
    sight = sight_of(user)
    state = seen_by(sight, vehicle)
    since = sight.since(vehicle)
    ours = Trip.organization_id == state.organization_id
    page = read_page(
        Trip.query,
        vehicle,
        Trip.trip_id.startswith("trip_" if date is None else f"trip_{date:%Y%m%d}_"),
        filter_condition=ours if since is None else ours & (Trip.started_at >= since),
        scan_index_forward=False,
        scope=scope("vehicle-trips", state.organization_id, vehicle, date, since),
        cursor=cursor,
        limit=limit,
    )
    return Page(_living(page.items), page.next)


def trip(*, user: CurrentUser, trip_id: str) -> Trip:
    """Raises `Forbidden`, and `NotFound` for the trips of others."""
    sight = sight_of(user)
    keys = [key.key for key in Trip.id_index.query(trip_id, limit=10)]
    for found in _living([each for each in get_many(*((Trip, key) for key in keys)) if each is not None]):
        if found.organization_id == sight.organization_id:
            since = sight.since(found.pvin)
            if since is None or found.started_at >= since:
                return found
    raise NotFound


def points_of(trip: Trip) -> list[Point]:
    """From its archive. Raises `NotFound` where that is gone."""
    return archive.read(trip.archive_key)


def thinned(points: Sequence[Point], most: int) -> Sequence[Point]:
    """At most so many, evenly, with the first and the last one."""
    if len(points) <= most:
        return points
    return [points[place * (len(points) - 1) // (most - 1)] for place in range(most)]


def fleet_heat(*, user: CurrentUser, date: date, cursor: str | None = None, limit: int = 50) -> Page[HeatTile]:
    """Where the fleet was on a UTC day, tile by tile: one query, however many vehicles drove. Raises `Forbidden`."""
    member = sees_fleet(user)
    day = date.isoformat()
    page = read_page(
        FleetHeat.query,
        day_key(member.organization_id, day),
        scope=scope("fleet-heat", member.organization_id, day),
        cursor=cursor,
        limit=limit,
    )
    return page.map(_tile)


def _tile(item: FleetHeat) -> HeatTile:
    x, y = map(int, item.tile.split("/"))
    return HeatTile(Tile(x, y), unpack(item.cells), item.trips)


def _bounds(day: date | None) -> tuple[datetime, datetime]:
    if day is None:
        return datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
    first = datetime.combine(day, time(), UTC)
    return first, first + timedelta(days=1) - timedelta(microseconds=1)


def _living(found: Sequence[Trip]) -> list[Trip]:
    """DynamoDB deletes what has expired some time later."""
    now = utc_now()
    return [each for each in found if each.expires_at > now]
