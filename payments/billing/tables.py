"""Who may pay after the ride, and how much of that is left."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table
from atlas.trail import Trail
from payments.billing.rules import BillingStatus


class AccountsByStatus(GlobalSecondaryIndex["BillingAccount"]):
    class Meta:
        index_name = "status-index"
        projection = AllProjection()

    status = UnicodeEnumAttribute(BillingStatus, hash_key=True)
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class BillingAccount(Table):
    """A concierge who pays by invoice or bank transfer, once staff have approved it.

    - by the user: GetItem `id`
    - those that wait for approval, and all of a status: `status-index`, by the time they asked
    """

    class Meta(Schema):
        name = "billing-accounts"
        retention = "10 years after its last invoice, as the transactions"
        trail = Trail(
            about=lambda account: account.id,
            plain=frozenset({"status", "termsDays", "creditLimit", "currency", "decidedBy", "decidedAt"}),
        )
        personal = True

    id = UnicodeAttribute(hash_key=True)
    """The user's."""
    status = UnicodeEnumAttribute(BillingStatus, default=BillingStatus.REQUESTED)
    company_name = UnicodeAttribute(attr_name="companyName")
    address = UnicodeAttribute()
    """As it stands on invoices, in lines."""
    email = UnicodeAttribute()
    """Where invoices and reminders go."""
    tax_number = UnicodeAttribute(attr_name="taxNumber", null=True)
    """The company's, for its invoices."""
    terms_days = IntegerAttribute(attr_name="termsDays", default=0)
    """Days from the invoice to its due date."""
    credit_limit = IntegerAttribute(attr_name="creditLimit", default=0)
    """Cents that may be owed at a time, rides ahead included."""
    currency = UnicodeAttribute(default="USD")
    decided_by = UnicodeAttribute(attr_name="decidedBy", null=True)
    decided_at = InstantAttribute(attr_name="decidedAt", null=True)
    reason = UnicodeAttribute(null=True)
    """Why it was declined or suspended."""

    status_index = AccountsByStatus()


class BillingCredit(Table):
    """What is left of an account's limit: an item of its own, changed by conditional additions, never read and written.

    - by the user: GetItem `id`
    """

    class Meta(Schema):
        name = "billing-credit"
        retention = "as its account"

    id = UnicodeAttribute(hash_key=True)
    """The user's."""
    left = IntegerAttribute(attr_name="creditLeft")
    """Cents; below zero after a limit was lowered under what is owed already."""
