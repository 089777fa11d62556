"""What `FacadeAdmin` tells the site's recorder: reads of personal tables, every change with before and after."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from atlas.facade.admin.recorder import MASK, Change, NullRecorder, Recorder
from atlas.facade.fields import STAMPS

if TYPE_CHECKING:
    Stock = admin.ModelAdmin[Any]
else:
    Stock = object

BEFORE = "_facade_before"
"""Attribute of an instance: its values as they were when the form was filled in."""
TOLD = "_facade_told"
"""Attribute of an instance: the version that the recorder knows of."""


class Records(Stock):
    secret_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that nobody sees: not shown, not exported, masked in the access log."""

    @property
    def recorder(self) -> Recorder:
        return getattr(self.admin_site, "recorder", None) or NullRecorder()

    @property
    def personal(self) -> bool:
        return is_personal(self.model)

    def note_read(self, request: HttpRequest, objects: Sequence[Model], view: str) -> None:
        if self.personal and objects:
            self.recorder.record_read(request, self.model, objects, view=view)

    # Django's own hooks: what it would put in LogEntry

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        if self._is_news(obj):
            created(self.recorder, request, obj, self.secret_fields)

    def log_additions(self, request: HttpRequest, objects: Iterable[Model], message: Any = "") -> None:
        for obj in objects:
            self.log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        if self._is_news(obj):
            changed(self.recorder, request, obj, self.secret_fields)

    @staticmethod
    def _is_news(obj: Any) -> bool:
        """Told as soon as it is stored, so that no failure after it hides it; Django's own call comes second."""
        known = getattr(obj, TOLD, None) == obj.item.version
        setattr(obj, TOLD, obj.item.version)
        return not known

    def log_changes(self, request: HttpRequest, objects: Iterable[Model], message: Any = "") -> None:
        for obj in objects:
            self.log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Model]) -> None:  # type: ignore[override]
        """Django calls this before it deletes; `deleted` is told when it is done."""

    def log_deletion(self, request: HttpRequest, obj: Model, object_repr: str) -> None:
        """Django's older name of it."""


def created(recorder: Recorder, request: HttpRequest, obj: Model, secret: Sequence[str]) -> None:
    after = {name: value for name, value in snapshot(obj, secret).items() if value is not None}
    recorder.record_created(request, obj, after=after)


def changed(recorder: Recorder, request: HttpRequest, obj: Model, secret: Sequence[str]) -> None:
    before: Mapping[str, Any] = getattr(obj, BEFORE, {})
    found = differences(before, snapshot(obj, ()), secret)
    if found:
        recorder.record_changed(request, obj, changes=found)


def deleted(recorder: Recorder, request: HttpRequest, obj: Model, secret: Sequence[str]) -> None:
    before = {name: value for name, value in snapshot(obj, secret).items() if value is not None}
    recorder.record_deleted(request, obj, before=before)


def remember(obj: Any) -> None:
    """Keep the stored values, before they are overwritten."""
    if getattr(obj, "item", None) is not None:
        setattr(obj, BEFORE, snapshot(type(obj).from_item(obj.item), ()))


def differences(before: Mapping[str, Any], after: Mapping[str, Any], secret: Sequence[str]) -> dict[str, Change]:
    """Field -> what it was and is. That a secret changed is told, not what it was."""
    found = {
        name: Change(before.get(name), value)
        for name, value in after.items()
        if name not in STAMPS and before.get(name) != value
    }
    return {name: Change(MASK, MASK) if name in secret else change for name, change in found.items()}


def snapshot(obj: Model, secret: Sequence[str]) -> dict[str, Any]:
    """Field -> value as JSON can hold it."""
    return {
        field.attname: MASK if field.name in secret else jsonable(field.value_from_object(obj))
        for field in obj._meta.concrete_fields
        if field.name not in STAMPS
    }


def jsonable(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case date():  # and datetime
            return value.isoformat()
        case Mapping():
            return {str(name): jsonable(inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [jsonable(each) for each in value]
        case None | bool() | int() | float() | str():
            return value
    return str(value)


def is_personal(model: Any) -> bool:
    """The table's Schema says that it holds data about a person."""
    return bool(model.table.Meta.personal)
