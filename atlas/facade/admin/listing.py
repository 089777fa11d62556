"""The list: pages, filters and search by key, and what becomes of an address that makes no sense."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.exceptions import DisallowedModelAdminLookup, DisallowedModelAdminToField
from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR, IncorrectLookupParameters
from django.core.exceptions import FieldError, PermissionDenied, ValidationError
from django.db import NotSupportedError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from atlas.errors import InvalidCursor
from atlas.facade.admin.changelist import FacadeChangeList
from atlas.facade.admin.paging import LIMIT_VAR, OnePage
from atlas.facade.admin.search import Way, help_text, search

if TYPE_CHECKING:
    Stock = admin.ModelAdmin[Any]
else:
    Stock = object


class CleanList(Exception):
    """The list cannot be shown as it was asked for; the message says why."""


class Lists(Stock):
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    paginator = OnePage

    list_scan: ClassVar[bool] = False
    """True: without a filter the list is read as it lies in the table, a bounded page at a time. For small tables that
    no index lists as a whole."""
    search_ways: ClassVar[Sequence[Way]] = ()

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[FacadeChangeList]:
        return FacadeChangeList

    def get_changelist_instance(self, request: HttpRequest) -> FacadeChangeList:
        """Raises `CleanList` for whatever an address can hold that no list can be made of."""
        try:
            return super().get_changelist_instance(request)  # type: ignore[return-value]
        except InvalidCursor:
            text = _("This page of the list is not there: its address is of another list, or was changed.")
            raise CleanList(text) from None
        except (DisallowedModelAdminLookup, DisallowedModelAdminToField, FieldError, ValidationError, ValueError):
            raise CleanList(_("This list cannot be filtered so.")) from None
        except (IncorrectLookupParameters, NotSupportedError) as error:
            raise CleanList(_sentence(error)) from None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self.run_selected(request)  # type: ignore[attr-defined]
        try:
            response = super().changelist_view(request, extra_context)
        except CleanList as error:
            messages.warning(request, str(error))
            return HttpResponseRedirect(self._clean_address(request))
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            context.update(self.list_context(request, context["cl"]))
        return response

    def _clean_address(self, request: HttpRequest) -> str:
        """Of the same list, used in the same way; not with what it cannot be shown with."""
        kept = {name: request.GET[name] for name in (IS_POPUP_VAR, LIMIT_VAR) if name in request.GET}
        field = request.GET.get(TO_FIELD_VAR)
        if field and self.to_field_allowed(request, field):
            kept[TO_FIELD_VAR] = field
        return f"{request.path}?{urlencode(kept)}" if kept else request.path

    def list_context(self, request: HttpRequest, changelist: FacadeChangeList) -> dict[str, Any]:
        """What the page shows beside the list. The read of a personal table is noted here."""
        self.note_read(request, changelist.result_list, "search" if changelist.query else "list")  # type: ignore[attr-defined]
        return {"export_url": self.export_url(request, changelist)}  # type: ignore[attr-defined]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [self.presented(each) for each in super().get_list_display(request)]  # type: ignore[attr-defined]

    def get_list_display_links(self, request: HttpRequest, list_display: Sequence[Any]) -> Any:
        """By default the first column that leads nowhere by itself: a link within a link is none."""
        if self.list_display_links is None:
            return None
        if self.list_display_links:
            return [self.presented(each) for each in self.list_display_links]  # type: ignore[attr-defined]
        own = (each for each in list_display if not getattr(each, "link", None))
        return [next(own, next(iter(list_display)))]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Not ordered yet: what sorts, the list decides by its filters."""
        queryset: QuerySet[Any] = self.model._default_manager.get_queryset()
        return queryset

    # Search, and autocomplete, which is search

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Django asks only whether there are any."""
        return [way.lookup for way in self.search_ways]

    @property
    def search_help_text(self) -> Any:  # type: ignore[override]
        return help_text(self.search_ways)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The second says that there may be duplicates; there are none."""
        if not search_term.strip():
            return queryset, False
        return search(queryset, self.search_ways, search_term), False


def _sentence(error: Exception) -> str:
    """The first thing that an error carries, which for Django's is sometimes another error."""
    inner = error.args[0] if error.args else ""
    plain = isinstance(error, NotSupportedError) or not isinstance(inner, Exception)
    if plain or isinstance(inner, NotSupportedError):
        return str(inner) or _("This list cannot be filtered so.")
    return _("This list cannot be filtered so.")
