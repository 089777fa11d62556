"""A booking's way from request to payment as its page shows it: what was, what is, what is still to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from bookings.labels import STEPS
from bookings.rules.lifecycle import FINAL, LIVE, SERVED, BookingStatus
from bookings.tables import BookingHistory

WAYS_OUT = FINAL - SERVED
"""CANCELLED and EXPIRED."""
WAY = tuple(status for status in BookingStatus if status in STEPS and status not in WAYS_OUT)


@dataclass(frozen=True, slots=True)
class Step:
    """`state` is done, now, next or failed; `at` the UTC instant it was reached, where that is known."""

    status: BookingStatus
    label: str | Promise
    state: str
    at: datetime | None
    live: bool = False


def timeline(status: BookingStatus, history: Sequence[BookingHistory]) -> list[Step]:
    """The stations in order. Of a booking that was called off only those it reached, then how it ended."""
    reached = {row.to_status: row.created_at for row in reversed(history)}
    if status in WAYS_OUT:
        stations = [each for each in WAY if each in reached]
        steps = [Step(each, STEPS[each], "done", reached[each]) for each in stations]
        return [*steps, Step(status, STEPS[status], "failed", reached.get(status))]
    here = WAY.index(status) if status in WAY else 0
    return [
        Step(each, STEPS[each], _state(index, here), reached.get(each), live=each in LIVE)
        for index, each in enumerate(WAY)
    ]


def _state(index: int, here: int) -> str:
    if index == here == len(WAY) - 1:
        return "done"
    return "done" if index < here else "now" if index == here else "next"
