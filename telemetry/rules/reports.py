"""What a report says, from trips alone: pure functions of what was driven. Kilometres, hours, percent."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple


class ReportType(StrEnum):
    UTILISATION = "utilisation"
    MILEAGE = "mileage"
    SAFETY = "safety"
    CHARGING = "charging"
    DRIVERS = "drivers"


class Drive(NamedTuple):
    """A trip, as far as reports go."""

    vehicle: str
    """What it is called: its plate, or the beginning of its pseudoVIN."""
    driver: str
    """Who had the vehicle then; empty where nobody was assigned alone."""
    started_at: datetime
    ended_at: datetime
    metres: float
    score: int
    events: int
    watt_hours: int | None
    start_battery: float | None
    end_battery: float | None

    @property
    def hours(self) -> float:
        return max((self.ended_at - self.started_at) / timedelta(hours=1), 0.0)


class Table(NamedTuple):
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    total: tuple[str, ...]
    """As wide as the header; empty where sums make no sense."""


LEAST_CHARGE = 2.0
"""Percent between two trips; less is the battery warming up."""


def table(kind: ReportType, drives: Iterable[Drive], period: timedelta) -> Table:
    """The report's table; vehicles, or drivers, by name."""
    groups: dict[str, list[Drive]] = defaultdict(list)
    for drive in sorted(drives, key=lambda drive: drive.started_at):
        name = (drive.driver or "-") if kind is ReportType.DRIVERS else drive.vehicle
        groups[name].append(drive)
    return MAKERS[kind](dict(sorted(groups.items())), period)


def _utilisation(groups: Mapping[str, Sequence[Drive]], period: timedelta) -> Table:
    whole = period / timedelta(hours=1)

    def row(name: str, drives: Sequence[Drive], of: float) -> tuple[str, ...]:
        hours = sum(drive.hours for drive in drives)
        days = len({(drive.vehicle, drive.started_at.date()) for drive in drives})
        return name, str(len(drives)), str(days), f"{hours:.1f}", f"{100 * hours / of:.1f}" if of else "0.0"

    header = ("vehicle", "trips", "days in use", "hours driven", "share of the time, %")
    return Table(header, _rows(groups, lambda n, d: row(n, d, whole)), row("all", _all(groups), whole * len(groups)))


def _mileage(groups: Mapping[str, Sequence[Drive]], _: timedelta) -> Table:
    def row(name: str, drives: Sequence[Drive]) -> tuple[str, ...]:
        km = sum(drive.metres for drive in drives) / 1000
        longest = max((drive.metres for drive in drives), default=0) / 1000
        return name, str(len(drives)), f"{km:.1f}", f"{km / len(drives) if drives else 0:.1f}", f"{longest:.1f}"

    return Table(("vehicle", "trips", "km", "km a trip", "longest, km"), _rows(groups, row), row("all", _all(groups)))


def _safety(groups: Mapping[str, Sequence[Drive]], _: timedelta) -> Table:
    def row(name: str, drives: Sequence[Drive]) -> tuple[str, ...]:
        km = sum(drive.metres for drive in drives) / 1000
        events = sum(drive.events for drive in drives)
        score = sum(drive.score * drive.metres for drive in drives) / (km * 1000) if km else 100.0
        lowest = min((drive.score for drive in drives), default=100)
        return name, f"{km:.1f}", f"{score:.0f}", str(lowest), str(events), f"{100 * events / km if km else 0:.1f}"

    header = ("vehicle", "km", "score", "lowest score", "events", "events per 100 km")
    return Table(header, _rows(groups, row), row("all", _all(groups)))


def _charging(groups: Mapping[str, Sequence[Drive]], _: timedelta) -> Table:
    """What a battery gained between one trip and the next."""

    def row(name: str, drives: Sequence[Drive]) -> tuple[str, ...]:
        gains = [
            later.start_battery - earlier.end_battery
            for earlier, later in pairwise(drives)
            if earlier.vehicle == later.vehicle
            and earlier.end_battery is not None
            and later.start_battery is not None
            and later.start_battery - earlier.end_battery >= LEAST_CHARGE
        ]
        used = sum(drive.watt_hours or 0 for drive in drives) / 1000
        lowest = min((drive.end_battery for drive in drives if drive.end_battery is not None), default=None)
        low = "" if lowest is None else f"{lowest:.0f}"
        return name, str(len(gains)), f"{sum(gains):.0f}", low, f"{used:.1f}"

    whole = sorted(_all(groups), key=lambda drive: (drive.vehicle, drive.started_at))
    header = ("vehicle", "charges", "charged, %", "lowest battery, %", "used, kWh")
    return Table(header, _rows(groups, row), row("all", whole))


def _drivers(groups: Mapping[str, Sequence[Drive]], _: timedelta) -> Table:
    def row(name: str, drives: Sequence[Drive]) -> tuple[str, ...]:
        km = sum(drive.metres for drive in drives) / 1000
        score = sum(drive.score * drive.metres for drive in drives) / (km * 1000) if km else 100.0
        hours = sum(drive.hours for drive in drives)
        return name, str(len(drives)), f"{km:.1f}", f"{hours:.1f}", f"{score:.0f}", str(sum(d.events for d in drives))

    header = ("driver", "trips", "km", "hours", "score", "events")
    return Table(header, _rows(groups, row), row("all", _all(groups)))


Maker = Callable[[Mapping[str, Sequence[Drive]], timedelta], Table]
MAKERS: dict[ReportType, Maker] = {
    ReportType.UTILISATION: _utilisation,
    ReportType.MILEAGE: _mileage,
    ReportType.SAFETY: _safety,
    ReportType.CHARGING: _charging,
    ReportType.DRIVERS: _drivers,
}


def _rows(
    groups: Mapping[str, Sequence[Drive]], row: Callable[[str, Sequence[Drive]], tuple[str, ...]]
) -> list[tuple[str, ...]]:
    return [row(name, drives) for name, drives in groups.items()]


def _all(groups: Mapping[str, Sequence[Drive]]) -> list[Drive]:
    return [drive for drives in groups.values() for drive in drives]
