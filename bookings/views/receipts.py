"""The receipt: a page to be read and printed, and the PDF."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from accounts.users import current_user
from atlas.errors import AtlasError
from atlas.web import page, refuse
from bookings import receipts
from bookings.receipts import links
from bookings.receipts.document import document
from bookings.receipts.route_map import route_map


@page
@require_safe
def receipt(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """What was paid, to be printed or kept."""
    found = receipts.receipt(user=current_user(request), booking_id=str(booking_id))
    # Our own SVG, made of numbers: nothing that anybody typed is in it.
    drawn = mark_safe(route_map(found.pickup, found.dropoff)) if found.pickup else ""  # noqa: S308
    return render(request, "bookings/receipt.html", {"receipt": found, "words": document(found), "map": drawn})


@page
@require_safe
def receipt_pdf(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    return receipts.download(receipts.receipt(user=current_user(request), booking_id=str(booking_id)))


@require_safe
def receipt_by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """The PDF, for whoever has the link of the e-mail."""
    try:
        return receipts.download(links.by_link(token))
    except AtlasError as error:
        return refuse(request, error)
