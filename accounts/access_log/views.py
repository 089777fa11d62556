"""The page on which people see who looked at their data."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access_log import selectors
from accounts.access_log.api import own
from accounts.access_log.deeds import Deed
from accounts.rules.roles import Role
from accounts.users import current_user
from atlas.web import page

PAGE = 25
WHO: dict[str, Any] = {
    Role.ADMIN: _("Atlas staff"),
    Role.OPERATOR: _("The company that drives"),
    Role.DRIVER: _("Your driver"),
    Role.CONCIERGE: _("A concierge"),
}
WHAT = {
    Deed.READ: _("looked at"),
    Deed.CREATED: _("made"),
    Deed.CHANGED: _("changed"),
    Deed.DELETED: _("removed"),
    Deed.EXPORT: _("exported"),
    Deed.VIN_RESOLVED: _("looked up the VIN of"),
}
WHICH = {
    "users": _("your account"),
    "drivers": _("your driver's profile"),
    "bookings": _("your bookings"),
    "booking": _("a booking of yours"),
    "location": _("where you were"),
    "operators": _("your company"),
    "transactions": _("a payment of yours"),
    "vin-mapping": _("your vehicle"),
    "access-log": _("what was done with your data"),
}


@page
@require_safe
def access(request: HttpRequest) -> HttpResponseBase:
    found = selectors.seen_by_others(user=current_user(request), cursor=request.GET.get("cursor"), limit=PAGE)
    rows = [
        {
            **own(entry),
            "who": WHO.get(entry.actor_role, entry.actor_role),
            "what": WHAT.get(entry.deed, entry.deed),
            "which": _which(entry.resource, entry.object_),
        }
        for entry in found.items
    ]
    context = {"page": found, "rows": rows, "is_first": "cursor" not in request.GET}
    return render(request, "accounts/access.html", context)


def _which(resource: str | None, object: str) -> Any:
    """In words; by what was shown, else by the table of the item."""
    return WHICH.get(resource or "") or WHICH.get(object.partition(":")[0]) or resource or _("your data")
