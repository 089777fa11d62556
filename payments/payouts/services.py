"""Paying an operator out, in two steps by two people; never more than is owed, and paid for by customers already."""

from datetime import date
from uuid import UUID, uuid5

from accounts import staff
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Forbidden, Invalid, NotFound
from atlas.tables import Unique
from fleet.tables import Operator
from payments.billing.wires import claim_of, normal
from payments.ledger import balances
from payments.ledger.documents import Line
from payments.ledger.kinds import Account, PostingKind
from payments.ledger.tables import LedgerPosting
from payments.payouts.rules import payable
from payments.payouts.tables import Payout, PayoutStatus

TABLE = "payments.payout"
KINDS = {Account.OPERATOR: PostingKind.OPERATOR_PAYOUT, Account.DRIVER: PostingKind.DRIVER_PAYOUT}


@retried
def record(
    *,
    user: CurrentUser,
    operator_id: str,
    account: Account,
    amount: int,
    currency: str,
    bank_reference: str,
    value_on: date,
) -> Payout:
    """A transfer to the operator was ordered, or is on the bank's statement. It counts once another person confirms it.

    One at a time: the next is recorded when that one is decided. Raises `Forbidden`, `NotFound`, `Invalid`, `Conflict`
    (`payout_waits`, `exceeds_balance`, `wire_known`).
    """
    staff.require(user, "record", TABLE)
    Operator.fetch(operator_id)
    reference = normal(bank_reference)
    if not reference:
        raise Invalid(fields={"bankReference": ["Give the bank's reference of the transfer."]})
    if account not in KINDS:
        raise Invalid(fields={"account": ["Operator or driver."]})
    if value_on > utc_now().date():
        raise Invalid(fields={"valueOn": ["Lies in the future."]})
    newest = next(iter(Payout.query(operator_id, consistent_read=True, scan_index_forward=False, limit=1)), None)
    if newest is not None and newest.status is PayoutStatus.RECORDED:
        raise Conflict("Another payout to this operator waits to be confirmed.", code="payout_waits")
    _check_balance(operator_id, account, amount, currency)
    row = Payout(
        payee_id=operator_id,
        sequence=newest.sequence + 1 if newest is not None else 1,
        account=account,
        amount=amount,
        currency=currency,
        bank_reference=reference,
        value_on=value_on.isoformat(),
        recorded_by=user.id,
    )
    taken = Conflict("A transfer with this reference is recorded already.", code="wire_known")
    with transact() as tx:
        tx.create(Unique(key_=claim_of(reference), owner_id=operator_id), otherwise=taken)
        tx.create(row)
    return row


@retried
def confirm(*, user: CurrentUser, operator_id: str, sequence: int) -> Payout:
    """Says somebody who did not record it: it is posted, `payable -> bank`.

    Raises `Forbidden` (`same_person`), `NotFound`, `Conflict` (`wrong_state`; `exceeds_balance` when refunds have made
    it too much meanwhile).
    """
    staff.require(user, "confirm", TABLE)
    row = _recorded(operator_id, sequence)
    if row.recorded_by == user.id:
        raise Forbidden("Whoever recorded a payout does not confirm it.", code="same_person")
    _check_balance(operator_id, row.account, row.amount, row.currency)
    _decide(row, PayoutStatus.CONFIRMED, user)
    with transact() as tx:
        _post(tx, row)
        tx.save(row)
    return row


@retried
def reject(*, user: CurrentUser, operator_id: str, sequence: int) -> Payout:
    """It was recorded wrongly: its reference is free again. Anyone of finance says so, also who recorded it."""
    staff.require(user, "record", TABLE)
    row = _recorded(operator_id, sequence)
    _decide(row, PayoutStatus.REJECTED, user)
    taken = Unique.find(claim_of(row.bank_reference), consistent=True)
    with transact() as tx:
        if taken is not None:
            tx.delete(taken)
        tx.save(row)
    return row


def _recorded(operator_id: str, sequence: int) -> Payout:
    row = Payout.find(operator_id, sequence, consistent=True)
    if row is None:
        raise NotFound
    if row.status is not PayoutStatus.RECORDED:
        raise Conflict(f"It is {row.status.lower()}.", code="wrong_state", details={"status": str(row.status)})
    return row


def _check_balance(operator_id: str, account: Account, amount: int, currency: str) -> None:
    most = payable(balances.of_operator(operator_id).get(currency, {})).get(account, 0)
    if not 0 < amount <= most:
        raise Conflict(
            "No more can be paid out than is owed, and paid for.", code="exceeds_balance", details={"payable": most}
        )


def _decide(row: Payout, status: PayoutStatus, user: CurrentUser) -> None:
    row.status, row.decided_by, row.decided_at = status, user.id, utc_now()


def _post(tx: Transaction, row: Payout) -> None:
    name = f"payout {row.sequence}"
    row.posting_id = str(uuid5(UUID(row.payee_id), name))
    posting = LedgerPosting(
        id=row.posting_id,
        name=name,
        kind=KINDS[row.account],
        reference=row.bank_reference,
        payee_id=row.payee_id,
        currency=row.currency,
        lines=[Line(account=row.account, amount=row.amount), Line(account=Account.BANK, amount=-row.amount)],
        posted_by=row.decided_by,
        created_at=row.decided_at,
        created_day=f"{row.decided_at:%Y-%m-%d}",
    )
    tx.create(posting)
    balances.add(tx, posting)
