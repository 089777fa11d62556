"""A receipt on the wire."""

from atlas.api.fields import (
    Cents,
    Choice,
    Id,
    Instant,
    Integer,
    Number,
    Text,
)
from atlas.api.serializers import Serializer
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import BookingType, PaymentStatus
from bookings.serializers.prices import PriceSerializer
from fleet.rules.types import VehicleCategory
from payments.rules.types import PaymentMethod


class ReceiptDaySerializer(Serializer):
    """A day of several, in the wall time of the pick-up's zone."""

    day_number = Integer(read_only=True)
    date = Text(read_only=True)
    time = Text(read_only=True)
    hours = Number(read_only=True)
    pickup_location = Text(read_only=True)
    dropoff_location = Text(read_only=True, allow_null=True)


class ReceiptFinalSerializer(Serializer):
    """The price that was stated after the ride, with the parts of what is above the agreed one."""

    total = Cents(read_only=True)
    reason = Text(read_only=True)
    extras = PriceSerializer(read_only=True, allow_null=True)


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
    final = ReceiptFinalSerializer(read_only=True, allow_null=True, help_text="Null where the agreed price holds.")
    tip = Cents(read_only=True)
    amount_paid = Cents(read_only=True, help_text="By all payments, the tip included.")
    amount_refunded = Cents(read_only=True)
    currency = Text(read_only=True)
    method = Choice(PaymentMethod, read_only=True)
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
