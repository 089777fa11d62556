"""The shapes of payments on the wire, in the seed's own names. Card tokens and idempotency keys never leave."""

from atlas.api.fields import Cents, Choice, FreeText, Id, Instant, LocalDate, Text, Url
from atlas.api.serializers import Query, Serializer
from payments.rules.types import OperationState, PaymentMethod, PaymentPurpose, TransactionStatus


class CardMetadataSerializer(Serializer):
    """What a receipt may show of a card."""

    card_last4 = Text(read_only=True, allow_null=True)
    card_brand = Text(read_only=True, allow_null=True)
    receipt_url = Url(read_only=True, allow_null=True)


class RefundSerializer(Serializer):
    """Money on its way back (`pending`), given back (`done`) or refused by the bank (`failed`)."""

    amount = Cents(read_only=True)
    status = Choice(OperationState, source="state", read_only=True)
    reason = FreeText(read_only=True, allow_null=True)
    at = Instant(read_only=True)


class TransactionSerializer(Serializer):
    """The seed's Transaction."""

    id = Id(read_only=True)
    booking_id = Id(source="reference", read_only=True)
    purpose = Choice(PaymentPurpose, read_only=True)
    amount = Cents(read_only=True, help_text="Integer cents: authorised, and once captured what was taken.")
    refunded = Cents(read_only=True, help_text="Integer cents given back so far.")
    currency = Text(read_only=True)
    status = Choice(TransactionStatus, read_only=True)
    method = Choice(PaymentMethod, read_only=True)
    payment_gateway_id = Text(read_only=True, allow_null=True, help_text="Square's id of the payment.")
    metadata = CardMetadataSerializer(read_only=True)
    refunds = RefundSerializer(many=True, read_only=True)
    created_at = Instant(read_only=True)
    updated_at = Instant(read_only=True)


class TransactionFilter(Query):
    """A booking, or a period of UTC days, both included."""

    booking = Id(required=False)
    from_ = LocalDate(required=False)
    to = LocalDate(required=False)


class CaptureSerializer(Serializer):
    amount = Cents(min_value=1, required=False, help_text="Integer cents; less than authorised releases the rest.")


class NewRefundSerializer(Serializer):
    amount = Cents(min_value=1, required=False, help_text="Integer cents; everything that is left when absent.")
    reason = FreeText(max_length=190)
