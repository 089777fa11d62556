"""Where vehicles are and how they do, for the members of their organization."""

from accounts.users import CurrentUser
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.many import get_many
from atlas.errors import NotFound
from telemetry.tables import VehicleState
from telemetry.tenancy import sees_fleet


def vehicle_state(*, user: CurrentUser, pvin: str) -> VehicleState:
    """Raises `Forbidden`, and `NotFound` for the vehicles of others."""
    member = sees_fleet(user)
    found = VehicleState.find(pvin)
    if found is None or found.organization_id != member.organization_id:
        raise NotFound
    return found


def fleet_state(*, user: CurrentUser, cursor: str | None = None, limit: int = 50) -> Page[VehicleState]:
    """All vehicles of the organization: one query of keys, one batch read, however many vehicles others have."""
    member = sees_fleet(user)
    keys = read_page(
        VehicleState.organization_index.query,
        member.organization_id,
        scope=scope("fleet-state", member.organization_id),
        cursor=cursor,
        limit=limit,
    )
    found = get_many(*((VehicleState, key.pvin) for key in keys.items))
    return Page([state for state in found if state is not None], keys.next)
