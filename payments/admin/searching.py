"""Payments looked up by the name that people know their reference by: whose name it is, is told in `atlas.wiring`."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy

from atlas.facade.admin.search import Way

PATTERN = r"(?i)(atl[\s-]*)?[0-9a-z]{6}"
"""ATL-7K3M9Q, in any case, with or without its beginning."""


class Names:
    """`reference_of(name)` is the reference that a payment carries; it raises `ValueError` for nobody's name."""

    reference_of: Callable[[str], str]


def by_name(lookup: str = "reference") -> Way:
    return Way(gettext_lazy("the booking's reference"), lookup, _reference_of, PATTERN)


def _reference_of(name: str) -> str:
    return Names.reference_of(name)  # asked when somebody searches: the wiring comes after the admin's classes
