"""What was asked of the payment provider, and what came of it. No card number ever comes near."""

from datetime import date

from pynamodb.attributes import ListAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import Document, InstantAttribute
from atlas.dynamo.table import TEN_YEARS, Schema, Table, Upgrade
from atlas.dynamo.transaction import Transaction
from atlas.shards import shard_of
from atlas.trail import Trail
from payments.billing import credit
from payments.billing.documents import Bill, Wire
from payments.billing.tables import BillingAccount, BillingCredit  # noqa: F401 (ours too)
from payments.cards.tables import Payer, SavedCard  # noqa: F401 (ours too)
from payments.ledger import posting
from payments.ledger.documents import Booked, Dispute, Split
from payments.ledger.tables import LedgerBalance, LedgerPosting  # noqa: F401 (ours too)
from payments.payouts.tables import Payout  # noqa: F401 (ours too)
from payments.reconciling.tables import PaymentDifference  # noqa: F401 (one of ours too)
from payments.rules.types import OperationKind, OperationState, PaymentMethod, PaymentPurpose, TransactionStatus


class CardMetadata(Document):
    """What a receipt may show of a card."""

    card_last4 = UnicodeAttribute(attr_name="cardLast4", null=True)
    card_brand = UnicodeAttribute(attr_name="cardBrand", null=True)
    receipt_url = UnicodeAttribute(attr_name="receiptUrl", null=True)


class Operation(Document):
    """One logical request to the provider. Its key is stored before the call: a retry replays, never charges twice."""

    kind = UnicodeEnumAttribute(OperationKind)
    key = UnicodeAttribute()
    """Idempotency key, at most 45 characters."""
    amount = IntegerAttribute()
    """Cents."""
    state = UnicodeEnumAttribute(OperationState)
    at = InstantAttribute()
    reason = UnicodeAttribute(null=True)
    """Why a refund is given; sent along, so a replay needs it."""
    code = UnicodeAttribute(null=True)
    """The provider's error code of a failed one."""
    gateway_id = UnicodeAttribute(attr_name="gatewayId", null=True)
    """The provider's id of a refund that it accepted."""


