"""Asking for the walk: every night, and by command."""

from datetime import date, datetime, timedelta

from celery import shared_task

from atlas import jobs
from atlas.dynamo.attributes import utc_now

ARCHIVE = "bookings.archive"
NIGHTLY = timedelta(days=2)
"""A night's run that is done is not started again."""


def start(*, first: date | None = None, last: date | None = None, dry_run: bool = False) -> jobs.Job:
    """A run over these days of pick-ups, by default all that are due."""
    given = {"from": first, "to": last}
    params = {name: day.isoformat() for name, day in given.items() if day is not None}
    return jobs.start(ARCHIVE, params=params, owner_id=None, dry_run=dry_run)


def start_nightly(now: datetime) -> jobs.Job:
    """Once a UTC day, however often it is asked for; what failed is started again."""
    return jobs.start(ARCHIVE, owner_id=None, key=f"nightly {now:%Y-%m-%d}", fresh=NIGHTLY)


@shared_task
def archive_bookings() -> None:
    """The periodic task (`atlas.celery`)."""
    start_nightly(utc_now())
