"""An item's history, as the recorder has it, newest first, a page at a time."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from atlas.errors import InvalidCursor
from atlas.facade.admin.columns import show_document, show_instant
from atlas.facade.admin.paging import CURSOR_VAR
from atlas.facade.admin.recorder import HistoryEntry

if TYPE_CHECKING:
    Stock = admin.ModelAdmin[Any]
else:
    Stock = object

ENTRIES = 50


class ShowsHistory(Stock):
    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        try:
            page = self.recorder.history_of(request, obj, limit=ENTRIES, cursor=request.GET.get(CURSOR_VAR) or None)  # type: ignore[attr-defined]
        except InvalidCursor:
            messages.warning(request, _("This page of the history is not there: its address was changed."))
            return HttpResponseRedirect(request.path)
        self.note_read(request, [obj], "history")  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change history: %s") % obj,
            "entries": [self._shown(entry) for entry in page.entries],
            "next_cursor": page.next,
            "is_first": CURSOR_VAR not in request.GET,
            "cursor_var": CURSOR_VAR,
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
            "object": obj,
            "opts": self.opts,
            "preserved_filters": self.get_preserved_filters(request),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.object_history_template or [], context)

    def _shown(self, entry: HistoryEntry) -> dict[str, Any]:
        changes = [
            {"label": self._label(name), "before": show_document(each.before), "after": show_document(each.after)}
            for name, each in entry.changes.items()
        ]
        return {"entry": entry, "changes": changes, "when": show_instant(entry.at)}

    def _label(self, name: str) -> str:
        try:
            return str(capfirst(str(self.opts.get_field(name).verbose_name)))  # type: ignore[union-attr]
        except FieldDoesNotExist:
            return name
