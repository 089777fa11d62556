"""Actions on more items than a request has time for: left to background work where the site has any (`large_actions`).

A `service_action(in_job=True)` needs no more of its request than the user: it may run where there is no request.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from atlas.facade.admin.recorder import ActionResult
from atlas.facade.admin.running import run
from atlas.facade.admin.selection import IN_REQUEST
from atlas.facade.admin.service_action import ServiceAction

OWN_NAMES = {"csrfmiddlewaretoken", "action", "index", "select_across", "confirmed", "once", "_selected_action"}
"""What stands in a posted form beside the action's own fields."""
PIECE = 20
"""Items between two steps of background work."""

Posted = Mapping[str, Sequence[str]]


class LargeActions(Protocol):
    """Background work, as a site offers it to its admins."""

    def leave(
        self, request: HttpRequest, model_admin: Any, action: ServiceAction, keys: Sequence[str], posted: Posted
    ) -> None:
        """Have `action` done for all of `keys` (`carry_out`), and tell the user where to see how far it is."""


def too_many(count: int) -> str:
    return _("%(count)d items are selected; this action takes %(most)d at a time. Nothing was changed.") % {
        "count": count,
        "most": IN_REQUEST,
    }


def problem(admin: Any, action: ServiceAction, count: int) -> str:
    """Why the action cannot be done for so many, in words; empty when it can."""
    possible = action.in_job and getattr(admin.admin_site, "large_actions", None) is not None
    return "" if possible else too_many(count)


def start(admin: Any, request: HttpRequest, action: ServiceAction, keys: Sequence[str]) -> None:
    posted = {name: values for name, values in request.POST.lists() if name not in OWN_NAMES}
    admin.admin_site.large_actions.leave(request, admin, action, keys, posted)


def carry_out(
    admin: Any, user: Any, action: ServiceAction, keys: Sequence[str], posted: Posted
) -> Iterator[list[ActionResult]]:
    """Do it, a few items at a time, by the rights that `user` has by now. Stop and go on as you like."""
    request = HttpRequest()
    request.method, request.user = "POST", user
    values: Mapping[str, Any] = {}
    if action.fields is not None:
        data = QueryDict(mutable=True)
        for name, given in posted.items():
            data.setlist(name, list(given))
        form = action.fields(data)
        if not form.is_valid():
            raise ValueError(f"{action.name} was left with a form that is not valid: {form.errors.as_text()}")
        values = form.cleaned_data
    for position in range(0, len(keys), PIECE):
        yield run(admin, request, action, keys[position : position + PIECE], values)


def parts(keys: Sequence[str], largest: int) -> Iterator[list[str]]:
    """The keys in order, in lists of at most `largest` bytes of JSON."""
    part: list[str] = []
    size = 2
    for key in keys:
        length = len(json.dumps(key).encode()) + 2
        if part and size + length > largest:
            yield part
            part, size = [], 2
        part.append(key)
        size += length
    if part:
        yield part
