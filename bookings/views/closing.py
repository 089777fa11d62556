"""Calling a ride off: a page of its own, so that nothing moves under the decision."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.users import current_user
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict, Invalid
from atlas.web import page, sentence
from bookings import selectors, services
from bookings.forms.deciding import CancelForm
from bookings.permissions import party
from bookings.rules.cancellation import no_show_allowed
from bookings.rules.lifecycle import Action, transition
from bookings.rules.types import CancellationCode
from bookings.services.closing import cancellation_fee
from bookings.views.addresses import to_booking


@page
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """First what it costs, then the deed; should the fee have risen meanwhile, it is shown again."""
    user = current_user(request)
    booking, _part = selectors.booking_of(user=user, booking_id=str(booking_id))
    part = party(user, booking)
    refusal = refusal_of(lambda: transition(booking.status, Action.CANCEL, part))
    if refusal:
        messages.error(request, refusal)
        return redirect(to_booking(booking_id))
    no_show = no_show_allowed(
        type=booking.type_,
        status=booking.status,
        actor=part,
        pickup_at=booking.pickup_at,
        arrived_at=booking.arrived_at,
        now=utc_now(),
    )
    fee = cancellation_fee(booking, part, CancellationCode.OTHER)
    form = CancelForm(
        request.POST if request.method == "POST" else None, part=part, no_show=no_show, initial={"shown_fee": fee}
    )
    if form.is_bound and form.is_valid():
        if fee > form.cleaned_data["shown_fee"] and form.values["code"] != CancellationCode.NO_SHOW:
            form = CancelForm(part=part, no_show=no_show, initial={**form.values, "shown_fee": fee})
            messages.warning(request, _("The fee has changed while you were deciding. Look at it once more."))
        else:
            return _cancelled(request, booking_id, form)
    context = {
        "booking": booking,
        "form": form,
        "fee": fee,
        "no_show_fee": cancellation_fee(booking, part, CancellationCode.NO_SHOW) if no_show else None,
    }
    return render(request, "bookings/cancel.html", context, status=Invalid.status if form.errors else 200)


def _cancelled(request: HttpRequest, booking_id: UUID, form: CancelForm) -> HttpResponseBase:
    try:
        services.cancel(user=current_user(request), booking_id=str(booking_id), **form.values)
    except Conflict as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("The booking is cancelled."))
    return redirect(to_booking(booking_id))


def refusal_of(rule: Callable[[], object]) -> str:
    """Why it cannot be done now; empty when it can. Who never may is refused with a page."""
    try:
        rule()
    except Conflict as error:
        return sentence(error)
    return ""
