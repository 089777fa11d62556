"""The periodic job that seals the access log (`atlas.celery`)."""

from celery import shared_task

from accounts.access_log.sealing import seal_all


@shared_task
def seal_access_log() -> None:
    """Idempotent: what is sealed already is nobody's work any more."""
    seal_all()
