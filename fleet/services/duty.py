"""Drivers' and vehicles' time: promised to a booking, driven, given back. Part of the caller's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import Transaction
from atlas.errors import Conflict, Invalid
from fleet.rules.calendar import Busy, Commitment, Window, release, reserve
from fleet.rules.types import DriverStatus, VehicleStatus
from fleet.selectors import NONE_OF_YOURS
from fleet.tables import Calendar, CommitmentDocument, Driver, Operator, Vehicle

BUSY = {
    "driver": ("driver_busy", "This driver is promised to another booking at that time."),
    "vehicle": ("vehicle_busy", "This vehicle is promised to another booking at that time."),
}
PROMISED = {
    "driver": ("driver_promised", "This driver has rides before them. Give those to others first."),
    "vehicle": ("vehicle_promised", "This vehicle has rides before it. Give those others first."),
}
MOST_NAMED = 20
"""Bookings that a refusal names."""


def book_time(
    *,
    tx: Transaction,
    booking_id: str,
    windows: Sequence[Window],
    driver_id: str,
    vehicle_id: str,
    before: tuple[str | None, str | None],
    now: datetime,
) -> None:
    """Promise both calendars to the booking; free those of `before` (driver, vehicle) that it no longer needs.

    Raises `Conflict` `driver_busy` or `vehicle_busy`, `Invalid` for one that has left meanwhile. Calendars are written
    under their versions, so of two simultaneous promises of the same time one is lost, looks again, and finds it taken.
    """
    wanted = (driver_key(driver_id), vehicle_key(vehicle_id))
    given_up = {key for key in _keys(*before) if key not in wanted}
    calendars = _load((*wanted, *given_up))
    if gone := [key.partition(":")[0] for key in wanted if calendars[key].closed]:
        raise Invalid(fields={f"{kind}Id": [NONE_OF_YOURS[kind]] for kind in gone})
    for key in wanted:
        try:
            promised = reserve(_commitments(calendars[key]), booking_id=booking_id, windows=windows, now=now)
        except Busy as busy:
            code, message = BUSY[key.partition(":")[0]]
            raise Conflict(message, code=code, details=busy.details) from busy
        _write(tx, calendars[key], promised)
    for key in given_up:
        _release(tx, calendars[key], booking_id)


def free_time(*, tx: Transaction, booking_id: str, driver_id: str, vehicle_id: str) -> None:
    """Take the booking out of both calendars."""
    for calendar in _load((driver_key(driver_id), vehicle_key(vehicle_id))).values():
        _release(tx, calendar, booking_id)


def close_calendar(tx: Transaction, calendar: Calendar) -> None:
    """Nothing is promised any more: the driver or vehicle leaves. A `book_time` at the same time, or later, finds out.

    Raises `Conflict` `driver_promised` or `vehicle_promised` while rides lie ahead.
    """
    now = utc_now()
    ahead = dict.fromkeys(each.booking_id for each in calendar.commitments if each.ends_at > now)
    if ahead:
        code, message = PROMISED[calendar.id.partition(":")[0]]
        raise Conflict(message, code=code, details={"bookingIds": list(ahead)[:MOST_NAMED]})
    calendar.closed = True
    tx.save(calendar)


def begin_ride(*, tx: Transaction, driver_id: str, vehicle_id: str, booking_id: str) -> None:
    """The driver sets out: BUSY with this booking, in this vehicle."""
    driver, vehicle = get_many((Driver, driver_id), (Vehicle, vehicle_id), consistent=True)
    if driver.current_booking_id not in (None, booking_id):
        raise Conflict(
            "The driver is still on another ride.",
            code="driver_on_another_ride",
            details={"bookingId": driver.current_booking_id},
        )
    if vehicle.status is VehicleStatus.ON_TRIP and vehicle.current_driver_id != driver_id:
        raise Conflict("The vehicle is still on another ride.", code="vehicle_on_another_ride")
    driver.status, driver.current_booking_id = DriverStatus.BUSY, booking_id
    vehicle.status, vehicle.current_driver_id = VehicleStatus.ON_TRIP, driver_id
    tx.save(driver)
    tx.save(vehicle)


def end_ride(
    *, tx: Transaction, driver_id: str, vehicle_id: str, operator_id: str, booking_id: str, completed: bool
) -> None:
    """Driver and vehicle are free again; a completed ride counts for the driver and the operator."""
    wanted = [(Driver, driver_id), (Vehicle, vehicle_id)]
    driver, vehicle, *rest = get_many(*wanted, *([(Operator, operator_id)] if completed else []), consistent=True)
    if driver.current_booking_id == booking_id:
        driver.current_booking_id = None
        driver.status = DriverStatus.ONLINE
    if vehicle.current_driver_id == driver_id:
        vehicle.current_driver_id = None
        vehicle.status = VehicleStatus.AVAILABLE
    if completed:
        driver.total_trips += 1
        rest[0].total_bookings += 1
        tx.save(rest[0])
    tx.save(driver)
    tx.save(vehicle)


def commitments_of(*, driver_id: str | None = None, vehicle_id: str | None = None) -> tuple[Commitment, ...]:
    """What a driver or a vehicle has promised, in order of time. One GetItem."""
    key = driver_key(driver_id) if driver_id else vehicle_key(str(vehicle_id))
    calendar = Calendar.find(key, consistent=True)
    return _commitments(calendar) if calendar else ()


def driver_key(driver_id: str) -> str:
    return f"driver:{driver_id}"


def vehicle_key(vehicle_id: str) -> str:
    return f"vehicle:{vehicle_id}"


def _load(keys: Iterable[str]) -> dict[str, Calendar]:
    wanted = tuple(keys)
    found = get_many(*((Calendar, key) for key in wanted), consistent=True)
    return {key: calendar or Calendar(id=key) for key, calendar in zip(wanted, found, strict=True)}


def _commitments(calendar: Calendar) -> tuple[Commitment, ...]:
    return tuple(Commitment(each.starts_at, each.ends_at, each.booking_id) for each in calendar.commitments)


def _release(tx: Transaction, calendar: Calendar, booking_id: str) -> None:
    """Write only what changes: a calendar without the booking is left alone."""
    before = _commitments(calendar)
    after = release(before, booking_id)
    if after != before:
        _write(tx, calendar, after)


def _write(tx: Transaction, calendar: Calendar, commitments: Iterable[Commitment]) -> None:
    calendar.commitments = [
        CommitmentDocument(booking_id=each.booking_id, starts_at=each.starts_at, ends_at=each.ends_at)
        for each in commitments
    ]
    tx.save(calendar)


def _keys(driver_id: str | None, vehicle_id: str | None) -> list[str]:
    return [
        *([driver_key(driver_id)] if driver_id else []),
        *([vehicle_key(vehicle_id)] if vehicle_id else []),
    ]
