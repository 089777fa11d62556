"""The shapes of bookings and quotes on the wire, in the seed's own names (camelCase comes from the base class)."""

from typing import Any

from atlas.api.fields import (
    Cents,
    Choice,
    Flag,
    FreeText,
    Heading,
    Id,
    Instant,
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
from atlas.api.serializers import Query, Serializer
from atlas.errors import Invalid
from bookings.rules.lifecycle import Action, Actor, BookingStatus, open_actions
from bookings.rules.pricing import MAX_DAYS, MAX_DISTANCE_KM, MAX_HOURS_A_DAY
from bookings.rules.types import BookingType, CancellationCode, DeclineReason, PaymentStatus, QuoteStatus
from bookings.tables import Booking
from fleet.rules.types import VehicleCategory
from payments.rules.types import PaymentMethod

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


class PriceLineSerializer(Serializer):
    code = Text(read_only=True)
    label = Text(read_only=True)  # type: ignore[assignment]  # the field is called so, not its caption
    quantity = Number(read_only=True, help_text="Kilometres, hours or rides.")
    unit_price = Cents(read_only=True)
    amount = Cents(read_only=True)


class PriceSerializer(Serializer):
    """Integer cents; `total` = `subtotal` + `tax` + `platformFee`."""

    subtotal = Cents(read_only=True)
    tax = Cents(read_only=True)
    platform_fee = Cents(read_only=True)
    total = Cents(read_only=True)
    driver_payout = Cents(read_only=True)
    currency = Text(read_only=True)
    lines = PriceLineSerializer(many=True, read_only=True)


class BookingSerializer(Serializer):
    id = Id(read_only=True)
    reference = Text(read_only=True)
    concierge_id = Id(read_only=True)
    operator_id = Id(read_only=True, allow_null=True)
    driver_id = Id(read_only=True, allow_null=True)
    vehicle_id = Id(read_only=True, allow_null=True)
    status = Choice(BookingStatus, read_only=True)
    type = Choice(BookingType, read_only=True, source="type_")
    details = DetailsSerializer(read_only=True)
    pickup_at = Instant(read_only=True)
    estimated_price = Cents(read_only=True)
    estimate = PriceSerializer(read_only=True)
    final_price = Cents(read_only=True, allow_null=True)
    currency = Text(read_only=True)
    selected_quote_id = Id(read_only=True, allow_null=True)
    payment_status = Choice(PaymentStatus, read_only=True)
    transaction_id = Id(read_only=True, allow_null=True)
    pending_quotes = Integer(read_only=True)
    deadline = Instant(read_only=True, help_text="Until when it may be quoted.")
    created_at = Instant(read_only=True)
    updated_at = Instant(read_only=True)
    arrived_at = Instant(read_only=True, allow_null=True)
    completed_at = Instant(read_only=True, allow_null=True)
    cancelled_at = Instant(read_only=True, allow_null=True)
    cancellation_reason = Text(read_only=True, allow_null=True)
    cancellation_code = Choice(CancellationCode, read_only=True, allow_null=True)
    cancellation_fee = Cents(read_only=True, allow_null=True)
    version = Integer(read_only=True)


class OpenRequestSerializer(BookingSerializer):
    """A request as an operator sees it before it is theirs: not whom it is for."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return super().to_representation(without_passenger(instance))


class BookingDetailSerializer(BookingSerializer):
    """A booking and what the asking user may do with it now."""

    actions = ListOf(Choice(Action), read_only=True, source="*")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        part: Actor = self.context["part"]
        seen = BookingSerializer(instance, context=self.context).data
        return {**seen, "actions": [action.value for action in open_actions(instance.status, part)]}


class BookingFilter(Query):
    status = Text(required=False, max_length=200, help_text="One status, or several with commas between them.")
    from_ = Instant(required=False, help_text="Requested at or after.")
    to = Instant(required=False, help_text="Requested at or before.")

    def validate_status(self, value: str) -> list[BookingStatus]:
        choice = Choice(BookingStatus)
        return [choice.run_validation(each.strip()) for each in value.split(",")]


class HistorySerializer(Serializer):
    sequence = Integer(read_only=True)
    action = Choice(Action, read_only=True)
    from_status = Choice(BookingStatus, read_only=True, allow_null=True)
    to_status = Choice(BookingStatus, read_only=True)
    actor = Choice(Actor, read_only=True)
    actor_id = Id(read_only=True, allow_null=True)
    note = Text(read_only=True, allow_null=True)
    at = Instant(read_only=True, source="created_at")


class HistoryListSerializer(Serializer):
    results = HistorySerializer(many=True, read_only=True)


class NewQuoteSerializer(Serializer):
    vehicle_id = Id()
    price = Cents(min_value=1, help_text="Integer cents, everything included.")
    eta = Integer(min_value=0, max_value=24 * 60, help_text="Minutes to the pick-up.")
    notes = FreeText(multiline=True, required=False, allow_blank=True, default="")


class QuoteSerializer(Serializer):
    id = Id(read_only=True)
    booking_id = Id(read_only=True)
    operator_id = Id(read_only=True)
    operator_name = Text(read_only=True)
    operator_rating = Number(read_only=True)
    vehicle_id = Id(read_only=True)
    vehicle_name = Text(read_only=True)
    vehicle_category = Choice(VehicleCategory, read_only=True)
    price = Cents(read_only=True)
    currency = Text(read_only=True)
    eta = Integer(read_only=True)
    notes = Text(read_only=True)
    status = Choice(QuoteStatus, read_only=True)
    decline_reason = Choice(DeclineReason, read_only=True, allow_null=True)
    expires_at = Instant(read_only=True)
    created_at = Instant(read_only=True)
    updated_at = Instant(read_only=True)


class QuoteListSerializer(Serializer):
    """Pending quotes first, ascending by price."""

    results = QuoteSerializer(many=True, read_only=True)
    next = Text(read_only=True, allow_null=True)
    best_value_id = Id(read_only=True, allow_null=True, help_text="Price, ETA and rating together.")


class AcceptSerializer(Serializer):
    method = Choice(PaymentMethod)
    source_id = Text(max_length=200, required=False, allow_null=True, help_text="Square's token of the card.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"source_id": "", **{name: value for name, value in attrs.items() if value is not None}}


class AssignSerializer(Serializer):
    driver_id = Id()
    vehicle_id = Id()


class StatusSerializer(Serializer):
    status = Choice(BookingStatus)


class CancelSerializer(Serializer):
    reason = FreeText(max_length=500)
    code = Choice(CancellationCode, required=False, default=CancellationCode.OTHER)


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


class ReceiptDaySerializer(Serializer):
    """A day of several, in the wall time of the pick-up's zone."""

    day_number = Integer(read_only=True)
    date = Text(read_only=True)
    time = Text(read_only=True)
    hours = Number(read_only=True)
    pickup_location = Text(read_only=True)
    dropoff_location = Text(read_only=True, allow_null=True)


class ReceiptSerializer(Serializer):
    """What was paid, for what, and how. Integer cents."""

    number = Text(
        read_only=True, allow_null=True, help_text="Without gaps per operator and year; null until money was taken."
    )
    booking_id = Id(read_only=True)
    reference = Text(read_only=True)
    issued_at = Instant(read_only=True)
    status = Choice(BookingStatus, read_only=True)
    payment_status = Choice(PaymentStatus, read_only=True)
    price = PriceSerializer(read_only=True)
    tax_jurisdiction = Text(read_only=True)
    tax_rate = Text(read_only=True, help_text="An exact fraction, such as 0.08875.")
    cancellation_fee = Cents(read_only=True, allow_null=True)
    amount_paid = Cents(read_only=True)
    amount_refunded = Cents(read_only=True)
    currency = Text(read_only=True)
    card_brand = Text(read_only=True, allow_null=True)
    card_last4 = Text(read_only=True, allow_null=True)
    type = Choice(BookingType, read_only=True)
    vehicle_category = Choice(VehicleCategory, read_only=True)
    pickup_location = Text(read_only=True)
    dropoff_location = Text(read_only=True)
    pickup_at = Instant(read_only=True)
    timezone = Text(read_only=True)
    completed_at = Instant(read_only=True, allow_null=True)
    itinerary = ReceiptDaySerializer(many=True, read_only=True)
    concierge_name = Text(read_only=True)
    passenger_name = Text(read_only=True)
    operator_name = Text(read_only=True)
    business_license = Text(read_only=True)
    driver_name = Text(read_only=True)
    vehicle_name = Text(read_only=True)
    plate_number = Text(read_only=True)


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


def without_passenger(booking: Booking) -> Booking:
    """A request as an operator sees it before it is theirs: not whom it is for. Not to be saved."""
    booking.details.passenger_name = ""
    return booking


class CalendarFeedSerializer(Serializer):
    url = Text(read_only=True)
