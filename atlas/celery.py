"""The job runner. Beat ticks by itself (never `worker -B`); every scheduled job is idempotent."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atlas.settings")

app = Celery("atlas", task_cls="atlas.trailed_task:TrailedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.imports = [
    "atlas.outbox",
    "accounts.access_log.tasks",
    "accounts.privacy.tasks",
    "bookings.archive.asking",
    "payments.cards.tasks",
    "payments.reconciling.tasks",
]


HOUR = 3600.0


def every(seconds: float, task: str) -> dict[str, object]:
    """A tick that nobody came to within its period is dropped: the next one does its work too."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


app.conf.beat_schedule = {
    "show that jobs are done": every(settings.JOBS_EVERY_SECONDS, "atlas.pulse.tick"),
    "expire what is due": every(settings.JOBS_EVERY_SECONDS, "bookings.tasks.expire_due"),
    "redeliver the outbox": every(settings.JOBS_EVERY_SECONDS, "atlas.outbox.redeliver_outbox"),
    "start, restart and clear jobs": every(settings.JOBS_EVERY_SECONDS, "atlas.jobs.tasks.follow_jobs"),
    "seal the access log": every(4 * settings.JOBS_EVERY_SECONDS, "accounts.access_log.tasks.seal_access_log"),
    "go on with erasures": every(4 * settings.JOBS_EVERY_SECONDS, "accounts.privacy.tasks.go_on_erasing"),
    "settle payments": every(2 * settings.JOBS_EVERY_SECONDS, "payments.tasks.settle_due"),
    "settle cards on file": every(2 * settings.JOBS_EVERY_SECONDS, "payments.cards.tasks.settle_due_cards"),
    "finish trips that ended": every(settings.JOBS_EVERY_SECONDS, "telemetry.tasks.finish_due_trips"),
    "describe trips": every(4 * settings.JOBS_EVERY_SECONDS, "telemetry.tasks.describe_trips"),
    "escalate alerts": every(2 * settings.JOBS_EVERY_SECONDS, "telemetry.tasks.escalate_alerts"),
    "look at silent vehicles": every(settings.JOBS_EVERY_SECONDS, "telemetry.tasks.look_at_silent_vehicles"),
    "retry steps of telemetry": every(2 * settings.JOBS_EVERY_SECONDS, "telemetry.tasks.retry_failed_steps"),
    "send what was cut off": every(settings.JOBS_EVERY_SECONDS, "telemetry.tasks.sweep_commands"),
    "process dashcam clips": every(4 * settings.JOBS_EVERY_SECONDS, "telemetry.tasks.sweep_clips"),
    "make scheduled reports": every(4 * settings.JOBS_EVERY_SECONDS, "telemetry.tasks.make_scheduled_reports"),
    "archive old bookings": every(HOUR, "bookings.archive.asking.archive_bookings"),
    "reconcile yesterday's payments": every(HOUR, "payments.reconciling.tasks.reconcile_yesterday"),
}
