"""A small cast and its bookings in any state, made through the services alone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client

from accounts import models
from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.geo.city import JURISDICTION, TIMEZONE, place
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import BookingType
from bookings.tables import Booking, Quote
from fleet.factories import DriverFactory, MemberFactory, OperatorFactory, VehicleFactory
from fleet.rules.types import OperatorStatus, VehicleCategory
from fleet.tables import Driver, Operator, Vehicle
from payments.billing import accounts
from payments.rules.types import PaymentMethod
from tests.factories import UserFactory

HOTEL, AIRPORT = place("grand-hotel"), place("city-airport")
CARD, DECLINED_CARD = "cnon:card-nonce-ok", "cnon:card-nonce-declined"
ON_THE_ROAD = (
    BookingStatus.DRIVER_EN_ROUTE,
    BookingStatus.ARRIVED,
    BookingStatus.PASSENGER_ONBOARD,
    BookingStatus.IN_PROGRESS,
    BookingStatus.COMPLETED,
)


@dataclass(frozen=True)
class Cast:
    concierge: User
    other_concierge: User
    operator: Operator
    owner: User
    manager: User
    rival: User
    rivals_car: Vehicle
    suspended: User
    driver: Driver
    chauffeur: User
    sedan: Vehicle
    suv: Vehicle
    admin: User

    def user(self, who: str) -> User:
        found: User = getattr(self, who)
        return found


def make_cast(password: str | None = None) -> Cast:
    operator = OperatorFactory.create(company_name="Meridian Chauffeurs", rating=4.9, password=password)
    driver = DriverFactory.create(operator=operator, name="Marcus Bell", password=password)
    rival = OperatorFactory.create(password=password)
    suspended = OperatorFactory.create(status=OperatorStatus.SUSPENDED, password=password)
    return Cast(
        concierge=UserFactory.create(name="Sofia Marchetti", password=password),
        other_concierge=UserFactory.create(password=password),
        operator=operator,
        owner=User.fetch(operator.user_id),
        manager=User.fetch(MemberFactory.create(operator=operator, password=password).user_id),
        rival=User.fetch(rival.user_id),
        rivals_car=VehicleFactory.create(operator=rival),
        suspended=User.fetch(suspended.user_id),
        driver=driver,
        chauffeur=User.fetch(driver.user_id),
        sedan=VehicleFactory.create(operator=operator, name="BMW i7", plate_number="MRD 1002"),
        suv=VehicleFactory.create(operator=operator, category=VehicleCategory.SUV, plate_number="MRD 2001"),
        admin=UserFactory.create(role=Role.ADMIN, password=password),
    )


def browser(user: User, **options: Any) -> Client:
    """A client of the pages with this user's session."""
    client = Client(**options)
    client.force_login(models.User.from_item(user))
    return client


def details(hours_ahead: float = 72, **changes: Any) -> dict[str, Any]:
    """A transfer from the Grand Hotel to the airport."""
    pickup = (utc_now() + timedelta(hours=hours_ahead)).astimezone(ZoneInfo(TIMEZONE))
    return {
        "vehicle_category": VehicleCategory.SEDAN,
        "pickup_location": HOTEL.label,
        "pickup": {"lat": HOTEL.lat, "lng": HOTEL.lng},
        "dropoff_location": AIRPORT.label,
        "dropoff": {"lat": AIRPORT.lat, "lng": AIRPORT.lng},
        "date": f"{pickup:%Y-%m-%d}",
        "time": f"{pickup:%H:%M}",
        "timezone": TIMEZONE,
        "tax_jurisdiction": JURISDICTION,
        "passenger_count": 2,
        "luggage_count": 1,
        "passenger_name": "Ms. Abdi",
        **changes,
    }


def requested(cast: Cast, **changes: Any) -> Booking:
    wanted = details(**changes)
    kind = BookingType.HOURLY if "duration_hours" in wanted else BookingType.P2P
    return services.request_booking(user=cast.concierge, type=kind, details=wanted)


def quoted(cast: Cast, booking: Booking, price: int = 21_000, notes: str = "Black, with water") -> Quote:
    return services.submit_quote(
        user=cast.owner, booking_id=booking.id, vehicle_id=cast.sedan.id, price=price, eta=12, notes=notes
    )


def rival_quote(cast: Cast, booking: Booking, price: int = 20_000) -> Quote:
    """Another company's offer for the same ride."""
    (vehicle,) = Vehicle.operator_index.query(str(cast.rival.profile_id))
    return services.submit_quote(
        user=cast.rival, booking_id=booking.id, vehicle_id=vehicle.id, price=price, eta=20, notes=""
    )


def accept(cast: Cast, quote: Quote, source_id: str = CARD) -> Booking:
    """Needs the payment sandbox."""
    return services.accept_quote(user=cast.concierge, quote_id=quote.id, method=PaymentMethod.CARD, source_id=source_id)


def accepted(cast: Cast, **changes: Any) -> Booking:
    """Sold to the operator."""
    return accept(cast, quoted(cast, requested(cast, **changes)))


def lend(cast: Cast, *, credit: int = 1_000_000) -> None:
    """The concierge pays after rides, in 14 days, `credit` cents at a time."""
    accounts.request_account(
        user=cast.concierge, company_name="Grand Hotel", address="1 Park Avenue\nNew York", email="books@hotel.example"
    )
    staff = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE)
    accounts.approve(user=staff, account_id=cast.concierge.id, terms_days=14, credit_limit=credit)


def invoiced(cast: Cast) -> Booking:
    """Driven on account; owed. Needs the payment sandbox."""
    lend(cast)
    quote = quoted(cast, requested(cast))
    booking = services.accept_quote(user=cast.concierge, quote_id=quote.id, method=PaymentMethod.INVOICE, source_id="")
    services.assign(user=cast.owner, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)
    for status in ON_THE_ROAD:
        services.report_status(user=cast.chauffeur, booking_id=booking.id, status=status)
    return Booking.fetch(booking.id)


def assigned(cast: Cast, **changes: Any) -> Booking:
    booking = accepted(cast, **changes)
    return services.assign(user=cast.owner, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)


def driven(cast: Cast, until: BookingStatus, **changes: Any) -> Booking:
    """As far as `until`; a COMPLETED one is paid by what follows from it."""
    booking = assigned(cast, **changes)
    for status in ON_THE_ROAD[: ON_THE_ROAD.index(until) + 1]:
        booking = services.report_status(user=cast.chauffeur, booking_id=booking.id, status=status)
    return Booking.fetch(booking.id)
