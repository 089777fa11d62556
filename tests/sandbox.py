"""A local Square for any test that pays: the fixture `sandbox`."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from atlas.local.square.testing import SandboxControl, SandboxServer

TIMEOUT_SECONDS = 1.0
"""Short, so that a test of a time-out is; the sandbox answers in milliseconds."""


@pytest.fixture(scope="session")
def square_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """One server per test process, started by the first test that needs it. Refunds settle when told to."""
    database = tmp_path_factory.mktemp("square") / "square.sqlite3"
    with SandboxServer(database, arguments=["--refund-settle-seconds", "3600"]) as server:
        yield server


@pytest.fixture
def sandbox(square_process: SandboxServer, settings: Settings) -> SandboxControl:
    """Atlas pays at an empty sandbox; the fixture sees, steers and breaks it."""
    settings.SQUARE_BASE_URL = square_process.base_url
    settings.SQUARE_ACCESS_TOKEN = square_process.access_token
    settings.SQUARE_TIMEOUT_SECONDS = TIMEOUT_SECONDS
    square_process.control.reset()
    return square_process.control
