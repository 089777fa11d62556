"""Every read of the fleet, already restricted to the asking user."""

from typing import TypeVar

from accounts import access_log
from accounts.permissions import require_role
from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas import cached
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.many import get_many
from atlas.errors import Forbidden, NotFound
from fleet.rules.types import OperatorStatus
from fleet.tables import Driver, Operator, Vehicle

Owned = TypeVar("Owned", Driver, Vehicle)

NONE_OF_YOURS = {"driver": "None of your drivers has this id.", "vehicle": "None of your vehicles has this id."}
"""The same for ids that do not exist and for those of others: reveals nothing."""


def own_operator(user: CurrentUser, *, consistent: bool = False) -> Operator:
    """The company that the user acts for. Raises `Forbidden` without one."""
    found = Operator.find(own_operator_id(user), consistent=consistent)
    if found is None:
        raise _no_operator()
    return found


def shown_operator(user: CurrentUser) -> Operator:
    """Name and pricing rules of the company, out of the cache: for a suggestion, which decides nothing."""
    id = own_operator_id(user)
    found = cached.shown(Operator, [id]).get(id)
    if found is None:
        raise _no_operator()
    return found


def own_operator_id(user: CurrentUser) -> str:
    """Its id, without a call. Raises `Forbidden` without one."""
    if user.role is not Role.OPERATOR or not user.profile_id:
        raise _no_operator()
    return user.profile_id


def active_operator(user: CurrentUser) -> Operator:
    """The same, where it must be approved. Raises `Forbidden` `operator_suspended`."""
    operator = own_operator(user)
    check_active(operator)
    return operator


def check_active(operator: Operator | None) -> None:
    """Raises `Forbidden`: `no_operator_profile`, `operator_suspended`."""
    if operator is None:
        raise _no_operator()
    if operator.status is not OperatorStatus.ACTIVE:
        raise Forbidden("Your company is not approved yet, or was suspended.", code="operator_suspended")


def vehicle_of(user: CurrentUser, vehicle_id: str, *, consistent: bool = False) -> Vehicle:
    """One of the vehicles of the user's company. One call."""
    return of_operator(own_operator_id(user), Vehicle.find(vehicle_id, consistent=consistent), Vehicle)


def driver_for(user: CurrentUser, driver_id: str, *, consistent: bool = False) -> Driver:
    """One of the drivers of the user's company. One call. A read to be shown (not `consistent`, for a decision) is kept
    in the access log.
    """
    driver = of_operator(own_operator_id(user), Driver.find(driver_id, consistent=consistent), Driver)
    if not consistent:
        access_log.read(actor=user, resource="driver", of=[(f"drivers:{driver.id}", driver.user_id)])
    return driver


def of_operator(operator_id: str, item: Owned | None, table: type[Owned]) -> Owned:
    """The item, if it is the operator's and still in service. Raises `NotFound`."""
    if item is None or not is_of_operator(item, operator_id):
        raise NotFound(NONE_OF_YOURS[table.__name__.lower()])
    return item


def is_of_operator(item: Driver | Vehicle | None, operator_id: str) -> bool:
    """Whether it is there, the operator's, and still in service."""
    return item is not None and item.operator_id == operator_id and item.active


def driver_of(user: CurrentUser, *, consistent: bool = False) -> Driver:
    """The user's own driver profile."""
    mine = user.profile_id if user.role is Role.DRIVER else None
    found = Driver.find(mine, consistent=consistent) if mine else None
    if found is None or not found.active:
        raise Forbidden("This is for drivers.", code="no_driver_profile")
    return found


def list_vehicles(*, user: CurrentUser, cursor: str | None = None, limit: int = 50) -> Page[Vehicle]:
    """The operator's fleet, oldest first."""
    operator_id = own_operator_id(user)
    return read_page(
        Vehicle.operator_index.query,
        operator_id,
        filter_condition=Vehicle.active == True,  # noqa: E712 (an expression of DynamoDB)
        scope=scope("vehicles", operator_id),
        cursor=cursor,
        limit=limit,
    )


def list_drivers(*, user: CurrentUser, cursor: str | None = None, limit: int = 50) -> Page[Driver]:
    """The operator's drivers, oldest first."""
    operator_id = own_operator_id(user)
    page = read_page(
        Driver.operator_index.query,
        operator_id,
        filter_condition=Driver.active == True,  # noqa: E712 (an expression of DynamoDB)
        scope=scope("drivers", operator_id),
        cursor=cursor,
        limit=limit,
    )
    access_log.read(actor=user, resource="drivers", of=[(f"users:{each.user_id}", each.user_id) for each in page.items])
    return page


def list_operators(
    *, user: CurrentUser, status: OperatorStatus, cursor: str | None = None, limit: int = 50
) -> Page[Operator]:
    """Every company of a status, oldest first (ADMIN). Two calls: keys of the index, then the items."""
    require_role(user, Role.ADMIN)
    keys = read_page(Operator.status_index.query, status, scope=scope("operators", status), cursor=cursor, limit=limit)
    found = get_many(*((Operator, key.id) for key in keys.items))
    return Page([operator for operator in found if operator is not None], keys.next)


def _no_operator() -> Forbidden:
    return Forbidden("This is for operators.", code="no_operator_profile")
