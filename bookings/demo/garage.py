"""The cars without a ride: parked where they were left, charged when they are low, sent on an errand now and then."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from atlas.dynamo.many import get_many
from atlas.geo.city import places
from atlas.geo.distance import cumulative_m, interpolate
from atlas.geo.routing import route
from atlas.live.authentication import in_thread
from bookings.demo.cast import COMPANIES
from bookings.demo.items import vehicle_id
from bookings.demo.tracker import Tracker
from fleet.rules.types import VehicleStatus
from fleet.tables import Vehicle

log = structlog.get_logger(__name__)

PARKED_EVERY_SECONDS = 60.0
"""As devices do that are standing: a word a minute."""
ERRANDS = 3
"""Cars on the road without a guest: to be washed, to the airport, home."""
SPEED_MS = 12.0
TICK_SECONDS = 1.0


@dataclass
class Idle:
    """A car that nobody drives for a guest."""

    vehicle: Vehicle
    tracker: Tracker
    position: tuple[float, float]
    heading: float = 0.0
    errand: asyncio.Task[None] | None = None

    async def stand(self) -> None:
        """The word of a parked car."""
        lat, lng = self.position
        self.tracker.stand_a_minute()
        await self.tracker.say(lat=lat, lng=lng, heading=self.heading, speed=0.0)
        await self.tracker.send()

    async def drive_to(self, goal: tuple[float, float]) -> None:
        """A word a second on the way, and until it stands."""
        line = (await in_thread(route, self.position, goal)).points
        length, driven = cumulative_m(line)[-1], 0.0
        while driven < length or self.tracker.speed:
            await asyncio.sleep(TICK_SECONDS)
            left = length - driven
            driven = min(length, driven + self.tracker.speed * TICK_SECONDS)
            lat, lng, self.heading = interpolate(line, driven)
            self.position = (lat, lng)
            wanted = SPEED_MS * random.uniform(0.85, 1.15) if left > SPEED_MS else 0.0  # noqa: S311 (traffic)
            await self.tracker.say(lat=lat, lng=lng, heading=self.heading, speed=wanted)
            if not self.tracker.speed and not wanted:
                break
        await self.tracker.send()


@dataclass
class Garage:
    """All demo cars that telemetry knows, but those that a ride has taken."""

    idle: dict[str, Idle] = field(default_factory=dict)

    async def run(self) -> None:
        for vehicle in await in_thread(demo_vehicles):
            await self.put_back(vehicle.id)
        while True:
            for car in list(self.idle.values()):
                await asyncio.sleep(PARKED_EVERY_SECONDS / max(len(self.idle), 1))
                await self._tend(car)

    async def take(self, vehicle_id: str) -> tuple[float, float] | None:
        """A ride has it now; where it stands."""
        car = self.idle.pop(vehicle_id, None)
        if car is None:
            return None
        if car.errand is not None:
            car.errand.cancel()
        return car.position

    async def put_back(self, vehicle_id: str) -> None:
        """A ride is over, and the car stays where it is."""
        vehicle = await in_thread(Vehicle.find, vehicle_id)
        if vehicle is None:
            return
        tracker = Tracker(vehicle_id)
        await tracker.start()
        if tracker.device is not None:
            self.idle[vehicle_id] = Idle(vehicle, tracker, tracker.place or somewhere(vehicle.plate_number))

    async def _tend(self, car: Idle) -> None:
        if car.errand is not None and not car.errand.done():
            return
        car.errand = None
        try:
            if await self._is_free(car) and self._on_errands() < ERRANDS and random.random() < 1 / 8:  # noqa: S311
                car.errand = asyncio.create_task(car.drive_to(somewhere(str(random.random()))))  # noqa: S311
            else:
                await car.stand()
        except Exception as error:
            log.warning("demo_garage_failed", reason=f"{type(error).__name__}: {error}")

    def _on_errands(self) -> int:
        return sum(1 for car in self.idle.values() if car.errand is not None and not car.errand.done())

    @staticmethod
    async def _is_free(car: Idle) -> bool:
        """Nobody is about to be driven in it: a visitor's ride, too, finds it where it stands."""
        if car.tracker.charging:
            return False
        found = await in_thread(Vehicle.find, car.vehicle.id)
        return found is not None and found.status is VehicleStatus.AVAILABLE and found.current_driver_id is None


def demo_vehicles() -> Sequence[Vehicle]:
    ids = [vehicle_id(car.plate) for company in COMPANIES for car in company.cars]
    return [vehicle for vehicle in get_many(*((Vehicle, id) for id in ids)) if vehicle is not None and vehicle.pvin]


def somewhere(seed: str) -> tuple[float, float]:
    """One of the city's known places, always the same for a `seed`."""
    place = random.Random(seed).choice(places())  # noqa: S311 (a place to stand)
    return place.lat, place.lng
