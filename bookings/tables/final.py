"""What a ride cost in the end: what its client agreed to before, what was stated, and every payment of it."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import Document, InstantAttribute
from bookings.rules.final_price import PriceState
from bookings.rules.types import PaymentStatus
from bookings.tables.prices import Sold
from payments.rules.types import PaymentPurpose


class FinalPrice(Document):
    """The price that the operator stated after the ride. Below the agreed one: the rest is let go or given back."""

    total = IntegerAttribute()
    """Cents, everything included but the tip."""
    agreed = IntegerAttribute()
    """What it is held beside: the price that the quote was taken at."""
    reason = UnicodeAttribute()
    state = UnicodeEnumAttribute(PriceState)
    stated_by = UnicodeAttribute(attr_name="statedBy")
    stated_at = InstantAttribute(attr_name="statedAt")
    extras = Sold(null=True)
    """The parts of what is above the agreed price."""
    declined = UnicodeAttribute(null=True)
    """Square's code, where the card on file did not pay them."""
    answered_at = InstantAttribute(attr_name="answeredAt", null=True)
    answer = UnicodeAttribute(null=True)
    """Why they were refused."""

    @property
    def beyond(self) -> int:
        """Cents above the agreed price, 0 for none."""
        return max(0, self.total - self.agreed)

    @property
    def is_lower(self) -> bool:
        return bool(self.total < self.agreed)


class Charge(Document):
    """A payment of the booking beside that of its agreed price."""

    transaction_id = UnicodeAttribute(attr_name="transactionId")
    purpose = UnicodeEnumAttribute(PaymentPurpose)
    amount = IntegerAttribute()
    refunded = IntegerAttribute(default=0)
    status = UnicodeEnumAttribute(PaymentStatus)


class Charging(Document):
    """A charge whose card is being asked: one at a time."""

    transaction_id = UnicodeAttribute(attr_name="transactionId")
    purpose = UnicodeEnumAttribute(PaymentPurpose)
    amount = IntegerAttribute()
    started_at = InstantAttribute(attr_name="startedAt")
    by = UnicodeAttribute()
    """Who pays it: the user."""
    agreed_before = BooleanAttribute(attr_name="agreedBefore", default=False)
    """Within the consent to extras, without asking again."""
