"""A QuerySet over a PynamoDB table: Django's interface, `atlas.facade.plan`'s reads."""

from collections.abc import Iterator
from typing import Any, NoReturn, TypeVar

from django.db import NotSupportedError, models
from django.db.models.query import BaseIterable

from atlas.facade import plan

M = TypeVar("M", bound=models.Model)


class ItemIterable(BaseIterable):  # type: ignore[type-arg] # not generic when it runs
    def __iter__(self) -> Iterator[Any]:
        model: Any = self.queryset.model
        for item in plan.read(self.queryset.query, model.table):
            yield model.from_item(item)


class FacadeQuerySet(models.QuerySet[M]):
    """Reads by key. Writes go item by item through `save()`, or better through a service."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._iterable_class = ItemIterable

    def exists(self) -> bool:
        if self._result_cache is not None:
            return bool(self._result_cache)
        return any(True for _ in self.all())

    def count(self) -> int:
        """How many there are, for a keyed read only: what it counts, it reads."""
        return len(self)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise NotSupportedError(f"{self.model.__name__}: change items one by one, through a service or save().")

    update = delete = bulk_create = bulk_update = _refuse
    aupdate = adelete = abulk_create = abulk_update = _refuse
    delete.alters_data = True  # type: ignore[attr-defined]
