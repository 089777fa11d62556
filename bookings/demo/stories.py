"""What happened, and what is to come, as plain values: when, whose ride, how far it has got. No I/O."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from atlas.geo.city import JURISDICTION, TIMEZONE, Place, places
from atlas.geo.routing import route
from bookings.demo.cast import COMPANIES, CONCIERGES, DEMO_DRIVER, GUESTS, Car, Company
from bookings.rules.lifecycle import LIVE, SERVED, BookingStatus
from bookings.rules.pricing import Breakdown, estimate
from bookings.rules.tax import tax_rate
from bookings.rules.types import BookingType, CancellationCode
from fleet.rules.pricing_rule import DEFAULT_RULES
from fleet.rules.types import VehicleCategory

ZONE = ZoneInfo(TIMEZONE)
S = BookingStatus

PAST = {S.PAID: 196, S.CANCELLED: 26, S.EXPIRED: 14, S.COMPLETED: 2}
AHEAD = {S.DRIVER_ASSIGNED: 16, S.OPERATOR_ASSIGNED: 14, S.QUOTING: 12, S.SOURCING: 9, S.NEW: 1}
UNDER_WAY = {S.DRIVER_EN_ROUTE: 22, S.ARRIVED: 4, S.PASSENGER_ONBOARD: -3, S.IN_PROGRESS: -8}
"""Minutes from now to the pick-up of the rides that are on the road at the start, where a visitor sees them: all are
those of the concierge whom visitors sign in as.
"""
WEEKS_BACK, DAYS_AHEAD = 6, 9

CLASSES = [VehicleCategory.SEDAN] * 6 + [VehicleCategory.SUV] * 3 + [VehicleCategory.SPRINTER, VehicleCategory.LIMO]
BEVERAGES = ("Sparkling water", "Still water", "Espresso", "Green tea", "Champagne")
REASONS = {
    CancellationCode.CLIENT_REQUEST: "The guest changed their plans.",
    CancellationCode.FLIGHT_CANCELLED: "Flight cancelled.",
    CancellationCode.DUPLICATE: "Requested twice by mistake.",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A bid of a company with one of its cars."""

    company: Company
    car: Car
    price: int
    eta: int
    minutes_later: int


@dataclass(frozen=True, slots=True)
class Story:
    """One ride. `winner` is the index of the accepted offer; `driver` a name of the winner's."""

    number: int
    concierge: str
    type: BookingType
    category: VehicleCategory
    start: Place
    end: Place | None
    hours: float
    created_at: datetime
    pickup_at: datetime
    status: BookingStatus
    guest: str
    passengers: int
    luggage: int
    price: Breakdown
    distance_km: float
    offers: tuple[Offer, ...]
    winner: int | None
    driver: str | None
    preferences: dict[str, Any] = field(default_factory=dict)
    code: CancellationCode | None = None


