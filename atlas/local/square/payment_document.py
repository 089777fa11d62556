"""What a payment is and what it may become: pure functions on Square's JSON document.

========== =========== =============================================
payment    card        meaning
========== =========== =============================================
APPROVED   AUTHORIZED  money is held until ``delayed_until``
COMPLETED  CAPTURED    money is taken; the only state to refund from
CANCELED   VOIDED      released by a cancel or by lapsing
FAILED     FAILED      declined
========== =========== =============================================

Every function returns a new document with a new ``version_token``; times are aware datetimes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from . import identifiers
from .errors import SquareError
from .fields import Money
from .sources import Source
from .times import rfc3339

OPEN_CAPABILITIES = (
    "EDIT_AMOUNT_UP",
    "EDIT_AMOUNT_DOWN",
    "EDIT_TIP_AMOUNT_UP",
    "EDIT_TIP_AMOUNT_DOWN",
    "EDIT_DELAY_ACTION",
)


@dataclass(frozen=True, kw_only=True)
class Order:
    """A validated request to create a payment. ``echoed`` goes into the document as it came."""

    amount: Money
    tip: Money | None
    location_id: str
    autocomplete: bool
    delay: timedelta
    delay_text: str
    delay_action: str
    statement: str
    echoed: dict[str, Any]


def authorize(order: Order, source: Source, *, now: datetime) -> dict[str, Any]:
    """A new APPROVED payment, or a FAILED one when the source declines."""
    identifier, moment = identifiers.payment_id(), rfc3339(now)
    total = order.amount.amount + (order.tip.amount if order.tip else 0)
    document: dict[str, Any] = {
        "id": identifier,
        "created_at": moment,
        "updated_at": moment,
        "amount_money": order.amount.as_json(),
        **({"tip_money": order.tip.as_json()} if order.tip else {}),
        "total_money": replace_amount(order.amount, total),
        "approved_money": replace_amount(order.amount, total),
        "status": "APPROVED",
        "delay_duration": order.delay_text,
        "delay_action": order.delay_action,
        "delayed_until": rfc3339(now + order.delay),
        "source_type": "CARD",
        "card_details": {
            "status": "AUTHORIZED",
            "card": source.card,
            "entry_method": source.entry_method,
            "cvv_status": "CVV_ACCEPTED",
            "avs_status": "AVS_ACCEPTED",
            "auth_result_code": identifiers.opaque(6),
            "statement_description": f"SQ *{order.statement}".upper(),
            "card_payment_timeline": {"authorized_at": moment},
        },
        "location_id": order.location_id,
        "order_id": identifiers.order_id(),
        "risk_evaluation": {"created_at": moment, "risk_level": "NORMAL"},
        "capabilities": list(OPEN_CAPABILITIES),
        "receipt_number": identifier[:4],
        "application_details": {"square_product": "ECOMMERCE_API"},
        **order.echoed,
        "version_token": identifiers.version_token(),
    }
    return document if source.decline is None else _fail(document, source.decline)


def decline_error(code: str) -> SquareError:
    """How a payment that the issuer declined is reported, beside the FAILED payment itself."""
    return SquareError(code, f"Authorization error: '{code}'", category="PAYMENT_METHOD_ERROR")


def capture(document: dict[str, Any], *, now: datetime, public_url: str) -> dict[str, Any]:
    """Takes ``total_money``."""
    new = _closed(document, "COMPLETED", "CAPTURED", "captured_at", now)
    # A total edited below what was authorised captures the lower amount; the rest is released.
    new["approved_money"] = dict(new["total_money"])
    new["receipt_url"] = f"{public_url}/receipt/preview/{new['id']}"
    return new


def void(document: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    new = _closed(document, "CANCELED", "VOIDED", "voided_at", now)
    del new["receipt_number"]
    return new


def change_terms(
    document: dict[str, Any], *, amount: Money | None, tip: Money | None, delay_action: str, now: datetime
) -> dict[str, Any]:
    """Another amount for an APPROVED payment. Above what is authorised the card is authorised anew for the total."""
    new = _touched(document, now)
    if amount:
        new["amount_money"] = amount.as_json()
    if tip:
        new["tip_money"] = tip.as_json()
    total = new["amount_money"]["amount"] + new.get("tip_money", {"amount": 0})["amount"]
    new["total_money"] = {**new["amount_money"], "amount": total}
    new["approved_money"] = {**new["amount_money"], "amount": max(total, document["approved_money"]["amount"])}
    new["delay_action"] = delay_action
    return new


def add_refund(document: dict[str, Any], refund_id: str, *, now: datetime) -> dict[str, Any]:
    """A refund was asked for: it is listed, but its money counts once it is COMPLETED."""
    new = _touched(document, now)
    new["refund_ids"] = [*document.get("refund_ids", []), refund_id]
    return new


def settle_refund(document: dict[str, Any], refunded: Money, *, now: datetime) -> dict[str, Any]:
    new = _touched(document, now)
    total = document.get("refunded_money", {"amount": 0})["amount"] + refunded.amount
    new["refunded_money"] = replace_amount(refunded, total)
    return new


def refuse_unless_open(document: dict[str, Any]) -> None:
    """Only an APPROVED payment can be completed, cancelled or changed."""
    status = document["status"]
    if status == "APPROVED":
        return
    code = {
        "COMPLETED": "DELAYED_TRANSACTION_CAPTURED",
        "CANCELED": "DELAYED_TRANSACTION_EXPIRED" if _lapsed(document) else "DELAYED_TRANSACTION_CANCELED",
    }.get(status, "DELAYED_TRANSACTION_FAILED")
    raise SquareError(code, f"Payment {document['id']} is {status} and can no longer be changed.")


def replace_amount(like: Money, amount: int) -> dict[str, Any]:
    return like._replace(amount=amount).as_json()


def _lapsed(document: dict[str, Any]) -> bool:
    voided_at = document["card_details"]["card_payment_timeline"].get("voided_at", "")
    return bool(voided_at >= document["delayed_until"])


def _fail(document: dict[str, Any], code: str) -> dict[str, Any]:
    card = {
        **document["card_details"],
        "status": "FAILED",
        "errors": [decline_error(code).item()],
        "cvv_status": "CVV_REJECTED" if code == "CVV_FAILURE" else "CVV_ACCEPTED",
        "avs_status": "AVS_REJECTED" if code == "ADDRESS_VERIFICATION_FAILURE" else "AVS_ACCEPTED",
        "card_payment_timeline": {},
    }
    new = {**document, "status": "FAILED", "card_details": card}
    new["approved_money"] = {**document["approved_money"], "amount": 0}
    for name in ("capabilities", "receipt_number"):
        del new[name]
    return new


def _touched(document: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {**document, "updated_at": rfc3339(now), "version_token": identifiers.version_token()}


def _closed(
    document: dict[str, Any], status: str, card_status: str, timeline_entry: str, now: datetime
) -> dict[str, Any]:
    new = _touched(document, now)
    card = document["card_details"]
    timeline = {**card["card_payment_timeline"], timeline_entry: rfc3339(now)}
    new |= {
        "status": status,
        "card_details": {**card, "status": card_status, "card_payment_timeline": timeline},
    }
    del new["capabilities"]
    return new
