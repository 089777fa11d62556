"""A payment and its books are written together: what moves is posted, once, by whoever saves it."""

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from atlas.dynamo.transaction import Lost, transact
from atlas.errors import Invalid
from atlas.local.square.testing import SandboxControl
from payments import services
from payments.ledger import balances
from payments.ledger.documents import Split
from payments.ledger.entries import posting_id
from payments.ledger.kinds import PostingKind
from payments.ledger.tables import LedgerPosting
from payments.rules.types import PaymentMethod
from payments.tables import PaymentTransaction
from tests.payments.conftest import CONCIERGE, OK, stored
from tests.payments.test_refund import settle

NEW_YORK = {
    "subtotal": 50_000,
    "tax": 4_438,
    "tax_rate": "0.08875",
    "jurisdiction": "US-NY",
    "platform_fee": 2_500,
    "driver_payout": 37_500,
}
PRICE = 56_938


def opened(amount: int = PRICE, **changes: Any) -> PaymentTransaction:
    """PENDING, of an operator of its own; `split` None leaves it without."""
    with transact() as tx:
        return services.open_authorization(
            tx=tx,
            reference=str(uuid4()),
            payer_id=CONCIERGE,
            payee_id=str(uuid4()),
            amount=amount,
            currency="USD",
            method=PaymentMethod.CARD,
            source_id=OK,
            **({"split": Split(**NEW_YORK)} | changes),
        )


def held(**changes: Any) -> PaymentTransaction:
    row = opened(**changes)
    outcome = services.authorize(transaction=row)
    with transact() as tx:
        services.record_authorization(tx=tx, transaction=row, outcome=outcome)
    return row


def postings(row: PaymentTransaction) -> list[LedgerPosting]:
    booked = stored(row).booked
    return [LedgerPosting.fetch(posting_id(row.id, name)) for name in (booked.entries if booked else ())]


def save_in_vain(row: PaymentTransaction) -> None:
    """Together with what does not hold."""
    with transact() as tx:
        tx.save(row)
        tx.check(PaymentTransaction, str(uuid4()), condition=PaymentTransaction.id.exists())


def accounts(*found: LedgerPosting) -> dict[str, int]:
    """Cents of each account that is not at zero."""
    total: Counter[str] = Counter()
    for posting in found:
        assert sum(line.amount for line in posting.lines) == 0
        total.update({line.account: 0 for line in posting.lines})
        for line in posting.lines:
            total[line.account] += line.amount
    return {account: cents for account, cents in total.items() if cents}


@pytest.mark.usefixtures("sandbox")
def test_a_hold_is_no_money() -> None:
    row = held()
    assert stored(row).booked is None
    assert balances.of_operator(row.payee_id) == {}


@pytest.mark.usefixtures("sandbox")
def test_a_capture_posts_who_gets_what_of_it() -> None:
    row = held()
    services.capture(transaction_id=row.id)
    (posting,) = postings(row)
    assert posting.kind is PostingKind.CAPTURE
    assert (posting.payee_id, posting.reference) == (row.payee_id, row.reference)
    assert (posting.taxable, posting.tax_rate) == (50_000, "0.08875")
    assert accounts(posting) == {
        "square": 56_938,
        "tax:US-NY": -4_438,
        "fee": -2_500,
        "operator": -12_500,
        "driver": -37_500,
    }
    assert balances.of_operator(row.payee_id) == {"USD": {"operator": -12_500, "driver": -37_500}}


def test_a_refund_in_parts_returns_everything_to_zero(sandbox: SandboxControl) -> None:
    row = held()
    services.capture(transaction_id=row.id, amount=33_333)
    for part in (1, 10_001, 7, None):
        services.refund(transaction_id=row.id, amount=part, reason="Late")
        assert len(postings(row)) == len(stored(row).refunds)  # one that is under way is not posted yet
        settle(sandbox, row)
    found = postings(row)
    assert [each.kind for each in found] == [PostingKind.PARTIAL_CAPTURE, *[PostingKind.REFUND] * 4]
    assert [each.sum("square") for each in found] == [33_333, -1, -10_001, -7, -23_324]
    assert [each.note for each in found[1:]] == ["Late"] * 4
    assert accounts(*found) == {}
    assert sum(each.taxable for each in found) == 0
    assert balances.of_operator(row.payee_id) == {}


@pytest.mark.usefixtures("sandbox")
def test_a_lost_race_posts_once() -> None:
    """Two who read the same hold both capture it: the second one's books are lost with its row."""
    row = held()
    late = stored(row)
    services.capture(transaction_id=row.id)
    late.status = stored(row).status
    with pytest.raises(Lost), transact() as tx:
        tx.save(late)
    assert late.booked is not None  # in memory, and not what a second try is told against
    services.capture(transaction_id=row.id)
    assert [each.kind for each in postings(row)] == [PostingKind.CAPTURE]
    assert balances.of_operator(row.payee_id)["USD"]["driver"] == -37_500


@pytest.mark.usefixtures("sandbox")
def test_a_second_try_with_the_same_row_posts_what_the_first_one_did_not() -> None:
    """What a failed transaction left in memory does not count: only what is stored was posted."""
    row = held()
    row = stored(row)
    row.status, row.amount = services.capture(transaction_id=held().id).status, PRICE
    with pytest.raises(Lost):
        save_in_vain(row)
    assert postings(row) == []
    with transact() as tx:
        tx.save(row)
    assert accounts(*postings(row))["square"] == PRICE


@pytest.mark.usefixtures("sandbox")
def test_a_save_that_moves_no_money_posts_nothing() -> None:
    row = held()
    services.capture(transaction_id=row.id)
    row = stored(row)
    with transact() as tx:
        tx.save(row)
        assert [step.kind for step in tx.steps] == ["put"]
    assert len(postings(row)) == 1


@pytest.mark.usefixtures("sandbox")
def test_a_payment_without_a_split_waits_in_suspense_until_it_has_one() -> None:
    row = held(split=None)
    services.capture(transaction_id=row.id)
    assert accounts(*postings(row)) == {"square": PRICE, "suspense": -PRICE}
    row = stored(row)
    row.split = Split(**NEW_YORK)
    with transact() as tx:
        tx.save(row)
    assert [each.kind for each in postings(row)] == [PostingKind.CAPTURE, PostingKind.ALLOCATION]
    assert accounts(*postings(row))["driver"] == -37_500
    assert "suspense" not in accounts(*postings(row))
    assert balances.of_operator(row.payee_id) == {"USD": {"operator": -12_500, "driver": -37_500}}


def test_the_parts_must_sum_to_the_amount() -> None:
    with pytest.raises(Invalid):
        opened(amount=PRICE + 1)
