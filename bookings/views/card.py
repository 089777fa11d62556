"""Another card for a ride that is sold: a page of its own under the payment page's policy, and how far it is."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.users import current_user
from atlas.errors import Conflict, Invalid, PaymentDeclined
from atlas.forms import show_errors
from atlas.web import page, sentence
from bookings import services
from bookings.forms.paying import CardChoiceForm
from bookings.notices.wording import local_time
from bookings.paying import card_state
from bookings.rules.holding import is_wanted
from bookings.selectors import booking_of
from bookings.services.replacing import check_replaceable
from bookings.tables import Booking
from bookings.views.accepting import outcome_words, refused_as_json
from bookings.views.addresses import to_booking
from bookings.views.closing import refusal_of
from payments.cards.using import list_cards
from payments.declines import Decline, explain
from payments.page import Environment, card_field, under_its_policy


@page
@under_its_policy
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """Choose one that is kept, or give a new one. Where a hold is due it is asked at once, and its no stays here."""
    user = current_user(request)
    booking, _part = booking_of(user=user, booking_id=str(booking_id))
    refusal = refusal_of(lambda: check_replaceable(user, booking))
    if refusal:
        messages.error(request, refusal)
        return _lead_back(request, booking_id)
    local = settings.SQUARE_ENVIRONMENT == Environment.LOCAL
    cards = [each for each in list_cards(payer_id=user.id) if each.id != booking.card_id]
    form = CardChoiceForm(request.POST if request.method == "POST" else None, local=local, cards=cards)
    decline: Decline | None = None
    if form.is_bound and form.is_valid():
        try:
            booking = services.replace_card(user=user, booking_id=booking.id, **form.values)
        except PaymentDeclined as error:
            decline = explain(error.details.get("reason"))
            form.add_error("source_id" if local else None, sentence(error))
        except Conflict as error:
            messages.error(request, sentence(error))
            return _lead_back(request, booking_id)
        except Invalid as error:
            show_errors(form, error)
        else:
            if booking.hold.code is None:
                messages.success(request, _replaced(booking))
                return _lead_back(request, booking_id)
            decline = explain(booking.hold.code)
            form.add_error(None, _("The card is kept, but it did not give the price."))
    if form.is_bound and request.accepts("text/html") is False:
        return refused_as_json(form, decline)
    shown = card_state(booking)
    owed = shown.fee_owed if shown is not None else 0
    contact = {"email": user.email, "givenName": user.name.split(" ")[0]}
    field = card_field(amount=owed or booking.final_price, currency=booking.currency, contact=contact)
    context = {
        "booking": booking,
        "state": shown,
        "form": form,
        "decline": decline,
        "local": local,
        "card": {**field, "later": True},
    }
    return render(request, "bookings/card.html", context, status=Invalid.status if form.is_bound else 200)


@page
@require_safe
def state(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """How far another card is, where `?card=` was the one before: as `accepting.state` says it."""
    user = current_user(request)
    booking, _part = booking_of(user=user, booking_id=str(booking_id))
    if refusal_of(lambda: check_replaceable(user, booking)) and (
        booking.hold is None or not booking.hold.transaction_id
    ):
        return JsonResponse({"state": "closed", "href": to_booking(booking_id)})
    if booking.hold.transaction_id:
        return JsonResponse({"state": "waiting"})
    if booking.card_id != request.GET.get("card"):
        return JsonResponse({"state": "sold", "href": to_booking(booking_id)})
    return JsonResponse({"state": "open", **outcome_words(None)})


def _replaced(booking: Booking) -> str:
    if not is_wanted(booking.status):
        return _("The card is changed. The cancellation fee is charged to it.")
    if booking.hold.ask_at is None:
        return _("The card is changed, and the price is reserved on it.")
    at = local_time(booking.hold.ask_at, booking.details.timezone)
    return _("The card is changed. The price is reserved on it on %(at)s.") % {"at": at}


def _lead_back(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    if request.accepts("text/html"):
        return redirect(to_booking(booking_id))
    return JsonResponse({"state": "closed", "href": to_booking(booking_id)})
