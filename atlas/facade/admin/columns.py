"""How values look in lists and on read-only fields: statuses, money, instants, links, documents.

    list_display = ["reference", status_badge("status"), money("price"), instant("pickup_at"), link_to("operator")]

Each is a column as Django's admin takes it (a callable with `short_description` and `admin_order_field`), named for its
field, and good in `list_display`, `readonly_fields` and `fieldsets` alike. Markup has classes only: the CSP is strict.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from itertools import islice
from typing import Any

from django.contrib.admin.utils import quote
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from atlas.facade.words import title
from atlas.templatetags.ui import format_money
from atlas.templatetags.ui import status_badge as badge

Column = Callable[[Any], Any]

EMPTY = SafeString('<span class="empty">\u2013</span>')
INSTANT = "j M Y, H:i T"
"""Named months and the zone: nobody takes a day for a month, or their own time for another."""
DEEPEST, LONGEST = 6, 100
"""Of a document: levels and members shown; what is beyond is counted."""


def status_badge(field: str, label: Any = None) -> Column:
    """A status in its colour, by the site's one table of tones."""
    return _column(field, label, show_status)


def money(field: str, label: Any = None, *, currency: str = "currency") -> Column:
    """Integer cents; `currency` names the item's field that says of what, or is a currency code itself."""

    def show(obj: Any, cents: Any) -> Any:
        code = str(getattr(obj, currency, None) or (currency if currency.isupper() else "USD"))
        return format_html('<span class="money">{}</span>', format_money(int(cents), code))

    return _column(field, label, show, takes_object=True)


def instant(field: str, label: Any = None) -> Column:
    """In the current time zone (the staff user's, else the site's); UTC on hover and for machines."""
    return _column(field, label, show_instant)


def document(field: str, label: Any = None, *, cents: Collection[str] = ()) -> Column:
    """A nested document as a definition list. `cents` names the members that are money, in the document's `currency`
    or in dollars. Nothing sorts by it.
    """
    return _column(field, label, lambda value: show_document(value, cents), sorts=False)


def link_to(field: str, label: Any = None) -> Column:
    """The linked item, by its name, with a link to its page. In a list all of them are read in one call."""
    column = _column(field, label, show_link, read=_linked, sorts=False)
    column.link = field  # type: ignore[attr-defined]
    return column


def _column(
    field: str,
    label: Any,
    show: Callable[..., Any],
    *,
    read: Callable[[Any, str], Any] = getattr,
    sorts: bool = True,
    takes_object: bool = False,
) -> Column:
    def column(obj: Any) -> Any:
        value = read(obj, field)
        if value is None or value == "":
            return EMPTY
        return show(obj, value) if takes_object else show(value)

    column.__name__ = field
    column.short_description = label or title(field)  # type: ignore[attr-defined]
    column.field = field  # type: ignore[attr-defined]
    if sorts:
        column.admin_order_field = field  # type: ignore[attr-defined]
    return column


def show_status(value: Any) -> SafeString:
    text = value.value if isinstance(value, Enum) else value
    return SafeString(render_to_string("components/status_badge.html", badge(str(text))).strip())


def show_instant(value: datetime) -> SafeString:
    utc = value.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        utc.isoformat(timespec="seconds").replace("+00:00", "Z"),
        utc.strftime("%Y-%m-%d %H:%M:%S UTC"),
        formats.date_format(timezone.localtime(value), INSTANT),
    )


class Gone:
    """Stands for a linked item that is not there."""

    def __init__(self, key: str) -> None:
        self.key = key


def _linked(obj: Any, field: str) -> Any:
    """The linked item, what stands for a missing one, or None where the field is empty."""
    key = getattr(obj, obj._meta.get_field(field).attname)
    if key in (None, ""):
        return None
    try:
        found = getattr(obj, field)
    except ObjectDoesNotExist:
        found = None
    return Gone(str(key)) if found is None else found


def show_link(value: Any) -> SafeString:
    if isinstance(value, Gone):
        return format_html('<span class="gone" title="{}">{}</span>', _("It is not there (any more)."), value.key)
    address = address_of(value)
    return format_html('<a href="{}">{}</a>', address, value) if address else format_html("{}", value)


def address_of(obj: Model) -> str | None:
    """The item's page in the admin, where its table has one."""
    try:
        return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[quote(str(obj.pk))])
    except NoReverseMatch:
        return None


def show_document(value: Any, cents: Collection[str] = (), depth: int = 0, currency: str = "USD") -> Any:
    """Maps as `<dl>`, lists as `<ol>`, the rest as text."""
    if not isinstance(value, Mapping | list | tuple):
        return show_plain(value)
    if not value or depth >= DEEPEST:
        return "\u2026" if value else EMPTY
    if isinstance(value, Mapping):
        currency = str(value.get("currency") or currency)

    def deeper(inner: Any, name: str = "") -> Any:
        if name in cents and isinstance(inner, int):
            return format_money(inner, currency)
        return show_document(inner, cents, depth + 1, currency)

    if isinstance(value, Mapping):
        members = ((title(str(name)), deeper(inner, str(name))) for name, inner in islice(value.items(), LONGEST))
        shown = format_html_join("", "<dt>{}</dt><dd>{}</dd>", members)
        return format_html('<dl class="document">{}{}</dl>', shown, _rest(value, "dt"))
    shown = format_html_join("", "<li>{}</li>", ((deeper(each),) for each in value[:LONGEST]))
    return format_html('<ol class="document">{}{}</ol>', shown, _rest(value, "li"))


def show_plain(value: Any) -> Any:
    """A single value in words."""
    match value:
        case None | "":
            return EMPTY
        case bool():
            return _("Yes") if value else _("No")
        case datetime():
            return show_instant(value)
        case date():
            return formats.date_format(value)
        case _:
            return str(value.value if isinstance(value, Enum) else value)


def _rest(value: Mapping[Any, Any] | Sequence[Any], tag: str) -> SafeString:
    more = len(value) - LONGEST
    if more <= 0:
        return SafeString("")
    return format_html("<{0}>{1}</{0}>", SafeString(tag), _("and %(count)d more") % {"count": more})
