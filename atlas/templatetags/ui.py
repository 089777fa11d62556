"""The building blocks of pages: `{% load ui %}`. Each tag's markup is a template in `templates/components/`."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

register = template.Library()

_TONES = {
    "open": {"NEW", "SOURCING", "QUOTING", "PENDING", "MAINTENANCE", "INVITED", "QUEUED", "RECORDED"}
    | {"OPEN", "REQUESTED"},
    "sold": {"OPERATOR_ASSIGNED", "DRIVER_ASSIGNED", "AUTHORIZED"},
    "live": {"DRIVER_EN_ROUTE", "ARRIVED", "PASSENGER_ONBOARD", "IN_PROGRESS", "BUSY", "ON_TRIP", "RUNNING"},
    "done": {"COMPLETED", "PAID", "CAPTURED", "ACCEPTED", "ACTIVE", "AVAILABLE", "ONLINE", "DONE", "CONFIRMED"}
    | {"APPROVED"},
    "failed": {"CANCELLED", "EXPIRED", "DECLINED", "FAILED", "SUSPENDED", "REJECTED", "OVERDUE"},
}
_TONE_OF = {status: tone for tone, statuses in _TONES.items() for status in statuses}

_SYMBOLS = {"USD": "$", "GBP": "£", "EUR": "€"}


@register.inclusion_tag("components/status_badge.html")
def status_badge(status: str) -> dict[str, str]:
    """Any status of the marketplace: booking, quote, payment, driver, vehicle, account. Unknown ones stay grey."""
    name = str(status)
    label = name.replace("_", " ").capitalize()
    return {"status": name, "tone": _TONE_OF.get(name, "neutral"), "label": label}


@register.filter(name="money")
def format_money(cents: int | None, currency: str = "USD") -> str:
    """Integer cents as text: `123456` -> `$1,234.56`; None -> an en dash."""
    if cents is None:
        return "\u2013"
    sign = "\u2212" if cents < 0 else ""
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    return f"{sign}{symbol}{Decimal(abs(cents)) / 100:,.2f}"


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago it was, in words."""
    if moment is None:
        return "\u2013"
    if timezone.now() - moment < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, depth=1)}


@register.inclusion_tag("components/money.html")
def money(cents: int | None, currency: str = "USD", *, large: bool = False) -> dict[str, Any]:
    """The amount with its currency code beside it."""
    return {
        "cents": cents,
        "text": format_money(cents, currency),
        "currency": currency,
        "known": cents is not None,
        "large": large,
    }


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite (`scripts/icons.txt` lists them); decorative unless it has a label."""
    described = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    sprite = static("vendor/bootstrap-icons/icons.svg")
    return format_html('<svg class="icon" {}><use href="{}#{}"></use></svg>', described, sprite, name)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, css: str = "mb-3") -> dict[str, Any]:
    """A form field with label, help and errors, in Bootstrap's classes. `css` is for the block around it."""
    widget = bound.field.widget
    check = isinstance(widget, CheckboxInput)
    if check or isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        classes = "form-check-input"
    elif isinstance(widget, Select):
        classes = "form-select"
    else:
        classes = "form-control"
    if bound.errors:
        classes += " is-invalid"
    given = widget.attrs.get("class", "")
    attributes: dict[str, Any] = {"class": f"{classes} {given}".strip()}
    if bound.errors and not isinstance(widget, FileInput):
        described = [f"{bound.auto_id}_error", f"{bound.auto_id}_helptext" if bound.help_text else ""]
        attributes["aria-describedby"] = " ".join(filter(None, described))
    return {
        "field": bound,
        "widget": bound.as_widget(attrs=attributes),
        "check": check,
        "css": css,
        "optional": _("optional"),
    }


@register.inclusion_tag("components/booking_map.html")
def booking_map(
    data: dict[str, Any], live_url: str = "", poll_url: str = "", data_id: str = "booking-map-data"
) -> dict[str, Any]:
    """The live map of one ride; `docs/frontend.md` gives the shape of `data`."""
    return {
        "data": data,
        "data_id": data_id,
        "live_url": live_url,
        "poll_url": poll_url,
        "style_url": settings.MAP_STYLE_URL,
        "city_url": static("map/demo-city.geojson"),
    }
