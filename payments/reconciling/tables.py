"""What reconciliation found, one row per difference: it is found again under the same id, and never twice."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table
from atlas.trail import Trail
from payments.rules.differences import DifferenceKind, DifferenceStatus, Mend


class DifferencesByStatus(GlobalSecondaryIndex["PaymentDifference"]):
    class Meta:
        index_name = "status-index"
        projection = KeysOnlyProjection()

    status = UnicodeEnumAttribute(DifferenceStatus, hash_key=True)
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class DifferencesByRun(GlobalSecondaryIndex["PaymentDifference"]):
    class Meta:
        index_name = "run-index"
        projection = KeysOnlyProjection()

    run_id = UnicodeAttribute(hash_key=True, attr_name="runId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class PaymentDifference(Table):
    """One difference between Square's books and ours, and what became of it.

    - one, and "was it found before": GetItem `id`
    - what is open, what was mended, newest first: `status-index`
    - the report of a run: `run-index`
    """

    class Meta(Schema):
        name = "payment-differences"
        retention = "10 years, as the transactions that it tells of"
        trail = Trail(
            about=lambda difference: None,
            plain=frozenset({"status", "kind", "mend", "ours", "theirs", "amount", "currency", "resolvedBy"}),
            passing=frozenset({"seenAt", "runId"}),
        )
        personal = True

    id = UnicodeAttribute(hash_key=True)
    """Made of what differs (`payments.reconciling.comparing.Finding.id`)."""
    kind = UnicodeEnumAttribute(DifferenceKind)
    status = UnicodeEnumAttribute(DifferenceStatus, default=DifferenceStatus.OPEN)
    mend = UnicodeEnumAttribute(Mend)
    transaction_id = UnicodeAttribute(attr_name="transactionId", null=True)
    """Ours; also of a payment at Square that names it while we have no such row."""
    reference = UnicodeAttribute(attr_name="bookingId", null=True)
    payment_gateway_id = UnicodeAttribute(attr_name="paymentGatewayId", null=True)
    refund_gateway_id = UnicodeAttribute(attr_name="refundGatewayId", null=True)
    ours = UnicodeAttribute()
    """How it stands in our books, in a word or an amount in cents; a dash for nothing."""
    theirs = UnicodeAttribute()
    """The same at Square."""
    amount = IntegerAttribute()
    """Cents that it is about."""
    currency = UnicodeAttribute()
    run_id = UnicodeAttribute(attr_name="runId", null=True)
    """The run that saw it last; absent for what a webhook or an answer brought to light, until a run does."""
    seen_at = InstantAttribute(attr_name="seenAt")
    resolved_at = InstantAttribute(attr_name="resolvedAt", null=True)
    resolved_by = UnicodeAttribute(attr_name="resolvedBy", null=True)
    """The staff user; absent where a run did it, or it agreed by itself."""
    reason = UnicodeAttribute(null=True)
    """Why it was dismissed, or how it was mended."""

    status_index = DifferencesByStatus()
    run_index = DifferencesByRun()
