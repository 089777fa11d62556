"""Transfers: one of finance records, another confirms; a bank's reference counts once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict, Forbidden, Invalid
from atlas.local.square.testing import SandboxControl
from payments import services, tasks
from payments.billing import credit, following, wires
from payments.billing.tables import BillingAccount
from payments.events import PaymentRefunded, PaymentSettled
from payments.rules.types import PaymentMethod
from payments.tables import PaymentTransaction
from tests.payments.billing.conftest import PRICE, Opener
from tests.payments.billing.test_issuing import customer, kinds_of, stored


@pytest.fixture
def owed(begun: Opener) -> PaymentTransaction:
    return begun(method=PaymentMethod.WIRE)


def record(user: User, row: PaymentTransaction, *, amount: int = PRICE, reference: str | None = None) -> Any:
    after = wires.record_payment(
        user=user,
        transaction_id=row.id,
        amount=amount,
        bank_reference=reference or str(uuid4()),
        value_on=utc_now().date(),
    )
    return after.wires[-1]


def test_recorded_it_counts_for_nothing(owed: PaymentTransaction, finance: User, heard: list[Any]) -> None:
    record(finance, owed)
    assert stored(owed).is_owed
    assert not [each for each in heard if isinstance(each, PaymentSettled)]


def test_confirmed_by_another_it_is_paid(
    owed: PaymentTransaction, account: BillingAccount, finance: User, colleague: User, heard: list[Any]
) -> None:
    wire = record(finance, owed)
    wires.confirm(user=colleague, transaction_id=owed.id, wire_id=wire.id)
    after = stored(owed)
    assert (after.status, after.due_at, after.wires[0].decided_by) == ("CAPTURED", None, colleague.id)
    assert PaymentSettled(owed.reference, owed.id, PRICE) in heard
    assert credit.left(account.id) == PRICE * 5 // 2
    assert (set(kinds_of(owed)), customer(owed)) == ({"INVOICE_ISSUED", "WIRE_RECEIVED"}, 0)
    with pytest.raises(Conflict):
        wires.confirm(user=colleague, transaction_id=owed.id, wire_id=wire.id)


def test_never_by_who_recorded_it(owed: PaymentTransaction, finance: User) -> None:
    wire = record(finance, owed)
    with pytest.raises(Forbidden) as refused:
        wires.confirm(user=finance, transaction_id=owed.id, wire_id=wire.id)
    assert refused.value.code == "same_person"
    assert stored(owed).is_owed


def test_a_reference_counts_once(begun: Opener, owed: PaymentTransaction, finance: User) -> None:
    other = begun(method=PaymentMethod.WIRE)
    reference = f"fnb {uuid4()}"
    record(finance, owed, reference=reference)
    for row in (owed, other):
        with pytest.raises(Conflict) as refused:
            record(finance, row, amount=1 if row is owed else PRICE, reference=reference.upper().replace(" ", ""))
        assert refused.value.code in ("wire_known", "exceeds_owed")


def test_rejected_it_frees_its_reference(owed: PaymentTransaction, finance: User, colleague: User) -> None:
    reference = str(uuid4())
    wire = record(finance, owed, reference=reference)
    wires.reject(user=finance, transaction_id=owed.id, wire_id=wire.id)
    again = record(finance, owed, reference=reference)
    wires.confirm(user=colleague, transaction_id=owed.id, wire_id=again.id)
    assert stored(owed).status == "CAPTURED"


def test_in_parts_it_is_paid_with_the_last(owed: PaymentTransaction, finance: User, colleague: User) -> None:
    first, second = record(finance, owed, amount=PRICE - 1), record(finance, owed, amount=1)
    with pytest.raises(Conflict):
        record(finance, owed, amount=1)
    wires.confirm(user=colleague, transaction_id=owed.id, wire_id=first.id)
    assert stored(owed).is_owed
    wires.confirm(user=colleague, transaction_id=owed.id, wire_id=second.id)
    assert stored(owed).status == "CAPTURED"


@pytest.mark.parametrize("amount", [0, -5, PRICE + 1])
def test_more_or_less_than_nothing_is_refused(owed: PaymentTransaction, finance: User, amount: int) -> None:
    with pytest.raises(Conflict):
        record(finance, owed, amount=amount)


def test_a_day_to_come_is_no_statement(owed: PaymentTransaction, finance: User) -> None:
    with pytest.raises(Invalid):
        wires.record_payment(
            user=finance,
            transaction_id=owed.id,
            amount=PRICE,
            bank_reference=str(uuid4()),
            value_on=utc_now().date() + timedelta(days=1),
        )


def test_what_is_recorded_is_not_called_off(owed: PaymentTransaction, finance: User) -> None:
    record(finance, owed)
    with pytest.raises(Conflict):
        following.call_off(transaction_id=owed.id)


def test_only_finance(owed: PaymentTransaction, concierge: User, finance: User) -> None:
    with pytest.raises(Forbidden):
        record(concierge, owed)
    wire = record(finance, owed)
    with pytest.raises(Forbidden):
        wires.confirm(user=concierge, transaction_id=owed.id, wire_id=wire.id)


def test_an_invoice_of_squares_is_paid_by_bank_and_closed_there(
    issued: Opener, finance: User, colleague: User, sandbox: SandboxControl
) -> None:
    row = issued()
    wire = record(finance, row)
    wires.confirm(user=colleague, transaction_id=row.id, wire_id=wire.id)
    assert (stored(row).status, stored(row).method) == ("CAPTURED", "WIRE")
    assert sandbox.invoices()[0]["status"] == "CANCELED"
    assert customer(row) == 0


def test_paid_twice_at_once_it_is_squares_and_the_transfer_goes_back(
    issued: Opener, finance: User, colleague: User, sandbox: SandboxControl
) -> None:
    row = issued()
    wire = record(finance, row)
    sandbox.pay_invoice(row.bill.gateway_id)
    with pytest.raises(Conflict) as refused:
        wires.confirm(user=colleague, transaction_id=row.id, wire_id=wire.id)
    assert refused.value.code == "paid_at_square"
    assert (stored(row).status, stored(row).method) == ("CAPTURED", "INVOICE")


def test_given_back_by_bank_by_two_people(
    owed: PaymentTransaction, finance: User, colleague: User, heard: list[Any]
) -> None:
    wires.confirm(user=colleague, transaction_id=owed.id, wire_id=record(finance, owed).id)
    services.refund(transaction_id=owed.id, amount=1_000, reason="Late")
    tasks.settle(owed.id)
    (refund,) = wires.refunds_to_send(stored(owed))
    assert (stored(owed).due_at, stored(owed).refunded) == (None, 0)
    after = wires.record_refund(
        user=finance,
        transaction_id=owed.id,
        refund_key=refund.key,
        bank_reference=str(uuid4()),
        value_on=utc_now().date(),
    )
    assert not wires.refunds_to_send(after)
    with pytest.raises(Forbidden):
        wires.confirm(user=finance, transaction_id=owed.id, wire_id=after.wires[-1].id)
    wires.confirm(user=colleague, transaction_id=owed.id, wire_id=after.wires[-1].id)
    assert (stored(owed).refunded, stored(owed).status) == (1_000, "CAPTURED")
    assert PaymentRefunded(owed.reference, owed.id, 1_000, 1_000, PRICE) in heard
    assert kinds_of(owed).count("REFUND") == 1
