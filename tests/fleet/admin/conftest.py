"""Staff, and a cast to look after."""

import pytest
from django.test import Client

from tests.bookings.conftest import cast
from tests.bookings.stage import Cast, browser
from tests.sandbox import sandbox, square_process

__all__ = ["cast", "sandbox", "square_process"]


@pytest.fixture
def admin(cast: Cast) -> Client:
    return browser(cast.admin)
