"""Whatever was done, and whatever news of it was lost: after a run and what people do about it, the books agree."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas.errors import AtlasError
from atlas.local.square.testing import SandboxControl
from payments import services
from payments.gateway import Refused
from payments.reconciling.mending import mend
from payments.reconciling.tables import PaymentDifference
from payments.rules.differences import DifferenceStatus, Mend
from payments.rules.types import OperationState, TransactionStatus
from payments.tables import PaymentTransaction
from tests.factories import UserFactory
from tests.payments.conftest import Opener
from tests.payments.reconciling.stage import clear, dump, reconcile
from tests.payments.reconciling.test_kinds import change, pay_there, refund_there, square

pytestmark = pytest.mark.slow

HERE = ("capture", "capture a part", "void", "refund", "refund a part")
THERE = ("complete", "cancel", "give back", "pay again", "settle", "reject")
LOST = ("forget the capture", "forget the refunds", "forget the row", "another amount", "voided here")
Step = tuple[int, str]
steps = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(HERE + THERE + LOST)), min_size=1, max_size=8)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(done=steps)
def test_in_the_end_the_books_agree(authorized: Opener, sandbox: SandboxControl, done: list[Step]) -> None:
    sandbox.reset()
    clear()
    finance = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE)
    rows = [authorized(amount=1_000) for _ in range(3)]
    for which, step in done:
        with suppress(AtlasError, Refused, SquareSaysNo):
            carry_out(step, rows[which], sandbox)
    taken = sum_taken(sandbox)
    found = reconcile()
    assert [each.id for each in reconcile()] == [each.id for each in found]
    settle(finance, sandbox)
    assert sum_taken(sandbox) <= taken, "reconciliation never charges"
    before = dump()
    assert [each for each in reconcile(mend=True) if each.mend is not Mend.REVIEW] == []
    assert dump() == before
    for row in PaymentTransaction.scan():
        assert row.refunded == sum(each.amount for each in row.refunds if each.state is OperationState.DONE)


def settle(finance: User, sandbox: SandboxControl) -> None:
    """A run mends what it may, a person the rest, the bank answers: as often as one thing can uncover another."""
    for _ in range(4):
        reconcile(mend=True)
        for row in list(PaymentDifference.scan()):
            if row.status is DifferenceStatus.OPEN and row.mend is not Mend.REVIEW:
                mend(user=finance, difference_id=row.id)
        for refund in sandbox.refunds(status="PENDING"):
            sandbox.settle_refund(refund["id"])
    reconcile(mend=True)


def sum_taken(sandbox: SandboxControl) -> int:
    return sum(each["total_money"]["amount"] for each in sandbox.payments(status="COMPLETED"))


class SquareSaysNo(Exception):
    """What is not possible there is not done."""


def carry_out(step: str, row: PaymentTransaction, sandbox: SandboxControl) -> None:
    id, gateway_id = row.id, str(row.payment_gateway_id)
    deeds: dict[str, Callable[[], Any]] = {
        "capture": lambda: services.capture(transaction_id=id),
        "capture a part": lambda: services.capture(transaction_id=id, amount=400),
        "void": lambda: services.void(transaction_id=id),
        "refund": lambda: services.refund(transaction_id=id, reason="all"),
        "refund a part": lambda: services.refund(transaction_id=id, amount=100, reason="some"),
        "complete": lambda: there(lambda: square().payments.complete(gateway_id)),
        "cancel": lambda: there(lambda: square().payments.cancel(gateway_id)),
        "give back": lambda: there(lambda: refund_there(row, 250)),
        "pay again": lambda: pay_there(amount=1_000, captured=len(sandbox.payments()) % 2 == 0, transaction_id=id),
        "settle": lambda: settle_refunds(sandbox, "COMPLETED"),
        "reject": lambda: settle_refunds(sandbox, "REJECTED"),
        "forget the capture": lambda: change(row, status=TransactionStatus.AUTHORIZED),
        "forget the refunds": lambda: forget_refunds(row),
        "forget the row": lambda: PaymentTransaction.fetch(id).delete(),
        "another amount": lambda: change(row, amount=777),
        "voided here": lambda: change(row, status=TransactionStatus.VOIDED),
    }
    deeds[step]()


def there(deed: Callable[[], Any]) -> None:
    from square.core.api_error import ApiError  # noqa: PLC0415 (the SDK is the gateway's alone elsewhere)

    try:
        deed()
    except ApiError as error:
        raise SquareSaysNo from error


def settle_refunds(sandbox: SandboxControl, status: str) -> None:
    for refund in sandbox.refunds(status="PENDING"):
        sandbox.settle_refund(refund["id"], status)


def forget_refunds(row: PaymentTransaction) -> None:
    row = PaymentTransaction.fetch(row.id)
    change(row, operations=[each for each in row.operations if not each.gateway_id], refunded=0)