class Writer:
    """Makes up stories from one seed: the same seed and clock give the same stories."""

    def __init__(self, now: datetime, seed: int = 2026) -> None:
        self.now = now.replace(second=0, microsecond=0)
        self.random = random.Random(seed)  # noqa: S311 (stories, not secrets)
        self.busy: dict[str, list[tuple[datetime, datetime]]] = {}
        self.number = 0

    def all(self) -> Iterator[Story]:
        """Everything that there is at the start, oldest first within each status."""
        for status, count in PAST.items():
            for _ in range(count):
                yield self.story(status, self._past_pickup())
        for status, minutes in UNDER_WAY.items():
            yield self.story(status, self.now + timedelta(minutes=minutes), concierge=CONCIERGES[0][0])
        for status, count in AHEAD.items():
            for _ in range(count):
                yield self.story(status, self._coming_pickup())

    def story(self, status: BookingStatus, pickup_at: datetime, *, concierge: str | None = None) -> Story:
        pick = self.random
        self.number += 1
        category = pick.choice(CLASSES)
        type_, start, end, hours = self._trip()
        distance_km = self._km(start, end) if end else 0.0
        sold = status in SERVED or status in LIVE or status in (S.OPERATOR_ASSIGNED, S.DRIVER_ASSIGNED)
        sold = sold or (status is S.CANCELLED and pick.random() < 0.6)  # noqa: PLR2004
        price = _price(type_, category, distance_km, hours)
        is_open = status in (S.NEW, S.SOURCING, S.QUOTING)
        created_at = self._created(pickup_at, is_open=is_open)
        offers = () if status in (S.NEW, S.SOURCING) else self._offers(category, price.total, sold=sold)
        winner = self._winner(offers) if sold else None
        with_driver = sold and status not in (S.OPERATOR_ASSIGNED, S.CANCELLED)
        driver = (
            self._free_driver(offers[winner].company, pickup_at, hours) if with_driver and winner is not None else None
        )
        return Story(
            number=self.number,
            concierge=concierge or pick.choices([key for key, _, _ in CONCIERGES], weights=[6, 2, 1, 1])[0],
            type=type_,
            category=category,
            start=start,
            end=end,
            hours=hours,
            created_at=created_at,
            pickup_at=pickup_at,
            status=status,
            guest=pick.choice(GUESTS),
            passengers=pick.randint(1, 2 if category is VehicleCategory.SEDAN else 4),
            luggage=pick.randint(0, 3),
            price=price,
            distance_km=distance_km,
            offers=offers,
            winner=winner,
            driver=driver,
            preferences=self._preferences(),
            code=pick.choice(list(REASONS)) if status is S.CANCELLED else None,
        )

    def _trip(self) -> tuple[BookingType, Place, Place | None, float]:
        pick = self.random
        kind = pick.choices([BookingType.AIRPORT, BookingType.P2P, BookingType.HOURLY], weights=[4, 4, 2])[0]
        town = [place for place in places() if place.kind != "airport"]
        airports = [place for place in places() if place.kind == "airport"]
        if kind is BookingType.HOURLY:
            return kind, pick.choice(town), None, float(pick.choice((3, 4, 5, 6, 8)))
        if kind is BookingType.AIRPORT:
            ends = [pick.choice(airports), pick.choice(town)]
            pick.shuffle(ends)
            return kind, ends[0], ends[1], 0.0
        start, end = pick.sample(town, 2)
        return kind, start, end, 0.0

    @staticmethod
    def _km(start: Place, end: Place) -> float:
        return round(route((start.lat, start.lng), (end.lat, end.lng)).distance_m / 1000, 1)

    def _past_pickup(self) -> datetime:
        minutes = self.random.triangular(300, WEEKS_BACK * 7 * 24 * 60, 3 * 24 * 60)
        return self._civil(self.now - timedelta(minutes=minutes))

    def _coming_pickup(self) -> datetime:
        minutes = self.random.triangular(4 * 60, DAYS_AHEAD * 24 * 60, 2 * 24 * 60)
        return self._civil(self.now + timedelta(minutes=minutes))

    def _civil(self, instant: datetime) -> datetime:
        """A quarter of an hour at which people travel."""
        local = instant.astimezone(ZONE).replace(minute=self.random.choice((0, 15, 30, 45)), second=0, fold=0)
        if local.hour < 5:  # noqa: PLR2004
            local = local.replace(hour=self.random.randint(6, 22))
        return local.astimezone(UTC)

    def _created(self, pickup_at: datetime, *, is_open: bool) -> datetime:
        if is_open:
            return self.now - timedelta(minutes=self.random.randint(2, 28))
        latest = min(pickup_at - timedelta(hours=2), self.now - timedelta(hours=1))
        return latest - timedelta(minutes=self.random.randint(30, 6 * 24 * 60))

    def _offers(self, category: VehicleCategory, total: int, *, sold: bool) -> tuple[Offer, ...]:
        pick = self.random
        bidders = [company for company in COMPANIES if any(car.category is category for car in company.cars)]
        count = pick.randint(1 if sold else 0, len(bidders)) if sold else pick.randint(1, len(bidders))
        return tuple(
            Offer(
                company=company,
                car=pick.choice([car for car in company.cars if car.category is category]),
                price=round(total * company.markup * pick.uniform(0.97, 1.06) / 100) * 100,
                eta=pick.randint(6, 35),
                minutes_later=pick.randint(1, 14),
            )
            for company in pick.sample(bidders, count)
        )

    def _winner(self, offers: tuple[Offer, ...]) -> int:
        weights = [offer.company.share for offer in offers]
        return self.random.choices(range(len(offers)), weights=weights)[0]

    def _free_driver(self, company: Company, pickup_at: datetime, hours: float) -> str:
        """One who is not elsewhere then; the demo's own driver stays free from now on."""
        window = (pickup_at - timedelta(minutes=90), pickup_at + timedelta(hours=hours or 2, minutes=30))
        names = [name for name in company.drivers if name != DEMO_DRIVER or window[1] < self.now]
        self.random.shuffle(names)
        for name in names:
            taken = self.busy.setdefault(name, [])
            if all(window[1] <= start or end <= window[0] for start, end in taken):
                taken.append(window)
                return name
        return names[0]

    def _preferences(self) -> dict[str, Any]:
        pick = self.random
        if pick.random() < 0.4:  # noqa: PLR2004
            return {}
        return {
            "temperature": pick.choice(("Cool (68°F)", "Ambient (72°F)", "Warm (76°F)")),
            "music": pick.choice(("Silence", "Jazz", "Classical", "Client Aux")),
            "beverages": pick.sample(BEVERAGES, pick.randint(1, 2)),
            "quiet_ride": pick.random() < 0.5,  # noqa: PLR2004
            "meet_and_greet": pick.random() < 0.3,  # noqa: PLR2004
        }


def _price(type_: BookingType, category: VehicleCategory, distance_km: float, hours: float) -> Breakdown:
    rule = DEFAULT_RULES[category]
    return estimate(
        type=type_,
        rule=rule,
        tax_rate=tax_rate(JURISDICTION, otherwise=rule.tax_rate),
        distance_km=Decimal(str(distance_km)) if type_.is_transfer else None,
        duration_hours=Decimal(str(hours)) if hours else None,
    )
