"""Asking for a run: by staff, and every night."""

from datetime import date, datetime, timedelta

from django.conf import settings

from accounts import staff
from accounts.users import CurrentUser
from atlas import jobs
from atlas.dynamo.attributes import utc_now
from payments.reconciling.mending import TABLE
from payments.reconciling.period import Period

JOB = "payments.reconcile"
AGAIN = timedelta(seconds=30)
"""A second click within this is the first one's job."""
SETTLED = timedelta(hours=1)
"""So long after midnight UTC a day's last payments have their answers."""
NIGHTLY = timedelta(days=3)
"""A day's run that is done is not started again."""


def start(*, user: CurrentUser, first: date, last: date, mending: bool) -> jobs.Job:
    """A job over these UTC days. Raises `Forbidden`, and `Invalid` for a period that is none."""
    staff.require(user, "reconcile", TABLE)
    if mending:
        staff.require(user, "mend", TABLE)
    Period(first, last, utc_now().date())
    params = {"from": first.isoformat(), "to": last.isoformat(), "mend": mending}
    return jobs.start(JOB, params=params, owner_id=user.id, key=f"{first}..{last} {mending}", fresh=AGAIN)


def start_nightly(now: datetime) -> jobs.Job:
    """Yesterday's, once: asked for again it is the same job, unless that has failed."""
    day = (now - SETTLED).date() - timedelta(days=1)
    params = {"from": day.isoformat(), "to": day.isoformat(), "mend": settings.RECONCILE_MENDS}
    return jobs.start(JOB, params=params, owner_id=None, key=f"nightly {day}", fresh=NIGHTLY)
