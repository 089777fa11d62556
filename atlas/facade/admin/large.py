"""Actions on more items than a request has time for: left to a job where there is one to leave them to."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from atlas.facade.admin.selection import IN_REQUEST
from atlas.facade.admin.service_action import ServiceAction


def too_many(count: int) -> str:
    return _("%(count)d items are selected; this action takes %(most)d at a time. Nothing was changed.") % {
        "count": count,
        "most": IN_REQUEST,
    }


def problem(action: ServiceAction, count: int) -> str:
    """Why the action cannot be done for so many, in words; empty when it can."""
    return too_many(count)


def start(admin: Any, request: HttpRequest, action: ServiceAction, keys: Sequence[str]) -> None:
    """Leave it to a job, and tell so."""
    raise NotImplementedError
