"""A local S3 for any test that keeps files: the fixture `objects`."""

from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings

from atlas.local.objects import object_server
from atlas.local.service import Service
from atlas.objects import bucket

__all__ = ["object_process", "objects"]


@pytest.fixture(scope="session")
def object_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One server per test process, started by the first test that needs it, with the bucket as set-up makes it."""
    with object_server(tmp_path_factory.mktemp("objects") / "data") as server:
        yield server


@pytest.fixture
def objects(object_process: Service, settings: Settings) -> Service:
    """Atlas keeps its files there; it can be killed and started. Tests share the bucket and use keys of their own."""
    settings.OBJECTS_ENDPOINT = object_process.url
    settings.STORAGES = dict(django_settings.STORAGES)  # Django makes its storages anew
    bucket.apply()
    return object_process
