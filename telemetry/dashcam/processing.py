"""A clip that was uploaded becomes one that can be looked at: archived, with a thumbnail and a copy for the web.

Every step may be done again: keys are the clip's own. A claim lasts `LEASE`; who is killed over one leaves it to the
sweep. What cannot be done is said: without ffmpeg a clip is READY with `no_ffmpeg` and shown as it was recorded; what
ffmpeg cannot read is FAILED with `unreadable`, and its raw file is there for 7 days.
"""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from atlas import objects
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Lost, transact
from atlas.errors import NotFound
from atlas.shards import all_shards
from telemetry.dashcam import ffmpeg
from telemetry.dashcam.tables import Clip, ClipStatus
from telemetry.dashcam.uploading import CONTENT_TYPE, take_up

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=15)
"""Longer than ffmpeg is given in all."""
ATTEMPTS = 4
BATCH = 50
CHUNK = 1024 * 1024

NO_FFMPEG, UNREADABLE, NEVER_SENT, BROKEN = "no_ffmpeg", "unreadable", "never_uploaded", "gave_up"


def process(clip_id: str, now: datetime | None = None) -> ClipStatus | None:
    """See to a clip that is due; what it has become."""
    now = now or utc_now()
    clip = Clip.find(clip_id, consistent=True)
    if clip is None or clip.status.is_over or clip.due_at is None or clip.due_at > now:
        return clip.status if clip else None
    try:
        if clip.status is ClipStatus.UPLOADING:
            _look(clip)
        elif clip.attempts >= ATTEMPTS:
            _end(clip, ClipStatus.FAILED, BROKEN)
        else:
            _claim(clip, now)
            _make(clip)
    except Lost:  # another job has it
        return None
    return clip.status


def sweep(now: datetime | None = None) -> None:
    """What was cut off, and uploads of which nobody said that they are done."""
    now = now or utc_now()
    for shard in all_shards():
        for key in Clip.due_index.query(shard, Clip.due_at <= now, limit=BATCH):
            try:
                process(key.id, now)
            except Exception:  # of one clip: the others have their turn, and this one again after its lease
                log.exception("clip_not_processed", clip_id=key.id)


def _look(clip: Clip) -> None:
    if objects.exists(clip.raw_key):
        take_up(clip)
    else:
        _end(clip, ClipStatus.FAILED, NEVER_SENT)


def _make(clip: Clip) -> None:
    with tempfile.TemporaryDirectory(prefix="atlas-clip-") as folder:
        raw = Path(folder) / "raw.mp4"
        try:
            _fetch(clip.raw_key, raw)
        except NotFound:
            _end(clip, ClipStatus.FAILED, NEVER_SENT)
            return
        note = None
        try:
            made = ffmpeg.make(raw, Path(folder))
        except ffmpeg.Missing:
            made, note = None, NO_FFMPEG
        except ffmpeg.Unreadable:
            _end(clip, ClipStatus.FAILED, UNREADABLE)
            return
        clip.archive_key = _keep("archive", clip, raw, ".mp4", CONTENT_TYPE)
        if made is not None:
            clip.web_key = _keep("webview", clip, made.web, ".mp4", CONTENT_TYPE)
            clip.thumbnail_key = _keep("webview", clip, made.thumbnail, ".jpg", "image/jpeg")
    _end(clip, ClipStatus.READY, note)


def _fetch(key: str, to: Path) -> None:
    with objects.open(key) as body, to.open("wb") as out:
        for chunk in body.iter_chunks(CHUNK):
            out.write(chunk)


def _keep(tier: str, clip: Clip, file: Path, suffix: str, content_type: str) -> str:
    key = f"dashcam/{tier}/{clip.pvin}/{clip.id}{suffix}"
    objects.write(key, _chunks(file), content_type)
    return key


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk


def _claim(clip: Clip, now: datetime) -> None:
    clip.attempts += 1
    clip.due_at = now + LEASE
    with transact() as tx:
        tx.save(clip)


def _end(clip: Clip, status: ClipStatus, note: str | None) -> None:
    clip.status, clip.note = status, note
    clip.due_shard = clip.due_at = None
    clip.processed_at = utc_now()
    with transact() as tx:
        tx.save(clip)
