"""The pages of a fleet's vehicles: which there are, how one does, and what it is told."""

from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.users import current_user
from atlas.errors import Conflict, Invalid, TooMany
from atlas.web import page, sentence
from telemetry.commands.services import send_command
from telemetry.portal import selectors, words
from telemetry.rules.commands import COLDEST, WARMEST, CommandName


@page
@require_safe
def vehicles(request: HttpRequest) -> HttpResponseBase:
    """Those that one may see."""
    found = selectors.vehicles(user=current_user(request), cursor=request.GET.get("cursor"))
    return render(request, "telemetry/vehicles.html", {"vehicles": found.items, "next": found.next})


@page
@require_safe
def vehicle(request: HttpRequest, pvin: str) -> HttpResponseBase:
    """How it does, and what it can be told; for htmx the part that changes. `?booking=`: for the driver of a ride."""
    booking_id = _booking(request.GET.get("booking"))
    found = selectors.vehicle_page(user=current_user(request), pvin=pvin, booking_id=booking_id)
    context = {
        "shown": found.shown,
        "state": found.shown.state,
        "may_command": found.may_command,
        "sent": [words.told(each) for each in found.commands],
        "is_open": any(not each.status.is_over for each in found.commands),
        "booking_id": booking_id,
        "here": to_vehicle(pvin, booking_id),
        "buttons": words.BUTTONS,
        "coldest": COLDEST,
        "warmest": WARMEST,
        "key": uuid4(),
    }
    template = "telemetry/_live.html" if request.headers.get("HX-Request") else "telemetry/vehicle.html"
    return render(request, template, context)


@page
@require_POST
def command(request: HttpRequest, pvin: str) -> HttpResponseBase:
    """Tell it. A form that is sent twice is one command."""
    booking_id = _booking(request.POST.get("booking"))
    try:
        made = send_command(
            user=current_user(request),
            pvin=pvin,
            name=_name(request.POST.get("command", "")),
            temperature=_temperature(request),
            booking_id=booking_id,
            key=request.POST.get("key", "")[:64] or None,
        )
    except (Conflict, Invalid, TooMany) as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("Sent: %(command)s.") % {"command": words.NAMES[made.name]})
    return redirect(to_vehicle(pvin, booking_id))


def to_vehicle(pvin: str, booking_id: str | None = None) -> str:
    address = reverse("telemetry:vehicle", kwargs={"pvin": pvin})
    return f"{address}?{urlencode({'booking': booking_id})}" if booking_id else address


def _name(given: str) -> CommandName:
    try:
        return CommandName(given)
    except ValueError:
        raise Invalid(_("Vehicles know no such command.")) from None


def _temperature(request: HttpRequest) -> float | None:
    given = request.POST.get("temperature", "").strip().replace(",", ".")
    if not given or request.POST.get("command") != CommandName.CLIMATE_ON:
        return None
    try:
        return float(given)
    except ValueError:
        raise Invalid(_("The temperature is no number.")) from None


def _booking(given: str | None) -> str | None:
    try:
        return str(UUID(given)) if given else None
    except ValueError:
        return None
