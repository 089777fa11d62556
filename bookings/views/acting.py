"""What operators and drivers do to a booking from its page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.users import current_user
from atlas.errors import Conflict, Invalid
from atlas.forms import show_errors
from atlas.web import action
from bookings import selectors, services
from bookings.forms.deciding import StatusForm
from bookings.rules.lifecycle import BookingStatus
from bookings.views.addresses import to_booking, to_jobs
from bookings.views.detail import assign_form, quote_form, show_booking
from fleet.rules.types import DriverStatus
from fleet.selectors import active_operator
from fleet.services import set_driver_status


@action(back=to_booking)
def quote(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """Offer a vehicle for a price."""
    user = current_user(request)
    active_operator(user)
    booking, _part = selectors.booking_of(user=user, booking_id=str(booking_id))
    form = quote_form(user, booking, request.POST)
    if form.is_valid():
        try:
            services.submit_quote(user=user, booking_id=booking.id, **form.values)
        except Invalid as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Your quote is with the concierge."))
            return redirect(to_booking(booking_id))
    return show_booking(request, booking_id, quote_form=form, status=Invalid.status)


@action(back=to_booking)
def withdraw(request: HttpRequest, booking_id: UUID, quote_id: UUID) -> HttpResponseBase:
    """Take an offer back."""
    services.withdraw_quote(user=current_user(request), quote_id=str(quote_id))
    messages.success(request, _("Your quote is withdrawn."))
    return redirect(to_booking(booking_id))


@action(back=to_booking)
def assign(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """Give the ride a driver and a vehicle. One that is busy or not fit is said at the form."""
    user = current_user(request)
    booking, _part = selectors.booking_of(user=user, booking_id=str(booking_id))
    form = assign_form(user, booking, request.POST)
    if form.is_valid():
        try:
            services.assign(user=user, booking_id=booking.id, **form.values)
        except Invalid as error:
            show_errors(form, error)
        except Conflict as error:
            side = error.code.partition("_")[0]
            if side not in ("driver", "vehicle"):
                raise
            form.add_error(f"{side}_id", error.message)
        else:
            messages.success(request, _("The ride is assigned."))
            return redirect(to_booking(booking_id))
    return show_booking(request, booking_id, assign_form=form, status=Invalid.status)


@action(back=to_booking)
def status(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """The driver's one big button: how far the ride is."""
    form = StatusForm(request.POST)
    if not form.is_valid():
        raise Invalid
    reported = BookingStatus(form.values["status"])
    services.report_status(user=current_user(request), booking_id=str(booking_id), status=reported)
    return redirect(to_jobs() if request.POST.get("from") == "jobs" else to_booking(booking_id))


@action(back=to_jobs)
def duty(request: HttpRequest) -> HttpResponseBase:
    """The driver works, or does not."""
    wanted = request.POST.get("status")
    if wanted not in (DriverStatus.ONLINE, DriverStatus.OFFLINE):
        raise Invalid
    set_driver_status(user=current_user(request), status=DriverStatus(wanted))
    return redirect(to_jobs())
