"""What a site brings to its facade admins: the recorder, and *recent actions* from it."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import quote
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property

from atlas.facade.admin.large import LargeActions
from atlas.facade.admin.recorder import Act, HistoryEntry, NullRecorder, Recorder

MOST_RECENT = 10


class NotedAutocomplete(AutocompleteJsonView):
    """What it offers of a personal table is a read as any other."""

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        context = super().get_context_data(**options)
        note_read = getattr(self.model_admin, "note_read", None)
        if note_read is not None:
            note_read(self.request, list(context["object_list"]), "search")
        return context


class FacadeAdminSite(AdminSite):
    """`recorder` may be replaced by any `atlas.facade.admin.recorder.Recorder`."""

    recorder: Recorder = NullRecorder()
    large_actions: LargeActions | None = None
    """What does actions on more items than a request has time for; None: nothing does."""

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return NotedAutocomplete.as_view(admin_site=self)(request)

    def get_log_entries(self, request: HttpRequest) -> Any:
        return RecentEntries(self, request)


class RecentEntries:
    """What Django's `get_admin_log` tag asks of a queryset of log entries; read when a page shows them, not before."""

    def __init__(self, site: FacadeAdminSite, request: HttpRequest) -> None:
        self._site = site
        self._request = request

    def filter(self, **_: Any) -> "RecentEntries":
        """By user: they are the asking user's own already."""
        return self

    def __getitem__(self, some: slice) -> Sequence["RecentEntry"]:
        return self._all[some]

    @cached_property
    def _all(self) -> list["RecentEntry"]:
        found = self._site.recorder.recent(self._request, limit=MOST_RECENT)
        return [RecentEntry(entry, self._site.name) for entry in islice(found, MOST_RECENT)]


class RecentEntry:
    """An entry of history under the names of Django's `LogEntry`."""

    def __init__(self, entry: HistoryEntry, site_name: str) -> None:
        self.entry = entry
        self.object_repr = entry.object_repr
        self.action_time = entry.at
        self.is_addition = entry.act is Act.CREATED
        self.is_change = entry.act in (Act.CHANGED, Act.ACTION)
        self.is_deletion = entry.act is Act.DELETED
        self._site_name = site_name

    @property
    def content_type(self) -> dict[str, Any] | None:
        return {"name": self.entry.model._meta.verbose_name} if self.entry.model else None

    def get_change_message(self) -> str:
        return self.entry.summary

    def get_admin_url(self) -> str | None:
        """The item's page, while it has one."""
        if self.entry.model is None or not self.entry.key or self.is_deletion:
            return None
        meta = self.entry.model._meta
        name = f"admin:{meta.app_label}_{meta.model_name}_change"
        try:
            return reverse(name, args=[quote(self.entry.key)], current_app=self._site_name)
        except NoReverseMatch:
            return None
