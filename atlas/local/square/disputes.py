"""Square's Disputes API: https://developer.squareup.com/reference/square/disputes-api

A card's holder cannot be asked here, so the control API raises disputes and has the bank decide them. While one is open
the disputed money is gone; evidence is not taken.
"""

import json
import sqlite3
from datetime import timedelta
from typing import Any

from . import identifiers
from .calls import Answer, Call, Endpoint
from .errors import SquareError, not_found
from .fields import Fields
from .payment_records import load_payment
from .times import rfc3339
from .webhooks import record_event

REASONS = frozenset(
    {
        "AMOUNT_DIFFERS",
        "CANCELLED",
        "DUPLICATE",
        "NO_KNOWLEDGE",
        "NOT_AS_DESCRIBED",
        "NOT_RECEIVED",
        "PAID_BY_OTHER_MEANS",
        "CUSTOMER_REQUESTS_CREDIT",
        "EMV_LIABILITY_SHIFT",
    }
)
OPEN = frozenset({"EVIDENCE_REQUIRED", "PROCESSING"})
DECIDED = frozenset({"PROCESSING", "WON", "LOST", "ACCEPTED"})
EVIDENCE_WITHIN = timedelta(days=13)


def get_dispute(call: Call) -> Answer:
    return Answer({"dispute": load_dispute(call.db, call.path["dispute_id"])})


def list_disputes(call: Call) -> Answer:
    """Newest first; all on one page."""
    rows = call.db.execute("SELECT body FROM disputes ORDER BY seq DESC")
    return Answer({"disputes": [json.loads(row["body"]) for row in rows]})


def raise_dispute(call: Call) -> Answer:
    """Control: the holder of a COMPLETED payment's card wants ``amount`` of it back (all of it by default)."""
    fields = Fields(call.body, known={"amount", "reason"})
    payment = load_payment(call.db, call.path["payment_id"])
    if payment["status"] != "COMPLETED":
        raise SquareError("BAD_REQUEST", f"A payment that is {payment['status']} cannot be disputed.")
    total = payment["total_money"]
    left = total["amount"] - _contested(call.db, payment["id"])
    amount = fields.integer("amount", default=left, lowest=1, highest=max(left, 1))
    if left <= 0:
        raise SquareError("BAD_REQUEST", "All of it is disputed already.")
    moment = rfc3339(call.now)
    identifier = identifiers.dispute_id()
    dispute = {
        "dispute_id": identifier,
        "id": identifier,
        "amount_money": {"amount": amount, "currency": total["currency"]},
        "reason": fields.choice("reason", REASONS, default="NO_KNOWLEDGE"),
        "state": "EVIDENCE_REQUIRED",
        "due_at": rfc3339(call.now + EVIDENCE_WITHIN),
        "disputed_payment": {"payment_id": payment["id"]},
        "card_brand": payment["card_details"]["card"]["card_brand"],
        "created_at": moment,
        "updated_at": moment,
        "reported_at": moment,
        "version": 1,
        "location_id": payment["location_id"],
    }
    call.db.execute(
        "INSERT INTO disputes (id, created_at, state, payment_id, amount, body) VALUES (?, ?, ?, ?, ?, ?)",
        (identifier, moment, dispute["state"], payment["id"], amount, json.dumps(dispute)),
    )
    record_event(call, "dispute.created", "dispute", dispute)
    return Answer({"dispute": dispute})


def decide_dispute(call: Call) -> Answer:
    """Control: the bank has the evidence (``PROCESSING``), decides (``WON``, ``LOST``), or the seller ``ACCEPTED``."""
    state = Fields(call.body, known={"state"}).choice("state", DECIDED, default="WON")
    dispute = load_dispute(call.db, call.path["dispute_id"])
    if dispute["state"] not in OPEN:
        raise SquareError("BAD_REQUEST", f"The dispute is {dispute['state']} already.")
    dispute |= {"state": state, "updated_at": rfc3339(call.now), "version": dispute["version"] + 1}
    call.db.execute("UPDATE disputes SET state = ?, body = ? WHERE id = ?", (state, json.dumps(dispute), dispute["id"]))
    record_event(call, "dispute.state.updated", "dispute", dispute)
    return Answer({"dispute": dispute})


def load_dispute(db: sqlite3.Connection, dispute_id: str) -> dict[str, Any]:
    """Raises NOT_FOUND (404)."""
    row = db.execute("SELECT body FROM disputes WHERE id = ?", (dispute_id,)).fetchone()
    if row is None:
        raise not_found("dispute", dispute_id)
    return dict(json.loads(row["body"]))


def _contested(db: sqlite3.Connection, payment_id: str) -> int:
    """Cents that were disputed and not won, or refunded."""
    disputed = db.execute(
        "SELECT COALESCE(SUM(amount), 0) FROM disputes WHERE payment_id = ? AND state != 'WON'", (payment_id,)
    ).fetchone()
    refunded = db.execute(
        "SELECT COALESCE(SUM(amount), 0) FROM refunds WHERE payment_id = ? AND status IN ('PENDING', 'COMPLETED')",
        (payment_id,),
    ).fetchone()
    return int(disputed[0]) + int(refunded[0])


ENDPOINTS = (
    Endpoint("GET", "/v2/disputes", list_disputes),
    Endpoint("GET", "/v2/disputes/{dispute_id}", get_dispute),
)
OPERATIONS = (
    ("GET", "disputes", list_disputes),
    ("POST", "payments/{payment_id}/disputes", raise_dispute),
    ("POST", "disputes/{dispute_id}/decide", decide_dispute),
)
