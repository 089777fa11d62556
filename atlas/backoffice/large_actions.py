"""Actions of the back office on very many items, as jobs: they go on where a worker died, and leave a report."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from atlas import jobs, trail
from atlas.facade.admin.export import cell
from atlas.facade.admin.large import Posted, carry_out, parts
from atlas.facade.admin.recorder import ActionResult
from atlas.facade.admin.service_action import ServiceAction

JOB = "backoffice.action"
LARGEST = 48 * 1024
"""Bytes of keys in one job: its parameters may have 64 KB."""


class ActionsAsJobs:
    """`atlas.facade.admin.large.LargeActions`."""

    def leave(
        self, request: HttpRequest, model_admin: Any, action: ServiceAction, keys: Sequence[str], posted: Posted
    ) -> None:
        """Some thousand keys are a few jobs, each with a report of its own."""
        common = {"model": model_admin.model._meta.label, "action": action.name, "posted": {**posted}}
        owner = str(request.user.pk)
        for part in parts(keys, LARGEST):
            job = jobs.start(JOB, params={**common, "keys": part}, owner_id=owner)
            text = _("%(action)s: %(count)d items are being done in the background.") % {
                "action": action.label(model_admin.model),
                "count": len(part),
            }
            messages.info(request, format_html('{} <a href="{}">{}</a>', text, address_of(job), _("How far it is")))


def address_of(job: jobs.Job) -> str:
    return reverse("admin:atlas_job_change", args=[job.id])


@jobs.job(JOB)
def run_action(run: jobs.Run) -> None:
    """Item by item, under the rights that its user has by now; the report says what became of each."""
    given = run.params
    model_admin: Any = admin.site.get_model_admin(apps.get_model(given["model"]))
    action: ServiceAction = getattr(type(model_admin), given["action"]).service_action
    user = get_user_model()._default_manager.get(pk=run.owner_id)
    at, counts = int(run.state.get("at", 0)), Counter(run.state.get("counts", {}))
    keys = given["keys"]
    with (
        trail.within(replace(trail.work(), user=lambda: user)),
        run.file(f"{action.name}.csv", "text/csv; charset=utf-8") as out,
    ):
        if not at:
            out.write("\ufeffkey,item,outcome,message\r\n")
        for results in carry_out(model_admin, user, action, keys[at:], given["posted"]):
            csv.writer(out).writerows(_row(each) for each in results)
            counts.update(each.outcome.value for each in results)
            at += len(results)
            run.checkpoint({"at": at, "counts": counts})
            run.progress(at, len(keys), ", ".join(f"{count} {outcome.lower()}" for outcome, count in counts.items()))


def _row(result: ActionResult) -> list[Any]:
    return [cell(each) for each in (result.key, str(result.obj or ""), result.outcome.value, result.message)]
