"""A chain of its own for each test: the tables are shared by all tests of a process, and others write to them too."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.access_log.tables import AccessEntry, Seal


@pytest.fixture(autouse=True)
def only_accounts() -> None:
    """The whole site, not accounts alone (`tests/accounts/conftest.py`)."""


@pytest.fixture
def empty_log() -> Iterator[None]:
    _clear()
    yield
    _clear()


def _clear() -> None:
    for table in (AccessEntry, Seal):
        keys: list[Any] = [item.key for item in table.scan()]
        with table.batch_write() as batch:
            for key in keys:
                batch.delete(table(*key))
