"""Jobs of accounts."""

from celery import shared_task


@shared_task
def send_password_reset(email: str) -> None:
    """Look the address up and write to whoever it is, away from the request that asked."""
    from accounts import password_reset  # noqa: PLC0415 (it asks for this job)

    password_reset.send(email)
