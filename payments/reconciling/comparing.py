"""One payment of ours beside Square's: every difference, with its mend. No I/O.

What is under way is no difference: an operation of the last `STUCK_AFTER` has its answer still to come.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from payments import operations
from payments.gateway import Payment, Refund
from payments.ledger.kinds import DisputeState
from payments.rules.differences import DifferenceKind, Mend
from payments.rules.types import OperationKind, OperationState, PaymentMethod, TransactionStatus
from payments.services.asking import CLOSED
from payments.tables import Operation, PaymentTransaction

STUCK_AFTER = timedelta(hours=2)
"""By then the periodic job (`payments.tasks`) has tried for long: this does not end by itself."""
NOTHING = "\u2013"
LIVE = (TransactionStatus.AUTHORIZED, TransactionStatus.CAPTURED)
TAKEN = (TransactionStatus.CAPTURED, TransactionStatus.REFUNDED)
FITS = {
    "APPROVED": (TransactionStatus.AUTHORIZED,),
    "COMPLETED": TAKEN,
    "CANCELED": CLOSED,
    "FAILED": CLOSED,
}
"""Square's state of a payment -> ours that say the same."""
REFUND_STATES = {
    "PENDING": OperationState.PENDING,
    "COMPLETED": OperationState.DONE,
    "REJECTED": OperationState.FAILED,
    "FAILED": OperationState.FAILED,
}
_NAMES = UUID("6b3c2f60-8c1e-5e0a-9d58-0c5a2f6a7d11")

K = DifferenceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A difference as it is now; `id` is the same whenever it is found."""

    kind: DifferenceKind
    mend: Mend
    ours: str
    theirs: str
    amount: int
    currency: str
    transaction_id: str
    reference: str
    gateway_id: str | None
    refund_id: str | None = None

    @property
    def id(self) -> str:
        named = (self.kind, self.transaction_id, self.gateway_id or "", self.refund_id or "")
        return str(uuid5(_NAMES, "|".join(named)))


def compare(
    row: PaymentTransaction,
    payment: Payment | None,
    refunds: Sequence[Refund],
    now: datetime,
    *,
    theirs: str | None = None,
) -> list[Finding]:
    """`payment` is Square's of the row's own id (None: it has none), `refunds` all of that payment.

    `theirs` is its id where the row has none, given up here and yet there: what is found has to name it.
    """
    if (waits := stuck(row, now)) is not None:
        return [waits]
    if row.status is TransactionStatus.PENDING or operations.closing(row) is not None:
        return []
    if payment is None:
        return list(_missing_there(row))
    found = [*_compare_payment(row, payment), *_compare_refunds(row, payment, refunds)]
    return found if row.payment_gateway_id else [replace(each, gateway_id=theirs) for each in found]


def compare_stray(
    row: PaymentTransaction | None, transaction_id: str, payment: Payment, refunds: Sequence[Refund]
) -> list[Finding]:
    """A payment at Square that bears our mark and is not the one its row has, or has no row at all."""
    kept = kept_of(payment, refunds)
    if not kept or (row is not None and row.status is TransactionStatus.PENDING):
        return []  # no money is there; or whoever opened it records it in a moment
    finding = Finding(
        kind=K.MISSING_HERE if row is None else K.DUPLICATE,
        mend=Mend.RELEASE if payment.status == "APPROVED" else Mend.REFUND,
        ours=NOTHING if row is None else f"{row.status} {row.payment_gateway_id}",
        theirs=f"{payment.status} {payment.gateway_id}",
        amount=kept,
        currency=payment.currency,
        transaction_id=transaction_id,
        reference=payment.reference,
        gateway_id=payment.gateway_id,
    )
    return [finding]


def compare_twins(row: PaymentTransaction, others: Sequence[PaymentTransaction]) -> list[Finding]:
    """The same amount held or taken twice for one purpose of one reference: the later payment is one too many."""
    if not is_live(row):
        return []
    for other in others:
        older = (other.created_at, other.id) < (row.created_at, row.id)
        same = (other.purpose, other.amount) == (row.purpose, row.amount)
        if older and is_live(other) and same:
            mend = Mend.RELEASE if row.status is TransactionStatus.AUTHORIZED else Mend.REFUND
            return [
                finding_of(row, K.DUPLICATE, mend, f"{other.status} {other.id}", f"{row.status} {row.id}", row.amount)
            ]
    return []


def is_live(row: PaymentTransaction) -> bool:
    """Whether money of the customer's is held or kept by it."""
    return row.status in LIVE and row.amount > row.refunded + operations.refunds_under_way(row)


def kept_of(payment: Payment, refunds: Sequence[Refund]) -> int:
    """Cents that Square holds or has, without what is on its way back."""
    if payment.status not in ("APPROVED", "COMPLETED"):
        return 0
    back = sum(each.amount for each in refunds if each.status in ("PENDING", "COMPLETED"))
    return max(0, payment.amount - back)


def unanswered(row: PaymentTransaction) -> Counter[int]:
    """Amounts of refunds that were asked for and whose answer is not recorded: one of Square's may be each of them."""
    pending = operations.pending(row, OperationKind.REFUND)
    return Counter(each.amount for each in pending if not each.gateway_id)


def stuck(row: PaymentTransaction, now: datetime) -> Finding | None:
    """A refund that Square has accepted is not stuck, however long the bank takes; one by bank waits for people."""
    waiting = [each for each in operations.pending(row) if not each.gateway_id]
    if row.method is not PaymentMethod.WIRE and waiting and now - waiting[0].at > STUCK_AFTER:
        kind = waiting[0].kind
        return finding_of(
            row, K.STUCK, Mend.SETTLE, f"{row.status}, {kind} since {waiting[0].at:%Y-%m-%d %H:%M}", "?", row.amount
        )
    return None


