"""Writes the demo once: people and companies, then everything that happened to them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from accounts.rules.roles import Role, StaffRole
from accounts.tables import User, UserSettings
from atlas.dynamo.bulk import put_all
from atlas.dynamo.table import Table
from atlas.tables import Unique
from bookings.demo.afterwards import settle_the_demo
from bookings.demo.cast import COMPANIES, CONCIERGES, DEMO_DRIVER, DOMAIN, PASSWORD, STAFF, Company, demo_id
from bookings.demo.counting import count
from bookings.demo.items import Ride, driver_id, vehicle_id
from bookings.demo.on_account import chosen, payments_on_account
from bookings.demo.paying import payments_of
from bookings.demo.stories import Writer
from bookings.rules.lifecycle import LIVE, SERVED
from fleet.rules.calendar import Commitment
from fleet.rules.pricing_rule import DEFAULT_RULES
from fleet.rules.types import DriverStatus, OperatorStatus, VehicleStatus
from fleet.tables import (
    Calendar,
    CommitmentDocument,
    Driver,
    DriverDocuments,
    Operator,
    Organization,
    OrganizationUser,
    PricingRuleDocument,
    PricingRules,
    Vehicle,
)
from payments.ledger.writing import add_up, books_of
from telemetry.demo import with_vin
from telemetry.geofences.demo import demo_fences

DONE = "demo:seeded"
JOINED = timedelta(days=420)
"""How long before today the companies joined."""


def seed(now: datetime) -> dict[str, int]:
    """Write the demo unless it is there. Returns how many items of each table were written."""
    if Unique.find(DONE, consistent=True) is not None:
        return {}
    stories, which = chosen(Writer(now).all(), now)
    rides = [Ride(story) for story in stories]
    fleet = list(companies(now, rides))
    operators = {each.id: each for each in fleet if isinstance(each, Operator)}
    billed, papers = payments_on_account(rides, which, operators, now)
    payments = [
        *payments_of([ride for ride in rides if ride.story.number not in which], operators, now),
        *billed,
    ]
    postings = books_of(payments)
    items: list[Table] = [*people(now), *fleet, *calendars(rides), *payments, *postings, *papers]
    for ride in rides:
        items += ride.items()
    put_all(items)
    add_up(postings)
    count([ride.booking for ride in rides], payments, now)
    settle_the_demo(rides, now)
    put_all([Unique(key_=DONE, owner_id="demo", created_at=now)])
    return dict(Counter(type(item).__name__ for item in items))


def people(now: datetime) -> Iterator[Table]:
    """Everybody with a sign-in. One hash for all: they share the demo's password."""
    password = make_password(PASSWORD)
    joined = now - JOINED

    def person(
        key: str,
        name: str,
        role: Role,
        *,
        id: str,
        profile_id: str | None = None,
        staff_role: StaffRole | None = None,
    ) -> Iterator[Table]:
        email = f"{key}@{DOMAIN}"
        number = 10_000 + sum(map(ord, key)) * 7 % 89_999
        yield User(
            id=id,
            name=name,
            email=email,
            phone=f"+1212555{number % 10_000:04}",
            password_hash=password,
            role=role,
            profile_id=profile_id,
            staff_role=staff_role,
            settings=UserSettings(notifications=False),  # what the simulator does writes no mails
            created_at=joined,
        )
        yield Unique(key_=f"email:{email}", owner_id=id, created_at=joined)

    for key, name, staff_role in STAFF:
        yield from person(key, name, Role.ADMIN, id=demo_id(key), staff_role=staff_role)
    for key, name, _ in CONCIERGES:
        yield from person(key, name, Role.CONCIERGE, id=demo_id(key))
    for company in COMPANIES:
        owner_id, operator_id = demo_id(f"user.{company.key}"), demo_id(company.key)
        yield from person(company.key, company.owner, Role.OPERATOR, id=owner_id, profile_id=operator_id)
        for name in company.drivers:
            key = "driver" if name == DEMO_DRIVER else f"driver.{name.lower().replace(' ', '.')}"
            yield from person(
                key.encode("ascii", "ignore").decode(),
                name,
                Role.DRIVER,
                id=demo_id(f"user.driver.{name}"),
                profile_id=driver_id(name),
            )
    first = demo_id(COMPANIES[0].key)
    yield from person("manager", "Felix Brandt", Role.OPERATOR, id=demo_id("manager"), profile_id=first)


