"""Money by bank: what came in for an invoice, what goes back. One of finance records it, another confirms it.

Nothing counts before it is confirmed. A bank's reference is taken once on the whole platform, so that one transfer
cannot pay two invoices; one that was recorded wrongly is rejected, which frees its reference.
"""

from datetime import date
from uuid import uuid4

from accounts import staff
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Forbidden, Invalid, NotFound
from atlas.tables import Unique
from payments import gateway, operations
from payments.billing.documents import Wire
from payments.billing.following import follow, paid
from payments.billing.rules import WireState, WireWay
from payments.events import PaymentRefunded
from payments.gateway.invoices import SETTLED
from payments.rules.amounts import status_after_refund
from payments.rules.types import OperationKind, PaymentMethod
from payments.services.asking import answer, put
from payments.tables import Operation, PaymentTransaction

TABLE = "payments.paymenttransaction"


@retried
def record_payment(
    *, user: CurrentUser, transaction_id: str, amount: int, bank_reference: str, value_on: date
) -> PaymentTransaction:
    """A transfer for an invoice is on the bank's statement. An invoice of Square's may be paid so, too.

    Raises `Conflict` (`not_owed`; `exceeds_owed` for more than is left of it; `wire_known` for a reference that was
    recorded before).
    """
    staff.require(user, "record_wire", TABLE)
    row = PaymentTransaction.fetch(transaction_id)
    _check_owed(row)
    left = row.amount - sum(each.amount for each in row.wires if each.state is not WireState.REJECTED)
    if not 0 < amount <= left:
        raise Conflict(
            "Only what is left of the invoice can be recorded for it.", code="exceeds_owed", details={"left": left}
        )
    with transact() as tx:
        _add(tx, row, user, WireWay.IN, amount, bank_reference, value_on)
        put(tx, row, [])
    return row


@retried
def record_refund(
    *, user: CurrentUser, transaction_id: str, refund_key: str, bank_reference: str, value_on: date
) -> PaymentTransaction:
    """A refund of what was paid by bank was sent. `refund_key` is the refund's, as it was asked for."""
    staff.require(user, "record_wire", TABLE)
    row = PaymentTransaction.fetch(transaction_id)
    operation = _open_refund(row, refund_key)
    if any(each.refund_key == refund_key and each.state is not WireState.REJECTED for each in row.wires):
        raise Conflict("A transfer for this refund is recorded already.", code="wire_recorded")
    with transact() as tx:
        _add(tx, row, user, WireWay.OUT, operation.amount, bank_reference, value_on, refund_key)
        put(tx, row, [])
    return row


@retried
def confirm(*, user: CurrentUser, transaction_id: str, wire_id: str) -> PaymentTransaction:
    """It is there, says somebody who did not record it. Once all of an invoice is there it is paid.

    An invoice that Square could still be paid for is called off there first: nobody pays twice. Raises `Forbidden`
    (`same_person`), `Conflict` (`wrong_state`; `paid_at_square`), `Unavailable`.
    """
    staff.require(user, "confirm_wire", TABLE)
    row = PaymentTransaction.fetch(transaction_id)
    wire = _recorded(row, wire_id)
    if wire.recorded_by == user.id:
        raise Forbidden("Whoever recorded a transfer does not confirm it.", code="same_person")
    wire.state, wire.decided_by, wire.decided_at = WireState.CONFIRMED, user.id, utc_now()
    events: list[object] = []
    if wire.way is WireWay.OUT:
        events = _given_back(row, _open_refund(row, str(wire.refund_key)))
    elif _confirmed(row) == row.amount:
        _check_owed(row)
        _close_at_square(row)
        row.method = PaymentMethod.WIRE
        events = paid(row, None)
    with transact() as tx:
        put(tx, row, events)
    return row


