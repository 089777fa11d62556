"""The parameters of a page in the URL, and Django's paginator where it insists on one."""

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from atlas.facade.errors import Refused

CURSOR_VAR = "cursor"
LIMIT_VAR = "limit"
SIZES = (25, 50, 100)


def page_size(request: HttpRequest, default: int) -> int:
    """Items on a page: one of `SIZES`; what else somebody writes is the default."""
    given = request.GET.get(LIMIT_VAR, "")
    return int(given) if given in map(str, SIZES) else default


class OnePage(Paginator):  # type: ignore[type-arg] # not generic when it runs
    """The first page and nothing else, for autocomplete: what is not on it is found by typing more. Never counts."""

    @cached_property
    def count(self) -> int:
        return len(self._items)

    @cached_property
    def num_pages(self) -> int:
        return 1

    @cached_property
    def _items(self) -> list[Any]:
        """Nothing, where no index lists everything: then something has to be typed in."""
        try:
            return list(self.object_list[: self.per_page])
        except Refused:
            return []

    def page(self, number: Any) -> Page[Any]:
        return Page(self._items if str(number) == "1" else [], 1, self)
