"""Invoices: one's own as a list, with the account that they are on; each as a page and as PDF."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.users import current_user
from atlas.errors import Invalid
from atlas.web import page
from bookings import invoices, labels
from bookings.forms.billing import AccountForm
from bookings.invoices import pdf
from bookings.invoices.document import document
from bookings.receipts.route_map import route_map
from payments.billing import accounts, selectors
from payments.billing.rules import BillingStatus, InvoiceState
from payments.billing.showing import billed

SHOWN = (InvoiceState.OPEN, InvoiceState.OVERDUE, InvoiceState.PAID)
"""What the list can be narrowed to."""


@page
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponseBase:
    """My invoices, and my account; sent, the form asks for one, or puts its address right."""
    user = current_user(request)
    standing = accounts.standing(user=user)
    account = standing.account if standing else None
    names = ("company_name", "address", "email", "tax_number")
    initial = {name: getattr(account, name) for name in names} if account else {"email": user.email}
    form = AccountForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        saved = accounts.request_account(user=user, **form.values)
        asked = saved.status is BillingStatus.REQUESTED
        messages.success(request, _("Asked for. We tell you when it is decided.") if asked else _("Saved."))
        return redirect("bookings:invoices")
    chosen = request.GET.get("show", "")
    state = next((each for each in SHOWN if each.value.lower() == chosen), None)
    found = selectors.list_invoices(user=user, state=state, cursor=request.GET.get("cursor"), limit=25)
    context = {
        "page": found,
        "bills": [billed(row) for row in found.items],
        "states": [(each.value.lower(), labels.INVOICE_STATES[each]) for each in SHOWN],
        "shown": chosen if state else "",
        "is_first": "cursor" not in request.GET,
        "standing": standing,
        "form": form,
    }
    return render(request, "bookings/invoices.html", context, status=Invalid.status if form.is_bound else 200)


@page
@require_safe
def invoice(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """What is owed, to be paid, printed or kept."""
    found = invoices.invoice(user=current_user(request), booking_id=str(booking_id))
    ride = found.ride
    # Our own SVG, made of numbers: nothing that anybody typed is in it.
    drawn = mark_safe(route_map(ride.pickup, ride.dropoff)) if ride.pickup else ""  # noqa: S308
    context = {"invoice": found, "receipt": ride, "words": document(found), "map": drawn}
    return render(request, "bookings/invoice.html", context)


@page
@require_safe
def invoice_pdf(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    return pdf.download(invoices.invoice(user=current_user(request), booking_id=str(booking_id)))


@page
@require_safe
def credit_note_pdf(request: HttpRequest, booking_id: UUID, number: str) -> HttpResponseBase:
    user = current_user(request)
    return pdf.download(invoices.credit_note(user=user, booking_id=str(booking_id), number=number))
