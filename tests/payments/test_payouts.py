"""Payouts: by two people, never more than is owed and paid for, one reference once, and in the books to the cent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas.dynamo.bulk import put_all
from atlas.dynamo.transaction import transact
from atlas.errors import Conflict, Forbidden, Invalid, NotFound
from fleet.factories import OperatorFactory
from fleet.tables import Operator
from payments.ledger import balances, writing
from payments.ledger.checking import check_operator, check_postings
from payments.ledger.kinds import Account
from payments.ledger.posting import bring_up
from payments.ledger.tables import LedgerPosting
from payments.money import own_money
from payments.payouts import services
from payments.payouts.rules import payable
from payments.payouts.selectors import own_payouts
from payments.payouts.tables import Payout, PayoutStatus
from payments.rules.types import PaymentMethod, TransactionStatus
from payments.statements.making import Asked, Statement
from payments.statements.period import Days
from tests.factories import UserFactory
from tests.payments.books import captured, refunded

JANUARY = datetime(2026, 1, 15, tzinfo=UTC)


def staff(role: StaffRole = StaffRole.FINANCE) -> User:
    return UserFactory.create(role=Role.ADMIN, staff_role=role)


@pytest.fixture
def operator() -> Operator:
    """Owed 125.00 and its drivers 375.00."""
    operator: Operator = OperatorFactory.create()
    row = captured(JANUARY, payee_id=operator.id)
    postings = writing.books_of([row])
    put_all([row, *postings])
    writing.add_up(postings)
    return operator


def recorded(operator: Operator, user: User | None = None, **changes: Any) -> Payout:
    wanted: dict[str, Any] = {
        "account": Account.OPERATOR,
        "amount": 10_000,
        "currency": "USD",
        "bank_reference": f"ref {operator.id} {changes.pop('number', 1)}",
        "value_on": date(2026, 2, 1),
    } | changes
    return services.record(user=user or staff(), operator_id=operator.id, **wanted)


def confirmed(payout: Payout, user: User | None = None) -> Payout:
    return services.confirm(user=user or staff(), operator_id=payout.payee_id, sequence=payout.sequence)


def owed(operator: Operator) -> dict[str, int]:
    return balances.of_operator(operator.id).get("USD", {})


def test_one_records_another_confirms_and_it_is_in_the_books(operator: Operator) -> None:
    first = staff()
    payout = recorded(operator, first)
    assert owed(operator)["operator"] == -12_500
    with pytest.raises(Forbidden) as refused:
        confirmed(payout, first)
    assert refused.value.code == "same_person"
    second = staff()
    payout = confirmed(payout, second)
    assert owed(operator) == {"operator": -2_500, "driver": -37_500}
    posting = LedgerPosting.fetch(str(payout.posting_id))
    assert {line.account: line.amount for line in posting.lines} == {"operator": 10_000, "bank": -10_000}
    assert (posting.kind, posting.posted_by, posting.reference) == (
        "OPERATOR_PAYOUT",
        second.id,
        payout.bank_reference,
    )
    assert list(check_postings([posting])) == []
    assert list(check_operator(operator.id, posting.created_day[:7])) == []
    with pytest.raises(Conflict):
        confirmed(payout)  # a second click
    assert owed(operator)["operator"] == -2_500


def test_drivers_have_a_share_of_their_own(operator: Operator) -> None:
    confirmed(recorded(operator, account=Account.DRIVER, amount=37_500))
    assert owed(operator) == {"operator": -12_500}
    with pytest.raises(Conflict):
        recorded(operator, account=Account.DRIVER, amount=1, number=2)
    with pytest.raises(Invalid):
        recorded(operator, account=Account.TAX)


@pytest.mark.parametrize("amount", [0, -1, 12_501])
def test_never_more_than_is_owed(operator: Operator, amount: int) -> None:
    with pytest.raises(Conflict) as refused:
        recorded(operator, amount=amount)
    assert refused.value.code == "exceeds_balance"
    assert refused.value.details == {"payable": 12_500}


def test_refunds_meanwhile_may_make_it_too_much(operator: Operator) -> None:
    payout = recorded(operator, amount=12_500)
    row = captured(JANUARY, payee_id=operator.id)
    with transact() as tx:
        tx.create(row)
    row = refunded(row, 56_938, JANUARY)
    with transact() as tx:
        tx.save(row)
    assert confirmed(payout).status is PayoutStatus.CONFIRMED
    late = recorded(operator, account=Account.DRIVER, amount=37_500, number=2)
    with transact() as tx:
        other = refunded(captured(JANUARY, payee_id=operator.id), 1, JANUARY)
        other.refunded = 56_938 + 1_000  # more given back than was taken: the operator owes it
        tx.create(other)
    with pytest.raises(Conflict) as refused:
        confirmed(late)
    assert refused.value.code == "exceeds_balance"


def test_one_waits_at_a_time_and_a_reference_is_taken_once(operator: Operator) -> None:
    payout = recorded(operator, amount=100)
    with pytest.raises(Conflict) as refused:
        recorded(operator, amount=100, number=2)
    assert refused.value.code == "payout_waits"
    confirmed(payout)
    with pytest.raises(Conflict) as refused:
        recorded(operator, amount=100, bank_reference=payout.bank_reference.lower())
    assert refused.value.code == "wire_known"
    again = recorded(operator, amount=100, number=2)
    assert (payout.sequence, again.sequence) == (1, 2)
    services.reject(user=staff(), operator_id=operator.id, sequence=2)
    third = recorded(operator, amount=100, number=2)  # the reference is free again
    assert third.sequence == 3
    assert owed(operator)["operator"] == -12_400


def test_many_at_once_record_one(operator: Operator) -> None:
    """And many who confirm it post it once."""
    people = [staff() for _ in range(4)]

    def tried(deed: Any) -> str:
        try:
            deed()
        except Conflict as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(4) as pool:
        said = list(
            pool.map(
                tried,
                [
                    lambda user=user, number=number: recorded(operator, user, amount=12_500, number=number)
                    for number, user in enumerate(people)
                ],
            )
        )
    assert sorted(said) == ["done", *["payout_waits"] * 3]
    (row,) = Payout.query(operator.id)
    others = [user for user in people if user.id != row.recorded_by]
    with ThreadPoolExecutor(3) as pool:
        said = list(pool.map(tried, [lambda user=user: confirmed(row, user) for user in others]))
    assert said.count("done") == 1
    assert set(said) <= {"done", "wrong_state", "exceeds_balance"}
    assert owed(operator) == {"driver": -37_500}


def test_what_customers_have_not_paid_is_held_back() -> None:
    assert payable({"operator": -100, "driver": -300}) == {"operator": 100, "driver": 300}
    assert payable({"operator": -100, "driver": -300, "customer": 350}) == {"operator": 50, "driver": 50}
    assert payable({"operator": -100, "driver": 250}) == {"operator": 0, "driver": 0}
    assert payable({"operator": -300, "driver": 250}) == {"operator": 50, "driver": 0}
    assert payable({}) == {"operator": 0, "driver": 0}


def test_an_invoice_is_owed_and_not_payable_until_it_is_paid(operator: Operator) -> None:
    row = captured(JANUARY, payee_id=operator.id, method=PaymentMethod.INVOICE, status=TransactionStatus.PENDING)
    row.issued_at, row.operations = JANUARY, []
    writing.add_up(bring_up(row, booked=None, now=None))
    owner = User.fetch(operator.user_id)
    (money,) = own_money(user=owner).balances
    assert (money.owed, money.unpaid) == (100_000, 56_938)
    assert (money.payable_operator, money.payable_drivers) == (25_000, 100_000 - 56_938)
    row.status = TransactionStatus.CAPTURED
    writing.add_up(bring_up(row, booked=row.booked, now=None))
    (money,) = own_money(user=owner).balances
    assert (money.unpaid, money.payable_operator, money.payable_drivers) == (0, 25_000, 75_000)


def test_it_is_on_the_statement(operator: Operator) -> None:
    payout = confirmed(recorded(operator))
    assert payout.decided_at is not None
    day = payout.decided_at.date()
    later = datetime(day.year + 1, day.month, 1, tzinfo=UTC)
    statement = Statement(Asked(operator.id, Days(day, day, later), "USD"))
    (line,) = [line for page in statement.pages() for line in page]
    assert (line.amounts.payout, line.amounts.operator, line.amounts.gross) == (-10_000, -10_000, 0)
    assert line.name == payout.bank_reference
    assert statement.closing.owed == 40_000
    found = own_payouts(user=User.fetch(operator.user_id), cursor=None, limit=10)
    assert [each.sequence for each in found.items] == [1]


def test_who_may(operator: Operator) -> None:
    owner = User.fetch(operator.user_id)
    for nobody in (owner, staff(StaffRole.SUPPORT), staff(StaffRole.OPERATIONS)):
        with pytest.raises(Forbidden):
            recorded(operator, nobody)
    payout = recorded(operator)
    for nobody in (owner, staff(StaffRole.SUPPORT)):
        with pytest.raises(Forbidden):
            confirmed(payout, nobody)
    with pytest.raises(NotFound):
        services.confirm(user=staff(), operator_id=operator.id, sequence=9)
    with pytest.raises(Invalid):
        recorded(operator, value_on=date(2099, 1, 1))
    with pytest.raises(Invalid):
        recorded(operator, bank_reference="  ")
