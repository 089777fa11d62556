"""The shapes of operators, vehicles and drivers on the wire, in the seed's own names."""

from decimal import Decimal
from typing import Any

from rest_framework.serializers import CharField

from accounts.passwords import LONGEST as LONGEST_PASSWORD
from accounts.rules.contact import LONGEST_NAME
from accounts.strength import RULE
from atlas.api.fields import (
    Cents,
    Choice,
    Email,
    Flag,
    FreeText,
    Heading,
    Id,
    Instant,
    Integer,
    Latitude,
    ListOf,
    LocalDate,
    Longitude,
    Number,
    Secret,
    Text,
    Url,
)
from atlas.api.serializers import Query, Serializer
from fleet.rules.pricing_rule import MAX_MIN_HOURS, MAX_RATE, PricingRule
from fleet.rules.types import DriverStatus, OperatorStatus, VehicleCategory, VehicleStatus

LARGEST_VEHICLE = 60
"""Passengers, or pieces of luggage: a coach."""
SETTABLE_VEHICLE_STATUS = (VehicleStatus.AVAILABLE, VehicleStatus.MAINTENANCE)
"""ON_TRIP comes and goes with rides."""


class PricingRuleSerializer(Serializer):
    """What one category costs; money in integer cents, shares as fractions."""

    vehicle_category = Choice(VehicleCategory, required=False, help_text="That of the member it stands in.")
    hourly_rate = Cents(max_value=MAX_RATE)
    base_p2p = Cents(max_value=MAX_RATE)
    per_km = Cents(max_value=MAX_RATE)
    min_hours = Integer(min_value=0, max_value=MAX_MIN_HOURS)
    driver_commission_pct = Number(min_value=0, max_value=1, decimals=6, help_text="0.75 is 75 %.")
    tax_rate = Number(min_value=0, max_value=1, decimals=6, help_text="Where no jurisdiction applies.")


class PricingRulesSerializer(Serializer):
    """One rule for each category that is offered."""

    SEDAN = PricingRuleSerializer(source="sedan", required=False, allow_null=True)
    SUV = PricingRuleSerializer(source="suv", required=False, allow_null=True)
    SPRINTER = PricingRuleSerializer(source="sprinter", required=False, allow_null=True)
    LIMO = PricingRuleSerializer(source="limo", required=False, allow_null=True)


def pricing_rules(body: dict[str, Any]) -> dict[VehicleCategory, PricingRule]:
    """The prices of a checked body, as values."""
    return {
        category: PricingRule(
            **{
                **rule,
                "vehicle_category": rule.get("vehicle_category", category),
                "driver_commission_pct": Decimal(str(rule["driver_commission_pct"])),
                "tax_rate": Decimal(str(rule["tax_rate"])),
            }
        )
        for category in VehicleCategory
        if (rule := body.get(category.lower())) is not None
    }


class OperatorSerializer(Serializer):
    """A company."""

    id = Id(read_only=True)
    user_id = Id(read_only=True)
    organization_id = Id(read_only=True, allow_null=True)
    company_name = CharField(read_only=True)
    business_license = CharField(read_only=True)
    rating = Number(read_only=True, help_text="0 to 5.")
    total_bookings = Integer(read_only=True, help_text="Completed ones.")
    active_drivers = Integer(read_only=True)
    active_vehicles = Integer(read_only=True)
    pricing_rules = PricingRulesSerializer(read_only=True)
    status = Choice(OperatorStatus, read_only=True)
    created_at = Instant(read_only=True)
    updated_at = Instant(read_only=True)


class OperatorChangeSerializer(Serializer):
    company_name = FreeText(max_length=120, required=False)
    business_license = FreeText(max_length=80, allow_blank=True, required=False)


class OperatorFilter(Query):
    status = Choice(OperatorStatus, required=False, default=OperatorStatus.SUSPENDED)


class VehicleSerializer(Serializer):
    """A car of the fleet."""

    id = Id(read_only=True)
    operator_id = Id(read_only=True)
    category = Choice(VehicleCategory, read_only=True)
    name = CharField(read_only=True)
    plate_number = CharField(read_only=True)
    max_passengers = Integer(read_only=True)
    max_luggage = Integer(read_only=True)
    status = Choice(VehicleStatus, read_only=True)
    features = ListOf(CharField(), read_only=True)
    image = CharField(read_only=True, help_text="URL of a picture, or empty.")
    current_driver_id = Id(read_only=True, allow_null=True)
    created_at = Instant(read_only=True)
    updated_at = Instant(read_only=True)


class NewVehicleSerializer(Serializer):
    category = Choice(VehicleCategory)
    name = FreeText(max_length=80)
    plate_number = Text(max_length=20, help_text="Kept in upper case.")
    max_passengers = Integer(min_value=1, max_value=LARGEST_VEHICLE)
    max_luggage = Integer(min_value=0, max_value=LARGEST_VEHICLE)
    features = ListOf(FreeText(max_length=60), max_length=30, required=False)
    image = Url(allow_blank=True, required=False)


class VehicleChangeSerializer(NewVehicleSerializer):
    """What is given changes."""

    status = Choice(SETTABLE_VEHICLE_STATUS, required=False)

    def validate_status(self, status: str) -> VehicleStatus:
        return VehicleStatus(status)


class DocumentsSerializer(Serializer):
    """The operator vouches for them, as an admin vouches for the operator."""

    license = Flag(required=False, help_text="Verified.")
    background_check = Flag(required=False, help_text="Passed.")
    insurance = Flag(required=False, help_text="Active.")


class DriverLocationSerializer(Serializer):
    lat = Latitude(read_only=True)
    lng = Longitude(read_only=True)
    heading = Heading(read_only=True)
    speed = Number(read_only=True, help_text="km/h.")
    timestamp = Instant(read_only=True)


class DriverSerializer(Serializer):
    """A chauffeur."""

    id = Id(read_only=True)
    user_id = Id(read_only=True)
    operator_id = Id(read_only=True)
    name = CharField(read_only=True)
    phone = CharField(read_only=True, help_text="E.164, or empty.")
    status = Choice(DriverStatus, read_only=True)
    license_number = CharField(read_only=True)
    license_expiry = LocalDate(read_only=True, help_text="The last day on which it is valid.")
    rating = Number(read_only=True, help_text="0 to 5.")
    total_trips = Integer(read_only=True, help_text="Completed ones.")
    documents = DocumentsSerializer(read_only=True)
    current_location = DriverLocationSerializer(read_only=True, allow_null=True)
    current_booking_id = Id(read_only=True, allow_null=True)
    created_at = Instant(read_only=True)
    updated_at = Instant(read_only=True)


class LicenceSerializer(Serializer):
    """What an operator says of a driver's papers."""

    license_number = Text(max_length=40)
    license_expiry = LocalDate(help_text="The last day on which it is valid.")
    documents = DocumentsSerializer(required=False)


class NewDriverSerializer(LicenceSerializer):
    """A driver and their account; they sign in with e-mail and password, and may change the password."""

    name = FreeText(max_length=LONGEST_NAME)
    email = Email()
    phone = Text(max_length=40, allow_blank=True, required=False, help_text="With its country code; kept as E.164.")
    password = Secret(max_length=LONGEST_PASSWORD, help_text=RULE)


class DriverChangeSerializer(LicenceSerializer):
    """What is given changes."""


class DriverStatusSerializer(Serializer):
    status = Choice(DriverStatus)
