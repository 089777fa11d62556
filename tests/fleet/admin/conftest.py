"""Staff, and a cast to look after."""

import pytest
from django.test import Client

from tests.bookings.conftest import cast
from tests.bookings.stage import Cast, browser

__all__ = ["cast"]


@pytest.fixture
def admin(cast: Cast) -> Client:
    return browser(cast.admin)
