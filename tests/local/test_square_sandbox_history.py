"""Payments of the past: there at once, dated back, silent, and afterwards like any other."""

from typing import Any

import httpx
import pytest
from square import Square

from atlas.local.square.testing import SandboxControl


def entry(**changes: Any) -> dict[str, Any]:
    usual = {
        "reference_id": "ATL-ABC123",
        "note": "Atlas payment 1",
        "amount_money": {"amount": 10_000, "currency": "USD"},
        "captured": True,
        "created_at": "2026-01-31T12:00:00Z",
    }
    return usual | changes


def test_they_are_where_they_were_and_nobody_is_told(square: Square, control: SandboxControl) -> None:
    taken, held = control.import_payments([entry(), entry(captured=False, created_at="2099-01-01T00:00:00+02:00")])
    assert (taken["status"], taken["created_at"]) == ("COMPLETED", "2026-01-31T12:00:00.000Z")
    assert (held["status"], held["delayed_until"]) == ("APPROVED", "2099-01-07T22:00:00.000Z")
    assert [each["id"] for each in control.payments()] == [taken["id"], held["id"]]
    assert control.events() == []
    assert square.payments.get(taken["id"]).payment.note == "Atlas payment 1"


def test_they_can_be_refunded_and_captured(square: Square, control: SandboxControl) -> None:
    taken, held = control.import_payments([entry(), entry(captured=False, created_at="2099-01-01T00:00:00Z")])
    refund = square.refunds.refund_payment(
        idempotency_key="back", amount_money={"amount": 4_000, "currency": "USD"}, payment_id=taken["id"]
    ).refund
    control.settle_refund(refund.id)
    square.payments.complete(held["id"])
    found = {each["id"]: each for each in control.payments()}
    assert found[taken["id"]]["refunded_money"]["amount"] == 4_000
    assert found[held["id"]]["status"] == "COMPLETED"


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_money": {"amount": 0, "currency": "USD"}},
        {"amount_money": {"amount": 1, "currency": "EUR"}},
        {"created_at": "yesterday"},
        {"created_at": "2026-01-31T12:00:00"},
        {"note": None},
        {"tip": 1},
    ],
)
def test_one_wrong_entry_brings_none(control: SandboxControl, wrong: dict[str, Any]) -> None:
    with pytest.raises(httpx.HTTPStatusError) as refused:
        control.import_payments([entry(), entry(**wrong)])
    assert refused.value.response.status_code == 400
    assert control.payments() == []
