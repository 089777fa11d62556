"""Each kind of difference, made at the sandbox or in the table: found once, mended, and gone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict, Forbidden
from atlas.local.square.testing import SandboxControl
from payments import gateway, operations, services
from payments.events import PaymentCorrected, PaymentFailed, PaymentRefunded, PaymentSettled, RefundFailed
from payments.reconciling.mending import dismiss, mend
from payments.reconciling.tables import PaymentDifference
from payments.rules.differences import DifferenceKind, DifferenceStatus, Mend
from payments.rules.types import OperationKind, OperationState, TransactionStatus
from payments.services.asking import NOTE
from payments.tables import PaymentTransaction
from tests.factories import UserFactory
from tests.payments.conftest import OK, Opener, stored
from tests.payments.reconciling.stage import dump, reconcile, run

K, M, S, D = DifferenceKind, Mend, TransactionStatus, DifferenceStatus


@pytest.fixture
def finance() -> User:
    return UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE)


def square() -> Any:
    """Square's own client: what somebody does there, past Atlas."""
    return gateway.client()


def pay_there(*, amount: int = 5_000, captured: bool, transaction_id: str | None = None) -> str:
    """A payment at Square with our mark; its id there."""
    made = square().payments.create(
        source_id=OK,
        idempotency_key=str(uuid4()),
        amount_money={"amount": amount, "currency": "USD"},
        autocomplete=captured,
        reference_id="ref",
        note=f"{NOTE}{transaction_id or uuid4()}",
    )
    return str(made.payment.id)


def refund_there(row: PaymentTransaction, amount: int) -> str:
    money = {"amount": amount, "currency": "USD"}
    asked = square().refunds.refund_payment(
        idempotency_key=str(uuid4()), payment_id=row.payment_gateway_id, amount_money=money
    )
    return str(asked.refund.id)


