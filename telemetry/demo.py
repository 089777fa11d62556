"""VINs of the demo's cars: rightly made, of no manufacturer's, always the same."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from atlas import vault
from atlas.dynamo.table import Table
from atlas.tables import Unique
from fleet.assignments.tables import VehicleAssignment
from fleet.services.vehicles import pvin_claim
from fleet.tables import Vehicle
from telemetry.rules.vin import CHECK_DIGIT_AT, check_digit, pseudo_vin
from telemetry.services import context
from telemetry.tables import VehicleState, VinMapping


def demo_vin(plate_number: str) -> str:
    """Of a car, by its plate. No manufacturer has the code 1A0."""
    digits = str(int(hashlib.sha256(plate_number.encode()).hexdigest(), 16))[:13]
    vin = f"1A0{digits[:5]}0{digits[5:]}"
    return vin[:CHECK_DIGIT_AT] + check_digit(vin) + vin[CHECK_DIGIT_AT + 1 :]


def with_vin(vehicle: Vehicle, *, organization_id: str, owner_id: str, at: datetime) -> Iterator[Table]:
    """The vehicle, bound to its VIN, known to telemetry, and what belongs to that."""
    vin = demo_vin(vehicle.plate_number)
    pvin = vehicle.pvin = pseudo_vin(vin, settings.VIN_KEY)
    yield vehicle
    yield Unique(key_=pvin_claim(pvin), owner_id=vehicle.id, created_at=at)
    yield VehicleState(pvin=pvin, organization_id=organization_id, created_at=at)
    yield VinMapping(pvin=pvin, sealed_vin=vault.seal(vin, context(pvin)), user_id=owner_id, created_at=at)
    yield VehicleAssignment(organization_id=organization_id, pvin=pvin, since=at, vehicle_id=vehicle.id, created_at=at)
