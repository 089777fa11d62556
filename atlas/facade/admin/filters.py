"""Filters that are index queries.

    list_filter = [
        IndexFilter.on("status"),
        DayRangeFilter.on("pickup_at", needs="status"),
        IndexFilter.on("vehicle_category"),       # narrows what the status's index brings
    ]

How they combine: one filter names the partition of an index (a status, an owner, a shard), a day range its sort key;
every further one narrows what that query brings. A filter that cannot lead a query by itself says with `needs` which
other one must be chosen first, and offers nothing before. What cannot be read is told, never scanned for.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Self

from django.contrib.admin import ListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ImproperlyConfigured
from django.db.models import BooleanField, DateTimeField, Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Text = str | Promise


class FacadeFilter(ListFilter):
    """A filter of one field. Declared with `on`, or by a subclass."""

    field: ClassVar[str] = ""
    needs: ClassVar[tuple[str, ...]] = ()
    """Fields of which one must be filtered by first, else this filter is not offered."""

    @classmethod
    def on(
        cls, field: str, *, title: Text | None = None, needs: str | Sequence[str] = (), **options: Any
    ) -> type[Self]:
        """The filter of `field`, as `list_filter` takes it."""
        required = (needs,) if isinstance(needs, str) else tuple(needs)
        name = "".join(part.capitalize() for part in field.split("_")) + cls.__name__
        return type(name, (cls,), {"field": field, "title": title, "needs": required, **options})

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any) -> None:
        if not self.field:
            raise ImproperlyConfigured(f"{type(self).__name__} names no field: use {type(self).__name__}.on('field').")
        self.model_field: Any = model._meta.get_field(self.field)
        if self.title is None:
            self.title = getattr(self.model_field, "verbose_name", self.field)
        super().__init__(request, params, model, model_admin)
        self.open = not self.needs or any(_is_chosen(request, need, model_admin) for need in self.needs)
        for name in map(str, self.expected_parameters()):
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]

    def has_output(self) -> bool:
        return True

    @property
    def needed(self) -> str:
        """What to choose first, in words."""
        names = [str(self.model_field.model._meta.get_field(need).verbose_name) for need in self.needs]
        return _("Choose first: %(filters)s.") % {"filters": _(" or ").join(names)}

    def _refuse(self, message: str) -> IncorrectLookupParameters:
        return IncorrectLookupParameters(message)


def _is_chosen(request: HttpRequest, field: str, model_admin: Any) -> bool:
    """By the URL, or by a filter's default."""
    if any(request.GET.get(name) for name in (field, f"{field}__from", f"{field}__to")):
        return True
    defaults = (each for each in model_admin.get_list_filter(request) if getattr(each, "field", None) == field)
    return field not in request.GET and any(getattr(each, "default", None) is not None for each in defaults)


class IndexFilter(FacadeFilter):
    """One value of an enumeration or a yes and no, or one of `choices`: an equality, so the partition of a query."""

    template = "admin/facade/index_filter.html"
    values: ClassVar[Sequence[tuple[Any, Text]] | None] = None
    default: ClassVar[Any] = None
    """What the list opens with, where everything at once cannot be listed. `?<field>=` then asks for all."""

    @classmethod
    def on(
        cls,
        field: str,
        *,
        title: Text | None = None,
        needs: str | Sequence[str] = (),
        choices: Sequence[tuple[Any, Text]] | None = None,
        default: Any = None,
        **options: Any,
    ) -> type[Self]:
        return super().on(field, title=title, needs=needs, values=choices, default=default, **options)

    def expected_parameters(self) -> list[str | None]:
        return [self.field]

    @property
    def offered(self) -> Mapping[str, tuple[Any, Text]]:
        """Text in the URL -> value and label."""
        choices = self.values or getattr(self.model_field, "flatchoices", None) or ()
        if not choices and isinstance(self.model_field, BooleanField):
            choices = ((True, _("Yes")), (False, _("No")))
        return {str(getattr(value, "value", value)): (value, label) for value, label in choices}

    @property
    def chosen(self) -> str | None:
        """As in the URL; None for all."""
        given: Any = self.used_parameters.get(self.field)
        if given is None and self.default is not None and self.open:
            return str(getattr(self.default, "value", self.default))
        return given or None

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        everything = {self.field: ""} if self.default is not None else {}
        remove = [] if everything else [self.field]
        yield {
            "selected": self.chosen is None,
            "query_string": changelist.get_query_string(everything, remove),
            "display": _("All"),
        }
        for text, (_value, label) in self.offered.items():
            yield {
                "selected": self.chosen == text,
                "query_string": changelist.get_query_string({self.field: text}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        if self.chosen is None:
            return None
        if not self.open:
            raise self._refuse(self.needed)
        if self.chosen not in self.offered:
            raise self._refuse(_("“%(value)s” is none of the choices of %(filter)s.") % self._named(self.chosen))
        return queryset.filter(**{self.field: self.offered[self.chosen][0]})

    def _named(self, value: str) -> dict[str, str]:
        return {"value": value[:60], "filter": str(self.title)}


class DayRangeFilter(FacadeFilter):
    """From one day to another, both included, in the current time zone. The field sorts an index, or narrows."""

    template = "admin/facade/day_range_filter.html"
    shortcuts: ClassVar[Sequence[tuple[Text, int, int]]] = ()
    """(label, first day, last day) counted from today; by default today, and the 7 and 30 days that end with it."""

    def expected_parameters(self) -> list[str | None]:
        return [f"{self.field}__from", f"{self.field}__to"]

    @property
    def first(self) -> str:
        return str(self.used_parameters.get(f"{self.field}__from", ""))

    @property
    def last(self) -> str:
        return str(self.used_parameters.get(f"{self.field}__to", ""))

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        today = timezone.localdate()
        start, end = self.expected_parameters()
        yield {
            "selected": not (self.first or self.last),
            "query_string": changelist.get_query_string({}, [start, end]),
            "display": _("Any day"),
        }
        for label, since, until in self.shortcuts or ((_("Today"), 0, 0), (_("7 days"), -6, 0), (_("30 days"), -29, 0)):
            given = {start: str(today + timedelta(since)), end: str(today + timedelta(until))}
            yield {
                "selected": (self.first, self.last) == tuple(given.values()),
                "query_string": changelist.get_query_string(given),
                "display": label,
            }
        self.kept = [
            (name, each)
            for name, values in changelist.filter_params.items()
            if name not in (start, end)
            for each in (values if isinstance(values, list) else [values])
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        if not (self.first or self.last):
            return None
        if not self.open:
            raise self._refuse(self.needed)
        first, last = self._day(self.first), self._day(self.last)
        if first and last and first > last:
            raise self._refuse(_("The first day is after the last day."))
        if not isinstance(self.model_field, DateTimeField):
            return queryset.filter(**self._bounds(first and str(first), last and str(last), "lte"))
        until = last + timedelta(days=1) if last else None
        return queryset.filter(**self._bounds(first and _midnight(first), until and _midnight(until), "lt"))

    def _bounds(self, low: Any, high: Any, below: str) -> dict[str, Any]:
        bounds = {f"{self.field}__gte": low, f"{self.field}__{below}": high}
        return {name: value for name, value in bounds.items() if value}

    def _day(self, text: str) -> date | None:
        """Years that a clock of any zone can show; beyond, midnight has no UTC."""
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            day = date.min
        if day is not None and not 1900 <= day.year <= 9000:  # noqa: PLR2004
            raise self._refuse(_("“%(value)s” is no day; write it as 2026-12-24.") % {"value": text[:60]})
        return day


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min)).astimezone(UTC)
