"""The marketplace's sockets: a booking's watchers, a driver at work, an operator's fleet, a person's inbox."""

from datetime import timedelta
from typing import Any

from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas.api.fields import Choice, Heading, Instant, Latitude, Longitude, Number
from atlas.api.serializers import Serializer, validated
from atlas.dynamo.attributes import utc_now
from atlas.errors import Forbidden, Invalid, NotFound
from atlas.live.authentication import in_thread
from atlas.live.consumer import LiveConsumer
from atlas.live.last_position import aget_position
from bookings import live, tracking
from bookings.looking import saw_booking, saw_location
from bookings.permissions import part_of
from bookings.rules.lifecycle import LIVE
from bookings.serializers import BookingDetailSerializer
from bookings.tables import Booking
from bookings.topics import REQUESTS, booking_topic, driver_topic, inbox_topic, operator_topic
from fleet.selectors import driver_of, list_drivers, own_operator
from fleet.tables import Driver, Operator
from telemetry.state.live import alerts_topic, fleet_topic, stored_on_map
from telemetry.state.selectors import fleet_seen_by
from telemetry.tenancy import Sight, sight_of

MOST_ON_MAP = 1_000
ASSIGNMENTS_CHECK_SECONDS = 60.0
"""How long somebody may go on seeing a vehicle whose assignment ran out by itself."""
CLOCK_AHEAD = timedelta(seconds=60)
"""A phone's clock may be a little fast; a position from further ahead would block the true ones."""


class BookingConsumer(LiveConsumer):
    """`/ws/bookings/{id}/`: its parties see its state, its quotes, and while it is driven its car."""

    booking: Booking

    async def begin(self) -> None:
        booking = await in_thread(Booking.find, str(self.path["booking_id"]))
        if booking is None:
            raise NotFound
        self.part = part_of(self.user, booking)
        if self.part is None:
            raise Forbidden("This booking is not yours.")
        self.booking = booking

    def topics(self) -> list[str]:
        return [booking_topic(self.booking.id)]

    async def snapshot(self) -> dict[str, Any]:
        booking = await in_thread(Booking.fetch, self.booking.id)
        shown = BookingDetailSerializer(booking, context={"part": self.part}).data
        await in_thread(saw_booking, self.user, booking)
        if booking.status not in LIVE:
            return {"type": "snapshot", "booking": shown, "location": None, "route": None}
        await in_thread(saw_location, self.user, booking.driver_id)
        location = await in_thread(tracking.last_location, str(booking.driver_id))
        found = await in_thread(tracking.tracked, booking, location)
        return {
            "type": "snapshot",
            "booking": shown,
            "location": location,
            "route": {"points": found.route},
            **live.progress_message(found.leg, found.progress, found.remaining_km, found.eta_seconds),
        }


class LocationMessage(Serializer):
    """What a driver's phone sends; `speed` in km/h."""

    type = Choice(["location"])
    lat = Latitude()
    lng = Longitude()
    heading = Heading(required=False, allow_null=True)
    speed = Number(min_value=0, max_value=400, decimals=2, required=False, allow_null=True)
    timestamp = Instant(required=False)


class DriverConsumer(LiveConsumer):
    """`/ws/driver/`: a driver sends locations and hears of their jobs."""

    driver: Driver

    async def begin(self) -> None:
        self.driver = await in_thread(driver_of, self.user)
        self.reporter = live.Reporter(self.driver)

    def topics(self) -> list[str]:
        return [driver_topic(self.driver.id), inbox_topic(self.user.id)]

    async def snapshot(self) -> dict[str, Any]:
        location = await in_thread(tracking.last_location, self.driver.id)
        return {
            "type": "snapshot",
            "driver": {"id": self.driver.id, "status": self.driver.status},
            "bookingId": self.driver.current_booking_id,
            "location": location,
        }

    async def received(self, message: dict[str, Any]) -> None:
        if message["type"] != "location":
            await super().received(message)
            return
        location = validated(LocationMessage(data=message))
        at = location.get("timestamp") or utc_now()
        if at > utc_now() + CLOCK_AHEAD:
            raise Invalid("This position is from the future.", fields={"timestamp": ["Set the clock of the device."]})
        await self.reporter.report(
            lat=location["lat"],
            lng=location["lng"],
            heading=location.get("heading") or 0.0,
            speed=location.get("speed") or 0.0,
            at=at,
        )


class FleetConsumer(LiveConsumer):
    """`/ws/fleet/`: the vehicles of an organization, for its members; for who runs its company also where the drivers
    are, and what happens to their bookings.
    """

    operator: Operator | None
    sight: Sight

    async def begin(self) -> None:
        self.sight = await in_thread(sight_of, self.user)
        self.operator = await in_thread(company_run_by, self.user, self.sight)
        if not self.sight.whole_fleet:
            self.check_every = ASSIGNMENTS_CHECK_SECONDS
        self.hear_only_of(self.sight.vehicles)

    def topics(self) -> list[str]:
        company = [operator_topic(self.operator.id)] if self.operator else []
        alerts = [alerts_topic(self.sight.organization_id)] if self.sight.whole_fleet else []
        return [fleet_topic(self.sight.organization_id), *alerts, *company]

    async def snapshot(self) -> dict[str, Any]:
        states = await in_thread(fleet_seen_by, self.sight, limit=MOST_ON_MAP)
        vehicles = [stored_on_map(state) for state in states.items]
        return {"type": "snapshot", "vehicles": vehicles, "drivers": await self._drivers()}

    async def _drivers(self) -> list[dict[str, Any]]:
        if self.operator is None:
            return []
        page = await in_thread(list_drivers, user=self.user, limit=100)
        return [
            {
                "driverId": driver.id,
                "name": driver.name,
                "status": driver.status,
                "bookingId": driver.current_booking_id,
                "location": await aget_position(driver_topic(driver.id)) or tracking.stored_location(driver),
            }
            for driver in page.items
        ]


def company_run_by(user: CurrentUser, sight: Sight) -> Operator | None:
    """The company of the organization that is watched, where it is the user's."""
    if user.role is not Role.OPERATOR or user.profile_id is None:
        return None
    operator = own_operator(user)
    return operator if operator.organization_id == sight.organization_id else None


class InboxConsumer(LiveConsumer):
    """`/ws/inbox/`: what concerns the signed-in user: their bookings, quotes, new requests, alerts."""

    async def begin(self) -> None:
        self.operator = await in_thread(own_operator, self.user) if self.user.role is Role.OPERATOR else None

    def topics(self) -> list[str]:
        mine = [inbox_topic(self.user.id)]
        if self.operator is not None:
            mine += [operator_topic(self.operator.id), REQUESTS]
        return mine

    async def snapshot(self) -> dict[str, Any]:
        return {"type": "snapshot"}
