"""What the watch over a vehicle noticed: said once, by whoever comes first, known again by its key."""

from typing import Any, NamedTuple

from telemetry.rules.point import Point


class Finding(NamedTuple):
    """One thing that happened. Plain values: it waits in the vehicle's own item until it is told."""

    step: str
    """Whose turn it is to tell it: a name of `telemetry.ingest.pipeline.FOLLOWING`."""
    kind: str
    at: int
    """When, milliseconds since 1970, by the vehicle's readings."""
    subject: str = ""
    """Which fence, or what else it is about: nothing where the vehicle has only one."""
    lat: int | None = None
    """Where, in millionths of a degree; so is `lng`."""
    lng: int | None = None
    value: float | None = None
    """How much, in the unit of its kind."""
    due: int = 0
    """When there is more to tell, if nothing is heard until then."""

    @property
    def key(self) -> str:
        return f"{self.at}#{self.kind}#{self.subject}"


def at_point(step: str, kind: str, point: Point, *, at: int | None = None, **more: Any) -> Finding:
    return Finding(step, kind, point.at if at is None else at, lat=point.lat, lng=point.lng, **more)
