"""What a demo car's tracker sends: a reading a second, in batches of ten, through the same pipeline as everybody's."""

import math
import random

from atlas.dynamo.attributes import utc_now
from atlas.live.authentication import in_thread
from fleet.tables import Vehicle
from telemetry.ingest.pipeline import ingest
from telemetry.tables import Device, VehicleState

BATCH, MOST = 10, 600
COMFORT = 3.5
"""m/s2 of a driver of even temper, at the wheel and at the pedals: a little less than what counts as an event."""
FULL, LOW, EMPTY, METRES_PER_PERCENT = 88.0, 45.0, 20.0, 4_000
"""Percent after charging, where a standing car is plugged in, where it does not set out; how far a percent reaches."""
PERCENT_A_MINUTE = 1.2


class Tracker:
    """Of one car on one ride. Without a vehicle that telemetry knows it sends nothing."""

    def __init__(self, vehicle_id: str) -> None:
        self.vehicle_id = vehicle_id
        self.device: Device | None = None
        self.odometer = 0.0
        self.battery = FULL
        self.temper = 1.0
        self.speed = 0.0
        self.heading: float | None = None
        self.charging = False
        self.place: tuple[float, float] | None = None
        """Where it was last, as far as telemetry knows."""
        self.kept: list[dict[str, object]] = []

    async def start(self) -> None:
        await in_thread(self._find)

    async def say(self, *, lat: float, lng: float, heading: float, speed: float) -> None:
        """The next second; `speed` in m/s. A car of mass takes its time to get there, and to turn."""
        if self.device is None:
            return
        pull = COMFORT * self.temper
        speed = self.speed = max(self.speed - pull, min(self.speed + pull, speed))
        heading = self.heading = _turned(self.heading, heading, math.degrees(pull / max(speed, 1.0)))
        self.odometer += speed
        self.battery = max(0.0, self.battery - speed / METRES_PER_PERCENT)
        self.kept.append(
            {
                "timestamp": round(utc_now().timestamp() * 1000),
                "lat": round(lat, 6),
                "lng": round(lng, 6),
                "heading": round(heading, 1) % 360,
                "speed": round(speed, 2),
                "odometer": round(self.odometer),
                "batteryLevel": round(self.battery, 1),
                "shiftState": "D" if speed else "P",
                "chargingState": "Charging" if self.charging else "Disconnected",
                "locked": not speed,
            }
        )
        del self.kept[:-MOST]
        if len(self.kept) >= BATCH:
            await self.send()

    def stand_a_minute(self) -> None:
        """At a charger, when it is low."""
        self.charging = self.battery < (FULL if self.charging else LOW)
        if self.charging:
            self.battery = min(100.0, self.battery + PERCENT_A_MINUTE)

    async def send(self) -> None:
        """What has gathered. What the store does not take now, it is given with the next batch."""
        if self.device is not None and self.kept:
            await in_thread(ingest, device=self.device, raws=list(self.kept), now=utc_now())
            self.kept.clear()

    def _find(self) -> None:
        vehicle = Vehicle.find(self.vehicle_id)
        state = VehicleState.find(vehicle.pvin) if vehicle is not None and vehicle.pvin else None
        if state is None:
            return
        self.device = Device(pvin=state.pvin, organization_id=state.organization_id)
        chance = random.Random(state.pvin)  # noqa: S311 (what it had driven before)
        self.temper = chance.uniform(0.6, 1.2)
        self.odometer = state.odometer if state.odometer is not None else chance.randrange(9_000_000, 60_000_000)
        self.battery = chance.uniform(LOW - 10, FULL) if state.battery_level is None else state.battery_level
        if self.battery <= EMPTY:
            self.battery = FULL  # charged meanwhile
        self.charging = state.charging_state == "Charging"
        if state.lat is not None and state.lng is not None:
            self.place = (state.lat, state.lng)


def _turned(before: float | None, wanted: float, most: float) -> float:
    """From one heading towards another, the short way, by so many degrees at most."""
    if before is None:
        return wanted
    turn = (wanted - before + 180) % 360 - 180
    return (before + max(-most, min(most, turn))) % 360
