"""When a driver or a vehicle is taken.

A calendar is a small tuple, kept in one item for each driver and each vehicle, so that reserving is one conditional
write: of two simultaneous assignments only one can hold (docs/adr/0011). Windows are half-open [start, end) in UTC, so
one ride may start at the instant another ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from atlas.errors import Conflict

KEPT_AFTER_END = timedelta(days=7)
"""An item must not grow for ever; a week of past commitments helps to answer questions."""

Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, order=True)
class Commitment:
    """One stretch of time promised to a booking; a booking of several days has several."""

    starts_at: datetime
    ends_at: datetime
    booking_id: str

    def overlaps(self, window: Window) -> bool:
        starts_at, ends_at = window
        return self.starts_at < ends_at and starts_at < self.ends_at


class Busy(Conflict):
    """The time is promised to another booking; `clash` is the first promise in the way."""

    code = "busy"

    def __init__(self, clash: Commitment) -> None:
        self.clash = clash
        super().__init__(
            "Already promised to another booking at that time.",
            details={
                "bookingId": clash.booking_id,
                "startsAt": _iso(clash.starts_at),
                "endsAt": _iso(clash.ends_at),
            },
        )


def reserve(
    commitments: Iterable[Commitment], *, booking_id: str, windows: Sequence[Window], now: datetime
) -> tuple[Commitment, ...]:
    """The calendar with `windows` promised to `booking_id`, in order of time, without what ended a week ago.

    The booking's own earlier promises are replaced, so doing it again, or with moved times, is the same as
    doing it once. Raises `Busy` when another booking is in the way, and then nothing is promised.
    """
    if not windows:
        raise ValueError("A booking takes at least one window of time.")
    for starts_at, ends_at in windows:
        if starts_at >= ends_at:
            raise ValueError(f"A window must end after it starts: {starts_at} to {ends_at}.")
    others = release(commitments, booking_id)
    clash = first_clash(others, windows)
    if clash is not None:
        raise Busy(clash)
    own = (Commitment(starts_at, ends_at, booking_id) for starts_at, ends_at in windows)
    kept = (other for other in others if other.ends_at >= now - KEPT_AFTER_END)
    return tuple(sorted((*kept, *own)))


def release(commitments: Iterable[Commitment], booking_id: str) -> tuple[Commitment, ...]:
    """The calendar without the booking's promises; nothing happens when there are none."""
    return tuple(commitment for commitment in commitments if commitment.booking_id != booking_id)


def first_clash(commitments: Iterable[Commitment], windows: Iterable[Window]) -> Commitment | None:
    """The earliest commitment that overlaps one of `windows`: the question behind a list of who is free."""
    wanted = tuple(windows)
    clashes = (taken for taken in commitments if any(taken.overlaps(window) for window in wanted))
    return min(clashes, default=None)


def _iso(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
