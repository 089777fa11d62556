"""May this driver, and this vehicle, serve that ride?

The answer is a list of faults, empty when they may. Being ONLINE or ON_TRIP now is none: rides are assigned
days ahead, and time is the calendar's matter (`fleet.rules.calendar`).
"""

from datetime import date
from typing import NamedTuple

from accounts.rules.roles import UserStatus
from fleet.rules.types import VehicleCategory, VehicleStatus

RANK = {category: rank for rank, category in enumerate(VehicleCategory)}
"""SEDAN < SUV < SPRINTER < LIMO."""


class Fault(NamedTuple):
    code: str
    message: str


def driver_faults(
    *,
    user_status: UserStatus,
    license_verified: bool,
    background_check: bool,
    insurance: bool,
    license_expiry: date | None,
    ride_ends_on: date,
) -> list[Fault]:
    """`license_expiry` is the last day the licence is good for; `ride_ends_on` the ride's last day at its
    place.
    """
    faults = []
    if user_status is not UserStatus.ACTIVE:
        faults.append(Fault("driver_not_active", "The driver's account is not active."))
    if not license_verified:
        faults.append(Fault("license_not_verified", "The driver's licence is not verified."))
    if not background_check:
        faults.append(Fault("background_check_missing", "The driver has not passed the background check."))
    if not insurance:
        faults.append(Fault("insurance_missing", "The driver's insurance is not active."))
    if license_expiry is None:
        faults.append(Fault("license_expiry_missing", "It is not known how long the driver's licence is good."))
    elif license_expiry < ride_ends_on:
        message = f"The driver's licence expires on {license_expiry}, before the ride ends on {ride_ends_on}."
        faults.append(Fault("license_expires", message))
    return faults


def vehicle_faults(
    *,
    status: VehicleStatus,
    category: VehicleCategory,
    max_passengers: int,
    max_luggage: int,
    wanted_category: VehicleCategory,
    passengers: int,
    luggage: int,
) -> list[Fault]:
    """An upgrade is welcome, a downgrade is not: the category must be the one asked for, or a higher one."""
    faults = []
    if status is VehicleStatus.MAINTENANCE:
        faults.append(Fault("vehicle_in_maintenance", "The vehicle is in maintenance."))
    if RANK[category] < RANK[wanted_category]:
        faults.append(Fault("wrong_category", f"The client asked for {wanted_category}; this is only {category}."))
    if passengers > max_passengers:
        faults.append(Fault("too_many_passengers", f"It seats {max_passengers}; the ride has {passengers} passengers."))
    if luggage > max_luggage:
        faults.append(Fault("too_much_luggage", f"It takes {max_luggage} pieces of luggage; the ride has {luggage}."))
    return faults
