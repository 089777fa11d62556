"""A receipt as the PDF that a browser or a program gets."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from bookings.receipts import pdf
from bookings.receipts.reading import Receipt


def download(receipt: Receipt) -> HttpResponse:
    """A file to keep; no cache keeps it."""
    answer = HttpResponse(pdf.render(receipt), content_type=pdf.CONTENT_TYPE)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=pdf.filename(receipt))
    answer["Cache-Control"] = "private, no-store"
    return answer
