"""Carrying out what a difference proposes, by the services that do it otherwise too. No card is ever charged here.

A difference is looked at again before anything is done, and afterwards: it is MENDED when it is not there any more, not
when somebody has pressed a button.
"""

from collections.abc import Callable
from uuid import UUID, uuid5

import structlog

from accounts import staff
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried
from atlas.errors import Conflict
from payments import gateway, services, tasks
from payments.billing import following, lowering
from payments.disputing import take_over
from payments.gateway import Refused
from payments.reconciling.comparing import Finding
from payments.reconciling.disputes import look_at_dispute
from payments.reconciling.following import follow
from payments.reconciling.keeping import AGREES, resolve
from payments.reconciling.looking import Subject, find_payment, look, refunds_of, whole
from payments.reconciling.tables import PaymentDifference
from payments.rules.differences import DifferenceKind, DifferenceStatus, Mend
from payments.services.asking import CLOSED, answer, save
from payments.tables import PaymentTransaction

TABLE = "payments.paymentdifference"
MONEY = {Mend.RELEASE: "void", Mend.REFUND: "refund", Mend.REISSUE: "issue_invoice"}
"""Mends that do to a payment what staff need a right of their own for."""

log = structlog.get_logger(__name__)


@retried
def mend(*, user: CurrentUser | None, difference_id: str) -> PaymentDifference:
    """Put it right; `user` None is a run, which does only what `Mend.by_itself` says and leaves the rest OPEN.

    Harmless when it is mended already. Raises `Forbidden`, `Unavailable` (call again), `Conflict`: `wrong_state` for a
    dismissed one, `review_needed` where only a person can find out, `mend_refused` with Square's code.
    """
    staff.require(user, "mend", TABLE)
    row = PaymentDifference.fetch(difference_id)
    if row.status is DifferenceStatus.MENDED:
        return row
    if row.status is DifferenceStatus.DISMISSED:
        raise Conflict("It was dismissed.", code="wrong_state", details={"status": str(row.status)})
    by = user.id if user is not None else None
    finding = _find(row)
    if finding is None:
        resolve(row, DifferenceStatus.MENDED, by=None, reason=AGREES)
        return row
    if not _may(user, finding):
        return row
    _carry_out(finding, row.id)
    if _find(row) is None:
        resolve(row, DifferenceStatus.MENDED, by=by, reason=str(finding.mend))
        log.info("difference_mended", difference_id=row.id, kind=str(row.kind), mend=str(finding.mend))
    return row


@retried
def dismiss(*, user: CurrentUser, difference_id: str, reason: str) -> PaymentDifference:
    """Let it be, for a reason. The same difference stays dismissed when it is found again."""
    staff.require(user, "dismiss", TABLE)
    row = PaymentDifference.fetch(difference_id)
    if row.status is DifferenceStatus.MENDED:
        raise Conflict("It is mended.", code="wrong_state", details={"status": str(row.status)})
    if row.status is DifferenceStatus.OPEN:
        resolve(row, DifferenceStatus.DISMISSED, by=user.id, reason=reason)
    return row


@retried
def look_again(*, difference_id: str) -> PaymentDifference:
    """An OPEN one that is not there any more is closed; nothing else happens."""
    row = PaymentDifference.fetch(difference_id)
    if row.status is DifferenceStatus.OPEN and _find(row) is None:
        resolve(row, DifferenceStatus.MENDED, by=None, reason=AGREES)
    return row


def _find(row: PaymentDifference) -> Finding | None:
    """The difference as it is now, None when both agree."""
    if row.kind is DifferenceKind.DISPUTED:
        unnoted = look_at_dispute(str(row.transaction_id), str(row.refund_gateway_id))
        if unnoted is not None:
            return unnoted
    subject = Subject(str(row.transaction_id), row.payment_gateway_id)
    return next((each for each in look(subject, utc_now()) if each.id == row.id), None)


def _may(user: CurrentUser | None, finding: Finding) -> bool:
    wanted = finding.mend
    if user is None:
        return wanted.by_itself
    if wanted is Mend.REVIEW:
        raise Conflict("Nothing can be done by itself here: find out, and dismiss it.", code="review_needed")
    if wanted in MONEY:
        right = "cancel_invoice" if _of_invoice(finding) else MONEY[wanted]
        staff.require(user, right, "payments.paymenttransaction")
    return True


def _of_invoice(finding: Finding) -> bool:
    """A hold has its payment at Square; what can be let go of without one is an invoice."""
    return finding.mend is Mend.RELEASE and finding.gateway_id is None


def _carry_out(finding: Finding, difference_id: str) -> None:
    row = PaymentTransaction.find(finding.transaction_id, consistent=True)
    own = row is not None and row.payment_gateway_id == finding.gateway_id
    match finding.mend:
        case Mend.FOLLOW | Mend.CORRECT:
            _follow(finding)
        case Mend.SETTLE:
            tasks.settle(finding.transaction_id)
        case Mend.REISSUE:
            lowering.reissue(transaction_id=finding.transaction_id)
        case Mend.RELEASE if _of_invoice(finding) and row is not None:
            _ask(lambda: gateway.cancel_invoice(row.bill.gateway_id))
        case Mend.RELEASE if own and row is not None and row.status not in CLOSED:
            services.void(transaction_id=row.id)
        case Mend.RELEASE:
            _ask(lambda: gateway.void(str(finding.gateway_id)))
        case Mend.REFUND if own and row is not None:
            services.refund(transaction_id=row.id, reason=_reason(finding), request_key=f"difference {difference_id}")
        case Mend.REFUND:
            _ask_refund(finding, difference_id)


@retried
def _follow(finding: Finding) -> None:
    if finding.kind is DifferenceKind.DISPUTED:
        take_over(str(finding.refund_id))
        return
    row = PaymentTransaction.fetch(finding.transaction_id)
    if row.is_owed:
        following.follow(transaction_id=row.id)
        return
    theirs = row.payment_gateway_id or finding.gateway_id
    payment = find_payment(theirs) if theirs else None
    if payment is not None:
        payment = whole(row, payment)
    events = follow(row, payment, refunds_of(payment), utc_now())
    save(row, events)


def _ask_refund(finding: Finding, difference_id: str) -> None:
    """A payment that we have no row for: the key is made of the difference and the amount, so it is given back once."""
    key = str(uuid5(UUID(difference_id), f"refund {finding.amount}"))
    _ask(
        lambda: gateway.refund(
            gateway_id=str(finding.gateway_id),
            amount=finding.amount,
            currency=finding.currency,
            key=key,
            reason=_reason(finding),
        )
    )


def _ask(wanted: Callable[[], object]) -> None:
    try:
        answer(wanted)
    except Refused as refusal:
        raise _refused(refusal) from refusal


def _reason(finding: Finding) -> str:
    return f"Reconciliation: {finding.kind.lower().replace('_', ' ')}"


def _refused(refusal: Refused) -> Conflict:
    return Conflict("Square refused this.", code="mend_refused", details={"gatewayCode": refusal.code})
