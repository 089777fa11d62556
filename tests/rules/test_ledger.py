"""The books' laws: every posting sums to zero, shares are whole cents and never below zero, what goes back is all."""

from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.ledger.documents import Split
from payments.ledger.entries import due
from payments.ledger.kinds import DisputeState, PostingKind
from payments.ledger.sharing import Shares, share
from payments.ledger.splits import in_proportion, of_tip
from payments.ledger.standing import of_payment
from payments.rules.types import OperationKind, OperationState, PaymentMethod, PaymentPurpose, TransactionStatus

NOW = datetime(2026, 12, 1, tzinfo=UTC)
S = TransactionStatus


@st.composite
def splits(draw: st.DrawFn) -> Split:
    subtotal = draw(st.integers(1, 3_000_000))
    return Split(
        subtotal=subtotal,
        tax=draw(st.integers(0, subtotal // 4)),
        tax_rate="0.2",
        jurisdiction="GB",
        platform_fee=draw(st.integers(0, subtotal // 10)),
        driver_payout=draw(st.integers(0, subtotal)),
    )


class Books:
    """A payment and what was posted of it."""

    def __init__(self, split: Split | None, amount: int) -> None:
        self.row: Any = SimpleNamespace(
            id=str(uuid4()),
            status=S.AUTHORIZED,
            amount=amount,
            refunded=0,
            currency="USD",
            method=PaymentMethod.CARD,
            purpose=PaymentPurpose.RIDE,
            issued_at=None,
            disputes=[],
            operations=[operation(OperationKind.AUTHORIZE, amount, "a")],
            refunds=[],
            split=split,
            created_at=NOW,
            updated_at=NOW,
        )
        self.booked: Any = None
        self.accounts: Counter[str] = Counter()

    def keep(self) -> list[PostingKind]:
        """Post what is due, and see that nothing is left to post."""
        entries = due(self.row, self.booked, NOW)
        for entry in entries:
            assert sum(amount for _, amount in entry.lines) == 0
            for account, amount in entry.lines:
                self.accounts[account] += amount
        standing = of_payment(self.row)
        names = [*(self.booked.entries if self.booked else ()), *(entry.name for entry in entries)]
        assert len(set(names)) == len(names)
        self.booked = SimpleNamespace(
            **{name: getattr(standing, name) for name in ("charged", "received", "refunded", "disputed", "lost")},
            currency=self.row.currency,
            allocated=self.row.split is not None,
            entries=names,
        )
        assert due(self.row, self.booked, NOW) == []
        return [entry.kind for entry in entries]

    def capture(self, amount: int) -> list[PostingKind]:
        self.row.status, self.row.amount = S.CAPTURED, amount
        return self.keep()

    def refund(self, amount: int) -> list[PostingKind]:
        self.row.refunds = [*self.row.refunds, operation(OperationKind.REFUND, amount, str(len(self.row.refunds)))]
        self.row.refunded += amount
        if self.row.refunded == self.row.amount:
            self.row.status = S.REFUNDED
        return self.keep()

    def dispute(self, amount: int) -> list[PostingKind]:
        found = SimpleNamespace(gateway_id="d", amount=amount, state=DisputeState.OPEN, at=NOW, reason=None)
        self.row.disputes = [found]
        return self.keep()

    def decide(self, state: DisputeState) -> list[PostingKind]:
        self.row.disputes[0].state = state
        return self.keep()


def operation(kind: OperationKind, amount: int, key: str) -> SimpleNamespace:
    return SimpleNamespace(kind=kind, amount=amount, state=OperationState.DONE, at=NOW, reason=None, key=key)


@pytest.mark.parametrize(
    ("parts", "amount", "expected"),
    [
        ((50_000, 4_438, 2_500, 37_500), 56_938, Shares(4_438, 2_500, 37_500, 12_500, 50_000)),
        ((10_000, 2_000, 500, 7_500), 12_500, Shares(2_000, 500, 7_500, 2_500, 10_000)),
        ((10_000, 2_000, 500, 7_500), 6_250, Shares(1_000, 250, 3_750, 1_250, 5_000)),
        ((10_000, 2_000, 500, 7_500), 0, Shares()),
    ],
    ids=["New York", "London", "half of London", "nothing"],
)
def test_golden_shares(parts: tuple[int, int, int, int], amount: int, expected: Shares) -> None:
    subtotal, tax, fee, driver = parts
    split = Split(subtotal=subtotal, tax=tax, platform_fee=fee, driver_payout=driver)
    assert share(split, amount) == expected


@given(split=splits(), data=st.data())
def test_a_part_is_shared_to_the_cent(split: Split, data: st.DataObject) -> None:
    amount = data.draw(st.integers(1, split.total))
    found = share(split, amount)
    assert found.total == amount
    assert min(found.tax, found.fee, found.driver, found.operator) >= 0
    assert in_proportion(split, amount).total == amount


@given(split=splits(), late=st.booleans(), data=st.data())
def test_whatever_goes_back_in_parts_leaves_nothing(split: Split, late: bool, data: st.DataObject) -> None:
    books = Books(None if late else split, split.total)
    assert books.keep() == []
    taken = data.draw(st.integers(1, split.total))
    expected = PostingKind.CAPTURE if taken == split.total else PostingKind.PARTIAL_CAPTURE
    assert books.capture(taken) == [expected]
    if late:
        books.row.split = split
        assert books.keep() == [PostingKind.ALLOCATION]
    if data.draw(st.booleans()):
        assert books.dispute(data.draw(st.integers(1, taken))) == [PostingKind.DISPUTE_OPENED]
        assert books.decide(DisputeState.WON) == [PostingKind.DISPUTE_WON]
    while left := taken - books.row.refunded:
        assert books.refund(data.draw(st.integers(max(1, left // 4), left))) == [PostingKind.REFUND]
    assert not any(books.accounts.values())


def test_a_lost_dispute_is_borne_by_all_who_shared() -> None:
    books = Books(Split(subtotal=10_000, tax=2_000, platform_fee=500, driver_payout=7_500, jurisdiction="GB"), 12_500)
    books.capture(12_500)
    books.dispute(6_250)
    assert (books.accounts["square"], books.accounts["disputed"]) == (6_250, 6_250)
    assert books.decide(DisputeState.LOST) == [PostingKind.DISPUTE_LOST]
    assert {account: cents for account, cents in books.accounts.items() if cents} == {
        "square": 6_250,
        "tax:GB": -1_000,
        "fee": -250,
        "driver": -3_750,
        "operator": -1_250,
    }


def test_a_tip_is_all_the_drivers() -> None:
    books = Books(of_tip(1_500), 1_500)
    books.capture(1_500)
    assert {account: cents for account, cents in books.accounts.items() if cents} == {"square": 1_500, "driver": -1_500}


def test_a_corrected_amount_is_a_posting_of_its_own() -> None:
    books = Books(of_tip(1_500), 1_500)
    books.capture(1_500)
    books.row.amount = 1_400
    assert books.keep() == [PostingKind.CORRECTION]
    assert books.accounts["driver"] == -1_400
