"""The heat of a fleet's days, kept as trips are indexed."""

from collections.abc import Sequence

import structlog

from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import Transaction
from telemetry.rules.heat import added, heat_of, pack, unpack
from telemetry.rules.point import Point
from telemetry.trips.tables import FleetHeat, Trip

log = structlog.get_logger(__name__)

MOST_TILES = 80
"""Of one trip, 30 km each: DynamoDB writes a hundred items at once. What lies beyond is not in the heat."""


def day_key(organization_id: str, day: str) -> str:
    return f"{organization_id}#{day}"


def add(tx: Transaction, trip: Trip, points: Sequence[Point]) -> None:
    """What the trip adds to its day, in the transaction that creates its row."""
    found = heat_of(points)
    if len(found) > MOST_TILES:
        log.warning("heat_of_a_long_trip_cut", trip_id=trip.trip_id, tiles=len(found))
    tiles = list(found)[:MOST_TILES]
    day = day_key(trip.organization_id, trip.trip_date)
    names = [f"{tile.x}/{tile.y}" for tile in tiles]
    kept = get_many(*((FleetHeat, (day, name)) for name in names), consistent=True) if names else []
    for tile, name, item in zip(tiles, names, kept, strict=True):
        if item is None:
            tx.create(FleetHeat(day=day, tile=name, cells=pack(found[tile]), trips=1, expires_at=trip.expires_at))
            continue
        item.cells = pack(added(unpack(item.cells), found[tile]))
        item.trips += 1
        item.expires_at = trip.expires_at
        tx.save(item)
