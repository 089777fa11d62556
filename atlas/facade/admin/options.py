"""`FacadeAdmin`: Django's own `ModelAdmin`, whole, over a table of DynamoDB."""

from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect

from atlas.facade.admin.action_pages import RunsActions
from atlas.facade.admin.checks import FacadeAdminChecks
from atlas.facade.admin.editing import Edits
from atlas.facade.admin.export import Exports
from atlas.facade.admin.fields import Presents
from atlas.facade.admin.history import ShowsHistory
from atlas.facade.admin.listing import Lists
from atlas.facade.admin.permissions import AsksTheUser
from atlas.facade.admin.recording import Records
from atlas.facade.admin.service_action import service_action

if TYPE_CHECKING:
    Stock = admin.ModelAdmin[Any]
else:
    Stock = admin.ModelAdmin


class FacadeAdmin(AsksTheUser, Lists, Edits, Presents, RunsActions, Exports, ShowsHistory, Records, Stock):
    """Options beyond Django's are told in docs/facade-admin.md, and where they are declared: one module each."""

    checks_class = FacadeAdminChecks
    change_list_template = "admin/facade/change_list.html"
    change_form_template = "admin/facade/change_form.html"
    object_history_template = "admin/facade/object_history.html"
    delete_confirmation_template = "admin/facade/delete_confirmation.html"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("export/", self._guarded(self.export_view), name=f"{name}_export"),
            path(
                "<path:object_id>/actions/<slug:action_name>/",
                self._guarded(self.object_action_view),
                name=f"{name}_action",
            ),
            *super().get_urls(),
        ]

    def _guarded(self, view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        def guarded(*args: Any, **options: Any) -> HttpResponseBase:
            return self.admin_site.admin_view(view)(*args, **options)

        guarded.model_admin = self  # type: ignore[attr-defined]
        return update_wrapper(guarded, view)

    @method_decorator(csrf_protect)
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, extra_context)

    def get_actions(self, request: HttpRequest) -> Any:
        found: Any = super().get_actions(request)
        if self.deletable and self.actions is not None and self.has_delete_permission(request):
            found["delete_items"] = self.get_action("delete_items")
        return found

    @service_action(
        description=_("Delete selected %(verbose_name_plural)s"), permission="delete", button=_("Delete"), danger=True
    )
    def delete_items(self, request: HttpRequest, obj: Any) -> None:
        """Offered where `deletable` says so."""
        self.delete_model(request, obj)
