"""What happens to a booking once it is sold: assigned, driven, tracked, called off."""

from rest_framework.exceptions import ValidationError

from atlas.api.fields import (
    Choice,
    FreeText,
    Heading,
    Id,
    Instant,
    Integer,
    Latitude,
    ListOf,
    Longitude,
    Number,
    Text,
)
from atlas.api.serializers import Serializer
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import GIVEN, CancellationCode


class AssignSerializer(Serializer):
    driver_id = Id()
    vehicle_id = Id()


class StatusSerializer(Serializer):
    status = Choice(BookingStatus)


class CancelSerializer(Serializer):
    reason = FreeText(max_length=500)
    code = Choice(CancellationCode, required=False, default=CancellationCode.OTHER)

    def validate_code(self, value: CancellationCode) -> CancellationCode:
        if value not in GIVEN:
            raise ValidationError(f"{value} is nobody's to give.")
        return value


class LocationSerializer(Serializer):
    lat = Latitude(read_only=True)
    lng = Longitude(read_only=True)
    heading = Heading(read_only=True)
    speed = Number(read_only=True, help_text="km/h")
    timestamp = Instant(read_only=True)


class TrackSerializer(Serializer):
    """Where the car is. `points` of the route are [longitude, latitude], as in GeoJSON."""

    booking_id = Id(read_only=True)
    status = Choice(BookingStatus, read_only=True)
    location = LocationSerializer(read_only=True, allow_null=True)
    leg = Text(read_only=True, allow_null=True, help_text="PICKUP or DROPOFF: where the car is heading.")
    progress = Number(read_only=True, allow_null=True, help_text="0 to 1 along the leg.")
    remaining_km = Number(read_only=True, allow_null=True)
    eta_seconds = Integer(read_only=True, allow_null=True)
    route = ListOf(ListOf(Number(), min_length=2, max_length=2), max_length=None, read_only=True)
