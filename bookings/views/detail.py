"""The page of one booking, for each of its parties, and the parts of it that are renewed live."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.rules.roles import Role
from accounts.users import CurrentUser, current_user
from atlas.dynamo.attributes import utc_now
from atlas.web import page
from bookings import selectors, tracking
from bookings.commanding import is_open
from bookings.crew import crew_of
from bookings.forms.deciding import AssignForm, QuoteForm
from bookings.looking import saw_driver
from bookings.open_now import actions_of
from bookings.paying import card_state, payments_of
from bookings.permissions import part_of
from bookings.rules.lifecycle import LIVE, OPEN, SERVED, Action, Actor
from bookings.serializers import without_passenger
from bookings.suggestions import drivers, fitting_vehicles, own_price
from bookings.tables import Booking
from bookings.timeline import timeline
from bookings.views.next_steps import next_steps
from fleet.selectors import shown_operator
from fleet.tables import Vehicle
from telemetry.portal.views import to_vehicle


@page
@require_safe
def booking(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """The whole page, or for htmx the parts that change."""
    return show_booking(request, booking_id)


def show_booking(request: HttpRequest, booking_id: UUID, *, status: int = 200, **forms: Any) -> HttpResponseBase:
    """`forms` (`quote_form`, `assign_form`) are those that were refused, to be corrected."""
    user = current_user(request)
    found, part = selectors.booking_of(user=user, booking_id=str(booking_id))
    is_party = part_of(user, found) is not None
    if not is_party:
        without_passenger(found)
    actions = actions_of(found, part)
    history = selectors.history_of(user=user, booking_id=found.id) if is_party else []
    crew = crew_of(found)
    saw_driver(user, crew.driver)
    payments = payments_of(user, found, part) if is_party else []
    context: dict[str, Any] = {
        "booking": found,
        "details": found.details,
        "part": part,
        "is_party": is_party,
        "actions": actions,
        "steps": timeline(found.status, history),
        "history": history[::-1],
        "crew": crew,
        "next_steps": next_steps(user, found),
        "vehicle_controls": controls_of(found, crew.vehicle, part),
        "card_state": card_state(found, part) if is_party else None,
        "payments": payments,
        "has_invoice": any(each.invoice for each in payments),
        "has_receipt": found.status in SERVED or bool(found.cancellation_fee),
        **_quotes(user, found, part),
    }
    is_operator = user.role is Role.OPERATOR
    if is_operator and Action.QUOTE in actions:
        context["quote_form"] = forms.get("quote_form") or quote_form(user, found)
    if is_operator and {Action.ASSIGN, Action.REASSIGN} & set(actions):
        context["assign_form"] = forms.get("assign_form") or assign_form(user, found)
    if request.headers.get("HX-Request"):
        if is_party and "outside" in request.GET:
            return HttpResponseClientRefresh()  # the ride became theirs: its page has more than new parts
        return render(request, "bookings/_live_parts.html", context)
    context["map"] = map_data(found, is_party=is_party)
    return render(request, "bookings/detail.html", context, status=status)


def controls_of(booking: Booking, vehicle: Vehicle | None, part: Actor) -> str | None:
    """The page on which the driver tells the ride's vehicle what to do, while it is time for it."""
    if part is not Actor.DRIVER or vehicle is None or not vehicle.pvin or not is_open(booking, utc_now()):
        return None
    return to_vehicle(vehicle.pvin, booking.id)


def quote_form(user: CurrentUser, booking: Booking, data: Any = None) -> QuoteForm:
    """Prefilled by the operator's own price."""
    cents = None if data is not None else own_price(shown_operator(user), booking)
    price = f"{cents // 100}.{cents % 100:02}" if cents is not None else None
    return QuoteForm(data, vehicles=fitting_vehicles(user=user, booking=booking), initial={"price": price})


def assign_form(user: CurrentUser, booking: Booking, data: Any = None) -> AssignForm:
    """Prefilled by who is assigned, and the vehicle that was quoted."""
    return AssignForm(
        data,
        drivers=drivers(user=user),
        vehicles=fitting_vehicles(user=user, booking=booking),
        initial={"driver_id": booking.driver_id, "vehicle_id": booking.vehicle_id},
    )


def map_data(booking: Booking, *, is_party: bool) -> dict[str, Any] | None:
    """What the live map starts from; None where the pick-up has no coordinates."""
    details = booking.details
    pickup: Any = details.pickup
    dropoff: Any = details.dropoff
    if pickup is None:
        return None
    data: dict[str, Any] = {
        "pickup": _end(pickup, details.pickup_location),
        "dropoff": _end(dropoff, details.dropoff_location) if dropoff else None,
        "timezone": details.timezone,
        "location": None,
    }
    if is_party and booking.status in LIVE:
        found = tracking.tracked(booking, tracking.last_location(str(booking.driver_id)))
        data |= {
            "route": {"points": found.route},
            "location": found.location,
            "progress": found.progress,
            "etaSeconds": found.eta_seconds,
        }
    else:
        data["route"] = {"points": [[lng, lat] for lat, lng in tracking.way_of(booking)]}
    return data


def _end(point: Any, label: str) -> dict[str, Any]:
    return {"lat": point.lat, "lng": point.lng, "label": label}


def _quotes(user: CurrentUser, booking: Booking, part: Actor) -> dict[str, Any]:
    """All of them for whoever chooses, their own for an operator, none for a driver."""
    if part is Actor.DRIVER:
        return {}
    quotes, best = selectors.quotes_of(user=user, booking_id=booking.id)
    return {"quotes": quotes, "best_id": best, "is_open": booking.status in OPEN}
