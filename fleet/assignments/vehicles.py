"""Which vehicles an organization has: written along with what makes them its own."""

from collections.abc import Sequence
from datetime import datetime

from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import Transaction
from fleet.assignments.tables import VehicleAssignment
from fleet.organizations.access import member_with
from fleet.rules.membership import Right
from fleet.tables import Vehicle


def take(tx: Transaction, *, organization_id: str, pvin: str, vehicle_id: str | None = None) -> None:
    """The vehicle is the organization's from now on; where it is so already, only what is new is written."""
    found = VehicleAssignment.find(organization_id, pvin, consistent=True)
    if found is None:
        tx.create(VehicleAssignment(organization_id=organization_id, pvin=pvin, since=utc_now(), vehicle_id=vehicle_id))
    elif found.until is not None or (vehicle_id is not None and found.vehicle_id != vehicle_id):
        if found.until is not None:
            found.since, found.until = utc_now(), None
        found.vehicle_id = vehicle_id or found.vehicle_id
        tx.save(found)


def give_up(tx: Transaction, *, organization_id: str, pvin: str, now: datetime) -> None:
    """It was theirs until now."""
    found = VehicleAssignment.find(organization_id, pvin, consistent=True)
    if found is not None and found.until is None:
        found.until = now
        found.vehicle_id = None
        tx.save(found)


def marketplace_vehicles(organization_id: str, pvins: Sequence[str]) -> dict[str, Vehicle]:
    """By pseudoVIN, the marketplace's vehicle that each one is, where it is one: two batch reads for every hundred."""
    held = get_many(*((VehicleAssignment, (organization_id, pvin)) for pvin in pvins))
    named = {each.pvin: each.vehicle_id for each in held if each is not None and each.vehicle_id}
    found = get_many(*((Vehicle, vehicle_id) for vehicle_id in named.values()))
    return {pvin: vehicle for pvin, vehicle in zip(named, found, strict=True) if vehicle is not None}


def list_vehicles(
    *, user: CurrentUser, organization_id: str, cursor: str | None = None, limit: int = 50
) -> Page[VehicleAssignment]:
    """Those it has and had. Raises `NotFound`, `Forbidden`."""
    member_with(user, organization_id, Right.SEE_FLEET)
    return read_page(
        VehicleAssignment.query,
        organization_id,
        scope=scope("fleet-vehicles", organization_id),
        cursor=cursor,
        limit=limit,
    )
