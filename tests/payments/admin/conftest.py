"""Payments of whole bookings: the back office shows them beside each other."""

import pytest
from django.test import Client

from tests.bookings.conftest import cast
from tests.bookings.stage import Cast, browser

__all__ = ["cast"]


@pytest.fixture(autouse=True)
def heard() -> None:
    """Here everybody listens, as in production; not the list of the other tests of payments."""


@pytest.fixture
def admin(cast: Cast) -> Client:
    return browser(cast.admin)
