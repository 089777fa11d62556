"""What the access log keeps when it hears of a fact. Hearing it twice leaves one entry."""

from uuid import NAMESPACE_URL, uuid5

from pynamodb.exceptions import PutError

from accounts.access_log.deeds import Deed
from accounts.access_log.writing import entry
from accounts.selectors import role_of
from atlas import trail
from atlas.jobs.events import JobFileDownloaded
from atlas.origin import Origin


def keep_download(event: JobFileDownloaded) -> None:
    """A file of a job left the house: an export of somebody's data above all."""
    doer = trail.Doer(event.by, role_of(event.by)) if event.by else trail.Doer(None, trail.ANONYMOUS)
    origin = Origin(event.ip_address, event.user_agent)
    with trail.within(trail.Work(via="GET /files/", origin=origin)):
        told = entry(
            Deed.EXPORT,
            object=f"jobs:{event.job_id}",
            subject_id=event.owner_id,
            doer=doer,
            resource=event.job_name,
            at=event.at,
            id=str(uuid5(NAMESPACE_URL, f"{event.job_id} {event.at.isoformat()} {event.by}")),
        )
    try:
        told.save()
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