def companies(now: datetime, rides: list[Ride]) -> Iterator[Table]:
    trips = Counter(ride.booking.driver_id for ride in rides if ride.booking.status in SERVED)
    won = Counter(ride.booking.operator_id for ride in rides if ride.booking.status in SERVED)
    current = {ride.booking.driver_id: ride for ride in rides if ride.booking.status in LIVE}
    moving = {ride.booking.vehicle_id: ride for ride in rides if ride.booking.status in LIVE}
    for number, company in enumerate(COMPANIES):
        joined = now - JOINED + timedelta(days=23 * number)
        operator_id = demo_id(company.key)
        organization_id = demo_id(f"organization.{company.key}")
        yield _operator(company, operator_id, organization_id, won[operator_id], joined)
        yield Organization(
            id=organization_id,
            name=company.name,
            owner_id=demo_id(f"user.{company.key}"),
            operator_id=operator_id,
            created_at=joined,
        )
        yield _member(organization_id, demo_id(f"user.{company.key}"), "owner", joined)
        for index, name in enumerate(company.drivers):
            yield _driver(company, index, name, trips, current, now, joined)
            yield _member(organization_id, demo_id(f"user.driver.{name}"), "driver", joined)
        for index, car in enumerate(company.cars):
            ride = moving.get(vehicle_id(car.plate))
            vehicle = Vehicle(
                id=vehicle_id(car.plate),
                operator_id=operator_id,
                category=car.category,
                name=car.name,
                plate_number=car.plate,
                max_passengers=car.passengers,
                max_luggage=car.luggage,
                features=list(car.features),
                status=VehicleStatus.ON_TRIP if ride else VehicleStatus.AVAILABLE,
                current_driver_id=ride.booking.driver_id if ride else None,
                created_at=joined + timedelta(minutes=index),
            )
            yield from with_vin(
                vehicle, organization_id=organization_id, owner_id=demo_id(f"user.{company.key}"), at=joined
            )
        yield from demo_fences(organization_id, id_of=demo_id, at=joined)
    yield _member(demo_id(f"organization.{COMPANIES[0].key}"), demo_id("manager"), "manager", now - JOINED)


def calendars(rides: list[Ride]) -> Iterator[Table]:
    kept: dict[str, list[Commitment]] = defaultdict(list)
    for ride in rides:
        for key, commitment in ride.commitments():
            kept[key].append(commitment)
    for key, commitments in kept.items():
        yield Calendar(
            id=key,
            commitments=[
                CommitmentDocument(booking_id=each.booking_id, starts_at=each.starts_at, ends_at=each.ends_at)
                for each in sorted(commitments)
            ],
        )


def _operator(company: Company, id: str, organization_id: str, won: int, joined: datetime) -> Operator:
    rules = {
        category.lower(): PricingRuleDocument(
            vehicle_category=category,
            hourly_rate=round(rule.hourly_rate * company.markup),
            base_p2p=round(rule.base_p2p * company.markup),
            per_km=round(rule.per_km * company.markup),
            min_hours=rule.min_hours,
            driver_commission_pct=float(rule.driver_commission_pct),
            tax_rate=float(rule.tax_rate),
        )
        for category, rule in DEFAULT_RULES.items()
    }
    return Operator(
        id=id,
        user_id=demo_id(f"user.{company.key}"),
        organization_id=organization_id,
        company_name=company.name,
        business_license=company.license,
        rating=company.rating,
        total_bookings=won,
        active_drivers=len(company.drivers),
        active_vehicles=len(company.cars),
        pricing_rules=PricingRules(**rules),
        status=OperatorStatus.ACTIVE if company.approved else OperatorStatus.SUSPENDED,
        created_at=joined,
    )


def _driver(
    company: Company,
    index: int,
    name: str,
    trips: Counter[str],
    current: dict[str, Ride],
    now: datetime,
    joined: datetime,
) -> Driver:
    id = driver_id(name)
    ride = current.get(id)
    return Driver(
        id=id,
        user_id=demo_id(f"user.driver.{name}"),
        operator_id=demo_id(company.key),
        name=name,
        phone=f"+1212555{(2000 + index * 37 + len(company.key) * 101) % 10_000:04}",
        status=DriverStatus.BUSY if ride else DriverStatus.ONLINE,
        license_number=f"{company.key[:2].upper()}{4_410_000 + index * 7_919}",
        license_expiry=f"{now + timedelta(days=900 + 61 * index):%Y-%m-%d}",
        rating=round(4.6 + (index * 7 % 5) / 10, 1),
        total_trips=trips[id],
        documents=DriverDocuments(license=True, background_check=True, insurance=True),
        current_booking_id=ride.booking.id if ride else None,
        created_at=joined + timedelta(minutes=index),
    )


def _member(organization_id: str, user_id: str, role: str, joined: datetime) -> OrganizationUser:
    return OrganizationUser(organization_id=organization_id, user_id=user_id, role=role, created_at=joined)
