"""Quotes, and what it takes to accept one."""

from typing import Any

from atlas.api.fields import (
    Cents,
    Choice,
    FreeText,
    Id,
    Instant,
    Integer,
    Number,
    Text,
)
from atlas.api.serializers import Serializer
from bookings.rules.types import DeclineReason, QuoteStatus
from fleet.rules.types import VehicleCategory
from payments.fields import CardToken
from payments.rules.types import PaymentMethod


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


class CardChoiceSerializer(Serializer):
    """A card on file (`cardId`), or the token of another (`sourceId`), which is kept with `consent`."""

    source_id = CardToken(required=False, allow_null=True, help_text="Square's token of the card.")
    card_id = Id(required=False, allow_null=True, help_text="One of `me/cards`.")
    consent = Text(
        required=False,
        allow_null=True,
        max_length=20,
        help_text="The version of the text at `me/cards/consent` that its holder agreed to: then the card is kept.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"source_id": "", **{name: value for name, value in attrs.items() if value is not None}}


class AcceptSerializer(CardChoiceSerializer):
    """A ride further ahead than a hold lasts needs a card on file, or `consent`."""

    method = Choice(PaymentMethod)
    extras_limit = Cents(
        min_value=0,
        required=False,
        default=0,
        help_text="Integer cents that waiting and extra hours may be charged up to without asking; 0 for none.",
    )
