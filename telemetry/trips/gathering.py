"""The points of a trip that is over, from wherever they are: chunks, the vehicle's own item, or the archive itself."""

from atlas.errors import NotFound
from telemetry.breadcrumbs import chunks
from telemetry.rules.machine import Span
from telemetry.rules.point import Point
from telemetry.rules.trip_name import archive_key, trip_id
from telemetry.state.store import Vehicle
from telemetry.trips import archive


def points_of(vehicle: Vehicle, span: Span) -> list[Point]:
    """In the order of time, each once: a chunk may be written whose points have not left the item yet.

    Whoever comes a day late finds the chunks gone, but the archive there if it was written before. Empty where nothing
    is left.
    """
    found = {point.at: point for point in vehicle.kept.track.points if span.start <= point.at <= span.end}
    found |= {point.at: point for point in chunks.between(vehicle.pvin, *span, now=None, consistent=True)}
    points = [found[at] for at in sorted(found)]
    if points and points[0].at == span.start:
        return points
    return _archived(vehicle.pvin, span) or points


def _archived(pvin: str, span: Span) -> list[Point]:
    try:
        return archive.read(archive_key(pvin, trip_id(pvin, span.start)))
    except NotFound:
        return []
