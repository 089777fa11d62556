"""A company's drivers come, change and go; `Operator.activeDrivers` counts them in the same transactions."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from accounts.rules.roles import Role
from accounts.services import create_user
from accounts.users import CurrentUser
from atlas import outbox
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict
from fleet.events import DriverDismissed
from fleet.rules.membership import MemberRole
from fleet.rules.types import DriverStatus
from fleet.selectors import driver_for, driver_of, of_operator, own_operator, own_operator_id
from fleet.services.duty import close_calendar, driver_key
from fleet.tables import Calendar, Driver, DriverDocuments, Operator, OrganizationUser

FORGOTTEN = "Deleted user"


@retried
def add_driver(
    *,
    user: CurrentUser,
    name: str,
    email: str,
    password: str | None,
    license_number: str,
    license_expiry: date,
    phone: str = "",
    documents: Mapping[str, bool] | None = None,
) -> Driver:
    """A new driver with their account and membership, all or nothing. Raises `Conflict` `email_taken`.

    `documents` says what is verified: the operator vouches for its drivers, as an admin vouches for the operator.
    """
    own_operator_id(user)
    driver_id = str(uuid4())
    with transact() as tx:
        account = create_user(
            tx=tx, name=name, email=email, phone=phone, password=password, role=Role.DRIVER, profile_id=driver_id
        )
        operator = own_operator(user, consistent=True)  # after the password's slow hash: a short window to lose it in
        operator.active_drivers += 1
        driver = Driver(
            id=driver_id,
            user_id=account.id,
            operator_id=operator.id,
            name=account.name,
            phone=account.phone,
            license_number=license_number,
            license_expiry=license_expiry.isoformat(),
            documents=DriverDocuments(**(documents or {})),
        )
        tx.create(driver)
        tx.save(operator)
        if operator.organization_id is not None:
            tx.create(
                OrganizationUser(organization_id=operator.organization_id, user_id=account.id, role=MemberRole.DRIVER)
            )
    return driver


@retried
def change_driver(
    *,
    user: CurrentUser,
    driver_id: str,
    check: Callable[[Driver], None] | None = None,
    documents: Mapping[str, bool] | None = None,
    **changes: Any,
) -> Driver:
    """Change `license_number`, `license_expiry` and members of `documents`: what is given.

    Name, e-mail and phone are the driver's own. `check` may refuse the driver as they are now: the edge's `If-Match`.
    """
    driver = driver_for(user, driver_id, consistent=True)
    if check is not None:
        check(driver)
    if "license_number" in changes:
        driver.license_number = changes["license_number"]
    if "license_expiry" in changes:
        driver.license_expiry = changes["license_expiry"].isoformat()
    for member, verified in (documents or {}).items():
        setattr(driver.documents, member, verified)
    with transact() as tx:
        tx.save(driver)
    return driver


@retried
def dismiss_driver(*, user: CurrentUser, driver_id: str) -> None:
    """Let a driver go; they are kept for the bookings they drove, and their account is suspended.

    Raises `Conflict` `driver_on_ride`, or `driver_promised` while rides lie before them.
    """
    operator_id = own_operator_id(user)
    operator, found, calendar = get_many(
        (Operator, operator_id), (Driver, driver_id), (Calendar, driver_key(driver_id)), consistent=True
    )
    driver = of_operator(operator_id, found, Driver)
    if driver.current_booking_id is not None:
        raise _on_ride(driver)
    with transact() as tx:
        close_calendar(tx, calendar or Calendar(id=driver_key(driver_id)))
        _leave(tx, driver, operator)
        member = _membership(driver, operator)
        if member is not None:
            tx.delete(member)
        outbox.add(tx, DriverDismissed(driver.id, driver.user_id))


@retried
def forget_driver(*, driver_id: str) -> None:
    """Forget the person (GDPR) behind a driver whose account was deleted; the empty profile stays for its bookings."""
    driver = Driver.find(driver_id, consistent=True)
    if driver is None:
        return
    with transact() as tx:
        forget_profile(driver)
        _leave(tx, driver, Operator.fetch(driver.operator_id))


def forget_profile(driver: Driver) -> None:
    """Take the person out of the profile, in memory. Doing it again changes nothing."""
    driver.name, driver.phone = FORGOTTEN, ""
    driver.license_number = driver.license_expiry = ""
    driver.documents = DriverDocuments()
    driver.status = DriverStatus.OFFLINE
    driver.current_location = None


@retried
def set_driver_status(*, user: CurrentUser, status: DriverStatus) -> Driver:
    """The driver says whether they work. On a ride they are BUSY, and nothing else (`Conflict` `driver_on_ride`)."""
    driver = driver_of(user, consistent=True)
    if driver.status is status:
        return driver
    if driver.current_booking_id is not None and status is not DriverStatus.BUSY:
        raise _on_ride(driver)
    driver.status = status
    with transact() as tx:
        tx.save(driver)
    return driver


def _leave(tx: Transaction, driver: Driver, operator: Operator) -> None:
    if driver.active:
        operator.active_drivers -= 1
        tx.save(operator)
    driver.active = False
    driver.status = DriverStatus.OFFLINE
    driver.current_location = None
    tx.save(driver)


def _membership(driver: Driver, operator: Operator) -> OrganizationUser | None:
    if operator.organization_id is None:
        return None
    return OrganizationUser.find(operator.organization_id, driver.user_id, consistent=True)


def _on_ride(driver: Driver) -> Conflict:
    details = {"status": driver.status, "bookingId": driver.current_booking_id}
    return Conflict("The driver is on a ride.", code="driver_on_ride", details=details)
