"""What a ride cost in the end, on the wire."""

from typing import Any

from atlas.api.fields import Cents, Choice, FreeText, Id, Instant, Text
from atlas.api.serializers import Serializer
from bookings.rules.final_price import LARGEST_PRICE, PriceState
from bookings.rules.types import PaymentStatus
from bookings.serializers.prices import PriceSerializer
from payments.fields import CardToken
from payments.rules.types import PaymentPurpose


class FinalPriceSerializer(Serializer):
    """What the operator stated after the ride, and how it stands with what is above the agreed price."""

    total = Cents(read_only=True, help_text="Integer cents, everything included but the tip.")
    agreed = Cents(read_only=True, help_text="The price that the quote was taken at.")
    beyond = Cents(read_only=True, help_text="What is above it.")
    reason = Text(read_only=True)
    state = Choice(PriceState, read_only=True)
    extras = PriceSerializer(read_only=True, allow_null=True)
    declined = Text(read_only=True, allow_null=True, help_text="Square's code, where the card on file did not pay.")
    answer = Text(read_only=True, allow_null=True, help_text="Why they were refused.")
    stated_at = Instant(read_only=True)
    answered_at = Instant(read_only=True, allow_null=True)


class ChargeSerializer(Serializer):
    """A payment of the booking beside that of its agreed price."""

    transaction_id = Id(read_only=True)
    purpose = Choice(PaymentPurpose, read_only=True)
    amount = Cents(read_only=True)
    refunded = Cents(read_only=True)
    status = Choice(PaymentStatus, read_only=True)


class ExtrasConsentSerializer(Serializer):
    """Up to how much may be charged beyond the price without asking."""

    limit = Cents(read_only=True)
    version = Text(read_only=True, help_text="Of the words that were agreed to.")
    at = Instant(read_only=True)


class ProposalSerializer(Serializer):
    """What the ride's own times tell of beyond the agreed price: waiting, extra hours. Null for nothing."""

    agreed = Cents(read_only=True)
    total = Cents(read_only=True, help_text="With those extras.")
    extras = PriceSerializer(read_only=True, allow_null=True)
    until = Instant(read_only=True, allow_null=True, help_text="Until when another price may be stated.")


class NewFinalPriceSerializer(Serializer):
    price = Cents(min_value=1, max_value=LARGEST_PRICE, help_text="Integer cents, everything included.")
    reason = FreeText(max_length=300)


class RefuseExtrasSerializer(Serializer):
    reason = FreeText(max_length=300)


class PayingSerializer(Serializer):
    """Give a card on file (`cardId`), or the token of another card (`sourceId`)."""

    source_id = CardToken(required=False, allow_null=True, help_text="Square's token of the card.")
    card_id = Id(required=False, allow_null=True, help_text="One of `me/cards`.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"source_id": "", **{name: value for name, value in attrs.items() if value is not None}}


class NewTipSerializer(PayingSerializer):
    amount = Cents(min_value=1, help_text="Integer cents; up to half of the ride's price, or 100.00.")
