"""Running a service action over items: each by itself, each with its own answer, and a report in the end."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from atlas import trail
from atlas.errors import AtlasError, NotFound, Unavailable
from atlas.facade.admin.failures import words
from atlas.facade.admin.recorder import ActionResult, Outcome
from atlas.facade.admin.selection import fetch_selected
from atlas.facade.admin.service_action import ServiceAction
from atlas.trail import because

log = logging.getLogger(__name__)

MOST_TOLD = 20
"""Items whose refusal or remark is told by name; the rest is counted."""


def run(
    admin: Any,
    request: HttpRequest,
    action: ServiceAction,
    keys: Sequence[str],
    values: Mapping[str, Any],
) -> list[ActionResult]:
    """Do it for each key, in that order. Stops early only where the store is away or something broke: what was not
    tried then is refused with that. A reason that was given is told with whatever the services change.
    """
    found = fetch_selected(admin, request, keys)
    results: list[ActionResult] = []
    stopped = ""
    reason = str(values.get("reason", ""))
    with because(reason) if reason else nullcontext():
        for key in keys:
            if stopped:
                results.append(ActionResult(key, found.get(key), Outcome.REFUSED, stopped))
                continue
            result, stopped = _one(admin, request, action, key, found.get(key), values)
            results.append(result)
    admin.recorder.record_action(request, admin.model, action=action.name, results=results, reason=reason)
    return results


def _one(
    admin: Any, request: HttpRequest, action: ServiceAction, key: str, obj: Any, values: Mapping[str, Any]
) -> tuple[ActionResult, str]:
    """The result, and why nothing further should be tried (empty: go on)."""
    if obj is None:
        return ActionResult(key, None, Outcome.GONE), ""
    outcome, message, stop = Outcome.REFUSED, _why_not(admin, request, action, obj), ""
    if not message:
        try:
            with trail.because(str(values.get("reason", ""))):
                message = str(getattr(admin, action.name)(request, obj, **values) or "")
            outcome = Outcome.DONE
        except NotFound:
            outcome = Outcome.GONE
        except (AtlasError, ValidationError) as error:
            message = words(error)
            stop = _("Not tried: the store was away.") if isinstance(error, Unavailable) else ""
        except Exception:
            log.exception("Action %s broke at %s %s", action.name, admin.model._meta.label, key)
            message = _("Something went wrong on our side; it was noted.")
            stop = _("Not tried after that.")
    return ActionResult(key, obj, outcome, message), stop


def _why_not(admin: Any, request: HttpRequest, action: ServiceAction, obj: Any) -> str:
    if not action.allowed(admin, request, obj):
        return _("You may not do this.")
    return "" if action.is_open(obj) else _("This is not possible as it stands now.")


def tell(request: HttpRequest, label: str, results: Sequence[ActionResult]) -> None:
    """The report as messages: what is done together, what is refused one by one."""
    done = [each for each in results if each.outcome is Outcome.DONE]
    refused = [each for each in results if each.outcome is Outcome.REFUSED]
    gone = [each for each in results if each.outcome is Outcome.GONE]
    if done:
        text = ngettext("%(action)s: %(count)d done.", "%(action)s: %(count)d done.", len(done))
        messages.success(request, text % {"action": label, "count": len(done)})
        _tell_each(request, messages.INFO, [each for each in done if each.message])
    _tell_each(request, messages.WARNING, refused)
    if gone:
        text = ngettext(
            "%(action)s: %(count)d is not there any more.", "%(action)s: %(count)d are not there any more.", len(gone)
        )
        messages.warning(request, text % {"action": label, "count": len(gone)})


def _tell_each(request: HttpRequest, level: int, results: Iterable[ActionResult]) -> None:
    told = list(results)
    for each in told[:MOST_TOLD]:
        messages.add_message(request, level, f"{each.obj}: {each.message}")
    if len(told) > MOST_TOLD:
        messages.add_message(request, level, _("… and %(count)d more.") % {"count": len(told) - MOST_TOLD})