def change(row: PaymentTransaction, **values: Any) -> PaymentTransaction:
    row = stored(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def expect_one(kind: DifferenceKind, wanted: Mend) -> PaymentDifference:
    """It is found once, and again as the same row."""
    [found] = reconcile()
    assert (found.kind, found.mend, found.status) == (kind, wanted, D.OPEN)
    [again] = reconcile()
    assert (again.id, again.created_at) == (found.id, found.created_at)
    assert len(list(PaymentDifference.scan())) == 1
    return found


def expect_mended_by_a_run(found: PaymentDifference) -> None:
    [row] = reconcile(mend=True)
    assert (row.id, row.status) == (found.id, D.MENDED)
    assert row.resolved_by is None
    expect_clean()


def expect_left_to(user: CurrentUser, found: PaymentDifference) -> None:
    """A run leaves it alone; a person does it."""
    [row] = reconcile(mend=True)
    assert row.status is D.OPEN
    row = mend(user=user, difference_id=found.id)
    assert (row.status, row.resolved_by) == (D.MENDED, user.id)
    expect_clean()


def expect_clean() -> None:
    before = dump()
    assert reconcile(mend=True) == []
    assert dump() == before


def test_books_that_agree(captured: Opener, authorized: Opener, opened: Opener, sandbox: SandboxControl) -> None:
    services.refund(transaction_id=captured(amount=10_000).id, amount=2_500, reason="late")
    sandbox.settle_refund(sandbox.refunds()[0]["id"])
    [pending] = [each for each in PaymentTransaction.scan() if each.refunds]
    services.follow_refund(transaction_id=pending.id, key=pending.refunds[0].key)
    services.void(transaction_id=authorized().id)
    authorized()
    opened()  # under way
    declined = opened(source_id="cnon:card-nonce-declined")
    assert isinstance(services.authorize(transaction=declined), services.Declined)
    walk, found = run()
    assert found == []
    lines = {(side, what): (count, cents) for side, currency, what, count, cents in walk.totals.lines()}
    assert lines["Square", "taken"] == lines["Atlas", "taken"] == (1, 10_000)
    assert lines["Square", "held"] == lines["Atlas", "held"] == (1, 24_500)
    assert lines["Square", "refunds completed"] == (1, 2_500)


def test_a_webhook_that_never_came(captured: Opener, authorized: Opener, heard: list[Any]) -> None:
    row = authorized()
    square().payments.complete(row.payment_gateway_id)
    expect_mended_by_a_run(expect_one(K.STATE, M.FOLLOW))
    assert stored(row).status is S.CAPTURED
    assert heard == [PaymentSettled(row.reference, row.id, 24_500)]


def test_a_hold_that_lapsed(authorized: Opener, sandbox: SandboxControl, heard: list[Any]) -> None:
    row = authorized()
    sandbox.advance(timedelta(days=8))
    expect_mended_by_a_run(expect_one(K.STATE, M.FOLLOW))
    assert heard == [PaymentFailed(row.reference, row.id, "AUTHORIZATION_LAPSED")]


def test_a_hold_of_a_payment_that_is_over(authorized: Opener, sandbox: SandboxControl) -> None:
    change(authorized(), status=S.FAILED)
    expect_mended_by_a_run(expect_one(K.STATE, M.RELEASE))
    assert [each["status"] for each in sandbox.payments()] == ["CANCELED"]


def test_money_taken_of_a_payment_that_is_over(captured: Opener, finance: User, heard: list[Any]) -> None:
    row = change(captured(), status=S.VOIDED)
    heard.clear()
    expect_left_to(finance, expect_one(K.STATE, M.CORRECT))
    assert stored(row).status is S.CAPTURED
    assert heard == [PaymentSettled(row.reference, row.id, 24_500)]


def test_a_capture_that_did_not_happen(authorized: Opener, finance: User, heard: list[Any]) -> None:
    row = change(authorized(), status=S.CAPTURED)
    expect_left_to(finance, expect_one(K.STATE, M.CORRECT))
    assert stored(row).status is S.AUTHORIZED
    assert heard == [PaymentCorrected(row.reference, row.id)]


def test_a_hold_that_nobody_knows_of(sandbox: SandboxControl) -> None:
    pay_there(captured=False)
    expect_mended_by_a_run(expect_one(K.MISSING_HERE, M.RELEASE))
    assert [each["status"] for each in sandbox.payments()] == ["CANCELED"]


def test_money_that_nobody_knows_of(sandbox: SandboxControl, finance: User) -> None:
    pay_there(captured=True)
    expect_left_to(finance, expect_one(K.MISSING_HERE, M.REFUND))
    assert [each["amount_money"]["amount"] for each in sandbox.refunds()] == [5_000]


def test_payments_of_others_are_passed_over() -> None:
    square().payments.create(
        source_id=OK, idempotency_key=str(uuid4()), amount_money={"amount": 1, "currency": "USD"}, note="a coffee"
    )
    walk, found = run()
    assert (found, list(walk.totals.lines())) == ([], [])


def test_a_hold_that_square_does_not_know(authorized: Opener, finance: User, heard: list[Any]) -> None:
    row = change(authorized(), payment_gateway_id="no-such-payment")
    found = reconcile()
    assert {(each.kind, each.mend) for each in found} == {(K.MISSING_THERE, M.CORRECT), (K.DUPLICATE, M.RELEASE)}
    [missing] = [each for each in found if each.kind is K.MISSING_THERE]
    mend(user=finance, difference_id=missing.id)
    assert stored(row).status is S.FAILED
    assert heard == [PaymentFailed(row.reference, row.id, "NOT_AT_SQUARE")]
    reconcile(mend=True)  # the hold under the other id
    expect_clean()


def test_money_that_square_does_not_know(finance: User, captured: Opener, sandbox: SandboxControl) -> None:
    captured()
    sandbox.reset()
    found = expect_one(K.MISSING_THERE, M.REVIEW)
    with pytest.raises(Conflict) as refused:
        mend(user=finance, difference_id=found.id)
    assert refused.value.code == "review_needed"
    dismiss(user=finance, difference_id=found.id, reason="The sandbox was emptied.")
    [still] = reconcile(mend=True)
    assert (still.status, still.reason, still.resolved_by) == (D.DISMISSED, "The sandbox was emptied.", finance.id)


def test_another_amount(captured: Opener, finance: User, heard: list[Any]) -> None:
    row = change(captured(), amount=20_000)
    heard.clear()
    found = expect_one(K.AMOUNT, M.CORRECT)
    assert (found.ours, found.theirs, found.amount) == ("20000", "24500", 4_500)
    expect_left_to(finance, found)
    assert (stored(row).amount, heard) == (24_500, [PaymentCorrected(row.reference, row.id)])


def test_another_currency(captured: Opener, finance: User) -> None:
    row = change(captured(), currency="EUR")
    found = expect_one(K.CURRENCY, M.CORRECT)
    assert (found.ours, found.theirs) == ("EUR", "USD")
    expect_left_to(finance, found)
    assert stored(row).currency == "USD"


@pytest.mark.parametrize("settled", [True, False])
def test_a_refund_given_at_square(captured: Opener, sandbox: SandboxControl, heard: list[Any], settled: bool) -> None:
    row = captured()
    heard.clear()
    refund_id = refund_there(row, 4_500)
    if settled:
        sandbox.settle_refund(refund_id)
    expect_mended_by_a_run(expect_one(K.REFUND_UNKNOWN, M.FOLLOW))
    [operation] = stored(row).refunds
    assert (operation.amount, operation.gateway_id) == (4_500, refund_id)
    assert (stored(row).refunded, stored(row).status) == (4_500 if settled else 0, S.CAPTURED)
    assert heard == ([PaymentRefunded(row.reference, row.id, 4_500, 4_500, 24_500)] if settled else [])


def test_all_of_it_given_back_at_square(captured: Opener, sandbox: SandboxControl) -> None:
    row = captured()
    sandbox.settle_refund(refund_there(row, 24_500))
    expect_mended_by_a_run(expect_one(K.REFUND_UNKNOWN, M.FOLLOW))
    assert stored(row).status is S.REFUNDED


@pytest.mark.parametrize(("status", "refunded"), [("COMPLETED", 24_500), ("REJECTED", 0)])
def test_the_end_of_a_refund_that_nobody_told(
    captured: Opener, sandbox: SandboxControl, heard: list[Any], status: str, refunded: int
) -> None:
    row = captured()
    services.refund(transaction_id=row.id, reason="late")
    heard.clear()
    sandbox.settle_refund(sandbox.refunds()[0]["id"], status)
    expect_mended_by_a_run(expect_one(K.REFUND_STATE, M.FOLLOW))
    assert stored(row).refunded == refunded
    assert isinstance(heard[0], PaymentRefunded if refunded else RefundFailed)


def test_a_refund_that_square_does_not_know(captured: Opener, sandbox: SandboxControl, finance: User) -> None:
    row = captured()
    services.refund(transaction_id=row.id, amount=100, reason="late")
    sandbox.settle_refund(sandbox.refunds()[0]["id"], "REJECTED")
    row = stored(row)
    row.refunds[0].gateway_id, row.refunds[0].state, row.refunded = "unknown", OperationState.DONE, 100
    row.save()
    expect_left_to(finance, expect_one(K.MISSING_THERE, M.CORRECT))
    assert (stored(row).refunded, stored(row).refunds[0].state) == (0, OperationState.FAILED)


def test_refunds_that_do_not_add_up(captured: Opener, finance: User) -> None:
    row = change(captured(), refunded=300)
    expect_left_to(finance, expect_one(K.AMOUNT, M.CORRECT))
    assert stored(row).refunded == 0


def test_given_back_in_our_books_alone(captured: Opener, finance: User) -> None:
    row = change(captured(), status=S.REFUNDED)
    expect_left_to(finance, expect_one(K.STATE, M.CORRECT))
    assert stored(row).status is S.CAPTURED


@pytest.mark.parametrize(("captured_there", "wanted"), [(False, M.RELEASE), (True, M.REFUND)])
def test_a_second_payment_at_square_for_one_of_ours(
    captured: Opener, sandbox: SandboxControl, finance: User, captured_there: bool, wanted: Mend
) -> None:
    row = captured()
    second = pay_there(captured=captured_there, transaction_id=row.id)
    found = expect_one(K.DUPLICATE, wanted)
    assert found.payment_gateway_id == second
    if wanted is M.RELEASE:
        expect_mended_by_a_run(found)
    else:
        expect_left_to(finance, found)
        assert [each["payment_id"] for each in sandbox.refunds()] == [second]
    assert stored(row).status is S.CAPTURED


@pytest.mark.parametrize("taken", [False, True])
def test_two_payments_of_ours_for_one_reference(
    captured: Opener, authorized: Opener, sandbox: SandboxControl, finance: User, taken: bool
) -> None:
    first = captured()
    second = (captured if taken else authorized)(reference=first.reference)
    found = expect_one(K.DUPLICATE, M.REFUND if taken else M.RELEASE)
    assert found.transaction_id == second.id
    if taken:
        expect_left_to(finance, found)
        assert [each["payment_id"] for each in sandbox.refunds()] == [second.payment_gateway_id]
    else:
        expect_mended_by_a_run(found)
        assert stored(second).status is S.VOIDED
    assert stored(first).status is S.CAPTURED


def test_a_second_payment_of_another_amount_is_no_duplicate(captured: Opener) -> None:
    captured(reference=captured().reference, amount=1_000)
    assert reconcile() == []


def test_a_capture_that_was_asked_for_long_ago(authorized: Opener) -> None:
    row = authorized()
    operations.start(row, OperationKind.CAPTURE, row.amount, now=utc_now() - timedelta(hours=3))
    row.save()
    expect_mended_by_a_run(expect_one(K.STUCK, M.SETTLE))
    assert stored(row).status is S.CAPTURED


def test_an_authorisation_that_nobody_came_back_for(opened: Opener, sandbox: SandboxControl) -> None:
    row = opened()
    services.authorize(transaction=row)
    row.operations[0].at = utc_now() - timedelta(hours=3)
    row.save()
    expect_mended_by_a_run(expect_one(K.STUCK, M.SETTLE))
    assert [each["status"] for each in sandbox.payments()] == ["CANCELED"]


def test_what_agrees_by_now_is_closed(authorized: Opener) -> None:
    row = authorized()
    square().payments.complete(row.payment_gateway_id)
    found = expect_one(K.STATE, M.FOLLOW)
    services.capture(transaction_id=row.id)
    assert reconcile() == []
    closed = PaymentDifference.fetch(found.id)
    assert (closed.status, closed.reason) == (D.MENDED, "It agrees by now.")


def test_a_dismissed_one_is_opened_when_it_changes(captured: Opener, finance: User) -> None:
    row = change(captured(), amount=20_000)
    found = expect_one(K.AMOUNT, M.CORRECT)
    dismiss(user=finance, difference_id=found.id, reason="known")
    with pytest.raises(Conflict):
        mend(user=finance, difference_id=found.id)
    assert [each.status for each in reconcile()] == [D.DISMISSED]
    change(row, amount=10_000)
    assert [each.status for each in reconcile()] == [D.OPEN]


def test_who_may(captured: Opener) -> None:
    change(captured(), amount=20_000)
    [found] = reconcile()
    support = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.SUPPORT)
    deeds: list[Callable[[], object]] = [
        lambda: mend(user=support, difference_id=found.id),
        lambda: dismiss(user=support, difference_id=found.id, reason="no"),
    ]
    for deed in deeds:
        with pytest.raises(Forbidden):
            deed()
    assert PaymentDifference.fetch(found.id).status is D.OPEN
