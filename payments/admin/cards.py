"""Cards on file: whose, which, agreed to when. Nothing is done to them here: their holder removes them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.facade.admin.columns import instant, link_to, status_badge
from atlas.facade.admin.search import by_uuid
from payments.models import SavedCard


@admin.register(SavedCard)
class SavedCardAdmin(ReadOnlyAdmin):
    list_display = ("brand", "last4", "status", link_to("payer"), "exp_month", "exp_year", "created_at")
    list_scan = True
    search_ways = (by_uuid(), by_uuid("payer_id", gettext_lazy("the payer's ID")))
    shown = {
        "status": status_badge("status"),
        "created_at": instant("created_at", gettext_lazy("kept")),
    }
    secret_fields = ("source_id", "save_key")
    fieldsets = (
        (None, {"fields": ("brand", "last4", "exp_month", "exp_year", "status", "closed", "code", "payer")}),
        (gettext_lazy("What was agreed to"), {"fields": ("consent", "created_at", "removed_at")}),
        (gettext_lazy("At Square"), {"fields": ("card_id", "customer_id", "gateway_version", "due_at")}),
        (gettext_lazy("Inside"), {"classes": ("collapse",), "fields": ("id", "updated_at", "version")}),
    )
