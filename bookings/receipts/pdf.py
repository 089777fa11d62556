"""A receipt as PDF: the words of `document`, typeset (`atlas.typesetting`). The same receipt gives the same bytes."""

from dataclasses import asdict
from pathlib import Path

from atlas.typesetting import CONTENT_TYPE, typeset
from bookings.receipts.document import document
from bookings.receipts.reading import Receipt
from bookings.receipts.route_map import route_map

__all__ = ["CONTENT_TYPE", "filename", "render"]

TEMPLATE = Path(__file__).parent / "template" / "receipt.typ"


def render(receipt: Receipt) -> bytes:
    """The PDF. Blocks for as long as it takes: not for the event loop. Raises `Unavailable` when too many ask."""
    return typeset(TEMPLATE, {**asdict(document(receipt)), "map": _map(receipt)}, at=receipt.issued_at)


def filename(receipt: Receipt) -> str:
    return f"receipt-{receipt.number or receipt.reference}.pdf"


def _map(receipt: Receipt) -> str | None:
    return route_map(receipt.pickup, receipt.dropoff) if receipt.pickup else None
