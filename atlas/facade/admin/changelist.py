"""A list of the admin as pages of keyed reads: a cursor in the URL, no counts, sorted only as an index sorts."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR, IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.days import MOST_DAYS
from atlas.facade.admin.paging import CURSOR_VAR, LIMIT_VAR, SIZES, page_size
from atlas.facade.errors import Refused
from atlas.facade.links import follow
from atlas.facade.page import Page
from atlas.facade.planning.ways import ways

UNREAD = "facade_list_unread"
"""Attribute of a request that wants the list's query, not its items (an export, an action)."""


def begins_near(queryset: Any) -> bool:
    """Whether the list begins where something is. A walk through days from two years back, or from next year towards
    today, would show empty pages first: such an order is not offered until dates bound it.
    """
    try:
        days = queryset.plan().days
    except Refused:
        return False
    if days is None or (days[1] - days[0]).days <= MOST_DAYS:
        return True
    start = days[1] if queryset.plan().descending else days[0]
    return bool(abs((start - utc_now().date()).days) <= 1)


class FacadeChangeList(ChangeList):
    """`result_list` holds the page's items; `next_url` and `previous_url` lead to the pages beside it."""

    queryset: Any
    next_url: str | None = None
    previous_url: str | None = None
    notice: str = ""
    """Why the page is empty or short, where that needs saying."""

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        self.request = request
        self.cursor = request.GET.get(CURSOR_VAR) or None
        self.limit_given = request.GET.get(LIMIT_VAR)
        super().__init__(request, *args, **options)

    # What is asked for

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        for name in (CURSOR_VAR, LIMIT_VAR):  # neither is a lookup; both are taken from the request
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        self.limit = page_size(request, self.list_per_page)
        return super().get_queryset(request, exclude_parameters)

    def get_filters(self, request: HttpRequest) -> Any:
        found = super().get_filters(request)
        for name, values in found[2].items():
            if not self._is_key(name):
                raise IncorrectLookupParameters(
                    _("“%(name)s” is no filter of this list. Use the filters at its side, or search.")
                    % {"name": name[:60]}
                )
            found[2][name] = values
        return found

    def _is_key(self, lookup: str) -> bool:
        """A link from another page may name a partition: `?booking_id=...`."""
        name = lookup.removesuffix("__exact")
        model: Any = self.model
        hashes = {model.field_names[way.hash] for way in ways(model.table)}
        names = ({each.name, each.attname} for each in self.lookup_opts.concrete_fields)
        return any(name in own and own & hashes for own in names)

    def apply_select_related(self, qs: Any) -> Any:
        """The linked items that columns show, in one BatchGetItem per page."""
        return qs.select_related(*self.links) if self.links else qs

    @cached_property
    def links(self) -> tuple[str, ...]:
        shown = [getattr(column, "link", column) for column in self.list_display]
        given: Iterable[str] = self.list_select_related if isinstance(self.list_select_related, list | tuple) else ()
        fields = {field.name for field in self.lookup_opts.concrete_fields if field.is_relation}
        return tuple(name for name in dict.fromkeys([*shown, *given]) if isinstance(name, str) and name in fields)

    # Order

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """What is asked for where an index of this very list sorts so; else the admin's own, else the index's."""
        possible = {name for name in self._signed(queryset) if begins_near(queryset.order_by(name))}
        fields = {name.lstrip("-") for name in possible}
        columns: list[Any] = [column for column in self.list_display if self._order_field(column) in fields]
        self.sortable_by = columns
        self.ordering_used: list[str] = []
        for wanted in (self._asked(), self.model_admin.get_ordering(request), self._get_default_ordering()):  # type: ignore[attr-defined]
            first = next(iter(wanted or ()), None)
            if isinstance(first, str) and first in possible:
                self.ordering_used = [first]
                break
        return self.ordering_used

    @staticmethod
    def _signed(queryset: Any) -> tuple[str, ...]:
        """The fields that an index of this list sorts by, in both directions."""
        try:
            return tuple(sign + name for name in queryset.sortable() for sign in ("", "-"))
        except Refused:
            return ()

    def _order_field(self, column: Any) -> str | None:
        try:
            found = self.get_ordering_field(column)
        except AttributeError:
            return None
        return found if isinstance(found, str) else None

    def _asked(self) -> list[str]:
        """`?o=-2`: a column by its number. An index sorts by one."""
        prefix, _dash, number = str(self.params.get(ORDER_VAR) or "").split(".")[0].rpartition("-")
        if not (number.isascii() and number.isdigit() and len(number) < 4) or prefix:  # noqa: PLR2004
            return []
        field = self._order_field(self.list_display[int(number)]) if int(number) < len(self.list_display) else None
        return [f"{_dash}{field}"] if field else []

    def get_ordering_field_columns(self) -> dict[int, Any]:
        """The column that the list is in fact sorted by."""
        for term in self.ordering_used:
            for index, column in enumerate(self.list_display):
                if self._order_field(column) == term.lstrip("-"):
                    return {index: "desc" if term.startswith("-") else "asc"}
        return {}

    # The page

    def get_results(self, request: HttpRequest) -> None:
        page = Page([]) if getattr(request, UNREAD, False) else self._read(request)
        self.result_list = list(page.items)
        forget_dangling(self.result_list, self.links)
        self.result_count = self.full_result_count = len(self.result_list)
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = self.multi_page = False
        self.paginator = None
        self.next_url = self._page_url(page.next)
        self.previous_url = self._page_url(page.previous)
        if self.cursor and not self.result_list and not page.next:
            self.notice = self.notice or _("There is nothing on this page any more.")
        elif page.short:
            self.notice = self.notice or _("The search stopped here to stay quick: the next page goes on.")

    def _read(self, request: HttpRequest) -> Page[Any]:
        """Raises `InvalidCursor`, and `Refused` where a filter or lookup was given that no index serves."""
        if self.query:
            found = list(self.queryset)[: self.limit]
            follow(found, self.links)
            return Page(found)
        plain = not self.has_active_filters and not self.get_filters_params()
        scan = plain and self.model_admin.list_scan  # type: ignore[attr-defined]
        try:
            return self.queryset.read_page(self.limit, self.cursor, scan=scan, scope=str(request.user.pk))  # type: ignore[no-any-return]
        except Refused:
            if not plain:
                raise
            self.notice = _("Choose a filter or search: this table is not listed as a whole.")
            return Page([])

    def _page_url(self, cursor: str | None) -> str | None:
        return self.get_query_string({CURSOR_VAR: cursor}) if cursor else None

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Every link but those to the next pages starts at the beginning; the page's size stays."""
        kept = {LIMIT_VAR: self.limit_given} if self.limit_given and self.limit_given in map(str, SIZES) else {}
        return super().get_query_string({**kept, **(new_params or {})}, remove)

    @property
    def sizes(self) -> Sequence[dict[str, Any]]:
        """Page sizes to choose from."""
        return [
            {"size": size, "url": self.get_query_string({LIMIT_VAR: size}), "selected": size == self.limit}
            for size in SIZES
        ]

    @property
    def first_url(self) -> str:
        return self.get_query_string()

    @property
    def kept_query(self) -> str:
        """Filters and search without the page, for an export."""
        left_out = {CURSOR_VAR, LIMIT_VAR, IS_POPUP_VAR, TO_FIELD_VAR}
        return urlencode(
            [(name, each) for name, given in self.request.GET.lists() for each in given if name not in left_out]
        )


def forget_dangling(items: Iterable[Any], links: Iterable[str]) -> None:
    """What one BatchGetItem did not find is not there: nobody shall ask for it once more, item by item."""
    for item in items:
        for name in links:
            field = item._meta.get_field(name)
            if not field.is_cached(item):
                field.set_cached_value(item, None)