def _missing_there(row: PaymentTransaction) -> Iterator[Finding]:
    if not row.payment_gateway_id or row.status in CLOSED:
        return
    held = row.status is TransactionStatus.AUTHORIZED
    mend = Mend.CORRECT if held else Mend.REVIEW
    yield finding_of(row, K.MISSING_THERE, mend, str(row.status), NOTHING, row.amount)


def _compare_payment(row: PaymentTransaction, payment: Payment) -> Iterator[Finding]:
    fits = row.status in FITS.get(payment.status, (row.status,))
    as_asked = (row.amount, row.currency) == (payment.amount, payment.currency)
    taken_otherwise = row.status is TransactionStatus.AUTHORIZED and payment.status == "COMPLETED" and not as_asked
    if not fits and not taken_otherwise:
        yield finding_of(row, K.STATE, _mend_of_state(row, payment), str(row.status), payment.status, payment.amount)
    if row.currency != payment.currency and row.status not in CLOSED:
        yield finding_of(row, K.CURRENCY, Mend.CORRECT, row.currency, payment.currency, payment.amount)
    if (fits or taken_otherwise) and row.amount != payment.amount and row.status not in CLOSED:
        yield finding_of(row, K.AMOUNT, Mend.CORRECT, str(row.amount), str(payment.amount), payment.amount - row.amount)


def _mend_of_state(row: PaymentTransaction, payment: Payment) -> Mend:
    if row.status is TransactionStatus.AUTHORIZED:
        return Mend.FOLLOW
    return Mend.RELEASE if row.status in CLOSED and payment.status == "APPROVED" else Mend.CORRECT


def _compare_refunds(row: PaymentTransaction, payment: Payment, refunds: Sequence[Refund]) -> Iterator[Finding]:
    known = {each.gateway_id: each for each in row.refunds if each.gateway_id}
    asked, found = unanswered(row), False
    for refund in refunds:
        for finding in _compare_refund(row, known.pop(refund.gateway_id, None), refund, asked):
            found = True
            yield finding
    for operation in known.values():
        if operation.state is not OperationState.FAILED:
            found = True
            yield finding_of(
                row, K.MISSING_THERE, Mend.CORRECT, *_words(operation), operation.amount, operation.gateway_id
            )
    if not found and row.status in TAKEN:
        yield from _compare_sum(row, payment)
    for dispute in row.disputes:
        if dispute.state is DisputeState.OPEN:
            until = f"{dispute.due_at:%Y-%m-%d %H:%M}" if dispute.due_at else "?"
            about = (dispute.amount, dispute.gateway_id)
            yield finding_of(row, K.DISPUTED, Mend.REVIEW, dispute.reason or NOTHING, f"evidence until {until}", *about)
    rejected = operations.owed(row)
    if rejected is not None and row.status is TransactionStatus.CAPTURED:
        theirs = f"rejected {rejected.code or ''}".strip()
        yield finding_of(row, K.REFUND_REJECTED, Mend.REVIEW, f"{rejected.amount} owed", theirs, rejected.amount)


def _compare_refund(
    row: PaymentTransaction, operation: Operation | None, refund: Refund, asked: Counter[int]
) -> Iterator[Finding]:
    state, about = REFUND_STATES[refund.status], (refund.amount, refund.gateway_id)
    if operation is None:
        if asked[refund.amount]:
            asked[refund.amount] -= 1
        elif state is not OperationState.FAILED:
            yield finding_of(row, K.REFUND_UNKNOWN, Mend.FOLLOW, NOTHING, refund.status, *about)
    elif state is not OperationState.FAILED and operation.amount != refund.amount:
        yield finding_of(row, K.AMOUNT, Mend.CORRECT, str(operation.amount), str(refund.amount), *about)
    elif operation.state is not state:
        mend = Mend.FOLLOW if operation.state is OperationState.PENDING else Mend.CORRECT
        yield finding_of(row, K.REFUND_STATE, mend, operation.state.upper(), refund.status, *about)


def _compare_sum(row: PaymentTransaction, payment: Payment) -> Iterator[Finding]:
    """The refunds agree one by one: then so must their sum, and the status that follows from it."""
    back = sum(each.amount for each in row.refunds if each.state is OperationState.DONE)
    if row.refunded != back:
        ours, theirs = f"{row.refunded} given back", f"{back} given back"
        yield finding_of(row, K.AMOUNT, Mend.CORRECT, ours, theirs, back - row.refunded, "refunded")
    elif (row.status is TransactionStatus.REFUNDED) != (back >= payment.amount) and row.amount == payment.amount:
        theirs = f"{payment.status}, {back} given back"
        yield finding_of(row, K.STATE, Mend.CORRECT, str(row.status), theirs, back, "refunded")


def _words(operation: Operation) -> tuple[str, str]:
    return f"refund {operation.state.upper()}", NOTHING


def finding_of(
    row: PaymentTransaction,
    kind: DifferenceKind,
    mend: Mend,
    ours: str,
    theirs: str,
    amount: int,
    refund_id: str | None = None,
    *,
    gateway_id: str | None = None,
) -> Finding:
    """About `row`; `gateway_id` where it is another payment at Square than its own."""
    return Finding(
        kind=kind,
        mend=mend,
        ours=ours,
        theirs=theirs,
        amount=amount,
        currency=row.currency,
        transaction_id=row.id,
        reference=row.reference,
        gateway_id=gateway_id or row.payment_gateway_id,
        refund_id=refund_id,
    )
