"""The form of an item: writes what its user changed and nothing else, and knows when somebody else was faster."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.admin.utils import display_for_field
from django.core import signing
from django.core.exceptions import ValidationError
from django.forms.models import InlineForeignKeyField, model_to_dict
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from atlas.facade.admin.failures import Failure, tell
from atlas.facade.admin.opened import OPENED_FIELD, Opened
from atlas.facade.admin.posted import put
from atlas.facade.admin.recording import remember
from atlas.facade.fields import STAMPS
from atlas.forms import NoCardNumbers

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

EMPTY = "\u2013"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that somebody else changed while the form was open, in words."""

    label: str
    before: str
    theirs: str
    yours: str | None
    """What was typed in here; None where it was not touched, and theirs is taken over."""


class OpenedField(forms.CharField):
    """Carries the opened version; never counts as a change."""

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class FacadeForm(NoCardNumbers, ModelForm):
    opened_version = OpenedField()

    failure: ClassVar[Failure | None] = None
    """Why the save before came to nothing: set by the admin when it shows the form once more."""
    saved_version: ClassVar[int | None] = None
    """A version that this very request has written: no conflict with it."""
    watched_fields: ClassVar[frozenset[str]] = frozenset()
    """What the page shows, secrets excepted: when others change it under an open form, its user is told."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.differences: list[Difference] = []
        self.row_is_gone = False
        """A row of an inline that was there when the page was opened; set by its formset."""
        if self._is_stored:
            self.initial[OPENED_FIELD] = self._token()
            if self.is_bound:
                remember(self.instance)

    @property
    def _is_stored(self) -> bool:
        return getattr(self.instance, "item", None) is not None

    def _token(self) -> str:
        names = self.watched_fields | set(self.fields)
        return Opened.of(self.instance, names).signed(self._meta.model)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self._is_stored:
            self._compare()
        elif self.row_is_gone and self.has_changed():
            self.add_error(None, _("This row was deleted while it was open. Tick it as deleted, or add it again."))
        if self.failure is not None:
            tell(self, self.failure, self._meta.model)
        return cleaned

    def _post_clean(self) -> None:
        """Fields that were not changed stay as they are stored: a form shows no microseconds, and must not cut any."""
        kept = {}
        if self._is_stored:
            changed = set(self.changed_data)
            fields = [each for each in self.instance._meta.concrete_fields if each.name not in changed]
            kept = {each.attname: getattr(self.instance, each.attname) for each in fields}
        super()._post_clean()  # type: ignore[misc]
        for name, value in kept.items():
            setattr(self.instance, name, value)

    def has_changed(self) -> bool:
        """Of a row that is gone: against what it was when the page was opened. Untouched, it goes without a word."""
        if not self.row_is_gone:
            return super().has_changed()
        opened = self._opened()
        base = opened.base(self._meta.model) if opened is not None else None
        if base is None:
            return True
        before = model_to_dict(base)
        return any(self._is_touched(name, before.get(name)) for name in self._edited)

    @property
    def _edited(self) -> set[str]:
        """The item's fields that this form edits: neither its key nor the link to an inline's parent."""
        own = {field.name for field in self._meta.model._meta.concrete_fields if not field.primary_key}
        return {name for name in own & set(self.fields) if not isinstance(self.fields[name], InlineForeignKeyField)}

    def _opened(self) -> Opened | None:
        """What the form says it was opened on; None when it says nothing that we wrote."""
        try:
            return Opened.read(str(self[OPENED_FIELD].data or ""), self._meta.model)
        except (signing.BadSignature, ValueError, TypeError):
            return None

    # The other editor

    def _compare(self) -> None:
        """Against the item as it is now; asks for a second save when what the form shows has changed meanwhile."""
        if not self.cleaned_data.get(OPENED_FIELD):
            return
        opened = self._opened()
        if opened is None:
            self._reopen()
            self.add_error(None, _("This form does not say what it was opened on. Look at the values and save again."))
            return
        if opened.version == self.instance.item.version:
            return
        if self.saved_version == self.instance.item.version:
            self._reopen()
            return
        base = opened.base(self._meta.model)
        self.differences = list(self._differences(base))
        if self.differences or base is None:
            self._reopen()
            self.add_error(None, ValidationError(self._conflict_message(), code="conflict"))

    def _differences(self, base: Any) -> Iterator[Difference]:
        if base is None:
            return
        before = model_to_dict(base)
        for field in self.instance._meta.concrete_fields:
            if field.name not in self.watched_fields | self._edited or field.name in STAMPS:
                continue
            was, now = field.value_from_object(base), field.value_from_object(self.instance)
            if was == now:
                continue
            edited = field.name in self._edited
            touched = edited and self._is_touched(field.name, before.get(field.name))
            if touched and self._value(field) == now:
                continue
            if edited and not touched:
                put(self, field.name, now)
            yours = self._typed_in(field) if touched else None
            yield Difference(capfirst(str(field.verbose_name)), _shown(field, was), _shown(field, now), yours)

    def _is_touched(self, name: str, before: Any) -> bool:
        """Whether what is posted is not what the form opened with."""
        bound = self[name]
        if not bound.field.widget.supports_microseconds and hasattr(before, "microsecond"):
            before = before.replace(microsecond=0)
        return bound.field.has_changed(before, bound.data)

    def _typed_in(self, field: Any) -> str:
        return _shown(field, self._value(field))

    def _value(self, field: Any) -> Any:
        """What is typed in, as the item would have it; as it was posted where it makes no sense."""
        value = self.cleaned_data.get(field.name, self[field.name].data)
        return value.pk if hasattr(value, "pk") else value

    def _reopen(self) -> None:
        """From here on the form stands on the item as it is now: the next save goes through."""
        posted: Any = self.data
        data = posted.copy()
        data[self.add_prefix(OPENED_FIELD)] = self._token()
        self.data = data

    def _conflict_message(self) -> str:
        names = get_text_list([each.label for each in self.differences], _("and"))
        if self.prefix is not None:
            theirs = "; ".join(f"{each.label}: {each.theirs}" for each in self.differences)
            return _("Somebody else changed this row while it was open (now %(theirs)s). Save again to keep yours.") % {
                "theirs": theirs
            }
        if not names:
            return _("Somebody else changed this while you had it open. Look at it and save again.")
        return _(
            "Somebody else changed %(fields)s while you had this open. Nothing is saved yet, and nothing is lost: "
            "compare, and save again."
        ) % {"fields": names}


def _shown(field: Any, value: Any) -> str:
    try:
        return str(display_for_field(value, field, EMPTY)) or EMPTY
    except (TypeError, ValueError, AttributeError):
        return str(value)
