"""Asking for an export of what is held about a person, and how it stands."""

from datetime import timedelta

from accounts import access_log, staff
from accounts.access_log import Deed
from accounts.privacy.closing import check_reason
from accounts.rules.roles import UserStatus
from accounts.tables import User
from accounts.users import CurrentUser
from atlas import jobs
from atlas.dynamo.attributes import utc_now
from atlas.errors import NotFound, TooMany

JOB = "privacy.export"
FILE_NAME = "atlas-personal-data.json"
A_DAY = timedelta(days=1)
MOST_A_DAY = 5
"""Exports of one person, whoever asks. It reads all that there is of them."""
LOOKED_THROUGH = 50
"""Of a person's newest jobs, to count those."""


def ask_for_export(*, user: CurrentUser) -> jobs.Job:
    """One's own. While one is being written, and for some minutes after, asking again gives the same job.

    Raises `TooMany` after `MOST_A_DAY`.
    """
    return _start(user.id, requested_by=user, reason="")


def export_of(*, actor: CurrentUser, user_id: str, reason: str) -> jobs.Job:
    """Of somebody else, by staff, with the reason (a request by letter); the access log keeps it.

    The job is the person's, who sees it too; `jobs.download_url(job, by=actor.id)` gives it to who asked.
    """
    person = User.fetch(user_id)
    staff.require(actor, "export_data", staff.ON_PEOPLE, person)
    return _start(user_id, requested_by=actor, reason=check_reason(reason))


def latest_export(user_id: str) -> jobs.Job | None:
    """The newest, whatever became of it."""
    return next(iter(_exports(user_id)), None)


def own_export(*, user: CurrentUser, job_id: str) -> jobs.Job:
    """Raises `NotFound` for a job that is another's, or no export."""
    job = jobs.find(job_id)
    if job is None or job.owner_id != user.id or job.name != JOB:
        raise NotFound
    return job


def _start(user_id: str, *, requested_by: CurrentUser, reason: str) -> jobs.Job:
    if User.fetch(user_id).status is UserStatus.DELETED:
        raise NotFound
    known = _exports(user_id)
    lately = [job for job in known if job.created_at > utc_now() - A_DAY]
    running = known and not known[0].status.is_over
    if len(lately) >= MOST_A_DAY and not running:
        free_at = lately[MOST_A_DAY - 1].created_at + A_DAY
        raise TooMany(
            f"There were {len(lately)} exports within a day. Take the last one, or try again tomorrow.",
            retry_after=max(1, int((free_at - utc_now()).total_seconds())),
        )
    job = jobs.start(JOB, params={"userId": user_id, "requestedBy": requested_by.id}, owner_id=user_id, key="export")
    if job.id not in {each.id for each in known}:
        access_log.record(
            Deed.EXPORT,
            object=f"users:{user_id}",
            subject_id=user_id,
            actor=requested_by,
            resource="personal data",
            reason=reason,
        )
    return job


def _exports(user_id: str) -> list[jobs.Job]:
    return [job for job in jobs.of_owner(user_id, limit=LOOKED_THROUGH).items if job.name == JOB]
