"""Cars that move: each driver of a live demo ride follows the streets and says how far they are, as a phone would."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

import bookings.services
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import AtlasError
from atlas.geo.city import places
from atlas.geo.distance import cumulative_m, distance_m, interpolate
from atlas.geo.routing import route
from atlas.live.authentication import in_thread
from atlas.live.last_position import aget_position
from bookings.demo.cast import COMPANIES, DEMO_DRIVER
from bookings.demo.garage import Garage
from bookings.demo.items import driver_id
from bookings.demo.market import Market
from bookings.demo.tracker import Tracker
from bookings.live import Reporter, live_booking
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking
from bookings.topics import driver_topic
from bookings.tracking import way_of
from fleet.tables import Driver

log = structlog.get_logger(__name__)

S = BookingStatus
TICK_SECONDS = 1.0
SPEED_MS = 13.0
"""About 47 km/h of simulated street; what watchers see is this times `pace`."""
WAIT_SECONDS = {S.ARRIVED: 20.0, S.PASSENGER_ONBOARD: 6.0}
NEXT = {
    S.DRIVER_ASSIGNED: S.DRIVER_EN_ROUTE,
    S.DRIVER_EN_ROUTE: S.ARRIVED,
    S.ARRIVED: S.PASSENGER_ONBOARD,
    S.PASSENGER_ONBOARD: S.IN_PROGRESS,
    S.IN_PROGRESS: S.COMPLETED,
}
NEAR_M = 8_000
"""A car that stands further off would come too late; then it is as if it had stood nearer."""
APPROACH_KM = 4.0
"""How far from the pick-up a car without a known position is put."""

Point = tuple[float, float]


@dataclass
class Car:
    """One driver on one booking; `line` is the road ahead, `at_m` how far along it."""

    driver: Driver
    user: User
    booking: Booking
    position: Point
    pace: float
    line: Sequence[Point] = ()
    length_m: float = 0.0
    at_m: float = 0.0
    waits: float = 0.0
    heading: float = 0.0
    reporter: Reporter = field(init=False)
    tracker: Tracker = field(init=False)

    def __post_init__(self) -> None:
        self.reporter = Reporter(self.driver)
        self.tracker = Tracker(str(self.booking.vehicle_id))

    async def drive(self) -> None:
        """Until the ride is over, one position a second."""
        await self._enter(self.booking.status)
        await self.tracker.start()
        while self.booking.status in NEXT:
            await asyncio.sleep(TICK_SECONDS)
            speed = self._move()
            await self._track(speed * self.pace)
            await self.reporter.report(
                lat=round(self.position[0], 6),
                lng=round(self.position[1], 6),
                heading=round(self.heading, 1),
                speed=round(speed * 3.6, 1),
                at=utc_now(),
            )
            if self._is_through():
                await self._advance()

        await self._track(0.0)
        while self.tracker.speed:
            await asyncio.sleep(TICK_SECONDS)
            await self._track(0.0)
        await self.tracker.send()

    async def _track(self, speed: float) -> None:
        """The car's own device, beside the driver's phone. That it fails stops no ride."""
        lat, lng = self.position
        try:
            await self.tracker.say(lat=lat, lng=lng, heading=self.heading, speed=speed)
        except Exception as error:
            log.warning("demo_tracker_failed", reason=f"{type(error).__name__}: {error}")

    def _move(self) -> float:
        """One second further along the line; the speed in m/s."""
        if self.waits > 0 or not self.line:
            self.waits -= TICK_SECONDS
            return 0.0
        speed = SPEED_MS * random.uniform(0.85, 1.15)  # noqa: S311 (traffic)
        self.at_m = min(self.length_m, self.at_m + speed * self.pace * TICK_SECONDS)
        lat, lng, self.heading = interpolate(self.line, self.at_m)
        self.position = (lat, lng)
        return speed

    def _is_through(self) -> bool:
        return self.waits <= 0 and self.at_m >= self.length_m

    async def _advance(self) -> None:
        target = NEXT[self.booking.status]
        self.booking = await in_thread(
            bookings.services.report_status, user=self.user, booking_id=self.booking.id, status=target
        )
        await self._enter(self.booking.status)

    async def _enter(self, status: BookingStatus) -> None:
        """Set up what this stage of the ride does: a way to drive, or a time to wait."""
        self.waits = WAIT_SECONDS.get(status, 0.0)
        self.line, self.length_m, self.at_m = (), 0.0, 0.0
        if status is S.DRIVER_EN_ROUTE:
            pickup = self.booking.details.pickup
            self._follow(await in_thread(route, self.position, (pickup.lat, pickup.lng)))
        elif status is S.IN_PROGRESS:
            self._follow(await in_thread(self._ride))

    def _ride(self) -> Any:
        """To the drop-off; an hourly hire makes a tour of the town."""
        way = way_of(self.booking)
        if len(way) > 1:
            return route(self.position, way[-1])
        tour = random.Random(self.booking.id)  # noqa: S311 (a tour)
        goal = tour.choice([place for place in places() if place.kind == "venue"])
        return route(self.position, (goal.lat, goal.lng))

    def _follow(self, found: Any) -> None:
        self.line = found.points
        self.length_m = cumulative_m(self.line)[-1]


class Simulator:
    """Keeps `rides` cars on the road and the market alive, until it is stopped."""

    def __init__(self, *, rides: int, pace: float, request_every: float) -> None:
        self.rides, self.pace, self.request_every = rides, pace, request_every
        self.market = Market(seed=random.getrandbits(32))
        self.cars: dict[str, asyncio.Task[None]] = {}
        self.garage = Garage()
        self.taken: dict[str, str] = {}
        """Driver -> the vehicle of their ride."""

    async def run(self) -> None:
        beside = [asyncio.create_task(each) for each in (self._requests(), self.garage.run())]
        try:
            while True:
                await self._forget_finished()
                await self._resume()
                if len(self.cars) < self.rides:
                    await self._attempt(self._begin())
                await asyncio.sleep(10)
        finally:
            for task in beside:
                task.cancel()

    async def _resume(self) -> None:
        """Whoever is on the road and not driven, since the last stop or a failure, goes on from where they were."""
        for company in COMPANIES:
            for name in company.drivers:
                if name == DEMO_DRIVER or driver_id(name) in self.cars:
                    continue
                booking = await in_thread(live_booking, driver_id(name))
                if booking is not None:
                    await self._attempt(self._send(booking))

    async def _begin(self) -> None:
        booking = await in_thread(self.market.ride_now)
        if booking is not None:
            await self._send(booking)

    async def _send(self, booking: Booking) -> None:
        driver = await in_thread(Driver.fetch, str(booking.driver_id))
        user = await in_thread(User.fetch, driver.user_id)
        stood = await self.garage.take(str(booking.vehicle_id))
        self.taken[driver.id] = str(booking.vehicle_id)
        car = Car(driver, user, booking, await self._position(booking, driver, stood), self.pace)
        self.cars[driver.id] = asyncio.create_task(car.drive())

    async def _position(self, booking: Booking, driver: Driver, stood: Point | None) -> Point:
        """Where the car stands or the driver was last, or somewhere near the pick-up (or on the way, when driving)."""
        pickup = booking.details.pickup
        if stood is not None and distance_m(*stood, pickup.lat, pickup.lng) < NEAR_M:
            return stood
        known = await aget_position(driver_topic(driver.id))
        if known is not None:
            return float(known["lat"]), float(known["lng"])
        if booking.status is S.DRIVER_ASSIGNED or booking.status is S.DRIVER_EN_ROUTE:
            near = random.Random(booking.id)  # noqa: S311 (a place to start from)
            spread = APPROACH_KM / 111
            start = (pickup.lat + near.uniform(-spread, spread), pickup.lng + near.uniform(-spread, spread))
            return (await in_thread(route, start, (pickup.lat, pickup.lng))).points[0]
        return pickup.lat, pickup.lng

    async def _requests(self) -> None:
        while True:
            await asyncio.sleep(self.request_every)
            await self._attempt(in_thread(self.market.request))

    async def _forget_finished(self) -> None:
        for id, task in list(self.cars.items()):
            if task.done():
                del self.cars[id]
                await self._attempt(self.garage.put_back(self.taken.pop(id)))
                if not task.cancelled() and (error := task.exception()):
                    log.warning("demo_ride_stopped", driver_id=id, reason=f"{type(error).__name__}: {error}")

    @staticmethod
    async def _attempt(work: Any) -> None:
        """A demo goes on: what does not work now is tried anew at the next turn."""
        try:
            await work
        except AtlasError as refused:
            log.info("demo_refused", code=refused.code)
        except Exception as error:
            log.warning("demo_failed", reason=f"{type(error).__name__}: {error}")
