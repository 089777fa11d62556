"""What a payment on account carries: its invoice, and the wires that paid it or gave it back."""

from datetime import date

from pynamodb.attributes import ListAttribute, UnicodeAttribute
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import Document, InstantAttribute
from payments.billing.rules import WireState, WireWay


class BillTo(Document):
    """Whom it was addressed to, as the account was then."""

    company_name = UnicodeAttribute(attr_name="companyName")
    address = UnicodeAttribute()
    email = UnicodeAttribute()
    tax_number = UnicodeAttribute(attr_name="taxNumber", null=True)


class CreditNote(Document):
    """An invoice, or a part of it, taken back."""

    number = UnicodeAttribute()
    amount = IntegerAttribute()
    """Cents, above zero."""
    at = InstantAttribute()
    key = UnicodeAttribute()
    """The refund that it is of; `cancel` where the invoice was called off unpaid."""


class Bill(Document):
    """An invoice as it was issued; what became of it is the payment's own status."""

    number = UnicodeAttribute()
    amount = IntegerAttribute()
    """Cents asked for."""
    lowered_to = IntegerAttribute(attr_name="loweredTo", null=True)
    """Cents that are owed of it, where that is less; the payment's own amount once it is asked for anew."""
    terms_days = IntegerAttribute(attr_name="termsDays")
    to = BillTo()
    gateway_id = UnicodeAttribute(attr_name="gatewayId", null=True)
    """Square's id of the invoice; absent for a wire, and until Square has answered."""
    order_id = UnicodeAttribute(attr_name="orderId", null=True)
    url = UnicodeAttribute(null=True)
    """Where it is paid, at Square."""
    reminders = IntegerAttribute(default=0)
    """How many went out."""
    credit_notes: ListAttribute[CreditNote] = ListAttribute(of=CreditNote, attr_name="creditNotes", default=list)


class Wire(Document):
    """Money by bank: recorded by one of finance, confirmed, or rejected, by another."""

    id = UnicodeAttribute()
    way = UnicodeEnumAttribute(WireWay)
    amount = IntegerAttribute()
    """Cents."""
    bank_reference = UnicodeAttribute(attr_name="bankReference")
    """Of the statement: it is taken once on the whole platform."""
    value_on = UnicodeAttribute(attr_name="valueOn")
    """The date of the statement, `2026-12-24`."""
    state = UnicodeEnumAttribute(WireState, default=WireState.RECORDED)
    recorded_by = UnicodeAttribute(attr_name="recordedBy")
    recorded_at = InstantAttribute(attr_name="recordedAt")
    decided_by = UnicodeAttribute(attr_name="decidedBy", null=True)
    decided_at = InstantAttribute(attr_name="decidedAt", null=True)
    refund_key = UnicodeAttribute(attr_name="refundKey", null=True)
    """The refund that it carries out, for one that goes out."""

    @property
    def value_date(self) -> date:
        return date.fromisoformat(self.value_on)
