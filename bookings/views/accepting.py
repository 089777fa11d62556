"""Taking a quote and paying: a page of its own under its own policy (`payments.page`), and how far the paying is.

The form works by itself. With `js/payments/page.js` it is sent by fetch (`Accept: application/json`), so that who loses
the network after the click is told what became of it (`state`) instead of being made to click again.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.users import CurrentUser, current_user
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict, Invalid, NotFound, PaymentDeclined
from atlas.forms import show_errors
from atlas.web import page, sentence
from bookings import paying, selectors, services
from bookings.forms.billing import OnAccountForm
from bookings.forms.paying import AcceptForm, CardChoiceForm
from bookings.notices.wording import local_time
from bookings.permissions import party
from bookings.rules.lifecycle import Action, transition
from bookings.rules.quotes import is_acceptable
from bookings.tables import Booking, Quote
from bookings.views.addresses import to_booking
from bookings.views.closing import refusal_of
from payments.billing.selectors import methods_open
from payments.cards.using import list_cards
from payments.declines import Decline, explain
from payments.page import Environment, card_field, under_its_policy

ON_ACCOUNT = "Accepted. It is on your account: you get an invoice when the ride is completed."


@page
@under_its_policy
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, booking_id: UUID, quote_id: UUID) -> HttpResponseBase:
    """Look at the quote once more, and pay. A declined card stays on this page; a lost race leads back."""
    user = current_user(request)
    booking, quote, is_best = _found(user, booking_id, quote_id)
    refusal = refusal_of(lambda: transition(booking.status, Action.ACCEPT, party(user, booking)))
    if refusal or not is_acceptable(quote.status, quote.expires_at, now=utc_now()):
        messages.error(request, refusal or _("This quote is no longer open. Take another one."))
        return _lead_back(request, booking_id)
    local = settings.SQUARE_ENVIRONMENT == Environment.LOCAL
    cards = list_cards(payer_id=user.id)
    sent = request.POST if request.method == "POST" else None
    later = OnAccountForm(sent if sent and "method" in sent else None)
    form = AcceptForm(
        sent if not later.is_bound else None,
        local=local,
        cards=cards,
        price=quote.price,
        currency=quote.currency,
    )
    plan = paying.plan_of(booking)
    decline: Decline | None = None
    if later.is_bound and later.is_valid():
        try:
            services.accept_quote(user=user, quote_id=quote.id, **later.values)
        except (Conflict, Invalid) as error:
            later.add_error(None, sentence(error))
        else:
            messages.success(request, _(ON_ACCOUNT))
            return _lead_back(request, booking_id)
    if form.is_bound and form.is_valid():
        try:
            booking = services.accept_quote(user=user, quote_id=quote.id, **form.values)
        except PaymentDeclined as error:
            decline = explain(error.details.get("reason"))
            form.add_error("source_id" if local else None, sentence(error))
        except Conflict as error:
            messages.error(request, sentence(error))
            return _lead_back(request, booking_id)
        except Invalid as error:
            show_errors(form, error)
        else:
            messages.success(request, _accepted(booking))
            return _lead_back(request, booking_id)
    if form.is_bound and request.accepts("text/html") is False:
        return refused_as_json(form, decline)
    contact = {"email": user.email, "givenName": user.name.split(" ")[0]}
    context = {
        "booking": booking,
        "quote": quote,
        "is_best": is_best,
        "form": form,
        "later": later if later.is_bound or _may_pay_later(user, quote) else None,
        "decline": decline,
        "local": local,
        "plan": plan,
        "card": {
            **card_field(amount=quote.price, currency=quote.currency, contact=contact),
            "later": plan.hold_at is not None,
        },
    }
    return render(request, "bookings/accept.html", context, status=Invalid.status if sent is not None else 200)


@page
@require_safe
def state(request: HttpRequest, booking_id: UUID, quote_id: UUID) -> HttpResponseBase:
    """How far the paying is: `{"state": "sold" | "waiting" | "open" | "closed", "href"?, "said"?, "advice"?}`.

    `open`: nothing is under way and the quote may be taken; `said` tells why the last try came to nothing.
    """
    user = current_user(request)
    booking, quote, _is_best = _found(user, booking_id, quote_id)
    part = party(user, booking)
    refusal_of(lambda: transition(booking.status, Action.ACCEPT, part))  # forbidden to all but who may pay
    href = to_booking(booking_id)
    if booking.selected_quote_id == quote.id:
        return JsonResponse({"state": "sold", "href": href})
    if booking.acceptance is not None:
        return JsonResponse({"state": "waiting"})
    if not is_acceptable(quote.status, quote.expires_at, now=utc_now()):
        return JsonResponse({"state": "closed", "href": href})
    tries = paying.payments_of(user, booking, part)
    return JsonResponse({"state": "open", **outcome_words(tries[0].decline if tries else None)})


def _accepted(booking: Booking) -> str:
    if booking.transaction_id is not None:
        return _("Accepted. The card is authorised; it is charged when the ride is completed.")
    at = local_time(booking.hold.ask_at, booking.details.timezone)
    return _("Accepted. The card is charged nothing yet: the price is reserved on it on %(at)s.") % {"at": at}


def _may_pay_later(user: CurrentUser, quote: Quote) -> bool:
    return len(methods_open(payer_id=user.id, amount=quote.price, currency=quote.currency)) > 1


def _found(user: CurrentUser, booking_id: UUID, quote_id: UUID) -> tuple[Booking, Quote, bool]:
    """The booking, its quote, and whether that is the best one. Raises `NotFound`."""
    booking, _part = selectors.booking_of(user=user, booking_id=str(booking_id))
    quotes, best_id = selectors.quotes_of(user=user, booking_id=booking.id)
    quote = next((each for each in quotes if each.id == str(quote_id)), None)
    if quote is None:
        raise NotFound
    return booking, quote, quote.id == best_id


def _lead_back(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """To the booking's page, where the message stands."""
    if request.accepts("text/html"):
        return redirect(to_booking(booking_id))
    return JsonResponse({"state": "closed", "href": to_booking(booking_id)})


def refused_as_json(form: CardChoiceForm, decline: Decline | None) -> HttpResponseBase:
    said = " ".join(str(message) for messages in form.errors.values() for message in messages)
    return JsonResponse({"state": "open", **(outcome_words(decline) or {"said": said})}, status=Invalid.status)


def outcome_words(decline: Decline | None) -> dict[str, Any]:
    if decline is None:
        return {}
    return {"said": str(decline.said), "advice": str(decline.advice), "anotherCard": decline.another_card}
