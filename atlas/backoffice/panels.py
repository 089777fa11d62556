"""The overview: panels that each app registers (`<app>/overview.py`), shown to those who may see what they are about.

    @panels.panel(order=10, title=_("Rides of today"), right="bookings.view_booking", template="admin/panels/x.html")
    def rides_of_today(request: HttpRequest) -> Mapping[str, Any]: ...

A panel asks index queries and kept counters, and never more of them as the tables grow: `tests/budgets.json` holds what
all of them cost together. One whose source is away says so, and keeps no other from being shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from atlas.outages import is_outage

log = structlog.get_logger(__name__)

Fill = Callable[[HttpRequest], Mapping[str, Any]]
AWAY = "admin/panels/away.html"


@dataclass(frozen=True, slots=True)
class Panel:
    key: str
    order: int
    title: str | Promise
    right: str | None
    """Django's permission (`app.verb_model`) that one needs to see it; None for all staff."""
    template: str
    fill: Fill


_panels: dict[str, Panel] = {}


def panel(*, order: int, title: str | Promise, right: str | None, template: str) -> Callable[[Fill], Fill]:
    """Register the decorated function as a panel; again under the same name replaces it."""

    def decorate(fill: Fill) -> Fill:
        key = f"{fill.__module__}.{fill.__name__}"
        _panels[key] = Panel(key, order, title, right, template, fill)
        return fill

    return decorate


def visible(request: HttpRequest) -> list[Panel]:
    user: Any = request.user
    found = [each for each in _panels.values() if each.right is None or user.has_perm(each.right)]
    return sorted(found, key=lambda each: each.order)


def render(request: HttpRequest) -> list[SafeString]:
    """Every panel that the asking user may see, in order."""
    return [_render(each, request) for each in visible(request)]


def _render(each: Panel, request: HttpRequest) -> SafeString:
    context: dict[str, Any] = {"title": each.title, "key": each.key.replace(".", "-")}
    try:
        return render_to_string(each.template, {**context, **each.fill(request)}, request)
    except Exception as error:
        if not is_outage(error):
            raise
        log.warning("panel_away", panel=each.key, reason=type(error).__name__)
        return render_to_string(AWAY, context, request)
