"""What every test stands on: a fresh in-memory DynamoDB engine and a Redis per test process, both real."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from atlas.dynamo.registry import tables
from tests.settings import services


def pytest_unconfigure() -> None:
    services.close()


@pytest.fixture(scope="session", autouse=True)
def store() -> None:
    """Every table of Atlas, empty. Tests make data of their own and share the tables."""
    for table in tables():
        table.create_table(billing_mode="PAY_PER_REQUEST", wait=True)


@pytest.fixture(autouse=True)
def clean_cache() -> Iterator[None]:
    yield
    cache.clear()
