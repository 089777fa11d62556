"""Imported tracks become trips, which are archived."""

from tests.telemetry.trips.conftest import _archives

__all__ = ["_archives"]
