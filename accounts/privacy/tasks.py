"""What erasures need by the clock."""

from celery import shared_task

from accounts.privacy import erasures


@shared_task
def go_on_erasing() -> None:
    """The periodic job (`atlas.celery`)."""
    erasures.go_on()