@retried
def reject(*, user: CurrentUser, transaction_id: str, wire_id: str) -> PaymentTransaction:
    """It was recorded wrongly. Anyone of finance says so, also who recorded it."""
    staff.require(user, "record_wire", TABLE)
    row = PaymentTransaction.fetch(transaction_id)
    wire = _recorded(row, wire_id)
    wire.state, wire.decided_by, wire.decided_at = WireState.REJECTED, user.id, utc_now()
    with transact() as tx:
        taken = Unique.find(claim_of(wire.bank_reference), consistent=True)
        if taken is not None:
            tx.delete(taken)
        put(tx, row, [])
    return row


def refunds_to_send(row: PaymentTransaction) -> list[Operation]:
    """Refunds of what was paid by bank that nobody has recorded a transfer for."""
    if row.method is not PaymentMethod.WIRE:
        return []
    sent = {each.refund_key for each in row.wires if each.state is not WireState.REJECTED}
    return [each for each in operations.pending(row, OperationKind.REFUND) if each.key not in sent]


def recorded(row: PaymentTransaction) -> list[Wire]:
    """What waits for a second person."""
    return [each for each in row.wires if each.state is WireState.RECORDED]


def normal(bank_reference: str) -> str:
    """As it is compared: a statement's spaces and small letters say nothing."""
    return "".join(bank_reference.split()).upper()


def _add(
    tx: Transaction,
    row: PaymentTransaction,
    user: CurrentUser,
    way: WireWay,
    amount: int,
    bank_reference: str,
    value_on: date,
    refund_key: str | None = None,
) -> None:
    reference = normal(bank_reference)
    if not reference:
        raise Invalid(fields={"bankReference": ["Give the reference of the bank's statement."]})
    if value_on > utc_now().date():
        raise Invalid(fields={"valueOn": ["Lies in the future."]})
    taken = Conflict("A transfer with this reference is recorded already.", code="wire_known")
    tx.create(Unique(key_=claim_of(reference), owner_id=row.id), otherwise=taken)
    wire = Wire(
        id=str(uuid4()),
        way=way,
        amount=amount,
        bank_reference=reference,
        value_on=value_on.isoformat(),
        recorded_by=user.id,
        recorded_at=utc_now(),
        refund_key=refund_key,
    )
    row.wires = [*row.wires, wire]


def claim_of(reference: str) -> str:
    return f"wire:{reference}"


def _recorded(row: PaymentTransaction, wire_id: str) -> Wire:
    wire = next((each for each in row.wires if each.id == wire_id), None)
    if wire is None:
        raise NotFound
    if wire.state is not WireState.RECORDED:
        raise Conflict(f"It is {wire.state.lower()}.", code="wrong_state", details={"status": str(wire.state)})
    return wire


def _confirmed(row: PaymentTransaction) -> int:
    came = (each for each in row.wires if each.way is WireWay.IN and each.state is WireState.CONFIRMED)
    return sum(each.amount for each in came)


def _check_owed(row: PaymentTransaction) -> None:
    if not row.is_owed:
        raise Conflict("It is not owed.", code="not_owed", details={"status": str(row.status)})
    if operations.pending(row):
        raise Conflict("It is being issued or called off this moment. Try again.", code="operation_in_progress")


def _close_at_square(row: PaymentTransaction) -> None:
    if row.bill.gateway_id is None:
        return
    invoice_id = row.bill.gateway_id
    if answer(lambda: gateway.cancel_invoice(invoice_id)).status in SETTLED:
        follow(transaction_id=row.id)
        raise Conflict("It was paid at Square meanwhile: send the transfer back.", code="paid_at_square")


def _open_refund(row: PaymentTransaction, key: str) -> Operation:
    found = [each for each in operations.pending(row, OperationKind.REFUND) if each.key == key]
    if row.method is not PaymentMethod.WIRE or not found:
        raise Conflict("There is no such refund to be sent by bank.", code="wrong_state")
    return found[0]


def _given_back(row: PaymentTransaction, refund: Operation) -> list[object]:
    row.status = status_after_refund(row.status, amount=refund.amount, captured=row.amount, refunded=row.refunded)
    row.refunded += refund.amount
    operations.finish(row, refund)
    return [PaymentRefunded(row.reference, row.id, refund.amount, row.refunded, row.amount)]
