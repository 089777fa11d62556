"""Drivers and vehicles, whosever they are: looked up, taken off the road, let back."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.roles import UserStatus
from accounts.users import current_user
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.facade.admin.columns import status_badge
from atlas.facade.admin.search import Way, by_uuid
from atlas.facade.admin.service_action import ReasonForm, service_action
from fleet import services
from fleet.admin.operators import by_account_email
from fleet.models import Driver, Vehicle
from fleet.rules.plate import clean_plate
from fleet.rules.types import VehicleStatus
from fleet.services.duty import driver_key, vehicle_key

MOST_NAMED = 5


def promised(booking_ids: Sequence[str]) -> str:
    """What somebody has to see to now."""
    if not booking_ids:
        return ""
    named = ", ".join(booking_ids[:MOST_NAMED]) + (", \u2026" if len(booking_ids) > MOST_NAMED else "")
    return _("Promised to %(count)d rides that others must serve: %(ids)s") % {
        "count": len(booking_ids),
        "ids": named,
    }


def calendar_page(key: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("admin:fleet_calendar_change", args=[key]), _("What is promised"))


@admin.register(Driver)
class DriverAdmin(ReadOnlyAdmin):
    list_display = ("name", "operator", "status", "license_number", "license_expiry", "total_trips", "active")
    list_scan = True
    search_ways = (by_uuid(), by_account_email(gettext_lazy("e-mail")))
    shown = {"status": status_badge("status")}
    personal_fields = ("name", "phone", "license_number", "license_expiry", "current_location")
    actions = ("suspend", "reinstate")
    readonly_fields = ("calendar",)
    fieldsets = (
        (None, {"fields": ("name", "phone", "operator", "user", "status", "active", "calendar")}),
        (gettext_lazy("Papers"), {"fields": ("license_number", "license_expiry", "documents")}),
        (gettext_lazy("On the road"), {"fields": ("current_booking_id", "current_location", "rating", "total_trips")}),
        (gettext_lazy("Inside"), {"classes": ("collapse",), "fields": ("id", "created_at", "updated_at", "version")}),
    )

    @admin.display(description=gettext_lazy("calendar"))
    def calendar(self, driver: Any) -> SafeString:
        return calendar_page(driver_key(driver.pk))

    @service_action(
        description=gettext_lazy("Suspend"),
        permission="suspend",
        fields=ReasonForm,
        open_for=lambda driver: driver.active and driver.user.status == UserStatus.ACTIVE,
        danger=True,
    )
    def suspend(self, request: HttpRequest, obj: Any, *, reason: str) -> str:
        return promised(services.suspend_driver(user=current_user(request), driver_id=obj.pk))

    @service_action(
        description=gettext_lazy("Lift the suspension"),
        permission="suspend",
        open_for=lambda driver: driver.active and driver.user.status == UserStatus.SUSPENDED,
    )
    def reinstate(self, request: HttpRequest, obj: Any) -> None:
        services.reinstate_driver(user=current_user(request), driver_id=obj.pk)


@admin.register(Vehicle)
class VehicleAdmin(ReadOnlyAdmin):
    list_display = ("plate_number", "name", "category", "operator", "status", "active")
    list_scan = True
    search_ways = (by_uuid(), Way(gettext_lazy("plate"), "plate_number", clean_plate, r".{1,30}"))
    shown = {"status": status_badge("status")}
    actions = ("take_out_of_service", "return_to_service")
    readonly_fields = ("calendar",)
    fieldsets = (
        (None, {"fields": ("plate_number", "name", "category", "operator", "status", "active", "calendar")}),
        (gettext_lazy("What it offers"), {"fields": ("max_passengers", "max_luggage", "features", "image")}),
        (gettext_lazy("On the road"), {"fields": ("current_driver", "pvin")}),
        (gettext_lazy("Inside"), {"classes": ("collapse",), "fields": ("id", "created_at", "updated_at", "version")}),
    )

    @admin.display(description=gettext_lazy("calendar"))
    def calendar(self, vehicle: Any) -> SafeString:
        return calendar_page(vehicle_key(vehicle.pk))

    @service_action(
        description=gettext_lazy("Take out of service"),
        permission="change",
        fields=ReasonForm,
        open_for=lambda vehicle: vehicle.active and vehicle.status == VehicleStatus.AVAILABLE,
        danger=True,
    )
    def take_out_of_service(self, request: HttpRequest, obj: Any, *, reason: str) -> str:
        return promised(services.take_out_of_service(user=current_user(request), vehicle_id=obj.pk))

    @service_action(
        description=gettext_lazy("Return to service"),
        permission="change",
        open_for=lambda vehicle: vehicle.active and vehicle.status == VehicleStatus.MAINTENANCE,
    )
    def return_to_service(self, request: HttpRequest, obj: Any) -> None:
        services.return_to_service(user=current_user(request), vehicle_id=obj.pk)
