"""The platform's jobs."""

from celery import shared_task

from atlas import outbox


@shared_task
def deliver_outbox(id: str) -> None:
    outbox.deliver(id)


@shared_task
def redeliver_outbox() -> None:
    outbox.redeliver()
