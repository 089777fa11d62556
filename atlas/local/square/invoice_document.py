"""What an invoice is and what it may become: pure functions on Square's JSON document.

================== ==========================================================
DRAFT              made; nobody was asked for money; may be deleted
UNPAID             published: it can be paid on its page, or cancelled
PARTIALLY_PAID     some of it is paid
PAID               all of it
CANCELED           nobody owes it any more
PARTIALLY_REFUNDED some of what was paid went back
REFUNDED           all of it did
================== ==========================================================

There is no state "overdue" at Square either: it is an open invoice whose ``due_date`` has passed.
"""

from datetime import datetime
from typing import Any

from . import identifiers
from .errors import SquareError
from .times import rfc3339

OPEN = frozenset({"UNPAID", "PARTIALLY_PAID"})
SETTLED = frozenset({"PAID", "PARTIALLY_REFUNDED", "REFUNDED"})


def new_invoice(
    given: dict[str, Any], order: dict[str, Any], recipient: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """A DRAFT of one payment request, for all that its order comes to."""
    moment, total = rfc3339(now), order["total_money"]
    request = {
        "uid": identifiers.event_id(),
        **given["payment_requests"][0],
        "computed_amount_money": total,
        "total_completed_amount_money": {**total, "amount": 0},
    }
    return {
        **given,
        "id": identifiers.invoice_id(),
        "version": 0,
        "primary_recipient": recipient,
        "payment_requests": [request],
        "status": "DRAFT",
        "timezone": "UTC",
        "created_at": moment,
        "updated_at": moment,
    }


def publish(document: dict[str, Any], *, now: datetime, public_url: str) -> dict[str, Any]:
    """It can be paid from now on."""
    if document["status"] != "DRAFT":
        raise _refuse(document, "published")
    new = _touched(document, now)
    return {
        **new,
        "status": "UNPAID",
        "public_url": f"{public_url}/pay-invoice/{document['id']}",
        "next_payment_amount_money": document["payment_requests"][0]["computed_amount_money"],
    }


def cancel(document: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    if document["status"] not in OPEN:
        raise _refuse(document, "canceled")
    new = _touched(document, now)
    new.pop("next_payment_amount_money")
    return {**new, "status": "CANCELED"}


def refuse_unless_draft(document: dict[str, Any]) -> None:
    if document["status"] != "DRAFT":
        raise _refuse(document, "deleted")


def due(document: dict[str, Any]) -> int:
    """Cents that are still to be paid."""
    request = document["payment_requests"][0]
    return int(request["computed_amount_money"]["amount"] - request["total_completed_amount_money"]["amount"])


def pay(document: dict[str, Any], amount: int, *, now: datetime) -> dict[str, Any]:
    """``amount`` cents were paid, at most what is due."""
    if document["status"] not in OPEN:
        raise _refuse(document, "paid")
    left = due(document) - amount
    if left < 0:
        raise SquareError("BAD_REQUEST", f"Only {due(document)} is due.", field="amount_money")
    new = _touched(document, now)
    request = document["payment_requests"][0]
    done = request["computed_amount_money"]["amount"] - left
    money = request["computed_amount_money"]
    new["payment_requests"] = [{**request, "total_completed_amount_money": {**money, "amount": done}}]
    if left:
        return {**new, "status": "PARTIALLY_PAID", "next_payment_amount_money": {**money, "amount": left}}
    new.pop("next_payment_amount_money")
    return {**new, "status": "PAID"}


def give_back(document: dict[str, Any], refunded: int, *, now: datetime) -> dict[str, Any]:
    """``refunded`` cents of what was paid went back so far."""
    paid = document["payment_requests"][0]["total_completed_amount_money"]["amount"]
    status = "REFUNDED" if refunded >= paid else "PARTIALLY_REFUNDED"
    return {**_touched(document, now), "status": status}


def _touched(document: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {**document, "updated_at": rfc3339(now), "version": document["version"] + 1}


def _refuse(document: dict[str, Any], deed: str) -> SquareError:
    return SquareError("BAD_REQUEST", f"Invoice {document['id']} is {document['status']} and cannot be {deed}.")
