"""The back office of telemetry."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.users import current_user
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.errors import Invalid
from atlas.facade.admin.columns import instant, link_to
from atlas.facade.admin.search import Way, by_uuid
from atlas.facade.admin.service_action import ReasonForm, service_action
from telemetry import handover, services
from telemetry.models import (
    Clip,
    Command,
    FleetAlert,
    Geofence,
    GeofenceState,
    Occurrence,
    OemToken,
    Report,
    Schedule,
    SecuritySettings,
    Trip,
    TripState,
    VinMapping,
)

PVIN = Way(gettext_lazy("pseudoVIN"), "pvin", str.lower, r"[0-9a-fA-F]{64}")


@admin.register(Trip)
class TripAdmin(ReadOnlyAdmin):
    """Trips that are over; their points are in the object store, under `archiveKey`."""

    list_display = ("trip_id", link_to("organization"), instant("started_at"), "distance", "duration", "driving_score")
    list_scan = True
    search_ways = (
        Way(gettext_lazy("trip"), "trip_id", str.lower, r"(?i)trip_\d{8}_\d{6}_[0-9a-f]{6}"),
        PVIN,
        by_uuid("organization_id", gettext_lazy("the organization's ID")),
    )


@admin.register(TripState)
class TripStateAdmin(ReadOnlyAdmin):
    """Vehicles under way, and when each is looked at next."""

    list_display = ("trip_id", link_to("organization"), instant("started_at"), instant("due_at"))
    list_scan = True
    search_ways = (PVIN,)


@admin.register(Command)
class CommandAdmin(ReadOnlyAdmin):
    """What vehicles were told in the last 90 days, by whom, and what came of it. Nobody writes here."""

    list_display = ("name", "pvin", link_to("user"), "role", "status", "reason", "attempts", instant("ts"))
    list_scan = True
    search_ways = (
        PVIN,
        by_uuid("user_id", gettext_lazy("the ID of who sent it")),
    )


@admin.register(OemToken)
class OemTokenAdmin(ReadOnlyAdmin):
    """Accounts at manufacturers; their tokens are sealed, and shown to nobody."""

    list_display = ("oem", link_to("organization"), instant("access_until"), instant("updated_at"))
    list_scan = True
    search_ways = (by_uuid("organization_id", gettext_lazy("the organization's ID")),)
    secret_fields = ("sealed_refresh", "sealed_access")


@admin.register(Geofence)
class GeofenceAdmin(ReadOnlyAdmin):
    """Places that organizations hear of; they draw them."""

    list_display = ("name", link_to("organization"), "severity", "active", instant("since"))
    list_scan = True
    search_ways = (by_uuid("organization_id", gettext_lazy("the organization's ID")),)


@admin.register(GeofenceState)
class GeofenceStateAdmin(ReadOnlyAdmin):
    """Who is in which fence, and when a silent vehicle is looked at."""

    list_display = (
        "fence_id",
        link_to("organization"),
        instant("entered_at"),
        instant("changed_at"),
        instant("due_at"),
    )
    search_ways = (PVIN, by_uuid("fence_id", gettext_lazy("the fence's ID")))


@admin.register(SecuritySettings)
class SecuritySettingsAdmin(ReadOnlyAdmin):
    list_display = (link_to("organization"), "fences", "fences_version", "speed_limit", "low_battery")
    search_ways = (by_uuid("organization_id", gettext_lazy("the organization's ID")),)


@admin.register(FleetAlert)
class FleetAlertAdmin(ReadOnlyAdmin):
    """What fleets' people are to see to; they do so themselves."""

    list_display = ("kind", "severity", "status", link_to("organization"), instant("timestamp"), "occurrences")
    search_ways = (by_uuid(), PVIN, by_uuid("organization_id", gettext_lazy("the organization's ID")))


@admin.register(Occurrence)
class OccurrenceAdmin(ReadOnlyAdmin):
    """What was noticed of vehicles, each once."""

    list_display = ("kind", link_to("organization"), instant("at"), "name", "value")
    search_ways = (PVIN,)


@admin.register(Clip)
class ClipAdmin(ReadOnlyAdmin):
    """Dashcam clips: how far each is. The video is for its organization, not for staff."""

    list_display = ("camera", "pvin", link_to("organization"), instant("recorded_at"), "status", "note", "attempts")
    list_scan = True
    search_ways = (PVIN, by_uuid("organization_id", gettext_lazy("the organization's ID")))


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Reports of the last 90 days; their files are for their organizations."""

    list_display = ("type", link_to("organization"), "first", "last", "format", "status", instant("asked_at"))
    list_scan = True
    search_ways = (by_uuid("organization_id", gettext_lazy("the organization's ID")),)


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    """Reports that are made again and again."""

    list_display = ("type", link_to("organization"), "every", "format", link_to("wanted_by"), instant("due_at"))
    list_scan = True
    search_ways = (by_uuid("organization_id", gettext_lazy("the organization's ID")),)


@admin.register(VinMapping)
class VinMappingAdmin(ReadOnlyAdmin):
    """Pseudonyms. The VIN itself is told on a page of its own, to whom may know it and says why.

    It is no action: what an action tells goes through the messages, and those are kept in a cookie.
    """

    list_display = ("pvin", link_to("user"), instant("created_at"))
    list_scan = True
    search_ways = (
        Way(gettext_lazy("pseudoVIN"), "pk", str.lower, r"[0-9a-fA-F]{64}"),
        by_uuid("user_id", gettext_lazy("the ID of who gave it")),
    )
    actions = ("hand_over",)
    secret_fields = ("sealed_vin",)
    change_form_template = "admin/telemetry/vin_mapping.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(never_cache(self.resolve))
        return [path("<path:object_id>/resolve/", view, name="telemetry_vinmapping_resolve"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **options: Any) -> HttpResponse:
        context["may_resolve"] = self.may_resolve(request)
        page: HttpResponse = super().render_change_form(request, context, *args, **options)
        return page

    @service_action(
        description=gettext_lazy("Release from its organization"),
        permission="hand_over",
        fields=ReasonForm,
        danger=True,
    )
    def hand_over(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        handover.hand_over_by_staff(user=current_user(request), pvin=obj.pk, reason=reason)

    def may_resolve(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.has_perm("telemetry.resolve_vinmapping"))

    def resolve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks why, then tells the VIN in the answer itself: it is stored nowhere."""
        if not self.may_resolve(request):
            raise PermissionDenied
        mapping = self.get_object(request, unquote(object_id))
        if mapping is None:
            raise Http404
        form = ReasonForm(request.POST or None)
        vin = ""
        if request.method == "POST" and form.is_valid():
            try:
                vin = services.resolve_vin(
                    user=current_user(request), pvin=mapping.pk, reason=form.cleaned_data["reason"]
                )
            except Invalid as error:
                form.add_error("reason", error.fields["reason"])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Resolve the VIN"),
            "opts": self.opts,
            "original": mapping,
            "form": form,
            "vin": vin,
        }
        return TemplateResponse(request, "admin/telemetry/resolve.html", context, status=400 if form.errors else 200)
