"""Rows of another table on an item's page: read by the index of their link, saved each under its own version."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.functional import cached_property

from atlas.facade.admin.checks import FacadeInlineChecks
from atlas.facade.admin.fields import Presents
from atlas.facade.admin.forms import FacadeForm
from atlas.facade.admin.opened import OPENED_FIELD
from atlas.facade.admin.permissions import AsksTheUser
from atlas.facade.admin.recording import changed, created, deleted, is_personal, remember
from atlas.facade.fields import STAMPS

if TYPE_CHECKING:
    FormSet = BaseInlineFormSet[Any, Any, Any]
    Stock = admin.options.InlineModelAdmin[Any, Any]
    ModelChoice = forms.ModelChoiceField[Any]
else:
    FormSet = BaseInlineFormSet
    Stock = object
    ModelChoice = forms.ModelChoiceField


class OwnRow(ModelChoice):
    """The key of a row that is here already: compared, not read once more."""

    def __init__(self, row: Any, **options: Any) -> None:
        self.row = row
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if self.row is None or str(self.row.pk) != str(value):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})
        return self.row


class FacadeFormSet(FormSet):
    """At most `most` rows: an item may have thousands."""

    most: ClassVar[int] = 50
    links: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self) -> Any:
        """The rows; of a form that was sent, those it is about, one for each of its forms: Django pairs them up."""
        if self.is_bound and "forms" in self.__dict__:
            return [form.instance for form in self.initial_forms]
        if not hasattr(self, "_rows"):
            queryset: Any = self.queryset
            if self.links:
                queryset = queryset.select_related(*self.links)
            if self.data:
                queryset = queryset.consistent()
            self._rows = queryset[: self.most]
        return self._rows

    def total_form_count(self) -> int:
        """Where no row may be added, none is, whatever was sent."""
        total = super().total_form_count()
        return min(total, self.initial_form_count()) if self.max_num == 0 else total

    @cached_property
    def is_cut(self) -> bool:
        """There may be more rows than these."""
        return len(self.get_queryset()) >= self.most

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        model: Any = self.model
        name = model._meta.pk.name
        key = form.fields.get(name)
        if index is not None and index < self.initial_form_count() and form.instance.item is None:
            form.row_is_gone = True
            form.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput)
        elif isinstance(key, forms.ModelChoiceField) and form.instance.item is not None:
            form.fields[name] = OwnRow(
                form.instance, queryset=key.queryset, initial=form.instance.pk, required=False, widget=forms.HiddenInput
            )

    def delete_existing(self, obj: Any, commit: bool = True) -> None:
        if commit and obj.item is not None:
            remember(obj)
            obj.delete()

    def note_changes(self, request: HttpRequest, parent: Any) -> None:
        """Tell the recorder what `save()` has done."""
        secret = getattr(self, "secret_fields", ())
        for obj in self.new_objects:
            created(parent.recorder, request, obj, secret)
        for obj, _names in self.changed_objects:
            changed(parent.recorder, request, obj, secret)
        for obj in self.deleted_objects:
            deleted(parent.recorder, request, obj, secret)


class FacadeInline(AsksTheUser, Presents, Stock):
    """What both kinds share. The link's attribute must be the hash key of an index (a check says so)."""

    form = FacadeForm
    formset = FacadeFormSet
    checks_class = FacadeInlineChecks
    extra = 0
    show_change_link = True
    read_only: ClassVar[bool] = False
    """True: rows are shown, and changed elsewhere."""
    most: ClassVar[int] = 50
    """Rows shown at most."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        shown = flatten_fieldsets(self.get_fieldsets(request, obj))
        options.setdefault("fields", [each for each in shown if isinstance(each, str)])  # columns are no form's
        formset: Any = super().get_formset(request, obj, **options)
        names = {getattr(each, "link", None) for each in (*shown, *self.get_readonly_fields(request, obj))}
        formset.most, formset.secret_fields = self.most, tuple(self.secret_fields)
        formset.links = tuple(sorted(name for name in names if name and name != formset.fk.name))
        formset.form.watched_fields = frozenset(self._shown_names(request, obj))
        return formset

    def _shown_names(self, request: HttpRequest, obj: Any) -> set[str]:
        names = {getattr(each, "field", each) for each in self.get_fields(request, obj)}
        return names & {field.name for field in self.opts.concrete_fields if not field.primary_key}

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The key too: Django then posts it hidden, with the row."""
        return [*super().get_exclude(request, obj), self.opts.pk.name]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Without the link and, by default, without the stamps; what may be edited carries its version."""
        hidden = {self._link} if self.fields else {self._link, *STAMPS}
        shown = [each for each in super().get_fields(request, obj) if each not in hidden]
        edited = self.has_change_permission(request) or self.has_add_permission(request)
        return [*shown, OPENED_FIELD] if edited else shown

    @cached_property
    def _link(self) -> str:
        """The field that leads to the parent."""
        return forms.models._get_foreign_key(self.parent_model, self.model, fk_name=self.fk_name).name

    def readonly_names(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        keys = set(self._key_names)
        return [each for each in super().readonly_names(request, obj) if each not in keys]

    def note_read(self, request: HttpRequest, formset: Any, parent: Any) -> None:
        rows = [form.instance for form in formset.initial_forms]
        if rows and is_personal(self.model):
            parent.recorder.record_read(request, self.model, rows, view="inline")

    # Rights: those on the rows' table; those on the item are its page's

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.read_only and super().has_change_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.read_only and super().has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.read_only and super().has_delete_permission(request)


class FacadeTabularInline(FacadeInline, admin.TabularInline):  # type: ignore[type-arg]
    template = "admin/edit_inline/tabular.html"


class FacadeStackedInline(FacadeInline, admin.StackedInline):  # type: ignore[type-arg]
    template = "admin/edit_inline/stacked.html"
