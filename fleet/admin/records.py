"""Calendars: looked at, never written here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.facade.admin.search import Way, by_id
from fleet.models import Calendar
from fleet.services.duty import driver_key, vehicle_key


def calendar_keys(owner_id: str) -> list[str]:
    """A driver's and a vehicle's have the same shape; ids are never both."""
    return [driver_key(owner_id), vehicle_key(owner_id)]


@admin.register(Calendar)
class CalendarAdmin(ReadOnlyAdmin):
    list_display = ("id", "closed", "updated_at")
    list_scan = True
    search_ways = (
        by_id(),
        Way(gettext_lazy("driver's or vehicle's ID"), "pk__in", calendar_keys),
    )
    fields = ("id", "closed", "commitments", "updated_at", "version")
