"""Forms of the page, turned into what the control API takes: one place decides what is allowed."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from atlas.local.square import control, disputes, invoice_paying
from atlas.local.square.calls import Operation
from atlas.local.square.errors import SquareError
from atlas.local.square.faults import FaultPlan

Form = Mapping[str, str]
DURATIONS = {"minutes": "PT{}M", "hours": "PT{}H", "days": "P{}D"}
DELIVERY = {"deliver": {}, "hold": {"paused": True}, "drop": {"dropped": True}}


class Deed(NamedTuple):
    """An operation of the control API with its arguments."""

    operation: Operation
    body: Mapping[str, Any]
    path: Mapping[str, str] = {}


def advance(form: Form) -> Deed:
    unit = DURATIONS.get(form.get("unit", ""))
    if unit is None:
        raise SquareError("INVALID_ENUM_VALUE", "Choose minutes, hours or days.", field="unit")
    return Deed(control.move_clock, {"advance": unit.format(_number(form, "count"))})


def deliver(form: Form) -> Deed:
    way = DELIVERY.get(form.get("way", ""))
    if way is None:
        raise SquareError("INVALID_ENUM_VALUE", "Choose deliver, hold or drop.", field="way")
    numbers = {"duplicate": _number(form, "duplicate"), "delay_ms": _number(form, "delay_ms")}
    return Deed(control.set_webhooks, {**numbers, **way})


def release(form: Form) -> Deed:
    return Deed(control.release_webhooks, {"order": form.get("order", "")})


def resend(form: Form) -> Deed:
    return Deed(control.resend_webhook, {"event_id": form.get("event_id", "")})


def settle(form: Form) -> Deed:
    return Deed(control.settle_refund, {"status": form.get("status", "")}, {"refund_id": form.get("refund_id", "")})


def dispute(form: Form) -> Deed:
    return Deed(disputes.raise_dispute, {}, {"payment_id": form.get("payment_id", "")})


def decide(form: Form) -> Deed:
    where = {"dispute_id": form.get("dispute_id", "")}
    return Deed(disputes.decide_dispute, {"state": form.get("state", "")}, where)


def pay_invoice(form: Form) -> Deed:
    return Deed(invoice_paying.pay_invoice, {}, {"invoice_id": form.get("invoice_id", "")})


DEEDS: Mapping[str, Callable[[Form], Deed]] = {
    "clock": advance,
    "webhooks": deliver,
    "release": release,
    "resend": resend,
    "settle": settle,
    "pay-invoice": pay_invoice,
    "dispute": dispute,
    "decide": decide,
}


def break_calls(form: Form, plan: FaultPlan) -> None:
    """Faults are in memory: they need no operation."""
    given: dict[str, Any] = {name: form[name] for name in ("kind", "method", "path") if form.get(name)}
    numbers = {name: _number(form, name) for name in ("count", "skip", "status", "delay_ms") if form.get(name)}
    plan.add(control.read_fault(given | numbers))


def _number(form: Form, name: str) -> int:
    text = form.get(name, "").strip()
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(2**31)):
        raise SquareError("EXPECTED_INTEGER", "Expected a whole number.", field=name)
    return int(text)
