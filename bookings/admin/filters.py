"""Filters of the list of bookings."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from atlas.dynamo.attributes import utc_now
from atlas.facade.admin.filters import IndexFilter
from atlas.templatetags.ui import status_badge
from bookings import labels
from bookings.rules.lifecycle import BookingStatus

OPEN, DUE = "open", "due"


class StageFilter(IndexFilter):
    """Where bookings stand. What is open, and what time itself is to change, have sparse indexes of their own; any
    other status narrows the days that are looked at, newest first. Each is called as the list's badges call it.
    """

    field = "status"
    title = gettext_lazy("status")
    values = (
        (OPEN, gettext_lazy("Open for quotes")),
        (DUE, gettext_lazy("Overdue")),
        *((status, status_badge(status)["label"]) for status in BookingStatus if status in labels.STEPS),
    )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        if self.chosen == OPEN:
            return queryset.filter(open_since__isnull=False)
        if self.chosen == DUE:
            return queryset.filter(due_at__lte=utc_now())
        return super().queryset(request, queryset)


def ordering_of(request: HttpRequest) -> list[str]:
    """By what the index sorts that the chosen filters name."""
    if request.GET.get(StageFilter.field) in (OPEN, DUE):
        return ["-open_since"] if request.GET[StageFilter.field] == OPEN else ["due_at"]
    if request.GET.get("pickup_at__from") or request.GET.get("pickup_at__to"):
        return ["pickup_at"]
    return ["-created_at"]
