"""The settings of telemetry in the units of its rules."""

from datetime import timedelta

from django.conf import settings

from telemetry.rules.machine import MPH, Thresholds
from telemetry.rules.point import METRE_PER_SECOND

BREADCRUMBS_LIFE = timedelta(hours=24)


def thresholds() -> Thresholds:
    return Thresholds(
        start_speed=round(settings.TRIP_START_MPH * MPH * METRE_PER_SECOND),
        stop_speed=round(settings.TRIP_STOP_MPH * MPH * METRE_PER_SECOND),
        ending=round(settings.TRIP_ENDING_SECONDS * 1000),
        orphan=round(settings.TRIP_ORPHAN_MINUTES * 60_000),
        lateness=round(settings.TELEMETRY_LATENESS_SECONDS * 1000),
    )
