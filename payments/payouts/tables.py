"""Payouts, numbered per operator."""

from enum import StrEnum

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table
from payments.ledger.kinds import Account


class PayoutStatus(StrEnum):
    RECORDED = "RECORDED"
    """By one of finance: nothing counts yet."""
    CONFIRMED = "CONFIRMED"
    """By another: it is in the books."""
    REJECTED = "REJECTED"


class PayoutsByStatus(GlobalSecondaryIndex["Payout"]):
    class Meta:
        index_name = "status-index"
        projection = AllProjection()

    status = UnicodeEnumAttribute(PayoutStatus, hash_key=True)
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class Payout(Table):
    """One transfer from our bank to an operator's.

    - an operator's, newest first, and the newest, which says whether one is waiting: Query `payeeId`
    - what waits for a second person: `status-index`

    The next number is created under the condition that it is not there: who comes second looks again.
    """

    class Meta(Schema):
        name = "payouts"
        retention = "10 years, as the postings"
        personal = True  # `recordedBy`, `decidedBy`

    payee_id = UnicodeAttribute(hash_key=True, attr_name="payeeId")
    """The operator."""
    sequence = IntegerAttribute(range_key=True)
    account = UnicodeEnumAttribute(Account)
    """OPERATOR, its own share, or DRIVER, its drivers'."""
    amount = IntegerAttribute()
    """Cents."""
    currency = UnicodeAttribute()
    bank_reference = UnicodeAttribute(attr_name="bankReference")
    """Taken once on the whole platform."""
    value_on = UnicodeAttribute(attr_name="valueOn")
    """The bank's date, `2026-12-24`."""
    status = UnicodeEnumAttribute(PayoutStatus, default=PayoutStatus.RECORDED)
    recorded_by = UnicodeAttribute(attr_name="recordedBy")
    decided_by = UnicodeAttribute(attr_name="decidedBy", null=True)
    decided_at = InstantAttribute(attr_name="decidedAt", null=True)
    posting_id = UnicodeAttribute(attr_name="postingId", null=True)

    status_index = PayoutsByStatus()
