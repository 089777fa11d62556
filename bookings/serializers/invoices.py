"""An invoice on the wire."""

from atlas.api.fields import Cents, Choice, Id, Instant, Integer, LocalDate, Text, Url
from atlas.api.serializers import Serializer
from bookings.serializers.receipts import ReceiptSerializer
from payments.billing.rules import InvoiceState
from payments.rules.types import PaymentMethod


class CreditNoteSerializer(Serializer):
    """An invoice, or a part of it, taken back."""

    number = Text(read_only=True)
    amount = Cents(read_only=True)
    at = Instant(read_only=True)


class InvoicePaperSerializer(Serializer):
    """What is owed, by whom and until when; `ride` is what for. Integer cents."""

    number = Text(read_only=True, help_text="Without gaps per operator and year.")
    booking_id = Id(read_only=True)
    transaction_id = Id(read_only=True)
    state = Choice(InvoiceState, read_only=True)
    method = Choice(PaymentMethod, read_only=True)
    issued_at = Instant(read_only=True)
    due_on = LocalDate(read_only=True)
    terms_days = Integer(read_only=True)
    amount = Cents(read_only=True)
    amount_paid = Cents(read_only=True)
    amount_refunded = Cents(read_only=True)
    currency = Text(read_only=True)
    company_name = Text(read_only=True)
    address = Text(read_only=True)
    email = Text(read_only=True)
    tax_number = Text(read_only=True, allow_null=True)
    pay_url = Url(read_only=True, allow_null=True, help_text="Square's page, while it can be paid there.")
    bank_details = Text(read_only=True)
    credit_notes = CreditNoteSerializer(many=True, read_only=True)
    ride = ReceiptSerializer(read_only=True)
