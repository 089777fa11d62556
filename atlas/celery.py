"""The job runner. Beat ticks by itself (never `worker -B`); every scheduled job is idempotent."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atlas.settings")

app = Celery("atlas")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "expire what is due": {"task": "bookings.tasks.expire_due", "schedule": 15.0, "options": {"expires": 15}},
    "settle payments": {"task": "payments.tasks.settle_due", "schedule": 30.0, "options": {"expires": 30}},
    "redeliver the outbox": {"task": "atlas.tasks.redeliver_outbox", "schedule": 15.0, "options": {"expires": 15}},
}
