"""Rides over the public API, for the tests of the whole: a company's people, and a booking on its way."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4
from zoneinfo import ZoneInfo

from tests.stack import Stack, eventually
from tests.stranger import Stranger

PASSWORD = "atlas-demo-2026"
OK, DECLINED = "cnon:card-nonce-ok", "cnon:card-nonce-declined"
ON_THE_ROAD = ("DRIVER_EN_ROUTE", "ARRIVED", "PASSENGER_ONBOARD", "IN_PROGRESS", "COMPLETED")
STORY = ("SOURCING", "QUOTING", "OPERATOR_ASSIGNED", "DRIVER_ASSIGNED", *ON_THE_ROAD, "PAID")
"""The statuses of a booking that goes well, one history row each."""
PRICE = 24_500

_slots = itertools.count()
NEW_YORK = ZoneInfo("America/New_York")
AHEAD, APART = timedelta(days=1), timedelta(hours=3)
_hired = itertools.count(1)


@dataclass(frozen=True)
class People:
    """Who takes part in a ride."""

    concierge: Stranger
    operator: Stranger
    driver: Stranger
    admin: Stranger
    driver_id: str
    vehicle_id: str

    @classmethod
    def of_demo(cls, stack: Stack) -> Self:
        """The demo's own, as the README names them."""
        stranger = Stranger(stack.url)
        concierge, operator, driver, admin = (
            stranger.signed_in(f"{name}@demo.atlas.test", PASSWORD)
            for name in ("concierge", "operator", "driver", "admin")
        )
        vehicles = operator.ask("GET /vehicles")["results"]
        sedan = next(each for each in vehicles if (each["category"], each["status"]) == ("SEDAN", "AVAILABLE"))
        return cls(concierge, operator, driver, admin, driver.ask("GET /drivers/me")["id"], sedan["id"])

    def with_new_driver(self) -> "People":
        """The same, with a driver and a car that nobody else uses."""
        number = next(_hired)
        email = f"driver-{uuid4().hex}@example.com"
        driver = self.operator.ask("POST /drivers", email=email, password=PASSWORD, name=f"Driver No. {number}")
        vehicle = self.operator.ask("POST /vehicles", plateNumber=f"TST {number:04}")
        return People(
            self.concierge,
            self.operator,
            self.operator.signed_in(email, PASSWORD),
            self.admin,
            driver["id"],
            vehicle["id"],
        )


@dataclass
class Ride:
    """One booking; each method is one step of its life, as one of the people takes it."""

    people: People
    id: str = ""
    quote_id: str = ""
    pickup_at: datetime = field(default_factory=lambda: datetime.now(NEW_YORK) + AHEAD + next(_slots) * APART)
    """A time of its own, so that no two rides want a driver at once; near enough for a hold that outlasts the ride."""

    def request(self) -> Any:
        concierge = self.people.concierge
        [example] = [
            each["value"]
            for each in concierge.document["paths"]["/api/v1/bookings"]["post"]["requestBody"]["content"][
                "application/json"
            ]["examples"].values()
            if each["value"]["type"] == "P2P"
        ]
        when = {"date": f"{self.pickup_at:%Y-%m-%d}", "time": f"{self.pickup_at:%H:%M}"}
        made = concierge.ask("POST /bookings", expect=201, details={**example["details"], **when})
        self.id = made["id"]
        return made

    def quote(self, price: int = PRICE) -> Any:
        made = self.people.operator.ask(
            "POST /bookings/{booking_id}/quotes",
            expect=201,
            booking_id=self.id,
            vehicleId=self.people.vehicle_id,
            price=price,
        )
        self.quote_id = made["id"]
        return made

    def accept(self, card: str = OK, **how: Any) -> Any:
        return self.people.concierge.ask("POST /quotes/{quote_id}/accept", quote_id=self.quote_id, sourceId=card, **how)

    def assign(self) -> Any:
        return self.people.operator.ask(
            "POST /bookings/{booking_id}/assign",
            booking_id=self.id,
            driverId=self.people.driver_id,
            vehicleId=self.people.vehicle_id,
        )

    def report(self, status: str) -> Any:
        return self.people.driver.ask("POST /bookings/{booking_id}/status", booking_id=self.id, status=status)

    def advance(self, status: str) -> None:
        """From nothing, or from wherever it is, to `status`, one step after the other."""
        done = STORY.index(self.status()) + 1 if self.id else 0
        for step in STORY[done : STORY.index(status) + 1]:
            match step:
                case "SOURCING":
                    self.request()
                case "QUOTING":
                    self.quote()
                case "OPERATOR_ASSIGNED":
                    self.accept()
                case "DRIVER_ASSIGNED":
                    self.assign()
                case "PAID":
                    self.wait_for("PAID")
                case _:
                    self.report(step)

    def seen(self) -> Any:
        return self.people.concierge.ask("GET /bookings/{booking_id}", booking_id=self.id)

    def status(self) -> str:
        found: str = self.seen()["status"]
        return found

    def wait_for(self, *statuses: str) -> Any:
        """The booking, once it is in one of these."""

        def look() -> Any:
            found = self.seen()
            return found if found["status"] in statuses else None

        return eventually(look, what=f"{self.id} is {' or '.join(statuses)}")

    def history(self) -> list[Any]:
        found: list[Any] = self.people.concierge.ask("GET /bookings/{booking_id}/history", booking_id=self.id)[
            "results"
        ]
        return found

    def transactions(self) -> list[Any]:
        found: list[Any] = self.people.admin.ask("GET /transactions", booking=self.id)["results"]
        return found
