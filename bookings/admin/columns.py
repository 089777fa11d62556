"""Columns that only bookings have."""

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atlas.facade.admin.columns import EMPTY, Column
from atlas.templatetags.ui import format_money
from bookings import labels


@admin.display(description=gettext_lazy("pick-up"), ordering="pickup_at")
def local_pickup(booking: Any) -> SafeString:
    """By the clock at the pick-up, with the name of its zone; UTC on hover and for machines."""
    zone = str(booking.details.get("timezone") or "UTC")
    return format_html(
        '<time datetime="{}" title="{}">{}</time> <span class="zone">{}</span>',
        booking.pickup_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        booking.pickup_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        formats.date_format(booking.pickup_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None), "D j M Y, H:i"),
        zone.rpartition("/")[2].replace("_", " "),
    )


@admin.display(description=gettext_lazy("price"))
def price(booking: Any) -> SafeString:
    """What was agreed, else what was estimated, and said so."""
    if booking.final_price is not None:
        return format_html('<span class="money">{}</span>', format_money(booking.final_price, booking.currency))
    estimate = format_money(booking.estimated_price, booking.currency)
    return format_html('<span class="money estimate" title="{}">~ {}</span>', _("Estimated"), estimate)


def worded(field: str, words: labels.Labels, description: Any = None) -> Column:
    """A member of a closed vocabulary in the words of the portal."""

    @admin.display(description=description or field.replace("_", " "))
    def column(obj: Any) -> Any:
        value = getattr(obj, field)
        return EMPTY if value is None else words.get(value, value)

    column.field = field  # type: ignore[attr-defined]
    return column


@admin.display(description=gettext_lazy("payment"))
def payment_page(payment: Any) -> SafeString:
    """To the page of the payment itself."""
    address = reverse("admin:payments_paymenttransaction_change", args=[payment.pk])
    return format_html('<a href="{}">{}</a>', address, format_money(payment.amount, payment.currency))


local_pickup.field = "pickup_at"  # type: ignore[attr-defined]


@admin.display(description=gettext_lazy("receipt"))
def receipt_pages(booking: Any) -> SafeString | str:
    """Its number, which leads to its page, and the PDF; nothing before there is one."""
    if booking.receipt_number is None:
        return EMPTY
    return format_html(
        '<a href="{}">{}</a> \u00b7 <a href="{}">PDF</a>',
        reverse("bookings:receipt", args=[booking.pk]),
        booking.receipt_number,
        reverse("bookings:receipt_pdf", args=[booking.pk]),
    )


receipt_pages.field = "receipt_number"  # type: ignore[attr-defined]
