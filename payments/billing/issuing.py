"""Ask for a payment on account: it is owed from the caller's transaction on; Square's page to pay it follows.

The number is the caller's, who keeps the series; that an invoice is owed does not depend on Square. One that Square
refuses stands all the same, and is paid by bank transfer, or is asked for again by staff.
"""

import structlog

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Invalid
from payments import gateway, operations
from payments.billing.documents import Bill, BillTo
from payments.billing.rules import ON_ACCOUNT, due_on, next_look
from payments.billing.tables import BillingAccount
from payments.cards.payers import customer_of, forget_customer, know_payer
from payments.events import InvoiceIssued
from payments.gateway import InvoiceLine, Refused
from payments.rules.types import OperationKind, OperationState, PaymentMethod, TransactionStatus
from payments.services.asking import NOTE, answer, put
from payments.tables import Operation, PaymentTransaction

log = structlog.get_logger(__name__)

NO_CUSTOMER = frozenset({"CUSTOMER_NOT_FOUND", "NOT_FOUND"})


def begin_issue(*, tx: Transaction, row: PaymentTransaction, number: str, amount: int | None = None) -> None:
    """Put the invoice of `row` into the caller's transaction; `settle_issue` follows, now or by the periodic job.

    `amount` is less than was agreed for a cancellation fee or a shorter ride: the rest of the credit is given back.
    Raises `Conflict` (`wrong_state`) when it was issued before or is closed, `Invalid` for more than was agreed.
    """
    if row.method not in ON_ACCOUNT or row.status is not TransactionStatus.PENDING or row.issued_at is not None:
        raise Conflict("There is nothing to invoice.", code="wrong_state", details={"status": str(row.status)})
    amount = row.amount if amount is None else amount
    if not 0 < amount <= row.amount:
        raise Invalid(fields={"amount": ["Give whole cents above 0, at most what was agreed."]})
    now, account = utc_now(), BillingAccount.fetch(row.payer_id)
    row.amount, row.issued_at, row.billed_to = amount, now, row.payer_id
    row.due_on = due_on(now, account.terms_days).isoformat()
    row.bill = Bill(
        number=number,
        amount=amount,
        terms_days=account.terms_days,
        to=BillTo(
            company_name=account.company_name,
            address=account.address,
            email=account.email,
            tax_number=account.tax_number,
        ),
    )
    operation = operations.start(row, OperationKind.ISSUE, amount, now=now)
    if row.method is PaymentMethod.WIRE:
        _issued(row, operation)
        put(tx, row, [InvoiceIssued(row.reference, row.id)])
    else:
        know_payer(tx, row.payer_id)
        put(tx, row, [])


def settle_issue(*, transaction_id: str) -> PaymentTransaction:
    """Have Square make the invoice, under the stored key. Harmless when it has. Raises `Unavailable`: call again."""
    row = PaymentTransaction.fetch(transaction_id)
    operation = next(iter(operations.pending(row, OperationKind.ISSUE)), None)
    if operation is None:
        return row
    customer_id = customer_of(row.payer_id)
    try:
        invoice = answer(lambda: gateway.issue(_bill(row, customer_id, _edition(row, operation)), key=operation.key))
    except Refused as refusal:
        log.warning("invoice_refused", transaction_id=row.id, code=refusal.code)
        if refusal.code in NO_CUSTOMER:
            forget_customer(row.payer_id, gone=customer_id)
        return _record(transaction_id=row.id, key=operation.key, outcome=refusal)
    return _record(transaction_id=row.id, key=operation.key, outcome=invoice)


@retried
def issue_again(*, transaction_id: str) -> PaymentTransaction:
    """Another try at one that Square refused, under a new key: nothing came of the old one."""
    row = PaymentTransaction.fetch(transaction_id)
    if not row.is_owed or row.method is not PaymentMethod.INVOICE or row.bill.gateway_id is not None:
        raise Conflict("It is at Square, or not owed.", code="wrong_state", details={"status": str(row.status)})
    if not operations.pending(row, OperationKind.ISSUE):
        with transact() as tx:
            operations.start(row, OperationKind.ISSUE, row.amount, now=utc_now())
            know_payer(tx, row.payer_id)
            put(tx, row, [])
    return settle_issue(transaction_id=row.id)


@retried
def _record(*, transaction_id: str, key: str, outcome: gateway.Invoice | Refused) -> PaymentTransaction:
    """Square's word, once per key. An invoice of a payment that was closed meanwhile is called off by who closes it."""
    row = PaymentTransaction.fetch(transaction_id)
    operation = next(
        (each for each in operations.pending(row, OperationKind.ISSUE) if each.key == key),
        None,
    )
    if operation is None:
        return row
    first = all(each.state is not OperationState.FAILED for each in row.operations if each.kind is OperationKind.ISSUE)
    if isinstance(outcome, Refused):
        _issued(row, operation, code=outcome.code)
    else:
        row.bill.gateway_id, row.bill.order_id, row.bill.url = outcome.gateway_id, outcome.order_id, outcome.url
        _issued(row, operation)
    with transact() as tx:
        put(tx, row, [InvoiceIssued(row.reference, row.id)] if first else [])
    return row


def _issued(row: PaymentTransaction, operation: Operation, *, code: str | None = None) -> None:
    operations.finish(row, operation, code=code)
    if not operations.pending(row):
        operations.look_again(row, next_look(row.due_date, utc_now()))


def _edition(row: PaymentTransaction, operation: Operation) -> str:
    """Square takes a number once: one that is asked for anew, refused or lowered, is the same invoice's `/2`."""
    issues = [each.key for each in row.operations if each.kind is OperationKind.ISSUE]
    before = issues.index(operation.key)
    return f"{row.bill.number}/{before + 1}" if before else str(row.bill.number)


def _bill(row: PaymentTransaction, customer_id: str, number: str) -> gateway.Bill:
    return gateway.Bill(
        customer_id=customer_id,
        reference=row.reference,
        number=number,
        title=f"Invoice {row.bill.number}",
        note=f"{NOTE}{row.id}",
        lines=[InvoiceLine(f"Invoice {row.bill.number}", row.amount)],
        due_on=row.due_date,
        currency=row.currency,
    )
