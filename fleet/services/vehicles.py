"""A company's vehicles come, change and go; `Operator.activeVehicles` counts them in the same transactions."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from accounts.users import CurrentUser
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict
from atlas.tables import Unique
from fleet.rules.plate import clean_plate
from fleet.rules.types import VehicleCategory, VehicleStatus
from fleet.selectors import of_operator, own_operator, own_operator_id, vehicle_of
from fleet.services.duty import close_calendar, vehicle_key
from fleet.tables import Calendar, Operator, Vehicle


@retried
def add_vehicle(
    *,
    user: CurrentUser,
    category: VehicleCategory,
    name: str,
    plate_number: str,
    max_passengers: int,
    max_luggage: int,
    features: Sequence[str] = (),
    image: str = "",
) -> Vehicle:
    """A new vehicle, AVAILABLE."""
    operator = own_operator(user, consistent=True)
    operator.active_vehicles += 1
    vehicle = Vehicle(
        id=str(uuid4()),
        operator_id=operator.id,
        category=category,
        name=name,
        plate_number=clean_plate(plate_number),
        max_passengers=max_passengers,
        max_luggage=max_luggage,
        features=list(features),
        image=image,
    )
    with transact() as tx:
        tx.create(vehicle)
        tx.save(operator)
    return vehicle


@retried
def change_vehicle(
    *, user: CurrentUser, vehicle_id: str, check: Callable[[Vehicle], None] | None = None, **changes: Any
) -> Vehicle:
    """Change what is given. `check` may refuse the vehicle as it is now: the edge's `If-Match`.

    Raises `Conflict` `vehicle_on_trip` for a change of status meanwhile: the ride sets and ends it.
    """
    vehicle = vehicle_of(user, vehicle_id, consistent=True)
    if check is not None:
        check(vehicle)
    if vehicle.status is VehicleStatus.ON_TRIP and changes.get("status", vehicle.status) is not vehicle.status:
        raise on_trip(vehicle)
    if "plate_number" in changes:
        changes["plate_number"] = clean_plate(changes["plate_number"])
    for name, value in changes.items():
        setattr(vehicle, name, value)
    with transact() as tx:
        tx.save(vehicle)
    return vehicle


@retried
def bind_telemetry(
    *, user: CurrentUser, vehicle_id: str, pvin: str, also: Callable[[Transaction], None] = lambda tx: None
) -> Vehicle:
    """Say which pseudoVIN's telemetry is this vehicle's; `also` writes more in the same transaction.

    Raises `Conflict` `vin_taken` while another vehicle has it. The same one again changes nothing.
    """
    vehicle = vehicle_of(user, vehicle_id, consistent=True)
    if vehicle.pvin == pvin:
        return vehicle
    with transact() as tx:
        _release_pvin(tx, vehicle)
        tx.create(Unique(key_=pvin_claim(pvin), owner_id=vehicle.id), otherwise=_vin_taken())
        vehicle.pvin = pvin
        tx.save(vehicle)
        also(tx)
    return vehicle


@retried
def retire_vehicle(*, user: CurrentUser, vehicle_id: str) -> None:
    """Take a vehicle out of the fleet; it is kept for the bookings it served.

    Raises `Conflict` `vehicle_on_trip`, or `vehicle_promised` while rides lie before it.
    """
    operator_id = own_operator_id(user)
    operator, found, calendar = get_many(
        (Operator, operator_id), (Vehicle, vehicle_id), (Calendar, vehicle_key(vehicle_id)), consistent=True
    )
    vehicle = of_operator(operator_id, found, Vehicle)
    if vehicle.status is VehicleStatus.ON_TRIP:
        raise on_trip(vehicle)
    vehicle.active = False
    operator.active_vehicles -= 1
    with transact() as tx:
        close_calendar(tx, calendar or Calendar(id=vehicle_key(vehicle_id)))
        _release_pvin(tx, vehicle)
        tx.save(vehicle)
        tx.save(operator)


def on_trip(vehicle: Vehicle) -> Conflict:
    return Conflict("The vehicle is on a ride.", code="vehicle_on_trip", details={"status": vehicle.status})


def pvin_claim(pvin: str) -> str:
    return f"pvin:{pvin}"


def _release_pvin(tx: Transaction, vehicle: Vehicle) -> None:
    """The car may come to another company, which then gives its VIN anew."""
    held = Unique.find(pvin_claim(vehicle.pvin), consistent=True) if vehicle.pvin else None
    if held is not None and held.owner_id == vehicle.id:
        tx.delete(held)


def _vin_taken() -> Conflict:
    taken = "Another vehicle has this VIN."
    return Conflict(taken, code="vin_taken", fields={"vin": [taken]})
