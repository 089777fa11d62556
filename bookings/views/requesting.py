"""The new request and its live estimate."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.users import current_user
from atlas.errors import AtlasError, Forbidden, Invalid, Unavailable
from atlas.forms import show_errors
from atlas.geo.city import places
from atlas.web import Submission, page
from bookings import services
from bookings.forms.requesting import EstimateForm, RequestForm
from bookings.serializers import estimate_details
from bookings.services.requesting import REQUESTERS
from bookings.views.addresses import to_booking


@page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Ask for a ride. The same form sent twice asks once."""
    user = current_user(request)
    if user.role not in REQUESTERS:
        raise Forbidden
    form = RequestForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        sent = Submission(request)
        if not sent.begin():
            return redirect(sent.outcome or "bookings:list")
        try:
            booking = services.request_booking(user=user, **form.values)
        except AtlasError as error:
            sent.forget()
            if isinstance(error, Forbidden | Unavailable):
                raise
            show_errors(form, _in_words_of_the_page(error))
        else:
            sent.end(to_booking(booking.id))
            return redirect(to_booking(booking.id))
    status = Invalid.status if form.errors else 200
    return render(request, "bookings/new.html", {"form": form, "places": places()}, status=status)


@page
@require_POST
def estimate(request: HttpRequest) -> HttpResponseBase:
    """The price of what is filled in so far, or what it still needs. Writes nothing."""
    form = EstimateForm(request.POST)
    price, hint = None, ""
    if form.is_valid():
        try:
            price = services.estimate_price(type=form.values["type"], details=estimate_details(form.values))
        except Invalid as error:
            wanted = {name.rpartition(".")[2] for name in error.fields}
            hint = _hint(wanted)
    return render(request, "bookings/_estimate.html", {"price": price, "hint": hint})


def _in_words_of_the_page(error: AtlasError) -> AtlasError:
    """The API asks for coordinates; here they come with the places of the list."""
    if "details.distanceKm" in error.fields:
        said = [_("Give the distance, or choose both places from the list.")]
        error.fields = {**error.fields, "details.distanceKm": said}
    return error


def _hint(wanted: set[str]) -> str:
    if "distanceKm" in wanted:
        return _("Choose both places from the list, or give the distance, to see the price.")
    if "durationHours" in wanted:
        return _("Give the hours to see the price.")
    return ""
