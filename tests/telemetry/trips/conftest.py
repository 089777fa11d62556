"""Trips are archived: each of these tests has an object store."""

import pytest

from tests.object_store import object_process, objects

__all__ = ["object_process", "objects"]


@pytest.fixture(autouse=True)
def _archives(objects: object) -> None: ...
