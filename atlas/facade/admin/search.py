"""Exact search: each way is one key or index that a term may name.

    search_ways = [by_id(), by_email("email"), Way(_("booking reference"), "reference", str.upper, pattern=r"ATL-\\w+")]

A term is tried by every way whose pattern it fits, filters that are chosen narrow what is found. No way, no read: there
is nothing to scan for.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

Text = str | Promise

LONGEST_TERM = 512
"""Characters; no key of ours is longer."""
MOST_FOUND = 100
"""Items that one search shows."""
UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


@dataclass(frozen=True, slots=True)
class Way:
    """`lookup` is a field (or `field__startswith` on a sort key) that an index or the table's key serves."""

    label: Text
    """For people: what may be typed in."""
    lookup: str
    normalise: Callable[[str], Any] = str.strip
    """As the store has it: `str.lower`, a reference in capitals; may raise ValueError for what cannot be one."""
    pattern: str = r".+"
    """What a term must look like, whole, before this way is tried: spares a read."""
    also: tuple[tuple[str, Any], ...] = ()
    """Further conditions that the index needs, as (lookup, value)."""

    def find(self, queryset: QuerySet[Any], term: str) -> list[Any]:
        if not re.fullmatch(self.pattern, term, re.DOTALL):
            return []
        try:
            value = self.normalise(term)
        except (ValueError, ArithmeticError):
            return []
        found = queryset.order_by().filter(**{self.lookup: value}, **dict(self.also))
        return list(islice(found[:MOST_FOUND], MOST_FOUND))


def by_id(lookup: str = "pk") -> Way:
    """The primary key as it is."""
    return Way(_("ID"), lookup)


def by_uuid(lookup: str = "pk", label: Text | None = None) -> Way:
    """A key that is a UUID: other terms do not cost a read."""
    return Way(label or _("ID"), lookup, str.lower, UUID)


def by_email(lookup: str = "email") -> Way:
    return Way(_("e-mail"), lookup, str.lower, r"[^@\s]+@[^@\s]+")


def by_reference(lookup: str = "reference") -> Way:
    """ATL-7K3M9Q, typed in any case."""
    return Way(_("reference"), lookup, str.upper, r"[A-Za-z]{2,5}-[A-Za-z0-9]{4,12}")


def by_prefix(lookup: str, label: Text, normalise: Callable[[str], Any] = str.strip, **also: Any) -> Way:
    """What begins with the term, on the sort key of an index whose partition `also` names."""
    return Way(label, f"{lookup}__startswith", normalise, also=tuple(also.items()))


def search(queryset: QuerySet[Any], ways: Iterable[Way], term: str) -> QuerySet[Any]:
    """What the ways find, each item once: a queryset that holds its items already and reads nothing more."""
    term = term.strip()
    found: dict[Any, Any] = {}
    if 0 < len(term) <= LONGEST_TERM:
        for way in ways:
            found.update((item.pk, item) for item in way.find(queryset, term) if item.pk not in found)
    return holding(queryset, list(found.values())[:MOST_FOUND])


def holding(queryset: QuerySet[Any], items: list[Any]) -> QuerySet[Any]:
    """A queryset of exactly these items, read already."""
    kept: Any = queryset.order_by().filter(pk__in=[item.pk for item in items])
    kept._result_cache = items
    kept._prefetch_done = True
    return kept  # type: ignore[no-any-return]


def help_text(ways: Sequence[Way]) -> Text:
    """What may be searched for."""
    labels = [way.label for way in ways]
    if not labels:
        return ""
    return format_lazy("{} {}", _("Exact search by"), format_lazy(", ".join("{}" for _label in labels), *labels))
