"""Accounts and invoices as lists show them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from atlas.dynamo.attributes import utc_now
from payments.billing.accounts import Standing
from payments.billing.rules import InvoiceState, invoice_state
from payments.rules.types import PaymentMethod
from payments.tables import PaymentTransaction


@dataclass(frozen=True, slots=True)
class Billed:
    """Integer cents."""

    transaction_id: str
    booking_id: str
    number: str
    state: InvoiceState
    method: PaymentMethod
    amount: int
    refunded: int
    currency: str
    issued_at: datetime
    due_on: date
    pay_url: str | None


def billed(row: PaymentTransaction) -> Billed:
    return Billed(
        transaction_id=row.id,
        booking_id=row.reference,
        number=row.bill.number,
        state=invoice_state(row.status, row.due_date, utc_now().date()),
        method=row.method,
        amount=row.amount,
        refunded=row.refunded,
        currency=row.currency,
        issued_at=row.issued_at,
        due_on=row.due_date,
        pay_url=row.bill.url if row.is_owed else None,
    )


def shown(standing: Standing) -> dict[str, Any]:
    account = standing.account
    names = ("status", "company_name", "address", "email", "tax_number", "terms_days", "credit_limit", "currency")
    return {**{name: getattr(account, name) for name in (*names, "reason")}, "credit_left": standing.left}
