"""A QuerySet over a PynamoDB table: Django's interface, the plans of `atlas.facade.planning`."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn, Self, TypeVar

from django.db import models

from atlas.dynamo import cursor as cursors
from atlas.facade import page as pages
from atlas.facade.errors import Refused
from atlas.facade.explain import explanation
from atlas.facade.page import Page
from atlas.facade.planning.advice import sortable
from atlas.facade.planning.plan import Plan
from atlas.facade.planning.planner import make_plan
from atlas.facade.reading.items import read_items
from atlas.facade.rows import ITERABLES, InstanceIterable, instances

M = TypeVar("M", bound=models.Model)


class FacadeQuerySet(models.QuerySet[M]):
    """Reads by key or index, or is refused. Writes go item by item through `save()`, or better through a service."""

    scan_allowed = False
    consistently = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._iterable_class = InstanceIterable

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone.scan_allowed, clone.consistently = self.scan_allowed, self.consistently
        return clone

    # Beyond Django's own

    def plan(self, *, scan: bool = False) -> Plan:
        """How this would be read. Raises `Refused`; reads nothing."""
        return make_plan(self.model, self.query, scan=scan or self.scan_allowed, consistent=self.consistently)

    def explain(self, *, format: str | None = None, **_: Any) -> str:
        """The plan and what it costs, in words."""
        return explanation(self.plan(), self.query)

    def sortable(self) -> tuple[str, ...]:
        """The fields by which this list can be ordered: what its filters leave of the indexes."""
        return sortable(self.model, self.query, scan=self.scan_allowed)

    def allow_scan(self) -> Self:
        """Permit reading the whole table where no key serves, and as many requests as it takes."""
        clone = self.all()
        clone.scan_allowed = True
        return clone

    def consistent(self) -> Self:
        """Read what is there this instant, at twice the price; an index cannot, it lags a moment behind."""
        clone = self.all()
        clone.consistently = True
        return clone

    def read_page(self, limit: int = 50, cursor: str | None = None, *, scan: bool = False, scope: str = "") -> Page[M]:
        """One bounded page. `scan` permits it to be one of a scan; `scope` names whom the cursors are for.

        Raises `Refused`, and `InvalidCursor` for a cursor of another list.
        """
        if self.query.is_sliced:
            raise Refused(f"{self.model._meta.label}: a slice has no pages. Instead: read_page(limit).")
        plan = self.plan(scan=scan)
        name = cursors.scope("facade", scope, *plan.identity)
        page = pages.read_page(plan, limit, cursor, name)
        return Page(instances(self, page.items), page.next, page.previous, page.short)

    def _items(self) -> Iterator[Any]:
        """The PynamoDB items, for the iterables."""
        plan, low, high = self.plan(), self.query.low_mark, self.query.high_mark
        return islice(read_items(plan, high), low, high)

    # Django's own, without SQL

    @property
    def ordered(self) -> bool:
        """Always: an index has an order. Formsets would otherwise sort by the primary key."""
        return True

    def exists(self) -> bool:
        if self._result_cache is not None:
            return bool(self._result_cache)
        return any(True for _ in self.all()[:1]) if not self.query.is_sliced else bool(len(self))

    def count(self) -> int:
        """How many there are, for a keyed read: what it counts, it reads."""
        return len(self)

    def values(self, *fields: Any, **expressions: Any) -> Any:
        return _rows(super().values(*fields, **expressions))

    def values_list(self, *fields: Any, flat: bool = False, named: bool = False) -> Any:
        return _rows(super().values_list(*fields, flat=flat, named=named))

    def aggregate(self, *_: Any, **__: Any) -> NoReturn:
        raise Refused(f"{self.model._meta.label}: DynamoDB does not aggregate. Instead: keep a counter.")

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise Refused(f"{self.model._meta.label}: change items one by one, through a service or save().")

    update = delete = bulk_create = bulk_update = _refuse
    aupdate = adelete = abulk_create = abulk_update = _refuse
    delete.alters_data = True  # type: ignore[attr-defined]


def _rows(queryset: Any) -> Any:
    queryset._iterable_class = ITERABLES[queryset._iterable_class]
    return queryset
