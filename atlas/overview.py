"""The platform's own panels of the overview: its health, what the outbox cannot deliver, jobs that failed."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from atlas import pulse
from atlas.backoffice.panels import panel
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.jobs.services import recent
from atlas.jobs.tables import JobStatus
from atlas.outages import is_outage
from atlas.shards import all_shards
from atlas.tables import OutboxRow

MOST_SHOWN = 5
LOOKED_AT = 10
"""Rows of each shard of the outbox, and jobs, that are looked at for failures: the soonest due, the newest."""
SLOW_MILLISECONDS = 250.0
LONG_QUEUE = 100


@panel(order=60, title=gettext_lazy("Health"), right=None, template="admin/panels/tally.html")
def health(request: HttpRequest) -> Mapping[str, Any]:
    """Each by itself: one that is away does not hide the others."""
    return {
        "rows": [
            _asked(_("Store"), pulse.store_milliseconds, _milliseconds),
            _asked("Redis", pulse.cache_milliseconds, _milliseconds),
            _asked(_("Jobs waiting"), pulse.queue_length, lambda n: (str(n), "warn" if n > LONG_QUEUE else "good")),
            _asked(_("Last tick of the clock"), pulse.last_tick, _tick),
        ]
    }


@panel(order=70, title=gettext_lazy("Outbox"), right="atlas.view_outboxrow", template="admin/panels/tally.html")
def failing_outbox(request: HttpRequest) -> Mapping[str, Any]:
    """Facts that no handler has confirmed, the soonest due first."""
    keys = [
        key for shard in all_shards() for key in islice(OutboxRow.due_index.query(shard, limit=LOOKED_AT), LOOKED_AT)
    ]
    found = get_many(*((OutboxRow, key.id) for key in keys)) if keys else []
    failing = sorted((row for row in found if row is not None and row.attempts), key=lambda row: row.due_at)
    now = utc_now()
    behind = max((now - key.due_at for key in keys), default=timedelta())
    return {
        "rows": [
            {
                "text": row.event,
                "href": address("atlas", "outboxrow", row.id),
                "figure": ngettext("%d try", "%d tries", row.attempts) % row.attempts,
                "tone": "bad",
            }
            for row in failing[:MOST_SHOWN]
        ],
        "note": _("%d s behind") % behind.total_seconds() if behind > timedelta() else "",
        "empty": _("Everything was delivered."),
        **_list("atlas", "outboxrow"),
    }


@panel(order=80, title=gettext_lazy("Failed jobs"), right="atlas.view_job", template="admin/panels/tally.html")
def failed_jobs(request: HttpRequest) -> Mapping[str, Any]:
    """Among the newest of today and yesterday."""
    today = utc_now().date()
    jobs = recent(today - timedelta(days=1), today, limit=LOOKED_AT).items
    return {
        "rows": [
            {
                "text": job.name,
                "href": address("atlas", "job", job.id),
                "figure": _("%s ago") % timesince(job.created_at, depth=1),
                "tone": "bad",
            }
            for job in jobs
            if job.status is JobStatus.FAILED
        ][:MOST_SHOWN],
        "empty": _("None of the newest failed."),
        **_list("atlas", "job"),
    }


def address(app: str, model: str, key: str | None = None) -> str | None:
    """The page of an item, or of its list without `key`; None where the table is not in the back office."""
    try:
        if key is None:
            return reverse(f"admin:{app}_{model}_changelist")
        return reverse(f"admin:{app}_{model}_change", args=[key])
    except NoReverseMatch:
        return None


def _list(app: str, model: str) -> dict[str, Any]:
    return {"href": address(app, model), "link": _("All")}


def _asked(text: str, ask: Callable[[], Any], tell: Callable[[Any], tuple[str, str]]) -> dict[str, Any]:
    try:
        figure, tone = tell(ask())
    except Exception as error:
        if not is_outage(error):
            raise
        figure, tone = _("away"), "bad"
    return {"text": text, "figure": figure, "tone": tone}


def _milliseconds(value: float) -> tuple[str, str]:
    return f"{value:.1f} ms", "warn" if value > SLOW_MILLISECONDS else "good"


def _tick(at: Any) -> tuple[str, str]:
    late = "bad" if pulse.is_late(at) else "good"
    return (_("%d s ago") % (utc_now() - at).total_seconds() if at else _("none for a day"), late)
