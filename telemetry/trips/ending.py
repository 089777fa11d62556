"""A trip ends: from a span in its vehicle's state to an archive and a row, in steps that may each be the last.

    1 close      a vehicle that fell silent: what waited is settled, a trip under way may be over    vehicle-state
    2 archive    the trip's points, under the key that its vehicle and its start give                the object store
    3 index      its row, unless it is there, and what it adds to its day's heat          trips-index, fleet-heat
    4 drain      the span leaves the state                                                           vehicle-state
    5 let go     of the row that led here, or say when to look again                                 trip-state

Cut off after any of them, or done by two at once, it is done again from the start and comes to the same: the archive
has the same bytes, the row exists, and states are written under their versions. The vehicle's breadcrumbs are left to
their TTL: deleting costs as much as writing, and until then they tell a batch that is sent again from a late one.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pynamodb.exceptions import DeleteError, UpdateError

from atlas.dynamo.attributes import utc_now
from atlas.errors import Unavailable
from atlas.shards import all_shards
from telemetry.configuration import thresholds
from telemetry.rules.machine import Span
from telemetry.rules.ordering import Track, flush, outlook
from telemetry.rules.point import milliseconds
from telemetry.rules.trip_name import trip_id
from telemetry.state import store
from telemetry.state.store import Overtaken, Vehicle
from telemetry.tables import TripState
from telemetry.trips import keeping, losses, watch
from telemetry.trips.gathering import points_of
from telemetry.trips.tables import Trip

BATCH = 100
"""At most so many of each shard in one run; the next run takes the rest."""
LEASE = timedelta(minutes=2)
"""Whose work was cut off is due again after so long."""
TRIES = 8


def claim_due(now: datetime | None = None) -> Iterator[str]:
    """The vehicles to look at, each claimed for `LEASE`: who is killed over one leaves it to the next."""
    now = now or utc_now()
    for shard in all_shards():
        for key in TripState.due_index.query(shard, TripState.due_at <= now, limit=BATCH):
            if _look_again(key, now + LEASE):
                yield key.pvin


def finish(pvin: str, now: datetime | None = None) -> int:
    """Archive and index what is over of this vehicle; how many trips. Raises `Unavailable` in a storm of readings."""
    now = now or utc_now()
    for _ in range(TRIES):
        found = TripState.find(pvin, consistent=True)
        vehicle = store.load(pvin, consistent=True)
        if found is None:
            return 0
        if vehicle is None:
            _let_go(found)
            return 0
        try:
            _close(vehicle, now)
            spans = vehicle.kept.track.ended
            for span in spans:
                _keep(vehicle, span, now)
            if spans or (vehicle.kept.row and not _is_open(vehicle.kept.track)):
                _drain(vehicle, spans, now)
        except Overtaken:
            continue
        if vehicle.kept.row == 0:
            _let_go(found)
        elif not spans:
            _look_again(found, watch.next_look(vehicle, vehicle.kept.track, now, thresholds()))
        return len(spans)
    raise Unavailable


def _close(vehicle: Vehicle, now: datetime) -> None:
    """What has ended by silence is stored before it is acted upon: from here on no reading may join the trip."""
    kept = vehicle.kept
    flushed = flush(kept.track, milliseconds(now) - kept.heard, thresholds())
    if flushed.ended != kept.track.ended:
        vehicle.put(vehicle.latest, kept._replace(track=flushed))
        vehicle.save()


def _keep(vehicle: Vehicle, span: Span, now: datetime) -> None:
    """The archive, then the row. A trip that is processed is passed over."""
    pvin, name = vehicle.pvin, trip_id(vehicle.pvin, span.start)
    if Trip.find(pvin, name, consistent=True) is not None:
        return
    points = points_of(vehicle, span)
    if not points or points[0].at > span.start:
        losses.record(vehicle, span, now)
    if not points:
        return
    keeping.keep(pvin, name, vehicle.item.organization_id, points, now)


def _drain(vehicle: Vehicle, spans: tuple[Span, ...], now: datetime) -> None:
    """Off the state with what is archived; on with what is still under way."""
    kept, limits = vehicle.kept, thresholds()
    track = Track(
        kept.track.points,
        kept.track.settled,
        kept.track.machine,
        tuple(span for span in kept.track.ended if span not in spans),
    )
    ahead = outlook(track, limits)
    start = 0
    if ahead.is_open(track):
        start = watch.first_start(track, ahead)
        due_at = watch.next_look(vehicle, track, now, limits)
        watch.row(vehicle, start, due_at).save(add_version_condition=False)
    vehicle.put(vehicle.latest, kept._replace(track=track, row=start))
    vehicle.save()


def _is_open(track: Track) -> bool:
    return outlook(track, thresholds()).is_open(track)


def _look_again(row: TripState, due_at: datetime) -> bool:
    """Unless somebody has written the row since."""
    try:
        row.update(
            actions=[TripState.due_at.set(due_at)],
            condition=TripState.due_at == row.due_at,
            add_version_condition=False,
        )
    except UpdateError as error:
        return _overtaken(error)
    return True


def _let_go(row: TripState) -> None:
    """Unless a trip that began meanwhile has written it anew."""
    try:
        row.delete(
            condition=(TripState.due_at == row.due_at) & (TripState.started_at == row.started_at),
            add_version_condition=False,
        )
    except DeleteError as error:
        _overtaken(error)


def _overtaken(error: UpdateError | DeleteError) -> bool:
    if error.cause_response_code != "ConditionalCheckFailedException":
        raise error
    return False
