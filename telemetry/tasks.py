"""The periodic jobs of telemetry (`atlas.celery`)."""

from celery import shared_task

from telemetry.ingest import faults


@shared_task
def retry_failed_steps() -> None:
    faults.retry()
