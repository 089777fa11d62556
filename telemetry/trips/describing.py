"""Summaries in words, written after the fact by a job: off by default, from a provider that the settings name.

A provider is a function from `telemetry.rules.words.Facts` to a text. `template`, the embedded one, asks nobody;
another one is named by its dotted path (`TRIP_SUMMARIES=house.words.describe`) and is told facts alone, neither
vehicle, nor fleet, nor places. What it cannot say now it is asked again, and after a day no more.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Lost, transact
from atlas.shards import all_shards, shard_of
from telemetry.rules.words import Facts, in_words
from telemetry.trips.tables import Trip

Provider = Callable[[Facts], str]

log = structlog.get_logger(__name__)

EMBEDDED = "template"
BATCH = 50
"""At most so many of each shard in one run; the next run takes the rest."""
FIRST_PAUSE = timedelta(minutes=1)
MOST_ATTEMPTS = 10
"""Doubling each time, most of a day."""
LONGEST = 2_000
"""Characters that are kept of what a provider says."""


def provider() -> Provider | None:
    """Of the settings; None: no summaries are wanted."""
    name = settings.TRIP_SUMMARIES
    if not name:
        return None
    found: Provider = in_words if name == EMBEDDED else import_string(name)
    return found


def want(trip: Trip, now: datetime) -> None:
    """Have the trip described by the next run, if summaries are wanted at all. Set, not stored."""
    if settings.TRIP_SUMMARIES:
        trip.words_shard = shard_of(trip.trip_id)
        trip.words_due_at = now
        trip.words_attempts = 0


def describe_due(now: datetime | None = None) -> int:
    """How many were described."""
    now, describe = now or utc_now(), provider()
    if describe is None:
        return 0
    done = 0
    for shard in all_shards():
        for key in Trip.words_index.query(shard, Trip.words_due_at <= now, limit=BATCH):
            row = Trip.find(*key.key, consistent=True)
            if row is not None and row.words_due_at is not None and row.words_due_at <= now:
                done += _describe(row, describe, now)
    return done


def back_fill(trip: Trip, now: datetime) -> bool:
    """Have a trip described that was archived before summaries were wanted."""
    if trip.ai_summary is not None or trip.words_due_at is not None:
        return False
    want(trip, now)
    return _saved(trip)


def _describe(row: Trip, describe: Provider, now: datetime) -> int:
    try:
        said = describe(facts_of(row)).strip()[:LONGEST]
    except Exception:
        log.exception("trip_not_described", trip_id=row.trip_id, attempts=row.words_attempts)
        said = ""
    if said:
        row.ai_summary = said
    row.words_attempts = (row.words_attempts or 0) + 1
    if said or row.words_attempts >= MOST_ATTEMPTS:
        row.words_shard = row.words_due_at = row.words_attempts = None
    else:
        row.words_due_at = now + FIRST_PAUSE * 2**row.words_attempts
    return int(_saved(row) and bool(said))


def facts_of(row: Trip) -> Facts:
    return Facts(
        started_at=row.started_at,
        distance=row.distance,
        duration=row.duration,
        avg_speed=row.avg_speed,
        max_speed=row.max_speed,
        score=row.driving_score,
        events=Counter(event.kind for event in row.safety_events),
        energy=row.energy,
        start_battery=row.start_battery,
        end_battery=row.end_battery,
    )


def _saved(row: Trip) -> bool:
    """Somebody else changed the row meanwhile: it is due still, and the next run sees it as it is."""
    try:
        with transact() as tx:
            tx.save(row)
    except Lost:
        return False
    return True
