"""The shapes of accounts and invoices on the wire."""

from atlas.api.fields import Cents, Choice, Email, FreeText, Id, Instant, Integer, LocalDate, Text, Url
from atlas.api.serializers import Query, Serializer
from payments.billing.rules import BillingStatus, InvoiceState
from payments.rules.types import PaymentMethod


class BillTextSerializer(Serializer):
    company_name = FreeText(max_length=200)
    address = FreeText(max_length=500, multiline=True, help_text="As it stands on invoices, in lines.")
    email = Email(help_text="Where invoices and reminders go.")
    tax_number = FreeText(max_length=40, required=False, allow_blank=True, default="")


class BillingAccountSerializer(Serializer):
    """Terms and credit are staff's to decide."""

    status = Choice(BillingStatus, read_only=True)
    company_name = Text(read_only=True)
    address = Text(read_only=True)
    email = Text(read_only=True)
    tax_number = Text(read_only=True, allow_null=True)
    terms_days = Integer(read_only=True, help_text="Days from the invoice to its due date.")
    credit_limit = Cents(read_only=True, help_text="Integer cents that may be owed at a time, rides ahead included.")
    credit_left = Cents(read_only=True, help_text="Integer cents of it that are left; below zero: no more for now.")
    currency = Text(read_only=True)
    reason = Text(read_only=True, allow_null=True, help_text="Why it was declined or suspended.")


class InvoiceSerializer(Serializer):
    """An invoice of a ride on account; its paper is at `bookings/{bookingId}/invoice`."""

    transaction_id = Id(read_only=True)
    booking_id = Id(read_only=True)
    number = Text(read_only=True)
    state = Choice(InvoiceState, read_only=True)
    method = Choice(PaymentMethod, read_only=True)
    amount = Cents(read_only=True)
    refunded = Cents(read_only=True)
    currency = Text(read_only=True)
    issued_at = Instant(read_only=True)
    due_on = LocalDate(read_only=True)
    pay_url = Url(read_only=True, allow_null=True, help_text="Square's page, while it can be paid there.")


class InvoiceFilter(Query):
    state = Choice(InvoiceState, required=False)
