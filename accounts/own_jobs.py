"""A person's long jobs: whose they are is asked here, what they do is `atlas.jobs`."""

from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas import jobs
from atlas.errors import NotFound
from atlas.jobs import Job


def find_job(*, user: CurrentUser, job_id: str) -> Job:
    """For who asked for it, and for staff. Raises `NotFound` for everybody else too."""
    job = jobs.find(job_id)
    if job is None or (job.owner_id != user.id and user.role is not Role.ADMIN):
        raise NotFound
    return job


def cancel_job(*, user: CurrentUser, job_id: str) -> Job:
    """Raises `NotFound`, or `Conflict` when it is over already."""
    return jobs.cancel(find_job(user=user, job_id=job_id).id)
