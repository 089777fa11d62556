"""Less is owed than was invoiced: Square cannot lower an invoice, so it is called off there and asked for anew.

What is owed is noted first, and finance hears of it. Whoever pays in between pays what the invoice says, and gets the
difference back.
"""

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict
from payments import operations
from payments.billing.following import follow, refuse_half_paid
from payments.billing.issuing import settle_issue
from payments.cards.payers import know_payer
from payments.events import PaymentCorrected, PaymentDiffers
from payments.gateway import cancel_invoice
from payments.gateway.invoices import SETTLED
from payments.rules.types import OperationKind, PaymentMethod
from payments.services.asking import answer, put, save
from payments.tables import PaymentTransaction


def is_overbilled(row: PaymentTransaction) -> bool:
    """Whether an open invoice asks for more than is owed."""
    return row.is_owed and row.bill.lowered_to is not None and row.bill.lowered_to < row.amount


@retried
def lower(*, transaction_id: str, keep: int) -> None:
    """Note that `keep` cents are owed of an open invoice, and have finance look at it. Harmless when it was before."""
    row = PaymentTransaction.fetch(transaction_id)
    if not row.is_owed or not 0 < keep < row.amount or row.bill.lowered_to == keep:
        return
    row.bill.lowered_to = keep
    save(row, [PaymentDiffers(row.id)])


def reissue(*, transaction_id: str) -> None:
    """Ask for what is owed. Harmless when nothing is to be lowered; paid meanwhile, the difference goes back.

    Raises `Conflict` (`wire_recorded`, `operation_in_progress`) and `Unavailable`: call again.
    """
    row = PaymentTransaction.fetch(transaction_id)
    if not is_overbilled(row):
        return
    if operations.pending(row):
        raise Conflict("It is being issued or called off this moment. Try again.", code="operation_in_progress")
    refuse_half_paid(row)
    if row.bill.gateway_id is not None:
        invoice_id = row.bill.gateway_id
        if answer(lambda: cancel_invoice(invoice_id)).status in SETTLED:
            follow(transaction_id=row.id)
            return
    _lowered(transaction_id=row.id, cancelled=row.bill.gateway_id)
    settle_issue(transaction_id=row.id)


@retried
def _lowered(*, transaction_id: str, cancelled: str | None) -> None:
    row = PaymentTransaction.fetch(transaction_id)
    if not is_overbilled(row) or row.bill.gateway_id != cancelled:
        return
    row.amount = row.bill.lowered_to
    row.bill.gateway_id = row.bill.order_id = row.bill.url = None
    with transact() as tx:
        if row.method is PaymentMethod.INVOICE:
            operations.start(row, OperationKind.ISSUE, row.amount, now=utc_now())
            know_payer(tx, row.payer_id)
        put(tx, row, [PaymentCorrected(row.reference, row.id)])
