"""A hold ends in a capture or a void, once, however often and by however many it is asked for."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from atlas.errors import Conflict, Invalid, Unavailable
from atlas.local.square.testing import SandboxControl
from payments import gateway, services
from payments.events import PaymentFailed, PaymentSettled, PaymentVoided
from payments.releasing import release
from payments.rules.types import OperationKind, OperationState, TransactionStatus
from payments.tables import PaymentTransaction
from tests.payments.conftest import Opener, stored

S = TransactionStatus


def at_square(sandbox: SandboxControl, row: PaymentTransaction) -> tuple[str, int]:
    (payment,) = sandbox.payments(reference_id=row.reference)
    return payment["status"], payment["total_money"]["amount"]


def operations_of(row: PaymentTransaction, kind: OperationKind) -> list[OperationState]:
    return [each.state for each in stored(row).operations if each.kind is kind]


def test_everything_is_captured(sandbox: SandboxControl, authorized: Opener, heard: list[Any]) -> None:
    row = authorized()
    services.capture(transaction_id=row.id)
    found = stored(row)
    assert (found.status, found.amount) == (S.CAPTURED, 24_500)
    assert not found.due_at
    assert found.metadata.receipt_url
    assert at_square(sandbox, row) == ("COMPLETED", 24_500)
    assert heard == [PaymentSettled(row.reference, row.id, 24_500)]


def test_a_part_is_captured_and_the_rest_released(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any]
) -> None:
    row = authorized()
    services.capture(transaction_id=row.id, amount=4_900)
    assert (stored(row).status, stored(row).amount) == (S.CAPTURED, 4_900)
    assert at_square(sandbox, row) == ("COMPLETED", 4_900)
    assert heard == [PaymentSettled(row.reference, row.id, 4_900)]


def test_capturing_again_does_nothing(sandbox: SandboxControl, authorized: Opener, heard: list[Any]) -> None:
    row = authorized()
    for amount in (None, None, 24_500):
        services.capture(transaction_id=row.id, amount=amount)
    assert len(heard) == 1
    assert [call["path"].rpartition("/")[2] for call in sandbox.calls()].count("complete") == 1
    with pytest.raises(Conflict) as refused:
        services.capture(transaction_id=row.id, amount=100)
    assert refused.value.code == "already_captured"


@pytest.mark.parametrize(("amount", "error"), [(24_501, Conflict), (0, Invalid), (-1, Invalid)])
def test_an_amount_that_was_not_agreed_to_is_not_captured(
    sandbox: SandboxControl, authorized: Opener, amount: int, error: type[Exception]
) -> None:
    row = authorized()
    with pytest.raises(error):
        services.capture(transaction_id=row.id, amount=amount)
    assert at_square(sandbox, row) == ("APPROVED", 24_500)
    assert operations_of(row, OperationKind.CAPTURE) == []


@pytest.mark.parametrize("kind", ["timeout_after", "drop_before", "drop_after", "error_before", "error_after"])
@pytest.mark.parametrize("lost", [(None, 0), (4_900, 0), (4_900, 1)], ids=["all", "lowering", "part"])
def test_a_lost_answer_captures_once(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any], kind: str, lost: tuple[int | None, int]
) -> None:
    """A part is two calls, lowering the amount and completing: the answer of either may be lost."""
    row = authorized()
    amount, skip = lost
    sandbox.inject(kind, path="/v2/payments/", skip=skip)
    services.capture(transaction_id=row.id, amount=amount)
    assert at_square(sandbox, row) == ("COMPLETED", amount or 24_500)
    assert heard == [PaymentSettled(row.reference, row.id, amount or 24_500)]


@pytest.mark.parametrize("amount", [None, 4_900])
def test_an_unknown_capture_is_finished_by_the_next_one(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any], amount: int | None
) -> None:
    row = authorized()
    sandbox.inject("drop_after", count=9)
    with pytest.raises(Unavailable):
        services.capture(transaction_id=row.id, amount=amount)
    assert operations_of(row, OperationKind.CAPTURE) == [OperationState.PENDING]
    assert stored(row).due_at is not None
    sandbox.clear_faults()
    services.capture(transaction_id=row.id)
    assert operations_of(row, OperationKind.CAPTURE) == [OperationState.DONE]
    assert at_square(sandbox, row) == ("COMPLETED", amount or 24_500)
    assert len(heard) == 1


def test_another_amount_waits_for_the_one_under_way(sandbox: SandboxControl, authorized: Opener) -> None:
    row = authorized()
    sandbox.inject("drop_before", count=2)
    with pytest.raises(Unavailable):
        services.capture(transaction_id=row.id, amount=4_900)
    with pytest.raises(Conflict) as refused:
        services.capture(transaction_id=row.id, amount=5_000)
    assert refused.value.code == "operation_in_progress"


def test_a_payment_that_changed_at_square_is_captured_as_it_is(sandbox: SandboxControl, authorized: Opener) -> None:
    """Another version, the same money: no reason to fail."""
    row = authorized()
    client = gateway.client()
    client.payments.update(
        str(row.payment_gateway_id), idempotency_key="elsewhere", payment={"delay_action": "COMPLETE"}
    )
    services.capture(transaction_id=row.id)
    assert at_square(sandbox, row) == ("COMPLETED", 24_500)


def test_a_payment_whose_money_changed_at_square_is_not_captured(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any]
) -> None:
    row = authorized()
    gateway.client().payments.update(
        str(row.payment_gateway_id),
        idempotency_key="elsewhere-2",
        payment={"amount_money": {"amount": 30_000, "currency": "USD"}},
    )
    with pytest.raises(Conflict) as refused:
        services.capture(transaction_id=row.id)
    assert refused.value.code == "capture_refused"
    assert at_square(sandbox, row) == ("APPROVED", 30_000)
    assert (stored(row).status, heard) == (S.AUTHORIZED, [])


def test_a_hold_that_lapsed_takes_nothing_and_says_so(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any]
) -> None:
    row = authorized()
    sandbox.advance(timedelta(days=8))
    with pytest.raises(Conflict) as refused:
        services.capture(transaction_id=row.id)
    assert refused.value.code == "authorization_lapsed"
    assert stored(row).status is S.FAILED
    assert heard == [PaymentFailed(row.reference, row.id, "AUTHORIZATION_LAPSED")]


def test_what_is_not_authorised_is_not_captured(sandbox: SandboxControl, opened: Opener) -> None:
    row = opened()
    with pytest.raises(Conflict) as refused:
        services.capture(transaction_id=row.id)
    assert refused.value.code == "wrong_state"


def test_a_void_releases_the_hold_once(sandbox: SandboxControl, authorized: Opener, heard: list[Any]) -> None:
    row = authorized()
    for _ in range(2):
        services.void(transaction_id=row.id)
    assert stored(row).status is S.VOIDED
    assert at_square(sandbox, row)[0] == "CANCELED"
    assert heard == [PaymentVoided(row.reference, row.id)]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_after", "timeout_after"])
def test_a_void_without_an_answer_is_asked_again(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any], kind: str
) -> None:
    row = authorized()
    sandbox.inject(kind, path="/cancel")
    services.void(transaction_id=row.id)
    assert (stored(row).status, len(heard)) == (S.VOIDED, 1)


def test_captured_money_is_not_voided(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    with pytest.raises(Conflict) as refused:
        services.void(transaction_id=row.id)
    assert refused.value.details["status"] == "CAPTURED"


def test_a_void_finishes_the_capture_that_a_crash_left(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any]
) -> None:
    row = authorized()
    sandbox.inject("drop_after", count=2)
    with pytest.raises(Unavailable):
        services.capture(transaction_id=row.id)
    sandbox.clear_faults()
    with pytest.raises(Conflict):
        services.void(transaction_id=row.id)
    assert stored(row).status is S.CAPTURED
    assert heard == [PaymentSettled(row.reference, row.id, 24_500)]


def test_ten_captures_at_once_take_the_money_once(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any]
) -> None:
    row = authorized()
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: services.capture(transaction_id=row.id).status, range(10)))
    assert found == [S.CAPTURED] * 10
    assert operations_of(row, OperationKind.CAPTURE) == [OperationState.DONE]
    assert at_square(sandbox, row) == ("COMPLETED", 24_500)
    assert heard == [PaymentSettled(row.reference, row.id, 24_500)]


@pytest.mark.parametrize("round_", range(3))
def test_captures_against_voids_have_one_winner(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any], round_: int
) -> None:
    row = authorized()

    def ask(number: int) -> None:
        try:
            (services.capture if number % 2 else services.void)(transaction_id=row.id)
        except Conflict as lost:
            assert lost.code == "wrong_state"  # noqa: PT017

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    ending = {S.CAPTURED: "COMPLETED", S.VOIDED: "CANCELED"}[stored(row).status]
    assert at_square(sandbox, row)[0] == ending
    assert len(heard) == 1


class Killed(BaseException):
    """The process ends here: nothing that follows is run."""


@pytest.mark.parametrize("amount", [None, 4_900])
def test_killed_between_squares_answer_and_our_write(
    sandbox: SandboxControl,
    authorized: Opener,
    heard: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    amount: int | None,
) -> None:
    row = authorized()
    real = gateway.capture

    def capture_then_die(**given: Any) -> None:
        real(**given)
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(gateway, "capture", capture_then_die)
        with pytest.raises(Killed):
            services.capture(transaction_id=row.id, amount=amount)
    assert (stored(row).status, heard) == (S.AUTHORIZED, [])
    assert at_square(sandbox, row) == ("COMPLETED", amount or 24_500)
    services.capture(transaction_id=row.id)
    assert (stored(row).status, stored(row).amount) == (S.CAPTURED, amount or 24_500)
    assert heard == [PaymentSettled(row.reference, row.id, amount or 24_500)]


@pytest.mark.parametrize(
    ("keep", "status", "amount"), [(0, S.VOIDED, 24_500), (4_900, S.CAPTURED, 4_900), (99_999, S.CAPTURED, 24_500)]
)
def test_a_cancelled_booking_keeps_its_fee(
    sandbox: SandboxControl, authorized: Opener, keep: int, status: S, amount: int
) -> None:
    row = authorized()
    for _ in range(2):
        release(transaction_id=row.id, keep=keep, reason="Cancelled")
    assert (stored(row).status, stored(row).amount) == (status, amount)
