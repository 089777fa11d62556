"""What becomes of an invoice: paid at Square, called off, or overdue and reminded of."""

import structlog

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict
from payments import gateway, operations, progress
from payments.billing.issuing import settle_issue
from payments.billing.rules import ON_ACCOUNT, WireState, next_look, reminders_due
from payments.events import InvoiceOverdue, PaymentDiffers, PaymentSettled, PaymentVoided
from payments.gateway import Invoice, Payment
from payments.gateway.invoices import OWED, SETTLED
from payments.rules import mismatches
from payments.rules.lifecycle import PaymentAction, transition
from payments.rules.owing import LOWERED
from payments.rules.types import OperationKind, TransactionStatus
from payments.services.asking import CLOSED, NOTE, answer, put, save, wrong_state
from payments.tables import PaymentTransaction

log = structlog.get_logger(__name__)

PENDING = TransactionStatus.PENDING
BEYOND = "The final price is lower than the invoice."


def settle(*, transaction_id: str) -> None:
    """What the periodic job does about a payment on account: finish what is pending, ask Square, remind."""
    row = PaymentTransaction.fetch(transaction_id)
    if row.status is not PENDING:
        return
    if operations.pending(row, OperationKind.VOID):
        call_off(transaction_id=row.id)
    elif operations.pending(row, OperationKind.ISSUE):
        settle_issue(transaction_id=row.id)
    elif row.issued_at is not None:
        follow(transaction_id=row.id)
        _remind(transaction_id=row.id)
    else:
        _sleep(transaction_id=row.id)


def follow(*, transaction_id: str) -> PaymentTransaction:
    """Bring an open invoice to where Square has it. Raises `Unavailable`."""
    row = PaymentTransaction.fetch(transaction_id)
    if not row.is_owed or row.bill.gateway_id is None:
        return row
    invoice_id = row.bill.gateway_id
    return _take_over(row, answer(lambda: gateway.get_invoice(invoice_id)))


def follow_news(tx: Transaction, invoice: Invoice) -> None:
    """A webhook's: what it says is taken as a reason to look."""
    row = row_of(invoice)
    if row is None:
        log.info("webhook_of_another_invoice", gateway_id=invoice.gateway_id)
    elif row.is_owed and row.bill.gateway_id == invoice.gateway_id:
        now = answer(lambda: gateway.get_invoice(invoice.gateway_id))
        if now.status in SETTLED:
            put(tx, row, _settled(row, now))


def row_of(invoice: Invoice) -> PaymentTransaction | None:
    """Ours, by the note that we gave it; anything else on the same Square account is not our business."""
    if not invoice.note.startswith(NOTE):
        return None
    return PaymentTransaction.find(invoice.note.removeprefix(NOTE), consistent=True)


@retried
def call_off(*, transaction_id: str) -> PaymentTransaction:
    """Nobody owes it any more; its credit is given back. Harmless when it is closed already.

    Raises `Conflict` (`wrong_state`) once it is paid, also when it turns out to be at Square: refund instead.
    """
    row = PaymentTransaction.fetch(transaction_id)
    if row.status in CLOSED:
        return row
    if row.status is not PENDING or row.method not in ON_ACCOUNT:
        raise wrong_state(row, PaymentAction.VOID)
    if operations.pending(row, OperationKind.ISSUE):
        row = settle_issue(transaction_id=row.id)
    refuse_half_paid(row)
    if not operations.pending(row, OperationKind.VOID):
        operations.start(row, OperationKind.VOID, row.amount, now=utc_now())
        save(row)
    if row.is_owed and row.bill.gateway_id is not None:
        invoice_id = row.bill.gateway_id
        found = answer(lambda: gateway.cancel_invoice(invoice_id))
        if found.status in SETTLED:
            row = _take_over(row, found)
            raise wrong_state(row, PaymentAction.VOID)
    row.status = transition(row.status, PaymentAction.VOID)
    for operation in operations.pending(row, OperationKind.VOID):
        operations.finish(row, operation)
    row.due_shard = row.due_at = None
    save(row, [PaymentVoided(row.reference, row.id)])
    return row


