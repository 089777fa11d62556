"""What staff do to drivers and vehicles that are not theirs: take them off the road, and let them back."""

from accounts import staff
from accounts.services import reactivate_user, suspend_user
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict
from fleet.rules.types import DriverStatus, VehicleStatus
from fleet.services.duty import commitments_of
from fleet.services.vehicles import on_trip
from fleet.tables import Driver, Vehicle


def suspend_driver(*, user: CurrentUser, driver_id: str) -> list[str]:
    """Keep a driver from signing in and from being assigned, at once and everywhere.

    A ride that they are driving stays theirs, for staff to report or cancel. Returns the bookings that lie before them,
    which others must drive.
    """
    staff.require(user, "suspend", "fleet.driver")
    driver = _active(driver_id)
    suspend_user(actor=None, user_id=driver.user_id)  # first: what follows is for the eye, this is what binds
    _go_offline(driver_id)
    return _ahead(driver_id=driver_id)


def reinstate_driver(*, user: CurrentUser, driver_id: str) -> None:
    """Let a suspended driver sign in and be assigned again."""
    staff.require(user, "suspend", "fleet.driver")
    reactivate_user(actor=None, user_id=_active(driver_id).user_id)


def take_out_of_service(*, user: CurrentUser, vehicle_id: str) -> list[str]:
    """MAINTENANCE: it is neither offered nor assigned. Raises `Conflict` `vehicle_on_trip`.

    Returns the bookings that it is promised to, which need another one.
    """
    _set_service(user, vehicle_id, VehicleStatus.MAINTENANCE)
    return _ahead(vehicle_id=vehicle_id)


def return_to_service(*, user: CurrentUser, vehicle_id: str) -> None:
    """AVAILABLE again."""
    _set_service(user, vehicle_id, VehicleStatus.AVAILABLE)


@retried
def _set_service(user: CurrentUser, vehicle_id: str, status: VehicleStatus) -> None:
    staff.require(user, "change", "fleet.vehicle")
    vehicle = Vehicle.fetch(vehicle_id)
    if not vehicle.active:
        raise Conflict("This vehicle has left its fleet.", code="vehicle_left")
    if vehicle.status is VehicleStatus.ON_TRIP:
        raise on_trip(vehicle)
    if vehicle.status is not status:
        vehicle.status = status
        with transact() as tx:
            tx.save(vehicle)


@retried
def _go_offline(driver_id: str) -> None:
    driver = Driver.fetch(driver_id)
    if driver.current_booking_id is None and driver.status is not DriverStatus.OFFLINE:
        driver.status = DriverStatus.OFFLINE
        with transact() as tx:
            tx.save(driver)


def _active(driver_id: str) -> Driver:
    driver = Driver.fetch(driver_id)
    if not driver.active:
        raise Conflict("This driver has left their company.", code="driver_left")
    return driver


def _ahead(*, driver_id: str | None = None, vehicle_id: str | None = None) -> list[str]:
    now = utc_now()
    found = commitments_of(driver_id=driver_id, vehicle_id=vehicle_id)
    return list(dict.fromkeys(each.booking_id for each in found if each.ends_at > now))
