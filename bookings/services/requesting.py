"""A concierge asks for a ride: priced by the default rules, open for quotes until its deadline."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Lost, retried, transact
from atlas.errors import Forbidden, Invalid
from atlas.geo.routing import route
from atlas.tables import Unique
from bookings.rules.lifecycle import INITIAL, Actor
from bookings.rules.pickup_time import local_instant, pickup_instant
from bookings.rules.pricing import Breakdown, estimate
from bookings.rules.quotes import request_deadline
from bookings.rules.reference import new_reference
from bookings.rules.tax import normalize_jurisdiction, tax_rate
from bookings.rules.types import BookingType
from bookings.services import change
from bookings.tables import Booking, Details, ItineraryDay, Point, PriceBreakdown, PriceLine, VIPPreferences
from fleet.rules.pricing_rule import DEFAULT_RULES, PricingRule

R = TypeVar("R")

REQUESTERS = {Role.CONCIERGE: Actor.CONCIERGE, Role.ADMIN: Actor.ADMIN}


@retried
def request_booking(*, user: CurrentUser, type: BookingType, details: Mapping[str, Any]) -> Booking:
    """Open a request. `details` are checked values by the names of `bookings.tables.Details`, and `utc_offset`.

    Raises `Invalid` for a pick-up that cannot be, or cannot be booked, and for what has no price.
    """
    if user.role not in REQUESTERS:
        raise Forbidden("Only a concierge requests rides.")
    now = utc_now()
    wanted = complete(type, details)
    pickup_at = _pickup(wanted, now, details.get("utc_offset"))
    _check_itinerary(wanted, pickup_at)
    price = price_of(type, wanted)
    booking = Booking(
        id=str(uuid4()),
        reference=new_reference(secrets.token_bytes(8)),
        concierge_id=user.id,
        status=INITIAL,
        type_=type,
        details=wanted,
        pickup_at=pickup_at,
        estimated_price=price.total,
        estimate=breakdown_document(price),
        currency=price.currency,
        deadline=request_deadline(created_at=now, pickup_at=pickup_at),
        created_at=now,
        created_day=now.date().isoformat(),
        pickup_day=pickup_at.date().isoformat(),
    )
    with transact() as tx:
        reference = f"reference:{booking.reference}"
        taken = Lost("reference", "taken")  # one in a billion: `retried` draws another
        tx.create(Unique(key_=reference, owner_id=booking.id), otherwise=taken)
        change.begin(tx, booking, REQUESTERS[user.role], user_id=user.id)
    return booking


def estimate_price(*, type: BookingType, details: Mapping[str, Any]) -> Breakdown:
    """What a request would cost by the default rules. Writes nothing."""
    return price_of(type, complete(type, details))


def complete(type: BookingType, details: Mapping[str, Any]) -> Details:
    """The request as a document: the distance is measured where only places are given, codes in their normal form."""
    values = {name: value for name, value in details.items() if value is not None and name != "utc_offset"}
    for name, document in {"pickup": Point, "dropoff": Point, "preferences": VIPPreferences}.items():
        if name in values:
            values[name] = document(**values[name])
    values["itinerary"] = [ItineraryDay(**day) for day in values.get("itinerary", ())]
    if jurisdiction := values.get("tax_jurisdiction"):
        values["tax_jurisdiction"] = _within_details(lambda: normalize_jurisdiction(jurisdiction))
    wanted = Details(**values)
    if type.is_transfer and "distance_km" not in values:
        wanted.distance_km = _measured(wanted)
    return wanted


def price_of(type: BookingType, wanted: Details, rule: PricingRule | None = None) -> Breakdown:
    """By the default rule of the category, or by an operator's own."""
    rule = rule or DEFAULT_RULES[wanted.vehicle_category]
    return estimate(
        type=type,
        rule=rule,
        tax_rate=tax_rate(wanted.tax_jurisdiction, otherwise=rule.tax_rate),
        distance_km=Decimal(str(wanted.distance_km)) if type.is_transfer else None,
        duration_hours=Decimal(str(wanted.duration_hours)) if wanted.duration_hours else None,
        duration_days=wanted.duration_days,
        itinerary_hours=[Decimal(str(day.hours)) for day in wanted.itinerary],
    )


def breakdown_document(price: Breakdown) -> PriceBreakdown:
    values = asdict(price)
    values["lines"] = [PriceLine(**{**asdict(line), "quantity": float(line.quantity)}) for line in price.lines]
    return PriceBreakdown(**values)


def _pickup(wanted: Details, now: datetime, utc_offset: str | None) -> datetime:
    return _within_details(
        lambda: pickup_instant(
            date=wanted.date, time=wanted.time, timezone=wanted.timezone, utc_offset=utc_offset, now=now
        )
    )


def _check_itinerary(wanted: Details, pickup_at: datetime) -> None:
    """Days in order, each at a time that exists, the first one the pick-up itself."""
    last: datetime | None = None
    for index, day in enumerate(wanted.itinerary):
        field = f"details.itinerary.{index}"
        start = _within(field, partial(local_instant, date=day.date, time=day.time, timezone=wanted.timezone))
        if day.day_number != index + 1:
            raise Invalid("The itinerary is not in order.", fields={f"{field}.dayNumber": [f"Give {index + 1}."]})
        if index == 0 and start != pickup_at:
            raise Invalid(
                "The itinerary must start with the pick-up.",
                fields={f"{field}.time": ["Give the date and time of the pick-up itself."]},
            )
        if last is not None and start <= last:
            raise Invalid("The itinerary is not in order.", fields={f"{field}.date": ["Give a later day."]})
        last = start


def _measured(wanted: Details) -> float:
    if not (wanted.pickup and wanted.dropoff):
        raise Invalid(
            "The distance is not known.",
            fields={"details.distanceKm": ["Give it, or the coordinates of pickup and dropoff."]},
        )
    way = route((wanted.pickup.lat, wanted.pickup.lng), (wanted.dropoff.lat, wanted.dropoff.lng))
    return round(way.distance_m / 1000, 1)


def _within_details(rule: Callable[[], R]) -> R:
    return _within("details", rule)


def _within(place: str, rule: Callable[[], R]) -> R:
    """Run a rule on a part of the request; its faults are named from the root."""
    try:
        return rule()
    except Invalid as fault:
        fields = {f"{place}.{name}": messages for name, messages in fault.fields.items()}
        raise Invalid(fault.message, fields=fields) from fault