class TransactionsByReference(GlobalSecondaryIndex["PaymentTransaction"]):
    class Meta:
        index_name = "booking-index"
        projection = AllProjection()

    reference = UnicodeAttribute(hash_key=True, attr_name="bookingId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class TransactionsByDay(GlobalSecondaryIndex["PaymentTransaction"]):
    class Meta:
        index_name = "day-index"
        projection = KeysOnlyProjection()

    created_day = UnicodeAttribute(hash_key=True, attr_name="createdDay")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class TransactionsByGateway(GlobalSecondaryIndex["PaymentTransaction"]):
    class Meta:
        index_name = "gateway-index"
        projection = KeysOnlyProjection()

    payment_gateway_id = UnicodeAttribute(hash_key=True, attr_name="paymentGatewayId")


class DueTransactions(GlobalSecondaryIndex["PaymentTransaction"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class BilledTransactions(GlobalSecondaryIndex["PaymentTransaction"]):
    class Meta:
        index_name = "billed-index"
        projection = AllProjection()

    billed_to = UnicodeAttribute(hash_key=True, attr_name="billedTo")
    issued_at = InstantAttribute(range_key=True, attr_name="issuedAt")


class OwedTransactions(GlobalSecondaryIndex["PaymentTransaction"]):
    class Meta:
        index_name = "owed-index"
        projection = KeysOnlyProjection()

    owed_shard = NumberAttribute(hash_key=True, attr_name="owedShard")
    due_on = UnicodeAttribute(range_key=True, attr_name="dueOn")


class PaymentTransaction(Table):
    """The payment of one reference (a booking's id, which means nothing here).

    - by id: GetItem `id`
    - the payments of a booking: `booking-index`, newest first
    - a period for finance: `day-index`, a query per day
    - which one does this webhook tell of: `gateway-index`
    - which ones wait for the provider's last word: `due-index` (sparse), one query per shard, `dueAt <= now`
    - the invoices of a payer, newest first: `billed-index` (sparse)
    - what is owed, the longest due first: `owed-index` (sparse), one query per shard
    """

    class Meta(Schema):
        name = "transactions"
        version = "1.2.0"
        upgrades = {
            "1.0.0": Upgrade("1.1.0", dict),  # of the books, which `payments ledger backfill` writes
            "1.1.0": Upgrade("1.2.0", dict),  # of invoices, which older payments have none of
        }
        retention = "10 years, never deleted before"
        kept_for = TEN_YEARS
        trail = Trail(
            about=lambda payment: payment.payer_id,
            plain=frozenset(
                {
                    "status",
                    "amount",
                    "refunded",
                    "currency",
                    "method",
                    "purpose",
                    "operations",
                    "paymentGatewayId",
                    "cardId",
                    "split",
                    "disputes",
                    "issuedAt",
                    "dueOn",
                }
            ),
            passing=frozenset(
                {
                    "billedTo",
                    "owedShard",
                    "creditHeld",
                    "gatewayVersion",
                    "gatewayUpdatedAt",
                    "dueShard",
                    "dueAt",
                    "sourceId",
                    "customerId",
                    "metadata",
                    "booked",
                }
            ),
        )
        personal = True

    id = UnicodeAttribute(hash_key=True)
    reference = UnicodeAttribute(attr_name="bookingId")
    purpose = UnicodeEnumAttribute(PaymentPurpose, default=PaymentPurpose.RIDE)
    payer_id = UnicodeAttribute(attr_name="payerId")
    payee_id = UnicodeAttribute(attr_name="payeeId")
    amount = IntegerAttribute()
    """Cents: authorised, and once captured what was taken."""
    refunded = IntegerAttribute(default=0)
    currency = UnicodeAttribute(default="USD")
    status = UnicodeEnumAttribute(TransactionStatus, default=TransactionStatus.PENDING)
    method = UnicodeEnumAttribute(PaymentMethod, default=PaymentMethod.CARD)
    payment_gateway_id = UnicodeAttribute(attr_name="paymentGatewayId", null=True)
    gateway_version = UnicodeAttribute(attr_name="gatewayVersion", null=True)
    gateway_updated_at = InstantAttribute(attr_name="gatewayUpdatedAt", null=True)
    """The provider's own time of the newest state seen here: older news are ignored."""
    source_id = UnicodeAttribute(attr_name="sourceId", null=True)
    """The single-use token of the card, or Square's id of one on file: kept until the authorisation is answered, to be
    able to replay it."""
    card_id = UnicodeAttribute(attr_name="cardId", null=True)
    """The card on file that pays (`SavedCard`); absent where a card was given for this payment alone."""
    customer_id = UnicodeAttribute(attr_name="customerId", null=True)
    """Whose card on file that is, at Square; kept as long as `source_id`."""
    metadata = CardMetadata(default=CardMetadata)
    operations: ListAttribute[Operation] = ListAttribute(of=Operation, default=list)
    split = Split(null=True)
    """Who gets what of it; absent for payments from before there were books, and what came in by none of our doing."""
    booked = Booked(null=True)
    """How it stands in the ledger, written by `payments.ledger.posting` alone."""
    issued_at = InstantAttribute(attr_name="issuedAt", null=True)
    """When an invoice for it was issued: it is owed from then on."""
    bill = Bill(null=True)
    """The invoice of a payment on account."""
    wires: ListAttribute[Wire] = ListAttribute(of=Wire, default=list)
    credit_held = IntegerAttribute(attr_name="creditHeld", null=True)
    """Cents of the payer's credit that it takes up, kept in step by `payments.billing.credit` alone."""
    billed_to = UnicodeAttribute(attr_name="billedTo", null=True)
    """The payer, once it was issued."""
    due_on = UnicodeAttribute(attr_name="dueOn", null=True)
    """The last day on which it is paid in time, `2026-12-24`."""
    owed_shard = NumberAttribute(attr_name="owedShard", null=True)
    """While it is owed."""
    disputes: ListAttribute[Dispute] = ListAttribute(of=Dispute, default=list)
    created_day = UnicodeAttribute(attr_name="createdDay")
    """UTC date, `2026-12-24`."""
    due_shard = NumberAttribute(attr_name="dueShard", null=True)
    due_at = InstantAttribute(attr_name="dueAt", null=True)
    """When to ask the provider again; absent while no operation is pending."""

    booking_index = TransactionsByReference()
    day_index = TransactionsByDay()
    gateway_index = TransactionsByGateway()
    due_index = DueTransactions()
    billed_index = BilledTransactions()
    owed_index = OwedTransactions()

    dated_back: bool = False
    """Whether what is posted of it is dated as it happened: books that are written afterwards. Not stored."""

    def accompany(self, tx: Transaction) -> None:
        """Its books, and the payer's credit: whatever a change moves is posted, held and given back with it."""
        posting.post(tx, self, booked=self.booked_before(), as_happened=self.dated_back)
        credit.keep_step(tx, self, held=int((self.stored or {}).get("creditHeld", {}).get("N", 0)))
        self.owed_shard = shard_of(self.id) if self.is_owed else None

    def booked_before(self) -> Booked | None:
        """As stored, not as in memory: what a lost race has left there was never posted."""
        kept = (self.stored or {}).get("booked", {}).get("M")
        return Booked._instantiate(kept) if kept is not None else None

    @property
    def due_date(self) -> date:
        """Of one that was issued."""
        return date.fromisoformat(self.due_on)

    @property
    def is_owed(self) -> bool:
        """Asked for, and not paid yet."""
        return self.issued_at is not None and self.status is TransactionStatus.PENDING

    @property
    def refunds(self) -> list[Operation]:
        """Every refund that was asked for, oldest first."""
        return [each for each in self.operations if each.kind is OperationKind.REFUND]


class WebhookEvent(Table):
    """A webhook that was received: seen once, handled once.

    - was this one seen: GetItem `id`
    """

    class Meta(Schema):
        name = "webhook-events"
        retention = "90 days (TTL)"
        personal = True

    id = UnicodeAttribute(hash_key=True)
    """The provider's `event_id`."""
    type_ = UnicodeAttribute(attr_name="type")
    body = UnicodeAttribute()
    """As received, without what names the buyer (`payments.rules.striking`)."""
    handled_at = InstantAttribute(attr_name="handledAt", null=True)
    expires_at = TTLAttribute(attr_name="expiresAt")
