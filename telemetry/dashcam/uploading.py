"""Asking for an upload, and saying that it is done. The file goes to the object store, and never through Atlas."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

from accounts.users import CurrentUser
from atlas import objects, outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict, Forbidden, Invalid, NotFound
from atlas.shards import shard_of
from fleet.rules.membership import Right
from telemetry.dashcam.tables import Clip, ClipStatus
from telemetry.events import ClipUploaded
from telemetry.state.selectors import seen_by
from telemetry.tenancy import membership_of, sight_of

CONTENT_TYPE = "video/mp4"
LARGEST = 2 * 1024**3
UPLOAD_LIFE = timedelta(minutes=15)
PATIENCE = timedelta(hours=1)
"""An upload that began in time may take so long; then it is looked whether the file is there."""
KEPT = timedelta(days=180)
KEPT_UNSENT = timedelta(days=2)
OLDEST = timedelta(days=3650)
"""A card may be read long after; a clock that was never set is refused."""
CLOCK_DRIFT = timedelta(minutes=5)


class Upload(NamedTuple):
    clip: Clip
    url: str
    until: datetime
    """The upload must begin before."""


def ask(*, user: CurrentUser, pvin: str, recorded_at: datetime, size: int, camera: str) -> Upload:
    """A place for a clip of a vehicle that the user has: owner, admin, manager, or its driver.

    Raises `Forbidden`, `NotFound`, `Invalid`.
    """
    membership_of(user, Right.UPLOAD_CLIPS)
    state = seen_by(sight_of(user), pvin)
    now = utc_now()
    if not now - OLDEST <= recorded_at <= now + CLOCK_DRIFT:
        raise Invalid(fields={"recordedAt": ["Not of the future, nor of a clock that was never set."]})
    id = str(uuid4())
    clip = Clip(
        id=id,
        pvin=pvin,
        organization_id=state.organization_id,
        camera=camera,
        recorded_at=recorded_at,
        uploaded_by=user.id,
        size=size,
        status=ClipStatus.UPLOADING,
        due_shard=shard_of(id),
        due_at=now + PATIENCE,
        expires_at=(now + KEPT_UNSENT).replace(microsecond=0),
    )
    with transact() as tx:
        tx.create(clip)
    return Upload(clip, objects.upload_url(clip.raw_key, CONTENT_TYPE, size, UPLOAD_LIFE), now + UPLOAD_LIFE)


@retried
def complete(*, user: CurrentUser, clip_id: str) -> Clip:
    """The file is there: it is processed soon. Twice is once. Raises `NotFound`, `Conflict` `not_uploaded`."""
    clip = Clip.fetch(clip_id)
    if clip.organization_id != membership_of(user, Right.UPLOAD_CLIPS).organization_id:
        raise NotFound
    if clip.uploaded_by != user.id:
        raise Forbidden("Who asked for the upload says that it is done.")
    if clip.status is not ClipStatus.UPLOADING:
        return clip
    if not objects.exists(clip.raw_key):
        raise Conflict("The file is not there yet.", code="not_uploaded")
    take_up(clip)
    return clip


def take_up(clip: Clip) -> None:
    """It is uploaded, and due to be processed. Raises `Lost` where somebody else has written it."""
    now = utc_now()
    clip.status, clip.due_at = ClipStatus.UPLOADED, now
    clip.expires_at = (now + KEPT).replace(microsecond=0)
    with transact() as tx:
        tx.save(clip)
        outbox.add(tx, ClipUploaded(clip.id))
