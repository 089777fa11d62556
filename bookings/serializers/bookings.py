"""A booking, its lists and its history on the wire."""

from typing import Any

from atlas.api.fields import (
    Cents,
    Choice,
    Id,
    Instant,
    Integer,
    ListOf,
    Text,
)
from atlas.api.serializers import Query, Serializer
from bookings.open_now import actions_of
from bookings.rules.holding import call_off_at
from bookings.rules.lifecycle import Action, Actor, BookingStatus
from bookings.rules.types import BookingType, CancellationCode, PaymentStatus
from bookings.serializers.details import DetailsSerializer
from bookings.serializers.final import ChargeSerializer, ExtrasConsentSerializer, FinalPriceSerializer
from bookings.serializers.prices import PriceSerializer
from bookings.services.change import is_held
from bookings.tables import Booking


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
    card_id = Id(read_only=True, allow_null=True, help_text="The card on file that pays.")
    pending_quotes = Integer(read_only=True)
    deadline = Instant(read_only=True, help_text="Until when it may be quoted.")
    created_at = Instant(read_only=True)
    updated_at = Instant(read_only=True)
    arrived_at = Instant(read_only=True, allow_null=True)
    boarded_at = Instant(read_only=True, allow_null=True)
    price_announced_at = Instant(read_only=True, allow_null=True)
    final = FinalPriceSerializer(read_only=True, allow_null=True)
    charges = ChargeSerializer(many=True, read_only=True, help_text="Payments beside that of the agreed price.")
    paid = Cents(read_only=True, help_text="Integer cents taken by all of its payments.")
    refunded = Cents(read_only=True, help_text="Integer cents given back of them.")
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


class HoldSerializer(Serializer):
    """When the card on file is asked to reserve the price, and how that went."""

    ask_at = Instant(read_only=True, allow_null=True, help_text="When it is asked next.")
    code = Text(read_only=True, allow_null=True, help_text="Square's word for why there is no hold, after a no.")
    refusals = Integer(read_only=True, help_text="In a row, of this card.")
    lapses_at = Instant(read_only=True, allow_null=True, help_text="When the hold that stands ends by itself.")
    call_off_at = Instant(read_only=True, allow_null=True, help_text="When the ride is called off without a hold.")


class BookingDetailSerializer(BookingSerializer):
    """A booking and what the asking user may do with it now."""

    extras_consent = ExtrasConsentSerializer(read_only=True, allow_null=True, help_text="For who gave it.")
    hold = HoldSerializer(read_only=True, allow_null=True, help_text="For who pays, where a card on file does.")
    actions = ListOf(Choice(Action), read_only=True, source="*")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        part: Actor = self.context["part"]
        seen = {
            **BookingSerializer(instance, context=self.context).data,
            "extrasConsent": self._consent(instance, part),
            "hold": self._hold(instance, part),
        }
        return {**seen, "actions": [action.value for action in actions_of(instance, part)]}

    def _consent(self, booking: Booking, part: Actor) -> Any:
        """Not for who states the price: nobody shall charge up to it because it is there."""
        proof = booking.extras_consent
        if proof is None or part not in (Actor.CONCIERGE, Actor.ADMIN):
            return None
        return ExtrasConsentSerializer(proof, context=self.context).data

    def _hold(self, booking: Booking, part: Actor) -> Any:
        hold = booking.hold
        if hold is None or part not in (Actor.CONCIERGE, Actor.ADMIN):
            return None
        last = call_off_at(status=booking.status, pickup_at=booking.pickup_at, is_held=is_held(booking))
        seen = {name: getattr(hold, name) for name in ("ask_at", "code", "refusals", "lapses_at")}
        return HoldSerializer({**seen, "call_off_at": last}, context=self.context).data


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


def without_passenger(booking: Booking) -> Booking:
    """A request as an operator sees it before it is theirs: not whom it is for. Not to be saved."""
    booking.details.passenger_name = ""
    return booking


class CalendarFeedSerializer(Serializer):
    url = Text(read_only=True)
