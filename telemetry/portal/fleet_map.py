"""The page of a fleet: where its vehicles are, live."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.users import current_user
from atlas.web import page
from fleet.assignments.vehicles import marketplace_vehicles
from telemetry.state.live import stored_on_map
from telemetry.state.selectors import fleet_seen_by
from telemetry.tenancy import sight_of

MOST_SHOWN = 500


@page
@require_safe
def fleet_map(request: HttpRequest) -> HttpResponseBase:
    """The organization's vehicles on a map and beside it; for a driver or viewer those they have."""
    sight = sight_of(current_user(request))
    found = fleet_seen_by(sight, limit=MOST_SHOWN)
    names = marketplace_vehicles(sight.organization_id, [state.pvin for state in found.items])
    vehicles: list[dict[str, Any]] = []
    for state in found.items:
        vehicle = names.get(state.pvin)
        vehicles.append(
            {
                **stored_on_map(state),
                "plate": vehicle.plate_number if vehicle else "",
                "name": vehicle.name if vehicle else "",
                "at": state.updated_at if state.track is not None else None,
            }
        )
    vehicles.sort(key=lambda each: (not each["plate"], each["plate"], each["pvin"]))
    shown = {
        "vehicles": vehicles,
        "whole_fleet": sight.whole_fleet,
        "more": found.next is not None,
        "style_url": settings.MAP_STYLE_URL,
    }
    return render(request, "telemetry/fleet_map.html", shown)
