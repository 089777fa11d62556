"""Every read of the fleet, already restricted to the asking user."""

from accounts.permissions import require_role
from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.many import get_many
from atlas.errors import Forbidden, NotFound
from fleet.rules.types import OperatorStatus
from fleet.tables import Driver, Operator, Vehicle


def own_operator(user: CurrentUser) -> Operator:
    """The company that the user acts for. Raises `Forbidden` without one."""
    found = Operator.find(user.profile_id) if user.role is Role.OPERATOR and user.profile_id else None
    if found is None:
        raise Forbidden("This is for operators.", code="no_operator_profile")
    return found


def active_operator(user: CurrentUser) -> Operator:
    """The same, where it must be approved. Raises `Forbidden` `operator_suspended`."""
    operator = own_operator(user)
    if operator.status is not OperatorStatus.ACTIVE:
        raise Forbidden("Your company is not approved yet, or was suspended.", code="operator_suspended")
    return operator


def own_vehicle(operator: Operator, vehicle_id: str) -> Vehicle:
    vehicle = Vehicle.find(vehicle_id)
    if vehicle is None or vehicle.operator_id != operator.id or not vehicle.active:
        raise NotFound("None of your vehicles has this id.")
    return vehicle


def own_driver(operator: Operator, driver_id: str) -> Driver:
    driver = Driver.find(driver_id)
    if driver is None or driver.operator_id != operator.id or not driver.active:
        raise NotFound("None of your drivers has this id.")
    return driver


def driver_of(user: CurrentUser) -> Driver:
    """The user's own driver profile."""
    found = Driver.find(user.profile_id) if user.role is Role.DRIVER and user.profile_id else None
    if found is None or not found.active:
        raise Forbidden("This is for drivers.", code="no_driver_profile")
    return found


def list_vehicles(*, user: CurrentUser, cursor: str | None = None, limit: int = 50) -> Page[Vehicle]:
    """The operator's fleet, oldest first."""
    operator_id = own_operator(user).id
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
    operator_id = own_operator(user).id
    return read_page(
        Driver.operator_index.query,
        operator_id,
        filter_condition=Driver.active == True,  # noqa: E712 (an expression of DynamoDB)
        scope=scope("drivers", operator_id),
        cursor=cursor,
        limit=limit,
    )


def list_operators(
    *, user: CurrentUser, status: OperatorStatus, cursor: str | None = None, limit: int = 50
) -> Page[Operator]:
    """Every company of a status, oldest first (ADMIN). Two calls: keys of the index, then the items."""
    require_role(user, Role.ADMIN)
    keys = read_page(Operator.status_index.query, status, scope=scope("operators", status), cursor=cursor, limit=limit)
    found = get_many(*((Operator, key.id) for key in keys.items))
    return Page([operator for operator in found if operator is not None], keys.next)
