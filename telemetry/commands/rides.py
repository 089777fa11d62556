"""What telemetry asks of a booking when a command is sent for one. `atlas.wiring` plugs in who answers."""

from collections.abc import Callable
from typing import NamedTuple

from accounts.users import CurrentUser
from atlas.errors import NotFound


class Ride(NamedTuple):
    """A booking, as far as a vehicle's commands go."""

    pvin: str
    """Of the vehicle that is assigned to it."""
    organization_id: str
    is_open: bool
    """Whether it is time for it: from an hour before the pick-up until the ride is over."""
    is_driver: bool
    """Whether the asking user drives it."""
    temperature: float | None
    """What its passenger wishes, Celsius."""


RideOf = Callable[[CurrentUser, str], Ride]
"""Raises `NotFound` for who has no part in it."""


def _nobody(_user: CurrentUser, _booking_id: str) -> Ride:
    raise NotFound


_ride_of: list[RideOf] = [_nobody]


def rides_from(answer: RideOf) -> None:
    """Called by `atlas.wiring` alone."""
    _ride_of[:] = [answer]


def ride_of(user: CurrentUser, booking_id: str) -> Ride:
    return _ride_of[0](user, booking_id)
