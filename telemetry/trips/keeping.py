"""Keeping one trip: its archive, then its row with what it adds to the heat of its day. Safe to repeat."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict
from telemetry.rules.point import Point
from telemetry.rules.trip_name import archive_key
from telemetry.trips import archive, describing, heat
from telemetry.trips.row import new_row
from telemetry.trips.tables import Trip

log = structlog.get_logger(__name__)


class AlreadyIndexed(Conflict):
    """Another worker was quicker."""


def keep(pvin: str, name: str, organization_id: str, points: Sequence[Point], now: datetime) -> Trip:
    """`name` is the trip's id; the row that is there afterwards."""
    size = archive.write(archive_key(pvin, name), points)
    row = new_row(pvin, name, organization_id, points, archive_bytes=size, now=now)
    describing.want(row, now)
    try:
        _index(row, points)
    except AlreadyIndexed:
        log.info("trip_indexed_by_another", vin=pvin, trip_id=name)
        return Trip.fetch(pvin, name)
    return row


@retried
def _index(row: Trip, points: Sequence[Point]) -> None:
    """Together, so that neither counts twice."""
    with transact() as tx:
        tx.create(row, otherwise=AlreadyIndexed())
        heat.add(tx, row, points)
