"""The cast of every booking test."""

import pytest

from tests.bookings.stage import Cast, make_cast


@pytest.fixture
def cast() -> Cast:
    """Fresh people, company, driver and vehicles: nobody is promised anywhere."""
    return make_cast()
