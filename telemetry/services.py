"""VINs: given by a vehicle's owner, kept sealed, shown to staff who say why."""

from django.conf import settings

import fleet.services
from accounts import access_log, staff
from accounts.access_log import Deed
from accounts.users import CurrentUser
from atlas import vault
from atlas.dynamo.transaction import Transaction
from atlas.errors import Conflict, Invalid, NotFound
from fleet.assignments.vehicles import take
from fleet.selectors import own_operator
from fleet.tables import Vehicle
from telemetry.rules.vin import fault_of, normalise_vin, pseudo_vin
from telemetry.tables import VehicleState, VinMapping

SHORTEST_REASON = 10


def give_vin(*, user: CurrentUser, vehicle_id: str, vin: str) -> Vehicle:
    """Bind one of their vehicles to its VIN. The vehicle keeps the pseudoVIN; the VIN itself is sealed.

    Raises `Invalid`, and `Conflict` `vin_taken` while another vehicle has it, or another organization its telemetry.
    The same VIN again changes nothing.
    """
    vin = normalise_vin(vin)
    if fault := fault_of(vin, check=settings.VIN_CHECK_DIGIT):
        raise Invalid(fields={"vin": [fault]})
    pvin = pseudo_vin(vin, settings.VIN_KEY)

    def keep(tx: Transaction) -> None:
        organization_id = own_operator(user).organization_id or ""
        ours = VehicleState.pvin.does_not_exist() | (VehicleState.organization_id == organization_id)
        tx.check(VehicleState, pvin, condition=ours, otherwise=vin_taken())
        if organization_id:
            take(tx, organization_id=organization_id, pvin=pvin, vehicle_id=vehicle_id)
        keep_vin(tx, vin=vin, pvin=pvin, user_id=user.id)

    return fleet.services.bind_telemetry(user=user, vehicle_id=vehicle_id, pvin=pvin, also=keep)


def keep_vin(tx: Transaction, *, vin: str, pvin: str, user_id: str, anew: bool = False) -> None:
    """Seal a VIN that is not known yet. `anew`: nobody has the vehicle, so it is told as this user's from now on."""
    mapping = VinMapping.find(pvin, consistent=True)
    if mapping is None:
        tx.create(VinMapping(pvin=pvin, sealed_vin=vault.seal(vin, context(pvin)), user_id=user_id))
    elif anew and mapping.user_id != user_id:
        mapping.user_id = user_id
        tx.save(mapping)


def resolve_vin(*, user: CurrentUser, pvin: str, reason: str) -> str:
    """The real VIN behind a pseudoVIN, for staff with the right to. Who asked, and why, is kept before it is told.

    Raises `Forbidden`, `Invalid` without a reason, `NotFound`.
    """
    staff.require(user, "resolve", "telemetry.vinmapping")
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Invalid(fields={"reason": [f"Say why, in at least {SHORTEST_REASON} characters: it is kept."]})
    mapping = VinMapping.find(pvin, consistent=True)
    if mapping is None:
        raise NotFound
    access_log.record(
        Deed.VIN_RESOLVED, object=f"vin-mapping:{pvin}", subject_id=mapping.user_id, actor=user, reason=reason
    )
    return vault.unseal(mapping.sealed_vin, context(pvin))


def vin_taken() -> Conflict:
    taken = "Another organization has a vehicle with this VIN."
    return Conflict(taken, code="vin_taken", fields={"vin": [taken]})


def context(pvin: str) -> str:
    return f"vin:{pvin}"
