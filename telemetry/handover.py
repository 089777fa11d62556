"""A vehicle leaves its organization: sold, returned, lost. Whoever adds its VIN next has it, and begins anew.

What was told while they had it stays the old organization's: its trips and their archives name it, and are shown to
nobody else. What stands for now (the latest state, the points of the last day) is deleted, and so are its devices, so
that nothing that still sends reaches the next one.
"""

from accounts import access_log, staff
from accounts.access_log import Deed
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, NotFound
from atlas.tables import Unique
from fleet.assignments.tables import DriverAssignment
from fleet.assignments.vehicles import give_up
from fleet.rules.membership import Right
from fleet.services.vehicles import pvin_claim
from fleet.tables import Vehicle
from telemetry.geofences.states import forget_vehicle
from telemetry.tables import Breadcrumbs, Device, TripState, VehicleState, VinMapping
from telemetry.tenancy import membership_of

MOST_ASSIGNMENTS = 40
"""Of one vehicle, in one transaction."""


def hand_over(*, user: CurrentUser, pvin: str) -> None:
    """Release a vehicle of the organization that the user acts for (owner, admin).

    Raises `Forbidden`, `NotFound`, and `Conflict` `vehicle_under_way` until its last trip is archived.
    """
    _release(pvin, membership_of(user, Right.HAND_OVER).organization_id)


def hand_over_by_staff(*, user: CurrentUser, pvin: str, reason: str) -> None:
    """The same where the old organization does not do it: a car that was sold, and its new owner waits."""
    staff.require(user, "hand_over", "telemetry.vinmapping")
    state = VehicleState.find(pvin, consistent=True)
    if state is None:
        raise NotFound("No organization has this vehicle.")
    mapping = VinMapping.find(pvin)
    access_log.record(
        Deed.ACTION,
        object=f"vehicle-state:{pvin}",
        subject_id=mapping.user_id if mapping else None,
        actor=user,
        resource="hand over",
        reason=reason,
    )
    _release(pvin, state.organization_id)


@retried
def _release(pvin: str, organization_id: str) -> None:
    state = VehicleState.find(pvin, consistent=True)
    if state is None or state.organization_id != organization_id:
        raise NotFound
    with transact() as tx:
        tx.check(TripState, pvin, condition=TripState.pvin.does_not_exist(), otherwise=_under_way())
        tx.delete(state)
        give_up(tx, organization_id=organization_id, pvin=pvin, now=utc_now())
        _revoke_devices(tx, pvin, organization_id)
        _end_assignments(tx, pvin, organization_id)
        _unbind(tx, pvin)
        tx.on_commit(lambda: _forget_points(pvin))


def _revoke_devices(tx: Transaction, pvin: str, organization_id: str) -> None:
    for key in Device.organization_index.query(organization_id, filter_condition=Device.pvin == pvin):
        device = Device.find(key.id, consistent=True)
        if device is not None and device.pvin == pvin:
            tx.delete(device)


def _end_assignments(tx: Transaction, pvin: str, organization_id: str) -> None:
    for key in DriverAssignment.vin_index.query(pvin, limit=MOST_ASSIGNMENTS):
        found = DriverAssignment.find(key.organization_id, key.id, consistent=True)
        if found is not None and found.organization_id == organization_id:
            tx.delete(found)


def _unbind(tx: Transaction, pvin: str) -> None:
    """The marketplace's vehicle keeps its bookings and loses its VIN."""
    claim = Unique.find(pvin_claim(pvin), consistent=True)
    vehicle = Vehicle.find(claim.owner_id, consistent=True) if claim is not None else None
    if claim is not None:
        tx.delete(claim)
    if vehicle is not None and vehicle.pvin == pvin:
        vehicle.pvin = None
        tx.save(vehicle)


def _forget_points(pvin: str) -> None:
    """They are in the trips' archives; what is left expires within a day anyway."""
    with Breadcrumbs.batch_write() as batch:
        for chunk in Breadcrumbs.query(pvin, consistent_read=True):
            batch.delete(chunk)
    forget_vehicle(pvin)


def _under_way() -> Conflict:
    return Conflict(
        "The vehicle is on a trip, or its last one is being archived: try again in some minutes.",
        code="vehicle_under_way",
    )
