"""Trips are archived: each of these tests has an object store."""

import pytest


@pytest.fixture(autouse=True)
def _archives(objects: object) -> None: ...
