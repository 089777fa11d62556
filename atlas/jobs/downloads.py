"""Links to the files of jobs: signed, short-lived, told to the access log when they are opened.

A link leads to us, not to S3, so that a download is told, and that an old link says so in words. We lead on to S3 with
an address that lives for a moment.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from atlas import objects, outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import transact
from atlas.errors import AtlasError, NotFound
from atlas.jobs.events import JobFileDownloaded
from atlas.jobs.services import find
from atlas.jobs.tables import Job
from atlas.origin import Origin

LINK_LIFE = timedelta(minutes=15)
ADDRESS_LIFE = timedelta(minutes=1)
_SALT = "job-file"
_LONGEST_TOKEN = 1000


class Gone(AtlasError):
    status = 410
    code = "gone"
    message = "This file is no longer kept. Ask for it again."


class LinkExpired(Gone):
    code = "link_expired"
    message = "This link has expired. Go back to where you found it for a new one."


def has_file(job: Job) -> bool:
    return job.result_key is not None and job.file_until is not None and job.file_until > utc_now()


def download_url(job: Job, *, by: str | None = None) -> str | None:
    """A path of ours (`/files/...`) that downloads the file for `LINK_LIFE`; None where there is none (any more).

    Whoever has it gets the file, so make it for who may see the job: the user `by` (default: the job's owner).
    """
    if not has_file(job):
        return None
    token = signing.dumps([job.id, by or job.owner_id], key=settings.TOKEN_KEY, salt=_SALT)
    return reverse("job_file", args=[token])


def open_link(token: str, *, origin: Origin) -> str:
    """S3's address of the file of a link, told as a download by whom the link was made for.

    Raises `NotFound` for what is no link of ours, `LinkExpired` for an old one, `Gone` where the file was cleared away.
    """
    job_id, by = _read(token)
    job = find(job_id)
    if job is None or not has_file(job):
        raise Gone
    key, name = str(job.result_key), str(job.file_name)
    with transact() as tx:
        outbox.add(
            tx,
            JobFileDownloaded(
                job_id=job.id,
                job_name=job.name,
                file_name=name,
                owner_id=job.owner_id,
                by=by,
                at=utc_now(),
                ip_address=origin.ip_address,
                user_agent=origin.user_agent,
            ),
        )
    return objects.url(key, name, ADDRESS_LIFE)


def _read(token: str) -> tuple[str, str | None]:
    if len(token) > _LONGEST_TOKEN:
        raise NotFound
    try:
        job_id, by = signing.loads(token, key=settings.TOKEN_KEY, salt=_SALT, max_age=LINK_LIFE)
    except signing.SignatureExpired as error:
        raise LinkExpired from error
    except (signing.BadSignature, ValueError) as error:
        raise NotFound from error
    return job_id, by
