"""What a concierge asks for, on the wire."""

from typing import Any

from atlas.api.fields import (
    Choice,
    Flag,
    FreeText,
    Integer,
    Latitude,
    ListOf,
    LocalDate,
    LocalTime,
    Longitude,
    Number,
    Text,
    TimeZone,
)
from atlas.api.serializers import Serializer
from atlas.errors import Invalid
from bookings.rules.pricing import MAX_DAYS, MAX_DISTANCE_KM, MAX_HOURS_A_DAY
from bookings.rules.types import BookingType
from fleet.rules.types import VehicleCategory

GENDERS = ("Male", "Female", "Any")
TEMPERATURES = ("Cool (68°F)", "Ambient (72°F)", "Warm (76°F)")
MUSIC = ("Silence", "Jazz", "Classical", "Pop", "Radio", "Client Aux")
UTC_OFFSET = r"^[+-]\d{2}:\d{2}$"


class PointSerializer(Serializer):
    lat = Latitude()
    lng = Longitude()


class PreferencesSerializer(Serializer):
    """The seed's VIPPreferences."""

    preferred_driver_gender = Choice(GENDERS, required=False, allow_null=True)
    temperature = Choice(TEMPERATURES, required=False, allow_null=True)
    music = Choice(MUSIC, required=False, allow_null=True)
    beverages = ListOf(FreeText(max_length=60), max_length=20, required=False, allow_null=True)
    meet_and_greet = Flag(required=False, allow_null=True)
    ramp_access = Flag(required=False, allow_null=True)
    quiet_ride = Flag(required=False, allow_null=True)
    special_instructions = FreeText(max_length=1000, multiline=True, allow_blank=True, required=False, allow_null=True)


class ItineraryDaySerializer(Serializer):
    """One day of a multi-day booking, in the wall time of the pick-up's zone."""

    day_number = Integer(min_value=1, max_value=MAX_DAYS)
    date = LocalDate()
    time = LocalTime()
    hours = Number(min_value=0.5, max_value=float(MAX_HOURS_A_DAY), decimals=2)
    pickup_location = FreeText(max_length=300)
    dropoff_location = FreeText(max_length=300, required=False, allow_blank=True, allow_null=True)
    notes = FreeText(multiline=True, required=False, allow_blank=True, allow_null=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        return _as_text(super().to_internal_value(data))


class DetailsSerializer(Serializer):
    """What is asked for. A transfer needs `distanceKm` or both coordinates; HOURLY its hours or an itinerary."""

    vehicle_category = Choice(VehicleCategory)
    pickup_location = FreeText(max_length=300)
    dropoff_location = FreeText(max_length=300, required=False, allow_blank=True)
    pickup = PointSerializer(required=False, allow_null=True)
    dropoff = PointSerializer(required=False, allow_null=True)
    date = LocalDate(help_text="At the pick-up, by its own clock.")
    time = LocalTime(help_text="At the pick-up, by its own clock.")
    timezone = TimeZone(help_text="The pick-up's.")
    utc_offset = Text(
        max_length=6,
        required=False,
        write_only=True,
        allow_null=True,
        help_text="Such as -04:00; only where the clock shows `time` twice that day.",
    )
    tax_jurisdiction = Text(
        max_length=6,
        required=False,
        allow_blank=True,
        help_text="ISO 3166 code of the pick-up, such as US-NY or FR; the default rate applies without it.",
    )
    distance_km = Number(min_value=0, max_value=float(MAX_DISTANCE_KM), decimals=3, required=False, allow_null=True)
    duration_hours = Number(min_value=0, max_value=float(MAX_HOURS_A_DAY), decimals=2, required=False, allow_null=True)
    duration_days = Integer(min_value=1, max_value=MAX_DAYS, required=False)
    passenger_count = Integer(min_value=1, max_value=60, required=False)
    luggage_count = Integer(min_value=0, max_value=200, required=False)
    passenger_name = FreeText(max_length=120, required=False, allow_blank=True)
    flight_number = Text(max_length=12, required=False, allow_blank=True)
    preferences = PreferencesSerializer(required=False)
    itinerary = ItineraryDaySerializer.as_list(max_length=MAX_DAYS, required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        return _as_text(super().to_internal_value(data))


class NewBookingSerializer(Serializer):
    type = Choice(BookingType)
    details = DetailsSerializer()


class EstimateDetailsSerializer(DetailsSerializer):
    """The same, of which only what the price needs must be there."""

    pickup_location = FreeText(max_length=300, required=False, allow_blank=True)
    date = LocalDate(required=False)
    time = LocalTime(required=False)
    timezone = TimeZone(required=False)
    vehicle_category = Choice(VehicleCategory, required=False)


class EstimateSerializer(Serializer):
    type = Choice(BookingType)
    details = EstimateDetailsSerializer()
    vehicle_category = Choice(VehicleCategory, required=False, help_text="Or in `details`.")


def _as_text(values: dict[str, Any]) -> dict[str, Any]:
    """Wall dates and times are kept as the text that the seed gives them."""
    if "date" in values:
        values["date"] = values["date"].isoformat()
    if "time" in values:
        values["time"] = values["time"].strftime("%H:%M")
    return values


def estimate_details(body: dict[str, Any]) -> dict[str, Any]:
    """The vehicle category may stand beside the details or in them."""
    details = dict(body["details"])
    category = body.get("vehicle_category") or details.get("vehicle_category")
    if category is None:
        raise Invalid(fields={"vehicleCategory": ["This field is required."]})
    return {**details, "vehicle_category": category}
