"""Geofences as the members of their organization see them: owner, admin and manager."""

from accounts.users import CurrentUser
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.errors import NotFound
from fleet.rules.membership import Right
from telemetry.geofences.tables import Geofence, GeofenceState
from telemetry.tenancy import membership_of


def fences(*, user: CurrentUser, cursor: str | None = None, limit: int = 50) -> Page[Geofence]:
    """Raises `Forbidden`."""
    organization_id = membership_of(user, Right.SEE_GEOFENCES).organization_id
    return read_page(
        Geofence.query, organization_id, scope=scope("geofences", organization_id), cursor=cursor, limit=limit
    )


def fence(*, user: CurrentUser, fence_id: str) -> Geofence:
    """Raises `Forbidden`, `NotFound`."""
    found = Geofence.find(membership_of(user, Right.SEE_GEOFENCES).organization_id, fence_id)
    if found is None:
        raise NotFound
    return found


def vehicles_inside(
    *, user: CurrentUser, fence_id: str, cursor: str | None = None, limit: int = 50
) -> Page[GeofenceState]:
    """Who is in a fence now, since it is what it is. Raises `Forbidden`, `NotFound`."""
    drawn = fence(user=user, fence_id=fence_id)
    return read_page(
        GeofenceState.fence_index.query,
        drawn.id,
        filter_condition=(GeofenceState.entered_at >= drawn.since)
        & (GeofenceState.organization_id == drawn.organization_id),
        scope=scope("fence-vehicles", drawn.organization_id, drawn.id),
        cursor=cursor,
        limit=limit,
    )
