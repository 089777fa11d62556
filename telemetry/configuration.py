"""The settings of telemetry in the units of its rules."""

from datetime import timedelta

from django.conf import settings

from telemetry.rules.machine import MPH, Thresholds
from telemetry.rules.point import METRE_PER_SECOND
from telemetry.rules.safety import Limits

BREADCRUMBS_LIFE = timedelta(hours=24)


def thresholds() -> Thresholds:
    return Thresholds(
        start_speed=round(settings.TRIP_START_MPH * MPH * METRE_PER_SECOND),
        stop_speed=round(settings.TRIP_STOP_MPH * MPH * METRE_PER_SECOND),
        ending=round(settings.TRIP_ENDING_SECONDS * 1000),
        orphan=round(settings.TRIP_ORPHAN_MINUTES * 60_000),
        lateness=round(settings.TELEMETRY_LATENESS_SECONDS * 1000),
    )


def safety_limits() -> Limits:
    return Limits(
        speed=settings.SAFETY_SPEEDING_MPH * MPH,
        braking=settings.SAFETY_BRAKING_G,
        acceleration=settings.SAFETY_ACCELERATION_G,
        turn=settings.SAFETY_TURN_G,
    )


def look_every() -> timedelta:
    """How often a vehicle under way is looked at whether it fell silent."""
    return timedelta(minutes=settings.TRIP_LOOK_MINUTES)
