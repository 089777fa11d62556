"""Which vehicles to look at, and when: the rows of `trip-state`.

A row is written before the state that needs it, so that no vehicle is under way unseen, and deleted after the state
that needs it no more. In between it is written when a trip has ended, to be archived soon, and at each look. A row that
is in vain costs a look; a missing one would cost a trip.
"""

from datetime import datetime, timedelta

from atlas.shards import shard_of
from telemetry.configuration import look_every
from telemetry.rules.machine import Phase, Thresholds
from telemetry.rules.ordering import Outlook, Track, outlook
from telemetry.rules.point import instant_of
from telemetry.rules.trip_name import trip_id
from telemetry.state.store import Vehicle
from telemetry.tables import TripState

SOON = timedelta(seconds=2)
"""After a row for a trip that ended its state is written: as long as that takes at most, usually."""


def watch(vehicle: Vehicle, track: Track, now: datetime, limits: Thresholds) -> int:
    """See to the row that the vehicle needs once `track` is stored; the start that it names (`Kept.row`)."""
    ahead = outlook(track, limits)
    if not ahead.is_open(track):
        return vehicle.kept.row
    start = first_start(track, ahead)
    ended = len(track.ended) > len(vehicle.kept.track.ended)
    if start != vehicle.kept.row or ended:
        due_at = now + SOON if track.ended else now + look_every()
        row(vehicle, start, due_at).save(add_version_condition=False)
    return start


def row(vehicle: Vehicle, start: int, due_at: datetime) -> TripState:
    return TripState(
        pvin=vehicle.pvin,
        organization_id=vehicle.item.organization_id,
        trip_id=trip_id(vehicle.pvin, start),
        started_at=instant_of(start),
        shard=shard_of(vehicle.pvin),
        due_at=due_at,
    )


def first_start(track: Track, ahead: Outlook) -> int:
    """Of the earliest trip that is not archived."""
    spans = [*track.ended, *ahead.trips]
    return spans[0].start if spans else ahead.machine.start


def next_look(vehicle: Vehicle, track: Track, now: datetime, limits: Thresholds) -> datetime:
    """When the vehicle may be over, if nothing more is heard of it; never longer than `look_every`."""
    ahead = outlook(track, limits)
    if track.ended or ahead.trips:
        return now + SOON
    standing = ahead.machine.phase is Phase.ENDING
    silence = limits.ending + limits.lateness if standing else limits.orphan
    over = instant_of(vehicle.kept.heard) + timedelta(milliseconds=silence)
    return max(now + SOON, min(over, now + look_every()))
