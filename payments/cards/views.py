"""One's own cards on file: which are kept, another one, and taking one away."""

from math import ceil
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.users import current_user
from atlas import rates
from atlas.errors import Conflict, Invalid, PaymentDeclined, TooMany
from atlas.forms import show_errors
from atlas.web import action, page, sentence
from payments.cards.forms import NewCardForm
from payments.cards.saving import save_card
from payments.cards.using import list_cards, remove_card
from payments.cards.words import card_name
from payments.declines import Decline, explain
from payments.page import Environment, card_field, under_its_policy
from payments.permissions import own_payer_id


def _here(**_arguments: object) -> str:
    return reverse("payments:cards")


@page
@under_its_policy
@require_http_methods(["GET", "HEAD", "POST"])
def cards(request: HttpRequest) -> HttpResponseBase:
    """The list, and the form that keeps another card. A card that its bank refuses stays on this page."""
    user = current_user(request)
    payer_id = own_payer_id(user)
    local = settings.SQUARE_ENVIRONMENT == Environment.LOCAL
    form = NewCardForm(request.POST if request.method == "POST" else None, local=local)
    decline: Decline | None = None
    wait = rates.count("card", f"user:{user.id}") if form.is_bound else 0
    if wait:
        form.add_error(None, _("Too many cards were tried. Try again in %d minutes.") % ceil(wait / 60))
    elif form.is_bound and form.is_valid():
        try:
            save_card(payer_id=payer_id, **form.values)
        except PaymentDeclined as error:
            decline = explain(error.details.get("reason"))
            form.add_error("source_id" if local else None, sentence(error))
        except Conflict as error:
            form.add_error(None, sentence(error))
        except Invalid as error:
            show_errors(form, error)
        else:
            messages.success(request, _("The card is kept."))
            return (
                redirect(_here()) if request.accepts("text/html") else JsonResponse({"state": "sold", "href": _here()})
            )
    if form.is_bound and request.accepts("text/html") is False:
        said = [str(message) for each in form.errors.values() for message in each]
        words = [str(decline.said), str(decline.advice)] if decline else said
        return JsonResponse({"state": "open", "said": " ".join(words)}, status=_status(wait))
    kept = list_cards(payer_id=payer_id)
    contact = {"email": user.email, "givenName": user.name.split(" ")[0]}
    context = {
        "cards": [(each, card_name(each)) for each in kept],
        "newest": kept[0].id if kept else "",
        "form": form,
        "decline": decline,
        "local": local,
        "card": {**card_field(amount=0, currency="USD", contact=contact), "later": True},
    }
    return render(request, "payments/cards.html", context, status=_status(wait) if form.is_bound else 200)


def _status(wait: float) -> int:
    """Of a form that was not taken."""
    return TooMany.status if wait else Invalid.status


@page
@require_safe
def state(request: HttpRequest) -> HttpResponseBase:
    """Whether there is another card than `?newest=`: `{"state": "sold", "href"}`, else `{"state": "open"}`."""
    kept = list_cards(payer_id=own_payer_id(current_user(request)))
    if kept and kept[0].id != request.GET.get("newest"):
        return JsonResponse({"state": "sold", "href": _here()})
    return JsonResponse({"state": "open"})


@action(back=_here)
def remove(request: HttpRequest, card_id: UUID) -> HttpResponseBase:
    """Nothing is charged to it from now on."""
    remove_card(payer_id=own_payer_id(current_user(request)), card_id=str(card_id))
    messages.success(request, _("The card is removed. Rides that counted on it are marked, and need another one."))
    return redirect(_here())
