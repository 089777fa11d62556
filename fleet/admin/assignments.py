"""Which vehicles are whose, and who has them: looked at, never written here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.facade.admin.columns import instant
from atlas.facade.admin.search import Way, by_uuid
from fleet.admin.operators import user_id
from fleet.models import DriverAssignment, VehicleAssignment


def by_pvin() -> Way:
    return Way(gettext_lazy("pseudoVIN"), "pvin", str.lower, r"[0-9a-fA-F]{64}")


@admin.register(VehicleAssignment)
class VehicleAssignmentAdmin(ReadOnlyAdmin):
    list_display = ("pvin", "organization", "vehicle", instant("since"), instant("until"))
    list_scan = True
    search_ways = (by_pvin(), by_uuid("organization_id", gettext_lazy("the organization's ID")))


@admin.register(DriverAssignment)
class DriverAssignmentAdmin(ReadOnlyAdmin):
    list_display = ("pvin", "organization", "driver", instant("starts_at"), instant("ends_at"))
    list_scan = True
    search_ways = (
        by_pvin(),
        by_uuid("organization_id", gettext_lazy("the organization's ID")),
        Way(gettext_lazy("e-mail"), "driver_id", user_id, r"[^@\s]+@[^@\s]+"),
    )
