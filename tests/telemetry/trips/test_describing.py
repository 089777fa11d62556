"""Trips are described in words where that is wanted, later, and whoever describes them may fail."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from atlas.dynamo.attributes import utc_now
from telemetry.rules.words import Facts
from telemetry.trips import describing, recomputing
from telemetry.trips.tables import Trip
from tests.telemetry.drives import NOON, drive
from tests.telemetry.stage import archived_trip, some_device

LATER = utc_now() + timedelta(days=3)


def unwilling(facts: Facts) -> str:
    raise TimeoutError("the service is away")


@pytest.fixture
def wanted(settings: Any) -> Any:
    settings.TRIP_SUMMARIES = "template"
    return settings


def again(row: Trip) -> Trip:
    return Trip.fetch(*row.key)


def test_by_default_nobody_describes_anything() -> None:
    row = archived_trip(some_device())
    assert describing.describe_due(LATER) == 0
    assert again(row).ai_summary is None
    assert again(row).words_due_at is None


def test_a_trip_is_described_by_a_job(wanted: Any) -> None:
    row = archived_trip(some_device(), drive([(60, 0), (300, 12), (330, 0)], step=5))
    assert row.ai_summary is None
    assert describing.describe_due(LATER) >= 1
    described = again(row)
    assert described.ai_summary is not None
    assert described.ai_summary.startswith("3.6 km in 5 minutes on 1 June 2026 from 12:01 UTC")
    assert described.words_due_at is None
    describing.describe_due(LATER)
    assert again(row).version == described.version


def test_another_provider_is_told_facts_alone(wanted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Facts] = []

    def house(facts: Facts) -> str:
        told.append(facts)
        return "  Said.  "

    monkeypatch.setattr(describing, "import_string", lambda path: house)
    wanted.TRIP_SUMMARIES = "house.words.describe"
    row = archived_trip(some_device())
    describing.describe_due(LATER)
    assert again(row).ai_summary == "Said."
    assert all(secret not in str(told) for secret in (row.pvin, row.organization_id, str(row.start_place.lat)))


def test_who_fails_is_asked_again_and_not_for_ever(wanted: Any) -> None:
    wanted.TRIP_SUMMARIES = f"{__name__}.unwilling"
    row = archived_trip(some_device())
    now = LATER
    for attempt in range(1, describing.MOST_ATTEMPTS):
        describing.describe_due(now)
        waiting = again(row)
        assert (waiting.words_attempts, waiting.words_due_at) == (
            attempt,
            now + describing.FIRST_PAUSE * 2**attempt,
        )
        now = waiting.words_due_at
    describing.describe_due(now)
    assert again(row).ai_summary is None
    assert again(row).words_due_at is None


def test_older_trips_are_described_when_somebody_says_so(settings: Any) -> None:
    row = archived_trip(some_device(), drive([(360, 12)], step=5, start=NOON))
    with pytest.raises(CommandError, match="nobody"):
        call_command("telemetry", "describe")
    settings.TRIP_SUMMARIES = "template"
    assert describing.back_fill(again(row), utc_now())
    assert not describing.back_fill(again(row), utc_now())
    describing.describe_due(LATER)
    assert again(row).ai_summary


def test_new_figures_get_new_words(wanted: Any) -> None:
    row = archived_trip(some_device(), drive([(300, 12), (60, 30), (320, 0)], step=5))
    describing.describe_due(LATER)
    wanted.SAFETY_SPEEDING_MPH = 60
    recomputing.recompute(row.key)
    describing.describe_due(LATER)
    assert "one stretch of speeding" in str(again(row).ai_summary)
