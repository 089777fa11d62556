"""An invoice or a credit note as PDF, by the receipts' own template."""

from dataclasses import asdict

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from atlas.typesetting import CONTENT_TYPE, typeset
from bookings.invoices.document import document
from bookings.invoices.reading import Invoice
from bookings.receipts.pdf import TEMPLATE
from bookings.receipts.route_map import route_map


def render(invoice: Invoice) -> bytes:
    """The PDF. Blocks for as long as it takes: not for the event loop. Raises `Unavailable` when too many ask."""
    ride, at = invoice.ride, invoice.note.at if invoice.note is not None else invoice.issued_at
    drawn = route_map(ride.pickup, ride.dropoff) if ride.pickup and invoice.note is None else None
    return typeset(TEMPLATE, {**asdict(document(invoice)), "map": drawn}, at=at)


def filename(invoice: Invoice) -> str:
    if invoice.note is not None:
        return f"credit-note-{invoice.note.number}.pdf"
    return f"invoice-{invoice.number}.pdf"


def download(invoice: Invoice) -> HttpResponse:
    """A file to keep; no cache keeps it."""
    answer = HttpResponse(render(invoice), content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename(invoice))
    answer["Cache-Control"] = "private, no-store"
    return answer
