"""What every test stands on: a fresh in-memory DynamoDB engine and a Redis per test process, both real."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

from atlas.dynamo.provision.apply import apply_plan
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.plan import make_plan
from atlas.dynamo.registry import tables
from tests.object_store import object_process, objects
from tests.sandbox import sandbox, square_process
from tests.settings import services
from tests.stack import stack

__all__ = ["object_process", "objects", "sandbox", "square_process", "stack"]
"""Fixtures of every test: imported here and nowhere else, so that a process has one of each server."""

HERE = Path(__file__).parent
SLOW = [
    HERE / each
    for each in (
        "atlas/objects",
        "backoffice",
        "bookings/admin",
        "fleet/admin",
        "payments/admin",
        "privacy",
        "telemetry/importing",
        "telemetry/trips",
    )
]
"""Folders of what walks the whole back office, or a store of its own: for `make check`, not for `make test`."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(item.path.is_relative_to(HERE / folder) for folder in SLOW):
            item.add_marker("slow")


def pytest_unconfigure() -> None:
    services.close()


@pytest.fixture(scope="session", autouse=True)
def store() -> None:
    """Every table of Atlas, empty. Tests make data of their own and share the tables."""
    engine = Store.of_settings()
    failures = apply_plan(engine, make_plan(engine, tables()))
    assert not failures


@pytest.fixture(autouse=True)
def clean_cache() -> Iterator[None]:
    yield
    cache.clear()
