"""Reads of what is on account, restricted to the asking user; of what is owed in all, for finance."""

from datetime import date
from typing import Any

from accounts import staff
from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.many import get_many
from atlas.errors import Forbidden
from atlas.shards import all_shards
from payments.billing import credit
from payments.billing.rules import BillingStatus, InvoiceState
from payments.billing.tables import BillingAccount
from payments.rules.types import PaymentMethod, TransactionStatus
from payments.tables import PaymentTransaction

MOST_OVERDUE = 20
"""Shown at once, the longest due first."""


def methods_open(*, payer_id: str, amount: int, currency: str) -> tuple[PaymentMethod, ...]:
    """How this payer may pay that much now. Two reads."""
    account, left = BillingAccount.find(payer_id), credit.left(payer_id)
    approved = account is not None and account.status is BillingStatus.APPROVED and account.currency == currency
    if not approved or amount > left:
        return (PaymentMethod.CARD,)
    return (PaymentMethod.CARD, PaymentMethod.INVOICE, PaymentMethod.WIRE)


def list_invoices(
    *, user: CurrentUser, state: InvoiceState | None = None, cursor: str | None, limit: int
) -> Page[PaymentTransaction]:
    """The user's own, newest first; of one state where one is given. One query."""
    if user.role is not Role.CONCIERGE:
        raise Forbidden("Invoices are for concierges: they pay for rides.")
    return read_page(
        PaymentTransaction.billed_index.query,
        user.id,
        scope=scope("invoices", user.id, state),
        cursor=cursor,
        limit=limit,
        scan_index_forward=False,
        filter_condition=_condition(state, utc_now().date()) if state is not None else None,
    )


def overdue(*, user: CurrentUser) -> list[PaymentTransaction]:
    """What is owed beyond its day, the longest first: a query per shard of a sparse index."""
    staff.require(user, "view", "payments.paymenttransaction")
    today = utc_now().date().isoformat()
    keys: list[PaymentTransaction] = []
    for shard in all_shards():
        keys += PaymentTransaction.owed_index.query(shard, PaymentTransaction.due_on < today, limit=MOST_OVERDUE)
    first = sorted(keys, key=lambda each: (each.due_on, each.id))[:MOST_OVERDUE]
    rows = get_many(*((PaymentTransaction, each.id) for each in first))
    return [row for row in rows if row is not None and row.is_owed]


def _condition(state: InvoiceState, today: date) -> Any:
    statuses = {
        InvoiceState.PAID: TransactionStatus.CAPTURED,
        InvoiceState.REFUNDED: TransactionStatus.REFUNDED,
        InvoiceState.CANCELLED: TransactionStatus.VOIDED,
    }
    if state in statuses:
        return PaymentTransaction.status == statuses[state]
    owed = PaymentTransaction.status == TransactionStatus.PENDING
    is_late = state is InvoiceState.OVERDUE
    return owed & (
        PaymentTransaction.due_on < today.isoformat() if is_late else PaymentTransaction.due_on >= today.isoformat()
    )
