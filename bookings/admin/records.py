"""What belongs to bookings and is only looked at: quotes, history, notices."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.users import current_user
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.dynamo.attributes import utc_now
from atlas.facade.admin.columns import instant, money, status_badge
from atlas.facade.admin.filters import IndexFilter
from atlas.facade.admin.search import by_id, by_uuid
from atlas.facade.admin.service_action import service_action
from atlas.shards import all_shards
from bookings import labels, services
from bookings.admin.columns import worded
from bookings.admin.searching import by_booking_reference
from bookings.models import BookingHistory, Notice, Quote
from bookings.rules.notices import NoticeState
from bookings.rules.types import QuoteStatus


@admin.register(Quote)
class QuoteAdmin(ReadOnlyAdmin):
    """Of a booking, or of an operator; and those that stand, by when they end."""

    list_display = ("booking", "operator", "vehicle_name", "price", "eta", "status", "expires_at")
    search_ways = (by_uuid(), by_booking_reference("booking_id"))
    shown = {"status": status_badge("status"), "price": money("price")}
    fieldsets = (
        (None, {"fields": ("booking", "status", "decline_reason", "price", "eta", "notes", "expires_at")}),
        (
            gettext_lazy("As it was offered"),
            {"fields": ("operator", "operator_name", "operator_rating", "vehicle", "vehicle_name", "vehicle_category")},
        ),
        (
            gettext_lazy("Inside"),
            {
                "classes": ("collapse",),
                "fields": ("id", "due_shard", "delete_at", "created_at", "updated_at", "version"),
            },
        ),
    )
    actions = ("expire",)

    class StandingFilter(IndexFilter):
        """Those that may be accepted: alone in the sparse index of what ends."""

        field = "status"
        default = QuoteStatus.PENDING
        title = gettext_lazy("status")
        values = ((QuoteStatus.PENDING, gettext_lazy("Standing")),)

        def queryset(self, request: HttpRequest, queryset: Any) -> Any:
            if self.chosen == QuoteStatus.PENDING and not {"booking_id", "operator_id", "q"} & set(request.GET):
                return queryset.filter(due_shard__in=list(all_shards()), expires_at__gte=utc_now())
            return None

    list_filter = (StandingFilter,)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return ["-created_at"] if {"booking_id", "operator_id"} & set(request.GET) else ["expires_at"]

    @service_action(
        description=gettext_lazy("End it, if its time is over"),
        permission="expire",
        open_for=lambda quote: quote.status == QuoteStatus.PENDING and quote.expires_at <= utc_now(),
    )
    def expire(self, request: HttpRequest, obj: Any) -> None:
        """What the jobs do by themselves, where they are behind."""
        services.expire_quote(quote_id=obj.pk)


@admin.register(BookingHistory)
class HistoryAdmin(ReadOnlyAdmin):
    list_display = ("booking", "sequence", "action", "from_status", "to_status", "actor", "person", "created_at")
    search_ways = (by_booking_reference("booking_id"), by_uuid("booking_id", gettext_lazy("the booking's ID")), by_id())
    shown = {
        "action": worded("action", labels.DONE),
        "from_status": status_badge("from_status", gettext_lazy("from")),
        "to_status": status_badge("to_status", gettext_lazy("to")),
        "created_at": instant("created_at", gettext_lazy("at")),
    }


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """E-mails to the parties of a booking."""

    list_display = ("booking", "kind", "recipient", "part", "state", "sent_at", "attempts", "error")
    search_ways = (by_booking_reference("booking_id"), by_uuid("booking_id", gettext_lazy("the booking's ID")), by_id())
    shown = {"state": status_badge("state")}
    actions = ("resend",)

    @service_action(
        description=gettext_lazy("Send again"),
        permission="bookings.resend_booking",
        open_for=lambda notice: notice.state != NoticeState.PENDING,
    )
    def resend(self, request: HttpRequest, obj: Any) -> str:
        services.resend_notice(user=current_user(request), booking_id=obj.booking_id, notice_id=obj.id)
        return _("It goes out in a moment, unless its recipient wants none or is gone: its state will say.")
