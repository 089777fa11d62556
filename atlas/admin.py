"""The platform's tables in the back office."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atlas import jobs, outbox
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.facade.admin.columns import instant, link_to, status_badge
from atlas.facade.admin.filters import DayRangeFilter, IndexFilter
from atlas.facade.admin.search import Way, by_id, by_uuid
from atlas.facade.admin.service_action import service_action
from atlas.jobs.tables import JobStatus
from atlas.models import IdempotencyKey, Job, OutboxRow, Unique


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("id", "name", status_badge("status"), link_to("owner"), instant("created_at"), "progress")
    list_filter = (DayRangeFilter.on("created_at"), IndexFilter.on("status"))
    search_ways = (by_uuid(), by_uuid("owner_id", gettext_lazy("its owner's ID")))
    actions = ("cancel",)
    shown = {"status": status_badge("status")}
    fieldsets = (
        (None, {"fields": ("id", "name", "status", "owner", "note", "error")}),
        (gettext_lazy("Progress"), {"fields": ("done", "total", "run", "attempts", "started_at", "finished_at")}),
        (gettext_lazy("File"), {"fields": ("file_name", "file_bytes", "file_until")}),
        (
            gettext_lazy("Inside"),
            {"classes": ("collapse",), "fields": ("params", "dry_run", "state", "lease_until", "due_at", "expires_at")},
        ),
    )

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, job: Any) -> str:
        return f"{job.done} / {job.total}" if job.total else str(job.done or "\u2013")

    @service_action(
        description=gettext_lazy("Call off"),
        permission="cancel",
        open_for=lambda job: not JobStatus(job.status).is_over,
    )
    def cancel(self, request: HttpRequest, obj: Any) -> None:
        jobs.cancel(obj.pk)


@admin.register(OutboxRow)
class OutboxAdmin(ReadOnlyAdmin):
    """Facts on their way: those that stay here have a handler that fails."""

    list_display = ("id", "event", "attempts", "last_error", instant("due_at"), instant("created_at"))
    list_filter = (DayRangeFilter.on("due_at", title=gettext_lazy("when it is tried again")),)
    search_ways = (by_uuid(),)
    actions = ("deliver",)

    @service_action(description=gettext_lazy("Deliver now"), permission="deliver", confirm=False)
    def deliver(self, request: HttpRequest, obj: Any) -> str:
        return _("Delivered.") if outbox.deliver(obj.pk) else _("It failed again; its error is noted.")


@admin.register(Unique)
class UniqueAdmin(ReadOnlyAdmin):
    list_display = ("claim", "owner_id", instant("created_at"))
    list_scan = True
    search_ways = (Way(gettext_lazy("claim, such as email:ada@example.com"), "pk"),)


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    list_display = ("digest", "status", instant("created_at"), instant("expires_at"))
    list_scan = True
    search_ways = (by_id(),)
    secret_fields = ("body",)
