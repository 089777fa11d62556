"""Where vehicles are and how they do, for the members of their organization."""

from accounts.users import CurrentUser
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.many import get_many
from atlas.errors import NotFound
from telemetry.tables import VehicleState
from telemetry.tenancy import Sight, sight_of


def vehicle_state(*, user: CurrentUser, pvin: str) -> VehicleState:
    """Raises `Forbidden`, and `NotFound` for the vehicles of others."""
    return seen_by(sight_of(user), pvin)


def seen_by(sight: Sight, pvin: str) -> VehicleState:
    """Raises `NotFound`."""
    sight.since(pvin)
    found = VehicleState.find(pvin)
    if found is None or found.organization_id != sight.organization_id:
        raise NotFound
    return found


def fleet_state(*, user: CurrentUser, cursor: str | None = None, limit: int = 50) -> Page[VehicleState]:
    """All vehicles of the organization that the user may see: one query of keys, one batch read, however many vehicles
    others have. Who has only some sees those, on one page.
    """
    return fleet_seen_by(sight_of(user), cursor=cursor, limit=limit)


def fleet_seen_by(sight: Sight, *, cursor: str | None = None, limit: int = 50) -> Page[VehicleState]:
    if sight.vehicles is not None:
        mine = get_many(*((VehicleState, pvin) for pvin in sorted(sight.vehicles)))
        return Page([each for each in mine if each is not None and each.organization_id == sight.organization_id])
    keys = read_page(
        VehicleState.organization_index.query,
        sight.organization_id,
        scope=scope("fleet-state", sight.organization_id),
        cursor=cursor,
        limit=limit,
    )
    found = get_many(*((VehicleState, key.pvin) for key in keys.items))
    return Page([state for state in found if state is not None], keys.next)
