"""The latest state of a vehicle: of each field the newest value that was said, whatever the order it came in.

A device may say only what changed. So a field keeps the time at which it was said, where that is not the time of the
newest reading; of two values of the same instant the larger one holds. Late readings are welcome without a limit here.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from telemetry.rules.reading import Reading, Scalar


class Latest(NamedTuple):
    """`at` is the newest reading's time; `older` has the times of fields that it did not say."""

    at: int
    values: dict[str, Scalar]
    extra: dict[str, Scalar]
    older: dict[str, int]


NOTHING = Latest(-1, {}, {}, {})


def newest(latest: Latest, readings: Iterable[Reading]) -> Latest:
    """After these readings too."""
    values, extra = dict(latest.values), dict(latest.extra)
    said = _times(latest)
    at = latest.at
    for reading in readings:
        at = max(at, reading.at)
        for kept, given in ((values, reading.values), (extra, reading.extra)):
            for name, value in given.items():
                when = said.get(name, -1)
                if reading.at > when or (reading.at == when and _larger(value, kept[name])):
                    kept[name] = value
                    said[name] = reading.at
    return Latest(at, values, extra, {name: when for name, when in said.items() if when != at})


def _times(latest: Latest) -> dict[str, int]:
    names: list[str] = [*latest.values, *latest.extra]
    return {name: latest.older.get(name, latest.at) for name in names}


def _larger(one: Scalar, other: Scalar) -> bool:
    """An order of all values, so that of two at the same instant the same one always holds."""
    return (type(one).__name__, one) > (type(other).__name__, other)


def changed(before: Latest, after: Latest) -> Mapping[str, Scalar]:
    """The named fields that are not as they were."""
    return {name: value for name, value in after.values.items() if before.values.get(name) != value}
