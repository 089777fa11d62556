"""Every test of jobs has an object store; those that kill workers have real ones."""

from collections.abc import Iterator

import pytest

import tests.atlas.jobs.samples  # noqa: F401 (registers them)
from atlas.celery import app


@pytest.fixture(autouse=True)
def with_objects(objects: object) -> None:
    """Files have a place."""


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Jobs are not done at once: what the broker would be told is kept here, and nobody does it."""
    told: list[str] = []
    monkeypatch.setattr("atlas.jobs.services.enqueue", told.append)
    monkeypatch.setattr("atlas.jobs.worker.enqueue", told.append)
    yield told
    assert app.conf.task_always_eager
