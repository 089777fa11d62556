"""Square's Refunds API: https://developer.squareup.com/reference/square/refunds-api"""

import json
import sqlite3
from datetime import timedelta
from typing import Any

from . import identifiers, invoices, payment_document
from .calls import Answer, Call, Endpoint
from .errors import SquareError, not_found, version_mismatch
from .fields import Fields, Money
from .idempotency import LONGEST_KEY, once
from .listing import list_documents
from .payment_records import load_payment, save_payment
from .times import parse_time, rfc3339
from .webhooks import record_event

_FIELDS = frozenset(
    {"idempotency_key", "amount_money", "payment_id", "reason", "payment_version_token", "team_member_id"}
)
_UNSUPPORTED = frozenset(
    {
        "app_fee_money",
        "app_fee_allocations",
        "destination_id",
        "unlinked",
        "location_id",
        "customer_id",
        "cash_details",
        "external_details",
    }
)
_REFUNDABLE_FOR = timedelta(days=365)
SETTLED = frozenset({"COMPLETED", "REJECTED", "FAILED"})


def refund_payment(call: Call) -> Answer:
    """Refunds all or part of a COMPLETED payment; PENDING until it settles by the sandbox clock."""
    fields = Fields(call.body, known=_FIELDS, unsupported=_UNSUPPORTED)
    key = fields.required_text("idempotency_key", longest=LONGEST_KEY)
    amount = fields.required_money("amount_money", currency=call.config.currency, lowest=1)
    payment_id = fields.required_text("payment_id", longest=192)
    optional = {
        "reason": fields.text("reason", longest=192),
        "team_member_id": fields.text("team_member_id", longest=192),
    }
    expected = fields.text("payment_version_token", longest=100)

    def work() -> Answer:
        payment = load_payment(call.db, payment_id)
        if expected is not None and expected != payment["version_token"]:
            raise version_mismatch("payment_version_token")
        _refuse_unless_refundable(call, payment, amount)
        refund = _new_refund(call, payment, amount)
        refund |= {name: value for name, value in optional.items() if value is not None}
        _insert(call, refund)
        record_event(call, "refund.created", "refund", refund)
        payment = payment_document.add_refund(payment, refund["id"], now=call.now)
        save_payment(call.db, payment)
        record_event(call, "payment.updated", "payment", payment)
        return Answer({"refund": refund})

    return once(call, scope="RefundPayment", key=key, work=work)


def get_refund(call: Call) -> Answer:
    return Answer({"refund": load_refund(call.db, call.path["refund_id"])})


def list_refunds(call: Call) -> Answer:
    documents, more = list_documents(
        call,
        table="refunds",
        filters={"location_id": "location_id", "status": "status", "source_type": "source_type"},
    )
    return Answer({"refunds": documents, **more})


def settle(call: Call, refund: dict[str, Any], status: str) -> dict[str, Any]:
    """Ends a PENDING refund as COMPLETED, REJECTED or FAILED; only COMPLETED moves money."""
    refund = {**refund, "status": status, "updated_at": rfc3339(call.now)}
    call.db.execute(
        "UPDATE refunds SET updated_at = ?, status = ?, body = ? WHERE id = ?",
        (refund["updated_at"], status, json.dumps(refund), refund["id"]),
    )
    record_event(call, "refund.updated", "refund", refund)
    if status == "COMPLETED":
        payment = load_payment(call.db, refund["payment_id"])
        payment = payment_document.settle_refund(payment, Money.of(refund["amount_money"]), now=call.now)
        save_payment(call.db, payment)
        record_event(call, "payment.updated", "payment", payment)
        invoices.follow_refund(call, payment)
    return refund


def load_refund(db: sqlite3.Connection, refund_id: str) -> dict[str, Any]:
    """Raises NOT_FOUND (404)."""
    row = db.execute("SELECT body FROM refunds WHERE id = ?", (refund_id,)).fetchone()
    if row is None:
        raise not_found("refund", refund_id)
    return dict(json.loads(row["body"]))


def settling_refunds(db: sqlite3.Connection, until: str) -> list[dict[str, Any]]:
    """PENDING refunds whose time (RFC 3339) has come, oldest first."""
    rows = db.execute(
        "SELECT body FROM refunds WHERE status = 'PENDING' AND settle_at <= ? ORDER BY settle_at, seq", (until,)
    )
    return [json.loads(row["body"]) for row in rows]


def _refuse_unless_refundable(call: Call, payment: dict[str, Any], amount: Money) -> None:
    status = payment["status"]
    if status == "APPROVED":
        code, detail = "REFUND_ERROR_PAYMENT_NEEDS_COMPLETION", "The payment must be completed before it is refunded."
    elif status != "COMPLETED":
        code, detail = "PAYMENT_NOT_REFUNDABLE", f"A payment that is {status} cannot be refunded."
    elif call.now - parse_time(payment["created_at"]) > _REFUNDABLE_FOR:
        code, detail = "PAYMENT_NOT_REFUNDABLE", "A payment can be refunded for one year."
    elif amount.amount > payment["total_money"]["amount"] - _reserved(call.db, payment["id"]):
        code = "REFUND_AMOUNT_INVALID"
        detail = "The requested refund amount exceeds the amount available to refund."
    else:
        return
    raise SquareError(code, detail, category="REFUND_ERROR")


def _reserved(db: sqlite3.Connection, payment_id: str) -> int:
    """Cents refunded or about to be: several pending refunds can never sum to more than the payment."""
    row = db.execute(
        "SELECT COALESCE(SUM(amount), 0) FROM refunds WHERE payment_id = ? AND status IN ('PENDING', 'COMPLETED')",
        (payment_id,),
    ).fetchone()
    return int(row[0])


def _new_refund(call: Call, payment: dict[str, Any], amount: Money) -> dict[str, Any]:
    moment = rfc3339(call.now)
    return {
        "id": identifiers.refund_id(payment["id"]),
        "status": "PENDING",
        "amount_money": amount.as_json(),
        "payment_id": payment["id"],
        "order_id": identifiers.order_id(),
        "created_at": moment,
        "updated_at": moment,
        "location_id": payment["location_id"],
        "destination_type": payment["source_type"],
    }


def _insert(call: Call, refund: dict[str, Any]) -> None:
    call.db.execute(
        "INSERT INTO refunds (id, created_at, updated_at, status, settle_at, location_id, payment_id, source_type,"
        " amount, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            refund["id"],
            refund["created_at"],
            refund["updated_at"],
            refund["status"],
            rfc3339(call.now + call.config.refund_settle),
            refund["location_id"],
            refund["payment_id"],
            refund["destination_type"],
            refund["amount_money"]["amount"],
            json.dumps(refund),
        ),
    )


ENDPOINTS = (
    Endpoint("POST", "/v2/refunds", refund_payment),
    Endpoint("GET", "/v2/refunds", list_refunds),
    Endpoint("GET", "/v2/refunds/{refund_id}", get_refund),
)
