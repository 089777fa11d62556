"""Lists of bookings, and where each role starts."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.rules.roles import Role
from accounts.users import current_user
from atlas.errors import Forbidden
from atlas.web import page
from bookings import selectors
from bookings.crew import crew_of
from bookings.rules.lifecycle import FINAL, LIVE, OPEN, SERVED, UPCOMING, BookingStatus
from bookings.views.next_steps import next_steps
from fleet.rules.types import OperatorStatus
from fleet.selectors import driver_of, own_operator

START = {
    Role.CONCIERGE: "bookings:list",
    Role.ADMIN: "bookings:list",
    Role.OPERATOR: "bookings:open",
    Role.DRIVER: "bookings:jobs",
}

FILTERS = {
    "open": (_("Waiting for quotes"), OPEN),
    "upcoming": (_("Upcoming"), UPCOMING),
    "live": (_("On the road"), LIVE),
    "done": (_("Completed"), SERVED),
    "off": (_("Called off"), FINAL - SERVED),
}
"""What a list can be narrowed to: name, statuses."""


@page
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Everybody to their own first page."""
    user = current_user(request)
    if user.role in (Role.OPERATOR, Role.DRIVER) and user.profile_id is None:
        return redirect("fleet:organizations")  # a member of a fleet, of no company of the marketplace
    return redirect(START[user.role])


@page
@require_safe
def bookings(request: HttpRequest) -> HttpResponseBase:
    """One's own bookings, newest request first."""
    shown = request.GET.get("show", "")
    statuses = FILTERS[shown][1] if shown in FILTERS else ()
    found = selectors.list_bookings(
        user=current_user(request),
        status=[status for status in BookingStatus if status in statuses] or None,
        cursor=request.GET.get("cursor"),
        limit=25,
    )
    context = {
        "page": found,
        "shown": shown if shown in FILTERS else "",
        "filters": [(name, label) for name, (label, _statuses) in FILTERS.items()],
        "is_first": "cursor" not in request.GET,
    }
    return render(request, "bookings/list.html", context)


@page
@require_safe
def open_requests(request: HttpRequest) -> HttpResponseBase:
    """What an operator can quote for, newest first."""
    user = current_user(request)
    if user.role is Role.OPERATOR and own_operator(user).status is not OperatorStatus.ACTIVE:
        return render(request, "bookings/suspended.html", status=Forbidden.status)
    found = selectors.open_requests(user=user, cursor=request.GET.get("cursor"), limit=25)
    return render(request, "bookings/open.html", {"page": found, "is_first": "cursor" not in request.GET})


@page
@require_safe
def jobs(request: HttpRequest) -> HttpResponseBase:
    """What a driver has before them; the ride at hand stands first, with its next step."""
    user = current_user(request)
    driver = driver_of(user)
    found = selectors.jobs(user=user, cursor=request.GET.get("cursor"), limit=25)
    at_hand = next((each for each in found.items if each.status in LIVE), None) or next(iter(found.items), None)
    context = {
        "driver": driver,
        "page": found,
        "is_first": "cursor" not in request.GET,
        "at_hand": at_hand,
        "later": [each for each in found.items if each is not at_hand],
        "next_steps": next_steps(user, at_hand) if at_hand else [],
        "crew": crew_of(at_hand) if at_hand else None,
        "is_on_ride": bool(at_hand and at_hand.status in LIVE),
    }
    return render(request, "bookings/jobs.html", context)
