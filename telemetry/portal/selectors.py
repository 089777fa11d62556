"""What the pages of a fleet show, for who asks."""

from typing import NamedTuple

from accounts.users import CurrentUser
from atlas.dynamo.cursor import Page
from atlas.dynamo.many import get_many
from atlas.errors import Forbidden
from fleet.assignments.tables import VehicleAssignment
from fleet.rules.membership import Right
from fleet.tables import Vehicle
from telemetry.commands.granting import grant
from telemetry.commands.selectors import commands_of_vehicle
from telemetry.commands.tables import Command
from telemetry.state import selectors as states
from telemetry.tables import VehicleState
from telemetry.tenancy import membership_of

NEWEST = 8
NOTHING = "-"


class Shown(NamedTuple):
    """A vehicle with what it is called; without a marketplace's one it has no name."""

    state: VehicleState
    vehicle: Vehicle | None

    @property
    def name(self) -> str:
        return self.vehicle.name if self.vehicle else ""

    @property
    def spoke(self) -> bool:
        return self.state.track is not None


class VehiclePage(NamedTuple):
    shown: Shown
    commands: list[Command]
    may_command: bool


def vehicles(*, user: CurrentUser, cursor: str | None = None) -> Page[Shown]:
    page = states.fleet_state(user=user, cursor=cursor)
    return Page(_named(list(page.items)), page.next)


def vehicle_page(*, user: CurrentUser, pvin: str, booking_id: str | None) -> VehiclePage:
    """For members by what they may see; for the driver of a ride, its vehicle while it is time for it.

    Raises `NotFound`, `Forbidden`, and `Conflict` `outside_window`.
    """
    if booking_id is not None:
        grant(user, pvin, booking_id)
        state = VehicleState.fetch(pvin)
        may_command = True
    else:
        state = states.vehicle_state(user=user, pvin=pvin)
        may_command = _commands(user)
    [shown] = _named([state])
    sent = list(commands_of_vehicle(user=user, pvin=pvin, limit=NEWEST).items) if may_command else []
    return VehiclePage(shown, sent, may_command)


def _commands(user: CurrentUser) -> bool:
    """Who has the vehicle at all and is more than a viewer."""
    try:
        membership_of(user, Right.COMMAND_ASSIGNED)
    except Forbidden:
        return False
    return True


def _named(found: list[VehicleState]) -> list[Shown]:
    held = get_many(*((VehicleAssignment, (each.organization_id, each.pvin)) for each in found))
    ids = [each.vehicle_id if each is not None and each.vehicle_id else NOTHING for each in held]
    vehicles = get_many(*((Vehicle, id) for id in ids))
    return [Shown(state, vehicle) for state, vehicle in zip(found, vehicles, strict=True)]
