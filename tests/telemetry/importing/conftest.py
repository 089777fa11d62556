"""Imported tracks become trips, which are archived."""

from tests.telemetry.trips.conftest import _archives, object_process, objects

__all__ = ["_archives", "object_process", "objects"]
