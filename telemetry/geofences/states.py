"""Rows of `geofence-state` whose fence or vehicle is gone: nobody asks for them, so one that stays does no harm."""

from telemetry.geofences.tables import GeofenceState


def forget_fence(fence_id: str) -> None:
    with GeofenceState.batch_write() as batch:
        for row in GeofenceState.fence_index.query(fence_id):
            batch.delete(row)


def forget_vehicle(pvin: str) -> None:
    with GeofenceState.batch_write() as batch:
        for row in GeofenceState.query(pvin, consistent_read=True):
            batch.delete(row)
