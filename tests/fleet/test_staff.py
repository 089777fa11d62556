"""Staff take drivers and vehicles off the road, whosever they are."""

from datetime import timedelta

import pytest

from accounts.rules.roles import Role, UserStatus
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict, Forbidden, NotFound
from fleet import services
from fleet.rules.types import DriverStatus, VehicleStatus
from fleet.services.duty import driver_key, vehicle_key
from fleet.tables import Calendar, CommitmentDocument, Driver, Vehicle
from tests.factories import UserFactory

NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def admin() -> User:
    return UserFactory.create(role=Role.ADMIN, password=None)


def promise(key: str, booking_id: str, *, hours: int) -> None:
    """The calendar's owner is promised to a booking that begins in so many hours."""
    calendar = Calendar.find(key, consistent=True) or Calendar(id=key)
    start = utc_now() + timedelta(hours=hours)
    document = CommitmentDocument(booking_id=booking_id, starts_at=start, ends_at=start + timedelta(hours=1))
    calendar.commitments = [*calendar.commitments, document]
    calendar.save()


def test_a_suspended_driver_is_out_at_once(admin: User, driver: Driver) -> None:
    promise(driver_key(driver.id), "past", hours=-3)
    promise(driver_key(driver.id), "next", hours=3)
    driver.status = DriverStatus.ONLINE
    driver.save()
    epoch = User.fetch(driver.user_id).credentials_epoch
    assert services.suspend_driver(user=admin, driver_id=driver.id) == ["next"]
    account = User.fetch(driver.user_id)
    assert (account.status, account.credentials_epoch) == (UserStatus.SUSPENDED, epoch + 1)
    assert Driver.fetch(driver.id).status is DriverStatus.OFFLINE
    services.reinstate_driver(user=admin, driver_id=driver.id)
    assert User.fetch(driver.user_id).status is UserStatus.ACTIVE


def test_a_driver_on_a_ride_keeps_it(admin: User, driver: Driver) -> None:
    driver.status, driver.current_booking_id = DriverStatus.BUSY, "ride"
    driver.save()
    services.suspend_driver(user=admin, driver_id=driver.id)
    stored = Driver.fetch(driver.id)
    assert (stored.status, stored.current_booking_id) == (DriverStatus.BUSY, "ride")


def test_a_vehicle_goes_to_the_workshop_and_back(admin: User, vehicle: Vehicle) -> None:
    promise(vehicle_key(vehicle.id), "next", hours=3)
    assert services.take_out_of_service(user=admin, vehicle_id=vehicle.id) == ["next"]
    assert Vehicle.fetch(vehicle.id).status is VehicleStatus.MAINTENANCE
    services.take_out_of_service(user=admin, vehicle_id=vehicle.id)  # again changes nothing
    services.return_to_service(user=admin, vehicle_id=vehicle.id)
    assert Vehicle.fetch(vehicle.id).status is VehicleStatus.AVAILABLE


def test_not_in_the_middle_of_a_ride(admin: User, vehicle: Vehicle) -> None:
    vehicle.status = VehicleStatus.ON_TRIP
    vehicle.save()
    for service in (services.take_out_of_service, services.return_to_service):
        with pytest.raises(Conflict) as refusal:
            service(user=admin, vehicle_id=vehicle.id)
        assert refusal.value.code == "vehicle_on_trip"


def test_who_has_left_is_left_alone(admin: User, driver: Driver, vehicle: Vehicle) -> None:
    driver.active = vehicle.active = False
    driver.save()
    vehicle.save()
    with pytest.raises(Conflict):
        services.suspend_driver(user=admin, driver_id=driver.id)
    with pytest.raises(Conflict):
        services.take_out_of_service(user=admin, vehicle_id=vehicle.id)
    with pytest.raises(NotFound):
        services.suspend_driver(user=admin, driver_id=NOBODYS)


def test_only_staff(owner: User, driver: Driver, vehicle: Vehicle) -> None:
    with pytest.raises(Forbidden):
        services.suspend_driver(user=owner, driver_id=driver.id)
    with pytest.raises(Forbidden):
        services.reinstate_driver(user=owner, driver_id=driver.id)
    with pytest.raises(Forbidden):
        services.take_out_of_service(user=owner, vehicle_id=vehicle.id)
