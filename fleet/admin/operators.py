"""Companies: approved, suspended, and all that is theirs."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.selectors import user_by_email
from accounts.users import current_user
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.facade.admin.columns import document, instant, link_to, status_badge
from atlas.facade.admin.filters import DayRangeFilter, IndexFilter
from atlas.facade.admin.inlines import FacadeTabularInline
from atlas.facade.admin.search import Way, by_uuid
from atlas.facade.admin.service_action import ReasonForm, service_action
from fleet import services
from fleet.models import Driver, Operator, Vehicle
from fleet.rules.types import OperatorStatus


def user_id(email: str) -> str:
    """Whose address it is. Raises `ValueError`."""
    user = user_by_email(email)
    if user is None:
        raise ValueError(email)
    return user.id


def by_account_email(label: Any) -> Way:
    return Way(label, "user_id", user_id, r"[^@\s]+@[^@\s]+")


class DriverInline(FacadeTabularInline):
    model = Driver
    read_only = True
    fields = ("name", "status", "license_expiry", "total_trips", "active")
    shown = {"status": status_badge("status")}
    most = 100


class VehicleInline(FacadeTabularInline):
    model = Vehicle
    read_only = True
    fields = ("name", "plate_number", "category", "status", "active")
    shown = {"status": status_badge("status")}
    most = 100


@admin.register(Operator)
class OperatorAdmin(ReadOnlyAdmin):
    list_display = (
        "company_name",
        "status",
        link_to("user", gettext_lazy("owner")),
        "business_license",
        "rating",
        "total_bookings",
        "active_drivers",
        "active_vehicles",
        "created_at",
    )
    list_filter = (IndexFilter.on("status"), DayRangeFilter.on("created_at", title=gettext_lazy("founded")))
    search_ways = (by_uuid(), by_account_email(gettext_lazy("its owner's e-mail")))
    shown = {
        "status": status_badge("status"),
        "created_at": instant("created_at", gettext_lazy("founded")),
        "pricing_rules": document("pricing_rules", cents={"base_p2p", "per_km", "hourly_rate"}),
    }
    inlines = (DriverInline, VehicleInline)
    actions = ("approve", "suspend")
    fieldsets = (
        (None, {"fields": ("company_name", "status", "business_license", "user", "organization")}),
        (
            gettext_lazy("In figures"),
            {"fields": ("rating", "total_bookings", "active_drivers", "active_vehicles")},
        ),
        (gettext_lazy("Prices"), {"fields": ("pricing_rules",)}),
        (gettext_lazy("Inside"), {"classes": ("collapse",), "fields": ("id", "created_at", "updated_at", "version")}),
    )

    @service_action(
        description=gettext_lazy("Approve"),
        permission="approve",
        open_for=lambda operator: operator.status == OperatorStatus.SUSPENDED,
    )
    def approve(self, request: HttpRequest, obj: Any) -> None:
        services.approve_operator(user=current_user(request), operator_id=obj.pk)

    @service_action(
        description=gettext_lazy("Suspend"),
        permission="suspend",
        fields=ReasonForm,
        open_for=lambda operator: operator.status == OperatorStatus.ACTIVE,
        danger=True,
    )
    def suspend(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        services.suspend_operator(user=current_user(request), operator_id=obj.pk)
