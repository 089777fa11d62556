"""Open a payment on account: sold at once, for the credit that it holds is what stands behind it."""

from uuid import uuid4

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction
from atlas.errors import Conflict, Invalid
from payments.billing import credit
from payments.billing.rules import ON_ACCOUNT, BillingStatus
from payments.billing.tables import BillingAccount
from payments.ledger.documents import Split
from payments.rules.types import PaymentMethod
from payments.tables import PaymentTransaction


def open_on_account(
    *,
    tx: Transaction,
    reference: str,
    payer_id: str,
    payee_id: str,
    amount: int,
    currency: str,
    method: PaymentMethod,
    split: Split,
) -> PaymentTransaction:
    """Add a PENDING payment to `tx`, and take its amount from the payer's credit with it.

    Raises `Invalid` where the method is not open for this payer, and `Conflict` (`credit_exceeded`) when too little is
    left: here by a look, and when `tx` commits by the condition that nobody gets around.
    """
    account = BillingAccount.find(payer_id, consistent=True)
    if account is None or account.status is not BillingStatus.APPROVED or method not in ON_ACCOUNT:
        raise _not_open(method)
    if currency != account.currency:
        raise Invalid(fields={"method": [f"Only {account.currency} is on account."]})
    if amount <= 0 or split.total != amount:
        raise Invalid("The amount is not the sum of its parts.", fields={"amount": ["Give whole cents above 0."]})
    left = credit.left(payer_id)
    if amount > left:
        refusal = credit.exceeded()
        raise Conflict(refusal.message, code=refusal.code, details={"creditLeft": max(left, 0)})
    now = utc_now()
    row = PaymentTransaction(
        id=str(uuid4()),
        reference=reference,
        payer_id=payer_id,
        payee_id=payee_id,
        amount=amount,
        currency=currency,
        method=method,
        split=split,
        created_at=now,
        created_day=f"{now:%Y-%m-%d}",
    )
    tx.check(
        BillingAccount,
        payer_id,
        condition=BillingAccount.status == BillingStatus.APPROVED,
        otherwise=_not_open(method),
    )
    tx.create(row)
    return row


def _not_open(method: PaymentMethod) -> Invalid:
    return Invalid(
        f"Paying by {method} is not open for this account.",
        fields={"method": ["Ask for a billing account, or give CARD."]},
    )
