"""The page behind a payment's ``receipt_url``."""

from html import escape

from .calls import Call
from .errors import not_found
from .payment_records import load_payment

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Receipt {number}</title>
<meta name="viewport" content="width=device-width"></head><body><main><h1>Receipt {number}</h1>
<p>Local sandbox: no money was moved.</p><dl><dt>Total</dt><dd>{total}</dd><dt>Refunded</dt><dd>{refunded}</dd>
<dt>Card</dt><dd>{card}</dd><dt>Date</dt><dd>{date}</dd><dt>Note</dt><dd>{note}</dd></dl></main></body></html>"""


def render_receipt(call: Call) -> str:
    """HTML of a COMPLETED payment; NOT_FOUND for any other."""
    payment = load_payment(call.db, call.path["payment_id"])
    if payment["status"] != "COMPLETED":
        raise not_found("receipt", payment["id"])
    card, currency = payment["card_details"]["card"], payment["total_money"]["currency"]
    refunded = payment.get("refunded_money", {"amount": 0})["amount"]
    parts = {
        "number": payment["receipt_number"],
        "total": f"{payment['total_money']['amount'] / 100:,.2f} {currency}",
        "refunded": f"{refunded / 100:,.2f} {currency}",
        "card": f"{card['card_brand']} ending in {card['last_4']}",
        "date": payment["created_at"],
        "note": payment.get("note", ""),
    }
    return _PAGE.format(**{name: escape(text) for name, text in parts.items()})
