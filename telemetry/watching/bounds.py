"""The limits of an organization in the units of the rules: its own where it has some, else the platform's."""

from telemetry.configuration import safety_limits
from telemetry.rules.limits import Bounds
from telemetry.watching.known import Limits

LOW_BATTERY = 15.0
"""Percent."""


def bounds_of(limits: Limits) -> Bounds:
    return Bounds(
        safety_limits().speed if limits.speed_limit is None else limits.speed_limit,
        LOW_BATTERY if limits.low_battery is None else limits.low_battery,
    )