def paid(row: PaymentTransaction, payment: Payment | None) -> list[object]:
    """It was paid, at Square by `payment`, else by bank. Returns the events to publish. No I/O."""
    row.status = transition(row.status, PaymentAction.CAPTURE)
    if payment is not None:
        progress.note(row, payment)
    for operation in operations.pending(row, OperationKind.VOID):
        operations.finish(row, operation, code="ALREADY_CAPTURED")
    operations.finish(row, operations.start(row, OperationKind.CAPTURE, row.amount, now=utc_now()))
    row.due_shard = row.due_at = None
    _give_back_beyond(row)
    return [PaymentSettled(row.reference, row.id, row.amount)]


def _give_back_beyond(row: PaymentTransaction) -> None:
    """More was invoiced than is owed, and was paid before it was asked for anew: the difference is promised back."""
    owed = row.bill.lowered_to
    if owed is not None and owed < row.amount:
        key = operations.key_for(row.id, LOWERED)
        start = operations.start
        start(row, OperationKind.REFUND, row.amount - owed, now=utc_now(), key=key, reason=BEYOND)


def payment_of(invoice: Invoice) -> Payment:
    """Square's payment that settled it; of several the first, which the log tells."""
    ids = answer(lambda: gateway.payments_of_order(invoice.order_id))
    if len(ids) != 1:
        log.error("invoice_paid_in_parts", gateway_id=invoice.gateway_id, payments=len(ids))
    return answer(lambda: gateway.get(ids[0]))


def _take_over(row: PaymentTransaction, invoice: Invoice) -> PaymentTransaction:
    if invoice.status in SETTLED:
        return _record_paid(transaction_id=row.id, invoice=invoice)
    if invoice.status not in OWED:
        log.error("invoice_closed_at_square", transaction_id=row.id, status=invoice.status)
    return row


@retried
def _record_paid(*, transaction_id: str, invoice: Invoice) -> PaymentTransaction:
    row = PaymentTransaction.fetch(transaction_id)
    if row.is_owed:
        save(row, _settled(row, invoice))
    return row


def _settled(row: PaymentTransaction, invoice: Invoice) -> list[object]:
    """Paid, or left to finance where it was changed at Square, and another sum was paid than we asked for."""
    different = mismatches.differs(
        amount=invoice.amount, currency=invoice.currency, asked={row.amount}, asked_currency=row.currency
    )
    if different is not None:
        log.error("invoice_differs", transaction_id=row.id, code=different, paid=invoice.amount, asked=row.amount)
        return [PaymentDiffers(row.id)]
    return paid(row, payment_of(invoice))


@retried
def _remind(*, transaction_id: str) -> None:
    """Each reminder once; whatever is missed while nobody worked is one."""
    row = PaymentTransaction.fetch(transaction_id)
    if not row.is_owed or operations.pending(row):
        return
    now = utc_now()
    wanted = reminders_due(row.due_date, now.date())
    is_new = wanted > row.bill.reminders
    row.bill.reminders = max(wanted, row.bill.reminders)
    operations.look_again(row, next_look(row.due_date, now))
    with transact() as tx:
        put(tx, row, [InvoiceOverdue(row.reference, row.id, wanted)] if is_new else [])


@retried
def _sleep(*, transaction_id: str) -> None:
    """Nothing to do before the ride is over."""
    row = PaymentTransaction.fetch(transaction_id)
    if row.status is PENDING and row.issued_at is None and not operations.pending(row):
        row.due_shard = row.due_at = None
        save(row)


def refuse_half_paid(row: PaymentTransaction) -> None:
    """What is on its way by bank would be paid twice."""
    if any(wire.state is not WireState.REJECTED for wire in row.wires):
        raise Conflict("A transfer for it is recorded. Reject it first.", code="wire_recorded")
