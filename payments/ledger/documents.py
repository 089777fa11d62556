"""What a payment carries for its books."""

from pynamodb.attributes import BooleanAttribute, ListAttribute, UnicodeAttribute
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import Document, InstantAttribute
from payments.ledger.kinds import DisputeState


class Split(Document):
    """Who gets what of the amount that was asked for, in cents; `subtotal + tax + platform_fee` is all of it.

    Given by who opens the payment, from what was sold, and never changed: a part of the amount is shared in proportion
    (`payments.ledger.sharing`).
    """

    subtotal = IntegerAttribute()
    tax = IntegerAttribute()
    tax_rate = UnicodeAttribute(attr_name="taxRate", default="0")
    """An exact fraction, `0.08875`."""
    jurisdiction = UnicodeAttribute(null=True)
    """ISO 3166 of the place, `US-NY`; absent where the booking names none."""
    platform_fee = IntegerAttribute(attr_name="platformFee")
    driver_payout = IntegerAttribute(attr_name="driverPayout")
    """The part of the subtotal that is the driver's."""

    @property
    def total(self) -> int:
        return self.subtotal + self.tax + self.platform_fee


class Booked(Document):
    """How the payment stands in the ledger: cents in all, and the postings that brought it there."""

    charged = IntegerAttribute(default=0)
    received = IntegerAttribute(default=0)
    refunded = IntegerAttribute(default=0)
    disputed = IntegerAttribute(default=0)
    lost = IntegerAttribute(default=0)
    currency = UnicodeAttribute()
    allocated = BooleanAttribute(default=False)
    """Whether it was shared by the split, or waits in suspense."""
    entries: ListAttribute[str] = ListAttribute(of=UnicodeAttribute, default=list)  # type: ignore[arg-type]
    """`capture`, `refund <key>`, ...: what each posting's id is made of."""


class Dispute(Document):
    """A chargeback at Square, as its webhooks tell of it."""

    gateway_id = UnicodeAttribute(attr_name="gatewayId")
    amount = IntegerAttribute()
    state = UnicodeEnumAttribute(DisputeState, default=DisputeState.OPEN)
    reason = UnicodeAttribute(null=True)
    at = InstantAttribute()
    due_at = InstantAttribute(attr_name="dueAt", null=True)
    """Until when evidence may be sent to Square."""
    updated_at = InstantAttribute(attr_name="updatedAt", null=True)
    """Square's own time of this state: older news are ignored."""


class Line(Document):
    """One account of a posting."""

    account = UnicodeAttribute()
    """`square`, `tax:US-NY`, ...: `payments.ledger.kinds.Account`, tax with its jurisdiction."""
    amount = IntegerAttribute()
    """Cents: a debit above zero, a credit below."""
