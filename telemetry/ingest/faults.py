"""Steps that failed: kept in `errors` with what they were told, and tried again until they succeed or are given up."""

from datetime import datetime, timedelta

import structlog

from atlas.dynamo.attributes import instant_text, utc_now
from atlas.shards import all_shards, shard_of
from telemetry.ingest.receipt import News
from telemetry.tables import IngestError

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
MOST_ATTEMPTS = 12
"""Half a day, then it stays for staff to look at."""
LIFE = timedelta(days=30)
LONGEST_ERROR = 300
BATCH = 100
MOST_RECORDED = 10_000
_recorded: set[tuple[str, str]] = set()
"""Vehicles whose watch this process has written down as failing, and in which hour."""


def record(step: str, news: News, error: Exception, now: datetime) -> None:
    """Keep a failure. That this fails too (the store is away) takes nothing back: the batch is stored."""
    log.error("ingest_step_failed", step=step, vin=news.pvin, exc_info=error)
    row = IngestError(
        pvin=news.pvin,
        key_=f"{instant_text(now)}#{step}",
        step=step,
        error=_words(error),
        news=news.packed(),
        due_shard=shard_of(news.pvin),
        due_at=now + FIRST_PAUSE,
        expires_at=now + LIFE,
    )
    try:
        row.save(add_version_condition=False)
    except Exception:
        log.exception("ingest_error_not_kept", step=step, vin=news.pvin)


def record_watch(pvin: str, organization_id: str, error: Exception, now: datetime) -> None:
    """Of the watch, which looks again by itself with the next batch: one row an hour, and never due."""
    news = News(pvin, organization_id, (), False)
    log.error("watch_failed", vin=pvin, exc_info=error)
    if (pvin, hour := f"{now:%Y-%m-%dT%H}") in _recorded:
        return
    try:
        IngestError(
            pvin=pvin,
            key_=f"{hour}#watch",
            step="watch",
            error=_words(error),
            news=news.packed(),
            expires_at=now + LIFE,
        ).save(add_version_condition=False)
    except Exception:
        log.exception("ingest_error_not_kept", step="watch", vin=pvin)
    else:
        if len(_recorded) > MOST_RECORDED:
            _recorded.clear()
        _recorded.add((pvin, hour))


def retry(now: datetime | None = None) -> int:
    """Try again what is due; how many succeeded."""
    from telemetry.ingest.pipeline import FOLLOWING  # noqa: PLC0415 (its steps record here)

    now = now or utc_now()
    done = 0
    for shard in all_shards():
        for key in IngestError.due_index.query(shard, IngestError.due_at <= now, limit=BATCH):
            row = IngestError.find(key.pvin, key.key_, consistent=True)
            if row is None or row.due_at is None or row.due_at > now:
                continue
            try:
                FOLLOWING[row.step](News.unpacked(row.news))
            except Exception as error:
                _postpone(row, error, now)
            else:
                row.delete(add_version_condition=False)
                done += 1
    return done


def _postpone(row: IngestError, error: Exception, now: datetime) -> None:
    log.error("ingest_step_failed_again", step=row.step, vin=row.pvin, attempts=row.attempts, exc_info=error)
    row.error = _words(error)
    row.attempts = int(row.attempts) + 1
    if row.attempts >= MOST_ATTEMPTS:
        row.due_at = row.due_shard = None
    else:
        row.due_at = now + min(FIRST_PAUSE * 2**row.attempts, LONGEST_PAUSE)
    row.save(add_version_condition=False)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
