"""What keeps the demo's market going: new requests, bids on them, rides that begin. Through the services, as people."""

import random
from datetime import timedelta

import structlog

import bookings.services
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import AtlasError
from bookings.demo.cast import COMPANIES, DEMO_DRIVER, demo_id
from bookings.demo.items import driver_id, vehicle_id
from bookings.demo.stories import Story, Writer
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking
from fleet.rules.types import VehicleStatus
from fleet.tables import Driver, Vehicle
from payments.rules.types import PaymentMethod

log = structlog.get_logger(__name__)

ACTIVE = [company for company in COMPANIES if company.approved]


class Market:
    """Makes things happen at random times, from a seed of its own."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 (a simulation)

    def request(self) -> Booking:
        """Somebody asks for a ride in the next days, and some companies bid."""
        booking = self._ask(self._story(timedelta(minutes=self.random.randint(5 * 60, 4 * 24 * 60))))
        for company in self.random.sample(ACTIVE, self.random.randint(0, len(ACTIVE))):
            self._bid(booking, company.key)
        return booking

    def ride_now(self) -> Booking | None:
        """A ride that begins at once: asked for, sold and assigned within the call. None when nobody is free."""
        story = self._story(timedelta(minutes=6), concierge="concierge")
        booking = self._ask(story)
        for company in self.random.sample(ACTIVE, len(ACTIVE)):
            quote_id = self._bid(booking, company.key)
            names = self._free(company.key)
            if quote_id is None or not names:
                continue
            concierge = User.fetch(booking.concierge_id)
            bookings.services.accept_quote(
                user=concierge, quote_id=quote_id, method=PaymentMethod.CARD, source_id="cnon:card-nonce-ok"
            )
            sold = Booking.fetch(booking.id)
            for name in names:
                try:
                    return bookings.services.assign(
                        user=User.fetch(demo_id(f"user.{company.key}")),
                        booking_id=sold.id,
                        driver_id=driver_id(name),
                        vehicle_id=str(sold.vehicle_id),
                    )
                except AtlasError as busy:
                    log.debug("demo_assignment_refused", code=busy.code)
            return None
        return None

    def sell_ahead(self, ahead: timedelta, *, concierge: str, company_key: str, card_id: str) -> Booking | None:
        """A ride that is sold by a card on file, too far ahead to be held for. None when the company has no car."""
        booking = self._ask(self._story(ahead, concierge=concierge))
        quote_id = self._bid(booking, company_key)
        if quote_id is None:
            return None
        return bookings.services.accept_quote(
            user=User.fetch(booking.concierge_id), quote_id=quote_id, method=PaymentMethod.CARD, card_id=card_id
        )

    def _story(self, ahead: timedelta, *, concierge: str | None = None) -> Story:
        writer = Writer(utc_now(), seed=self.random.getrandbits(32))
        return writer.story(BookingStatus.SOURCING, writer.now + ahead, concierge=concierge)

    @staticmethod
    def _ask(story: Story) -> Booking:
        from bookings.demo.items import Ride  # noqa: PLC0415

        details = Ride(story).booking.details
        return bookings.services.request_booking(
            user=User.fetch(demo_id(story.concierge)),
            type=story.type,
            details={
                "vehicle_category": details.vehicle_category,
                "pickup_location": details.pickup_location,
                "dropoff_location": details.dropoff_location,
                "pickup": details.pickup.attribute_values,
                "dropoff": details.dropoff.attribute_values if details.dropoff else None,
                "date": details.date,
                "time": details.time,
                "timezone": details.timezone,
                "tax_jurisdiction": details.tax_jurisdiction,
                "duration_hours": details.duration_hours or None,
                "distance_km": details.distance_km or None,
                "passenger_count": details.passenger_count,
                "luggage_count": details.luggage_count,
                "passenger_name": details.passenger_name,
                "preferences": story.preferences,
            },
        )

    def _bid(self, booking: Booking, company_key: str) -> str | None:
        """One company's offer; None when it has no free car for it."""
        company = next(each for each in ACTIVE if each.key == company_key)
        cars = [car for car in company.cars if car.category is booking.details.vehicle_category]
        self.random.shuffle(cars)
        for car in cars:
            vehicle = Vehicle.find(vehicle_id(car.plate))
            if vehicle is None or vehicle.status is not VehicleStatus.AVAILABLE:
                continue
            try:
                quote = bookings.services.submit_quote(
                    user=User.fetch(demo_id(f"user.{company.key}")),
                    booking_id=booking.id,
                    vehicle_id=vehicle.id,
                    price=round(booking.estimated_price * company.markup * self.random.uniform(0.97, 1.05) / 100) * 100,
                    eta=self.random.randint(6, 30),
                    notes=", ".join(car.features[:2]),
                )
            except AtlasError as refused:
                log.debug("demo_bid_refused", code=refused.code)
                return None
            return quote.id
        return None

    def _free(self, company_key: str) -> list[str]:
        """Its drivers without a ride, but for the one that visitors drive as."""
        company = next(each for each in ACTIVE if each.key == company_key)
        names = [name for name in company.drivers if name != DEMO_DRIVER]
        self.random.shuffle(names)
        free: list[str] = []
        for name in names:
            driver = Driver.find(driver_id(name))
            if driver is not None and driver.active and driver.current_booking_id is None:
                free.append(name)
        return free
