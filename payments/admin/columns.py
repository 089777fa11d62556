"""Columns that only payments have."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy


@admin.display(description=gettext_lazy("booking"))
def reference(transaction: Any) -> Any:
    """What it pays for, its ID in short. Payments know no bookings, only where their pages are.

    None for a difference about something at Square that names none of ours.
    """
    if not transaction.reference:
        return None
    try:
        address = reverse("admin:bookings_booking_change", args=[transaction.reference])
    except NoReverseMatch:
        return transaction.reference
    return format_html(
        '<a href="{}" title="{}">{}\u2026</a>', address, transaction.reference, transaction.reference[:8]
    )


@admin.display(description=gettext_lazy("disputes"))
def disputes(transaction: Any) -> SafeString | None:
    """Each with its state, and until when its evidence is wanted at Square."""
    if not transaction.disputes:
        return None
    context = {"disputes": transaction.disputes, "currency": transaction.currency}
    return render_to_string("admin/payments/disputes.html", context)


@admin.display(description=gettext_lazy("operations"))
def operations(transaction: Any) -> SafeString:
    """Each request to the provider as a row; its key is shown, for it is no secret and finds the request there."""
    context = {"operations": transaction.operations, "currency": transaction.currency}
    return render_to_string("admin/payments/operations.html", context)
