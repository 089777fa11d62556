"""The price of a ride that was driven: stated by its operator, approved or refused by the concierge, who may also tip.

What takes a card is a page of its own under the payment page's policy.
"""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.users import CurrentUser, current_user
from atlas.errors import Conflict, Invalid, PaymentDeclined
from atlas.forms import show_errors
from atlas.web import action, page, sentence
from bookings import services
from bookings.forms.final_price import FinalPriceForm, PayingForm, RefusingForm, TipForm
from bookings.open_now import actions_of
from bookings.permissions import party
from bookings.rules.lifecycle import Action, transition
from bookings.selectors import booking_of, proposal_of
from bookings.tables import Booking
from bookings.views.accepting import outcome_words, refused_as_json
from bookings.views.addresses import to_booking
from bookings.views.closing import refusal_of
from payments.cards.using import list_cards
from payments.declines import Decline, explain
from payments.page import Environment, card_field, under_its_policy


@action(back=to_booking)
def announce(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """Another price will be stated after the ride."""
    services.announce_price(user=current_user(request), booking_id=str(booking_id))
    messages.success(request, _("Announced. State the price within 24 hours of the ride's end."))
    return redirect(to_booking(booking_id))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def final_price(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """What the ride's own times come to is filled in; the operator states what it is."""
    user = current_user(request)
    booking, refusal = _opened(user, booking_id, Action.STATE_PRICE)
    if refusal:
        return _lead_back(request, booking_id, refusal)
    told = proposal_of(user=user, booking_id=booking.id)
    initial = {"price": f"{told['total'] // 100}.{told['total'] % 100:02}"}
    form = FinalPriceForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            services.state_price(user=user, booking_id=booking.id, **form.values)
        except Conflict as error:
            return _lead_back(request, booking_id, sentence(error))
        except Invalid as error:
            show_errors(form, error)
        else:
            messages.success(request, _("The final price is stated."))
            return redirect(to_booking(booking_id))
    context = {"booking": booking, "told": told, "form": form}
    return render(request, "bookings/final_price.html", context, status=Invalid.status if form.is_bound else 200)


@page
@under_its_policy
@require_http_methods(["GET", "HEAD", "POST"])
def extras(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """What the ride cost beyond the agreed price: pay it, or say why not."""
    user = current_user(request)
    booking, refusal = _opened(user, booking_id, Action.APPROVE_EXTRAS)
    if refusal:
        return _lead_back(request, booking_id, refusal)
    form = _paying(request, user, PayingForm)
    done = _("Paid. The receipt tells of it.")
    return _pay(request, booking, form, services.approve_extras, "bookings/extras.html", done, booking.final.beyond)


@action(back=to_booking)
def refuse(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """They are not paid."""
    form = RefusingForm(request.POST)
    if not form.is_valid():
        raise Invalid
    services.refuse_extras(user=current_user(request), booking_id=str(booking_id), **form.values)
    messages.success(request, _("Refused. The operator is shown why."))
    return redirect(to_booking(booking_id))


@page
@under_its_policy
@require_http_methods(["GET", "HEAD", "POST"])
def tip(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """Something for the driver."""
    user = current_user(request)
    booking, refusal = _opened(user, booking_id, Action.TIP)
    if refusal:
        return _lead_back(request, booking_id, refusal)
    form = _paying(request, user, TipForm)
    return _pay(request, booking, form, services.tip, "bookings/tip.html", _("The driver thanks you."), 0)


@page
@require_safe
def charge_state(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """How far a payment of extras or a tip is; `?charges=` is how many there were before. As `accepting.state`."""
    user = current_user(request)
    booking, _part = booking_of(user=user, booking_id=str(booking_id))
    refusal_of(lambda: transition(booking.status, Action.TIP, party(user, booking)))  # forbidden to who never pays
    if booking.charging is not None:
        return JsonResponse({"state": "waiting"})
    if str(len(booking.charges)) != request.GET.get("charges"):
        return JsonResponse({"state": "sold", "href": to_booking(booking_id)})
    return JsonResponse({"state": "open", **outcome_words(None)})


def _opened(user: CurrentUser, booking_id: UUID, wanted: Action) -> tuple[Booking, str]:
    """The booking, and why this cannot be done now; empty when it can. Raises `NotFound`, `Forbidden`."""
    booking, _part = booking_of(user=user, booking_id=str(booking_id))
    part = party(user, booking)
    refusal = refusal_of(lambda: transition(booking.status, wanted, part))
    if not refusal and wanted not in actions_of(booking, part):
        refusal = _("This is not open any more.")
    return booking, refusal


def _paying(request: HttpRequest, user: CurrentUser, kind: type[PayingForm]) -> PayingForm:
    local = settings.SQUARE_ENVIRONMENT == Environment.LOCAL
    data = request.POST if request.method == "POST" else None
    return kind(data, local=local, cards=list_cards(payer_id=user.id))


def _pay(
    request: HttpRequest,
    booking: Booking,
    form: PayingForm,
    service: Callable[..., Booking],
    template: str,
    done: str,
    amount: int,
) -> HttpResponseBase:
    """A declined card stays on the page. `amount` in cents, 0 where it is only known with the form."""
    user, decline = current_user(request), None
    local = settings.SQUARE_ENVIRONMENT == Environment.LOCAL
    if form.is_bound and form.is_valid():
        try:
            service(user=user, booking_id=booking.id, **form.values)
        except PaymentDeclined as error:
            decline = explain(error.details.get("reason"))
            form.add_error("source_id" if local else None, sentence(error))
        except Conflict as error:
            return _lead_back(request, UUID(booking.id), sentence(error))
        except Invalid as error:
            show_errors(form, error)
        else:
            messages.success(request, done)
            return _lead_back(request, UUID(booking.id), "")
    if form.is_bound and request.accepts("text/html") is False:
        return refused_as_json(form, decline)
    return render(request, template, _context(user, booking, form, decline, local, amount), status=_status(form))


def _context(
    user: CurrentUser, booking: Booking, form: PayingForm, decline: Decline | None, local: bool, amount: int
) -> dict[str, object]:
    contact = {"email": user.email, "givenName": user.name.split(" ")[0]}
    field = card_field(amount=amount or booking.largest_tip, currency=booking.currency, contact=contact)
    return {
        "booking": booking,
        "form": form,
        "refusing": RefusingForm(),
        "decline": decline,
        "local": local,
        "card": {**field, "later": False},
    }


def _status(form: PayingForm) -> int:
    return Invalid.status if form.is_bound else 200


def _lead_back(request: HttpRequest, booking_id: UUID, refusal: str) -> HttpResponseBase:
    if refusal:
        messages.error(request, refusal)
    if request.accepts("text/html"):
        return redirect(to_booking(booking_id))
    return JsonResponse({"state": "closed", "href": to_booking(booking_id)})
