"""Opening, saving and deleting an item: two editors, rules that refuse, and items that are gone meanwhile."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten, flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from atlas.dynamo.table import Table
from atlas.errors import AtlasError, NotFound
from atlas.facade.admin.failures import FAILURES, Failure, words
from atlas.facade.admin.forms import FacadeForm
from atlas.facade.admin.opened import OPENED_FIELD
from atlas.facade.admin.recording import deleted
from atlas.facade.admin.selection import is_key
from atlas.facade.conflict import DeletedMeanwhile
from atlas.facade.errors import Refused
from atlas.facade.links import follow

if TYPE_CHECKING:
    Stock = admin.ModelAdmin[Any]
else:
    Stock = object

FAILURE, SAVED = "facade_failure", "facade_saved_version"
"""Attributes of a request whose form is shown once more: why, and which version it has written already."""


class Edits(Stock):
    form = FacadeForm
    unwatched_fields: ClassVar[tuple[str, ...]] = ()
    """Shown fields that others may change under an open form without its user being asked (a position, a counter)."""

    def save_with(self, request: HttpRequest, obj: Any, changed: Mapping[str, Any], *, add: bool) -> Any:
        """For tables whose writes belong to a service: call it with what the form changed (field -> value) and return
        the stored item. By default the facade saves what changed under its version.
        """
        obj.save()
        return obj

    # The form

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **options)
        form.failure = getattr(request, FAILURE, None)
        form.saved_version = getattr(request, SAVED, None)
        form.watched_fields = self._watched(request, obj) if change else frozenset()
        return form

    def _watched(self, request: HttpRequest, obj: Any) -> frozenset[str]:
        """The model's fields that the page shows."""
        fields: Any = flatten_fieldsets(self.get_fieldsets(request, obj))
        shown = flatten(fields)
        names: set[Any] = {getattr(each, "field", each) for each in shown}
        own = {field.name for field in self.opts.concrete_fields if not field.primary_key}
        return frozenset((names & own) - {*self.unwatched_fields})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """None for what is not there or cannot be. Before a change, as it is this instant."""
        if not is_key(self.model, object_id):
            return None
        queryset: Any = self.get_queryset(request)
        if request.method == "POST":
            queryset = queryset.consistent()
        try:
            return queryset.get(pk=object_id)
        except (self.model.DoesNotExist, ValidationError, ValueError, Refused):
            return None

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """What a rule or a race refuses brings the form back, with the refusal where it belongs."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except FAILURES as error:
            if request.method != "POST":
                raise
            gone = isinstance(error, NotFound | DeletedMeanwhile)
            if gone and object_id is not None and self.get_object(request, unquote(object_id)) is None:
                return self._gone(request, object_id)
            setattr(request, FAILURE, error)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """A new item has no rows yet, though its key may be known: nothing to read."""
        options = super().get_formset_kwargs(request, obj, inline, prefix)
        if obj.item is None:
            options["queryset"] = options["queryset"].none()
        return options

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        changed = {name: form.cleaned_data.get(name) for name in form.changed_data if name != OPENED_FIELD}
        if not change and self._key_is_made and not obj.pk:  # type: ignore[attr-defined]
            obj.pk = str(uuid4())
        stored = self.save_with(request, obj, changed, add=not change)
        if isinstance(stored, Table):
            _take(obj, stored)
        elif isinstance(stored, Model) and stored is not obj:
            _take(obj, stored.item)  # type: ignore[attr-defined]
        setattr(request, SAVED, obj.item.version)
        (self.log_change if change else self.log_addition)(request, obj, "")

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        try:
            super().save_formset(request, form, formset, change)
        except FAILURES as error:
            raise _of_inline(error, formset) from error
        formset.note_changes(request, self)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> Any:
        obj = options.get("obj")
        if obj is not None:
            follow([obj], self._links_shown(request, obj))
            context["object_actions"] = self.open_actions(request, obj)  # type: ignore[attr-defined]
            if request.method != "POST":
                self.note_read(request, [obj], "change")  # type: ignore[attr-defined]
                for inline in context["inline_admin_formsets"]:
                    inline.opts.note_read(request, inline.formset, self)
        return super().render_change_form(request, context, *args, **options)

    def _links_shown(self, request: HttpRequest, obj: Any) -> list[str]:
        """The links that the page names by what they lead to: read together, not one by one."""
        fields: Any = flatten_fieldsets(self.get_fieldsets(request, obj))
        shown = flatten(fields)
        return list(dict.fromkeys(link for each in shown if (link := getattr(each, "link", None))))

    # Gone

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponseBase:
        """Django's hook. To the list; who has filled in a form sees it once more instead."""
        if request.method == "POST" and OPENED_FIELD in request.POST:
            return self._gone(request, object_id)
        text = _("%(name)s with ID “%(key)s” is not there. Perhaps it was deleted?")
        messages.warning(request, text % {"name": capfirst(str(opts.verbose_name)), "key": unquote(object_id)[:200]})
        return HttpResponseRedirect(self.list_url(request))

    def list_url(self, request: HttpRequest) -> str:
        """The list, for those who may see it."""
        if not self.has_view_or_change_permission(request):
            return reverse("admin:index", current_app=self.admin_site.name)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        return reverse(name, current_app=self.admin_site.name)

    def _gone(self, request: HttpRequest, object_id: str) -> TemplateResponse:
        """Somebody deleted the item while its form was open: what was typed in, to keep."""
        form = self.get_form(request, None, change=False)(request.POST)
        rows = [
            {"label": bound.label, "value": bound.value() if not bound.field.widget.is_hidden else ""}
            for bound in form
            if not bound.is_hidden and bound.data not in (None, "")
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("It was deleted while you had it open"),
            "opts": self.opts,
            "key": unquote(object_id),
            "rows": rows,
            "back": self.list_url(request),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/facade/gone.html", context, status=410)

    # Deleting

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The items themselves: nothing hangs on an item, no relation is walked."""
        found = list(objs)
        lacking = (
            {str(self.opts.verbose_name)}
            if any(not self.has_delete_permission(request, each) for each in found)
            else set()
        )
        return [str(each) for each in found], {str(self.opts.verbose_name_plural): len(found)}, lacking, []

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        try:
            return super().delete_view(request, object_id, extra_context)
        except PermissionDenied:
            raise
        except FAILURES as error:
            if request.method != "POST":
                raise
            messages.error(request, words(error))
            return HttpResponseRedirect(self.list_url(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj.delete()
        deleted(self.recorder, request, obj, self.secret_fields)  # type: ignore[attr-defined]


def _take(obj: Any, item: Table) -> None:
    """Let the instance show what is stored now."""
    for field, value in type(obj).from_item(item).__dict__.items():
        if not field.startswith("_"):
            setattr(obj, field, value)
    obj.item = item


def _of_inline(error: Failure, formset: Any) -> AtlasError:
    """The refusal of a row, said above the whole form: the item itself is saved by then."""
    name = capfirst(str(formset.model._meta.verbose_name_plural))
    return AtlasError(f"{name}: {words(error)}")
