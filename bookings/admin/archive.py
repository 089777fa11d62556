"""Archived bookings in the back office: found by id and reference, asked back, read while they are there, held."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.holds.kinds import HoldKind
from accounts.holds.placing import hold_item
from accounts.users import current_user
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.facade.admin.columns import EMPTY, instant, money, show_document, show_instant, status_badge
from atlas.facade.admin.search import by_uuid
from atlas.facade.admin.service_action import ReasonForm, service_action
from bookings import labels
from bookings.admin.columns import worded
from bookings.admin.searching import by_booking_reference, by_concierge_email
from bookings.archive import restoring
from bookings.archive.showing import plain
from bookings.models import ArchivedBooking


@admin.register(ArchivedBooking)
class ArchivedBookingAdmin(ReadOnlyAdmin):
    list_display = ("reference", "status", "pickup_at", "concierge", "operator", "final_price", "created_at")
    list_scan = True
    search_ways = (by_booking_reference("pk"), by_uuid(), by_concierge_email("concierge_id"))
    secret_fields = ("people_key", "words_key")
    shown = {
        "status": status_badge("status"),
        "payment_status": status_badge("payment_status", gettext_lazy("payment")),
        "pickup_at": instant("pickup_at", gettext_lazy("pick-up")),
        "requested_at": instant("requested_at"),
        "final_price": money("final_price"),
        "type": worded("type", labels.TYPES),
        "created_at": instant("created_at", gettext_lazy("archived")),
    }
    actions = ("restore", "hold")
    fieldsets = (
        (None, {"fields": ("reference", "status", "type", "pickup_at", "requested_at", "created_at")}),
        (gettext_lazy("Who served whom"), {"fields": ("concierge", "operator", "driver")}),
        (gettext_lazy("Money"), {"fields": ("final_price", "payment_status", "receipt_number")}),
        (gettext_lazy("In the archive"), {"fields": ("standing", "deleted_from", "restore_asked_at", "record")}),
        (
            gettext_lazy("Inside"),
            {"classes": ("collapse",), "fields": ("id", "object_key", "offset", "length", "updated_at", "version")},
        ),
    )
    readonly_fields = ("standing", "deleted_from", "record")

    @admin.display(description=gettext_lazy("archive"))
    def standing(self, obj: Any) -> Any:
        found = looked_at(obj)
        words = labels.ARCHIVE_STATES[found.state]
        return format_html("{}, {}", words, show_instant(found.until)) if found.until else words

    @admin.display(description=gettext_lazy("deleted from"))
    def deleted_from(self, obj: Any) -> Any:
        found = looked_at(obj)
        return _("Kept: a legal hold is on it") if found.held else found.deleted_from.isoformat()

    @admin.display(description=gettext_lazy("record"))
    def record(self, obj: Any) -> Any:
        """What was archived, while it can be read. The page itself is told in the access log."""
        found = looked_at(obj)
        return show_document(plain(found.items)) if found.items is not None else EMPTY

    @service_action(
        description=gettext_lazy("Restore, to read it"),
        permission="restore",
        fields=ReasonForm,
    )
    def restore(self, request: HttpRequest, obj: Any, *, reason: str) -> str:
        found = restoring.ask(user=current_user(request), booking_id=obj.pk)
        return str(labels.ARCHIVE_STATES[found.state])

    @service_action(
        description=gettext_lazy("Place a legal hold"),
        permission="accounts.hold_legalhold",
        fields=ReasonForm,
        danger=True,
    )
    def hold(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        hold_item(user=current_user(request), kind=HoldKind.BOOKING, id=obj.pk, about=obj.concierge_id, reason=reason)


def looked_at(obj: Any) -> restoring.Standing:
    """Once for a page, however many of its fields ask."""
    found: restoring.Standing | None = getattr(obj, "archive_standing", None)
    if found is None:
        found = obj.archive_standing = restoring.look(user=None, booking_id=obj.pk)
    return found
