"""Panels of bookings on the overview of the back office."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atlas.backoffice.panels import panel
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.overview import address
from atlas.shards import all_shards
from bookings import tally
from bookings.rules.lifecycle import OPEN
from bookings.tables import Booking

SOON = timedelta(minutes=30)
MOST_SHOWN = 6


@panel(
    order=10,
    title=gettext_lazy("Rides of today"),
    right="bookings.view_booking",
    template="admin/panels/tally.html",
)
def rides_of_today(request: HttpRequest) -> Mapping[str, Any]:
    """By pick-up day and status: one query of the kept counters."""
    counted = tally.by_status(timezone.localdate())
    return {
        "rows": [{"status": str(status), "figure": count} for status, count in counted.items()],
        "note": _("%d in all") % sum(counted.values()),
        "empty": _("No ride has its pick-up today."),
        "href": address("bookings", "booking"),
        "link": _("All bookings"),
    }


@panel(
    order=20,
    title=gettext_lazy("Open requests that end soon"),
    right="bookings.view_booking",
    template="admin/panels/tally.html",
)
def ending_soon(request: HttpRequest) -> Mapping[str, Any]:
    """Nobody has taken them, and their deadline is near: the first of each shard of the due index."""
    until = utc_now() + SOON
    keys = [
        key.id
        for shard in all_shards()
        for key in islice(Booking.due_index.query(shard, Booking.due_at <= until, limit=MOST_SHOWN), MOST_SHOWN)
    ]
    found = get_many(*((Booking, key) for key in keys)) if keys else []
    ending = sorted((each for each in found if each and each.status in OPEN), key=lambda each: each.deadline)
    return {
        "rows": [
            {
                "text": booking.reference,
                "href": address("bookings", "booking", booking.id),
                "figure": timeuntil(booking.deadline, depth=1) if booking.deadline > utc_now() else _("due"),
                "tone": "warn",
            }
            for booking in ending[:MOST_SHOWN]
        ],
        "note": _("within %d min") % (SOON.total_seconds() / 60),
        "empty": _("None ends within the next half hour."),
    }
