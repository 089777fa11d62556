"""The closed vocabularies of operators, drivers and vehicles, exactly as the data model spells them."""

from enum import StrEnum


class VehicleCategory(StrEnum):
    """From the plainest to the finest: a ride may be served by a higher one than was asked for."""

    SEDAN = "SEDAN"
    SUV = "SUV"
    SPRINTER = "SPRINTER"
    LIMO = "LIMO"


class VehicleStatus(StrEnum):
    AVAILABLE = "AVAILABLE"
    ON_TRIP = "ON_TRIP"
    MAINTENANCE = "MAINTENANCE"


class DriverStatus(StrEnum):
    """What the driver is doing now; it says nothing about rides of another day."""

    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    BUSY = "BUSY"


class OperatorStatus(StrEnum):
    """An operator is SUSPENDED until an admin approves it; only an ACTIVE one sees and quotes open
    requests.
    """

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
