"""What hangs on a booking, on its page: each one query of an index, none edited there."""

from django.utils.translation import gettext_lazy

from atlas.facade.admin.columns import instant, money, status_badge
from atlas.facade.admin.inlines import FacadeTabularInline
from bookings import labels
from bookings.admin.columns import payment_page, worded
from bookings.models import BookingHistory, BookingPayment, Notice, Quote


class QuoteInline(FacadeTabularInline):
    model = Quote
    read_only = True
    fields = ("operator", "vehicle_name", "price", "eta", "status", "decline_reason", "expires_at")
    shown = {"status": status_badge("status"), "price": money("price")}
    most = 100


class HistoryInline(FacadeTabularInline):
    model = BookingHistory
    read_only = True
    show_change_link = False
    fields = ("created_at", "action", "to_status", "actor", "person", "note")
    shown = {
        "action": worded("action", labels.DONE),
        "to_status": status_badge("to_status", gettext_lazy("status")),
        "created_at": instant("created_at", gettext_lazy("at")),
    }
    most = 100


class PaymentInline(FacadeTabularInline):
    model = BookingPayment
    read_only = True
    show_change_link = False
    fields = ("amount", "status", "refunded", "method", "payment_gateway_id", "created_at")
    shown = {"status": status_badge("status"), "amount": payment_page, "refunded": money("refunded")}

    def permission(self, verb: str) -> str:
        """That of the payments themselves."""
        return f"payments.{verb}_paymenttransaction"


class NoticeInline(FacadeTabularInline):
    model = Notice
    read_only = True
    fields = ("kind", "recipient", "part", "state", "sent_at", "attempts", "error")
    shown = {"state": status_badge("state")}


INLINES = (QuoteInline, HistoryInline, PaymentInline, NoticeInline)
