"""Invoices on the page, each with what its own page at Square would offer: to pay it."""

from collections.abc import Mapping, Sequence
from typing import Any

from atlas.local.square.invoice_document import OPEN

from .markup import Html, join, tag
from .parts import badge, button_form, money, table, when


def invoices_table(rows: Sequence[Mapping[str, Any]], now: str) -> Html:
    """``now`` is the sandbox's clock, RFC 3339: an open one whose day has passed is overdue."""
    return table(
        ("Invoice", "State", "Amount", "Paid", "Title", "For", "Due", "Made", "Pay"),
        [
            (
                each.get("invoice_number") or each["id"],
                _state(each, now),
                money(_request(each)["computed_amount_money"]),
                money(_request(each)["total_completed_amount_money"]),
                each.get("title"),
                each["primary_recipient"].get("email_address"),
                _request(each)["due_date"],
                when(each["created_at"]),
                button_form("pay-invoice", "Pay", invoice_id=each["id"]) if each["status"] in OPEN else None,
            )
            for each in rows
        ],
    )


def _request(invoice: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = invoice["payment_requests"][0]
    return found


def _state(invoice: Mapping[str, Any], now: str) -> Html:
    late = invoice["status"] in OPEN and _request(invoice)["due_date"] < now[:10]
    return join((badge(invoice["status"]), tag("span", " overdue", class_="badge bad") if late else None))
