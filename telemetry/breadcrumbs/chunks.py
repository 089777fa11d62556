"""Chunks of a vehicle's points in `live-breadcrumbs`: written once, read by time."""

from collections.abc import Sequence
from datetime import datetime

from telemetry.breadcrumbs import codec
from telemetry.configuration import BREADCRUMBS_LIFE
from telemetry.rules.point import Point
from telemetry.tables import Breadcrumbs


def write(pvin: str, points: Sequence[Point], now: datetime) -> None:
    """Points that are settled, in their order. Whoever writes the same chunk twice writes the same item."""
    Breadcrumbs(
        pvin=pvin,
        start=points[0].at,
        end=points[-1].at,
        length=len(points),
        points=codec.pack(points),
        expires_at=now + BREADCRUMBS_LIFE,
    ).save(add_version_condition=False)


def between(pvin: str, first: int, last: int, *, now: datetime | None, consistent: bool = False) -> list[Point]:
    """The points from `first` to `last` (milliseconds since 1970, both included) that are in chunks, in order.

    Without a `now` also those that have expired and are still there.
    """
    found: list[Point] = []
    newest_first = Breadcrumbs.query(
        pvin, Breadcrumbs.start <= last, scan_index_forward=False, consistent_read=consistent, page_size=25
    )
    for chunk in newest_first:
        if now is None or chunk.expires_at > now:
            found += [point for point in codec.unpack(chunk.points) if first <= point.at <= last]
        if chunk.start <= first:
            break
    return sorted(found)
