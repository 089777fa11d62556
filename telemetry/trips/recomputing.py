"""Trips said anew from their archives: after a change of settings or of a rule, or to see that they say the same."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import LIMIT, get_many
from atlas.dynamo.transaction import retried, transact
from atlas.errors import NotFound
from telemetry.trips import archive, describing
from telemetry.trips.row import said_of
from telemetry.trips.tables import Trip


class Outcome(NamedTuple):
    trip_id: str
    result: str
    """`same`, `changed`, or why it could not be: `no archive`, `unreadable`, `gone`."""


def trips_of_days(first: date, last: date) -> Iterator[Trip]:
    """Of all fleets, a day after the other: one query per page of keys, one batch read."""
    for day in range((last - first).days + 1):
        keys = [key.key for key in Trip.date_index.query((first + timedelta(days=day)).isoformat())]
        yield from _read(keys)


def trips_of_vehicle(pvin: str) -> Iterator[Trip]:
    yield from Trip.query(pvin)


def trip(trip_id: str) -> Iterator[Trip]:
    yield from _read([key.key for key in Trip.id_index.query(trip_id)])


@retried
def recompute(key: tuple[str, str], *, write: bool = True) -> Outcome:
    """One trip. What did not change is not written."""
    row = Trip.find(*key, consistent=True)
    if row is None:
        return Outcome(key[1], "gone")
    try:
        said = said_of(archive.read(row.archive_key))
    except NotFound:
        return Outcome(row.trip_id, "no archive")
    except archive.Unreadable:
        return Outcome(row.trip_id, "unreadable")
    changed = {name: value for name, value in said.items() if getattr(row, name) != value}
    if not changed:
        return Outcome(row.trip_id, "same")
    if write:
        for name, value in changed.items():
            setattr(row, name, value)
        if row.ai_summary is not None:
            describing.want(row, utc_now())  # its words are of other figures
        with transact() as tx:
            tx.save(row)
    return Outcome(row.trip_id, "changed")


def _read(keys: Iterable[tuple[str, str]]) -> Iterator[Trip]:
    keys = list(keys)
    for start in range(0, len(keys), LIMIT):
        yield from (row for row in get_many(*((Trip, key) for key in keys[start : start + LIMIT])) if row is not None)
