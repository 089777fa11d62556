"""What was commanded, for who may know: one's own, and all of a fleet's for who sees all of the fleet."""

from accounts.users import CurrentUser
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.errors import NotFound
from fleet.assignments.tables import VehicleAssignment
from fleet.rules.membership import Right, may
from telemetry.commands.tables import Command
from telemetry.tenancy import membership_of, sees_fleet


def own_command(*, user: CurrentUser, pvin: str, command_id: str) -> Command:
    """As it is this instant. Raises `NotFound` for those of others."""
    found = Command.find(user.id, command_id, consistent=True)
    if found is None or found.pvin != pvin:
        raise NotFound
    return found


def commands_of_vehicle(*, user: CurrentUser, pvin: str, cursor: str | None = None, limit: int = 50) -> Page[Command]:
    """Newest first: all that the organization sent to it, for a driver what they sent themselves.

    Raises `Forbidden` for who may send none, `NotFound` for a vehicle that was never the organization's.
    """
    member = membership_of(user, Right.COMMAND_ASSIGNED)
    if VehicleAssignment.find(member.organization_id, pvin) is None:
        raise NotFound
    wanted = Command.organization_id == member.organization_id
    if not may(member.role, Right.COMMAND_FLEET):
        wanted &= Command.user_id == user.id
    return read_page(
        Command.vin_index.query,
        pvin,
        scope=scope("commands-of-vehicle", user.id, member.organization_id, pvin),
        filter_condition=wanted,
        scan_index_forward=False,
        cursor=cursor,
        limit=limit,
    )


def commands_by_user(
    *, user: CurrentUser, user_id: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Command]:
    """Newest first: one's own, or in the organization those of somebody else (owner, admin, manager)."""
    of = user_id or user.id
    wanted = None if of == user.id else Command.organization_id == sees_fleet(user).organization_id
    return read_page(
        Command.user_index.query,
        of,
        scope=scope("commands-by-user", user.id, of),
        filter_condition=wanted,
        scan_index_forward=False,
        cursor=cursor,
        limit=limit,
    )
