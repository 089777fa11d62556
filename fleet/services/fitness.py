"""May these two serve that ride: theirs, licensed, documented, large enough."""

from datetime import date

from accounts.tables import User
from atlas.dynamo.many import get_many
from atlas.errors import Conflict, Invalid
from fleet.rules.fitness import Fault, driver_faults, vehicle_faults
from fleet.rules.types import VehicleCategory
from fleet.selectors import NONE_OF_YOURS, is_of_operator
from fleet.tables import Driver, Vehicle


def check_fit(
    *,
    operator_id: str,
    driver_id: str,
    vehicle_id: str,
    category: VehicleCategory,
    passengers: int,
    luggage: int,
    ride_ends_on: date,
) -> tuple[Driver, Vehicle]:
    """The operator's driver and vehicle, fit for the ride. Two calls.

    Raises `Invalid` for an id that is not one of theirs (there or not), `Conflict` `driver_not_fit` or
    `vehicle_not_fit` with the faults in `details`.
    """
    driver, vehicle = get_many((Driver, driver_id), (Vehicle, vehicle_id), consistent=True)
    fields = {}
    if not is_of_operator(driver, operator_id):
        fields["driverId"] = [NONE_OF_YOURS["driver"]]
    if not is_of_operator(vehicle, operator_id):
        fields["vehicleId"] = [NONE_OF_YOURS["vehicle"]]
    if fields:
        raise Invalid(fields=fields)
    user = User.fetch(driver.user_id)
    _refuse(
        "driver_not_fit",
        driver_faults(
            user_status=user.status,
            license_verified=driver.documents.license,
            background_check=driver.documents.background_check,
            insurance=driver.documents.insurance,
            license_expiry=date.fromisoformat(driver.license_expiry) if driver.license_expiry else None,
            ride_ends_on=ride_ends_on,
        ),
    )
    _refuse(
        "vehicle_not_fit",
        vehicle_faults(
            status=vehicle.status,
            category=vehicle.category,
            max_passengers=vehicle.max_passengers,
            max_luggage=vehicle.max_luggage,
            wanted_category=category,
            passengers=passengers,
            luggage=luggage,
        ),
    )
    return driver, vehicle


def _refuse(code: str, faults: list[Fault]) -> None:
    if faults:
        details = {"faults": [{"code": fault.code, "message": fault.message} for fault in faults]}
        raise Conflict(" ".join(fault.message for fault in faults), code=code, details=details)
