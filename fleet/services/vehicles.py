"""A company's vehicles come, change and go; `Operator.activeVehicles` counts them in the same transactions."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from accounts.users import CurrentUser
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict
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
        raise _on_trip(vehicle)
    if "plate_number" in changes:
        changes["plate_number"] = clean_plate(changes["plate_number"])
    for name, value in changes.items():
        setattr(vehicle, name, value)
    with transact() as tx:
        tx.save(vehicle)
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
        raise _on_trip(vehicle)
    vehicle.active = False
    operator.active_vehicles -= 1
    with transact() as tx:
        close_calendar(tx, calendar or Calendar(id=vehicle_key(vehicle_id)))
        tx.save(vehicle)
        tx.save(operator)


def _on_trip(vehicle: Vehicle) -> Conflict:
    return Conflict("The vehicle is on a ride.", code="vehicle_on_trip", details={"status": vehicle.status})
