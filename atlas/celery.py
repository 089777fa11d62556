"""The job runner. Beat ticks by itself (never `worker -B`); every scheduled job is idempotent."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atlas.settings")

app = Celery("atlas", task_cls="atlas.trailed_task:TrailedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.imports = ["atlas.outbox"]


def every(seconds: float, task: str) -> dict[str, object]:
    """A tick that nobody came to within its period is dropped: the next one does its work too."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


app.conf.beat_schedule = {
    "expire what is due": every(settings.JOBS_EVERY_SECONDS, "bookings.tasks.expire_due"),
    "redeliver the outbox": every(settings.JOBS_EVERY_SECONDS, "atlas.outbox.redeliver_outbox"),
    "settle payments": every(2 * settings.JOBS_EVERY_SECONDS, "payments.tasks.settle_due"),
}
