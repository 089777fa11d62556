"""The journal and its sums."""

from pynamodb.attributes import ListAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import TEN_YEARS, Schema, Table
from payments.ledger.documents import Line
from payments.ledger.kinds import PostingKind


class PostingsByPayee(GlobalSecondaryIndex["LedgerPosting"]):
    class Meta:
        index_name = "payee-index"
        projection = AllProjection()

    payee_id = UnicodeAttribute(hash_key=True, attr_name="payeeId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class PostingsByDay(GlobalSecondaryIndex["LedgerPosting"]):
    class Meta:
        index_name = "day-index"
        projection = KeysOnlyProjection()

    created_day = UnicodeAttribute(hash_key=True, attr_name="createdDay")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class LedgerPosting(Table):
    """One posting: its lines sum to zero. Written once, under a condition that it is not there; never changed.

    - the posting of an operation, "is it posted": GetItem `id`
    - the postings of a payment: BatchGetItem of the ids that its `booked.entries` names
    - a statement: `payee-index`, one operator's postings of a period, oldest first, ten thousand in some forty queries
    - the journal of a period, for `verify` and for finance: `day-index`, a query per day
    """

    class Meta(Schema):
        name = "ledger-postings"
        retention = "10 years, as the transactions that it tells of; never changed, never deleted before"
        personal = True  # `note` is what somebody wrote, `postedBy` a person
        kept_for = TEN_YEARS

    id = UnicodeAttribute(hash_key=True)
    """Made of the payment and the operation (`payments.ledger.entries.posting_id`)."""
    name = UnicodeAttribute()
    """The operation: `capture`, `refund <key>`, ..."""
    kind = UnicodeEnumAttribute(PostingKind)
    transaction_id = UnicodeAttribute(attr_name="transactionId", null=True)
    """The payment; absent for a payout."""
    reference = UnicodeAttribute(attr_name="bookingId")
    """What was paid for; of a payout the bank's reference."""
    payee_id = UnicodeAttribute(attr_name="payeeId")
    """The operator."""
    currency = UnicodeAttribute()
    lines: ListAttribute[Line] = ListAttribute(of=Line)
    taxable = IntegerAttribute(default=0)
    """Cents by which what is taxed grew; below zero when it was given back."""
    tax_rate = UnicodeAttribute(attr_name="taxRate", null=True)
    note = UnicodeAttribute(null=True)
    """Why, as whoever did it said."""
    posted_by = UnicodeAttribute(attr_name="postedBy", null=True)
    """The staff user, of a payout."""
    created_day = UnicodeAttribute(attr_name="createdDay")
    """UTC date of `createdAt`, which is the day in the books: when it was posted, or, written afterwards, happened."""

    payee_index = PostingsByPayee()
    day_index = PostingsByDay()

    def sum(self, *accounts: str) -> int:
        """Cents of these accounts; `tax` is every jurisdiction's."""
        return sum(line.amount for line in self.lines if line.account.partition(":")[0] in accounts)


class LedgerBalance(Table):
    """Sums of the journal, added to blindly in each posting's transaction: nobody walks postings to know a balance.

    - what an operator is owed, and what its customers owe: Query `operator/<id>`, a few items per month (of which a
      range: a month, or up to one)
    - the platform's accounts and its tax, of days or months: Query `platform/2026-12`, some items per day

    Both are spread over shards by the payment, so that payments of one operator seldom meet, and those of all never
    wait for one item. Each account is an attribute, `n:<account>|<currency>`.
    """

    class Meta(Schema):
        name = "ledger-balances"
        retention = "10 years; they are the sums of the postings"
        kept_for = TEN_YEARS

    group = UnicodeAttribute(hash_key=True)
    """`operator/<operator's id>`, `platform/2026-12`."""
    slot = UnicodeAttribute(range_key=True)
    """`2026-12/3`: month and shard of an operator's; `24/11`: day and shard of the platform's."""
