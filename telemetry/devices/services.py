"""Devices: added with a token that is shown once, told by it, and revoked."""

import hashlib
import hmac
import secrets
from typing import NamedTuple
from uuid import UUID, uuid4

from django.conf import settings

from accounts.users import CurrentUser
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Invalid, NotFound, Unauthenticated
from atlas.tables import Unique
from fleet.assignments.vehicles import take
from fleet.services.vehicles import pvin_claim
from fleet.tables import Operator, Vehicle
from telemetry.rules.vin import fault_of, normalise_vin, pseudo_vin
from telemetry.services import keep_vin, vin_taken
from telemetry.tables import Device, VehicleState
from telemetry.tenancy import Membership, manages_devices

SEPARATOR = "."


class AddedDevice(NamedTuple):
    device: Device
    token: str
    """Shown once: only its hash is kept."""


@retried
def add_device(*, user: CurrentUser, vin: str, name: str) -> AddedDevice:
    """A device for a vehicle of the user's organization; the vehicle is known from then on, its VIN sealed.

    Raises `Forbidden`, `Invalid`, and `Conflict` `vin_taken` where the vehicle is another organization's.
    """
    member = manages_devices(user)
    vin = normalise_vin(vin)
    if fault := fault_of(vin, check=settings.VIN_CHECK_DIGIT):
        raise Invalid(fields={"vin": [fault]})
    pvin = pseudo_vin(vin, settings.VIN_KEY)
    id, secret = str(uuid4()), secrets.token_urlsafe(32)
    token = f"{id}{SEPARATOR}{secret}"
    device = Device(
        id=id,
        organization_id=member.organization_id,
        pvin=pvin,
        name=name,
        token_hash=_hashed(token),
        created_by=user.id,
    )
    claim = _claim_of_ours(member, pvin)
    state = VehicleState.find(pvin, consistent=True)
    if state is not None and state.organization_id != member.organization_id:
        raise vin_taken()
    unchanged = Unique.owner_id == claim.owner_id if claim else Unique.key_.does_not_exist()
    with transact() as tx:
        tx.create(device)
        tx.check(Unique, pvin_claim(pvin), condition=unchanged)  # nobody's vehicle was given this VIN meanwhile
        if state is None:
            tx.create(VehicleState(pvin=pvin, organization_id=member.organization_id))
        take(tx, organization_id=member.organization_id, pvin=pvin, vehicle_id=claim.owner_id if claim else None)
        keep_vin(tx, vin=vin, pvin=pvin, user_id=user.id, anew=state is None)
    return AddedDevice(device, token)


def revoke_device(*, user: CurrentUser, device_id: str) -> None:
    """Its token counts no more. Raises `NotFound` for those of others."""
    member: Membership = manages_devices(user)
    device = Device.find(device_id, consistent=True)
    if device is None or device.organization_id != member.organization_id:
        raise NotFound
    device.delete(add_version_condition=False)


def device_of(token: str) -> Device:
    """Whose token this is, asked of the store each time, so that a revoked one ends at once. One GetItem.

    Raises `Unauthenticated`.
    """
    id, _, secret = token.partition(SEPARATOR)
    if _is_id(id) and secret:
        device = Device.find(id) or Device.find(id, consistent=True)
        if device is not None and hmac.compare_digest(device.token_hash, _hashed(token)):
            return device
    raise Unauthenticated("This is no token of a device.", code="invalid_token")


def _claim_of_ours(member: Membership, pvin: str) -> Unique | None:
    """A vehicle of the marketplace that bears this VIN is its company's alone. Raises `Conflict` `vin_taken`."""
    claim = Unique.find(pvin_claim(pvin), consistent=True)
    vehicle = Vehicle.find(claim.owner_id, consistent=True) if claim is not None else None
    company = Operator.find(vehicle.operator_id) if vehicle is not None else None
    if company is not None and company.organization_id != member.organization_id:
        raise vin_taken()
    return claim


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
