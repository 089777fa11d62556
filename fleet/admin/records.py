"""Calendars, tenants and their members: looked at, never written here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.facade.admin.inlines import FacadeTabularInline
from atlas.facade.admin.search import Way, by_id, by_uuid
from fleet.admin.operators import by_account_email
from fleet.models import Calendar, Organization, OrganizationUser
from fleet.services.duty import driver_key, vehicle_key


def calendar_keys(owner_id: str) -> list[str]:
    """A driver's and a vehicle's have the same shape; ids are never both."""
    return [driver_key(owner_id), vehicle_key(owner_id)]


class MemberInline(FacadeTabularInline):
    model = OrganizationUser
    read_only = True
    show_change_link = False
    fields = ("user", "role", "created_at")


@admin.register(Calendar)
class CalendarAdmin(ReadOnlyAdmin):
    list_display = ("id", "closed", "updated_at")
    list_scan = True
    search_ways = (
        by_id(),
        Way(gettext_lazy("driver's or vehicle's ID"), "pk__in", calendar_keys),
    )
    fields = ("id", "closed", "commitments", "updated_at", "version")


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin):
    list_display = ("name", "owner", "created_at")
    list_scan = True
    search_ways = (by_uuid(),)
    inlines = (MemberInline,)


@admin.register(OrganizationUser)
class OrganizationUserAdmin(ReadOnlyAdmin):
    list_display = ("role", "organization", "user", "created_at")
    list_scan = True
    search_ways = (
        by_uuid("organization_id", gettext_lazy("the organization's ID")),
        by_account_email(gettext_lazy("e-mail")),
    )
